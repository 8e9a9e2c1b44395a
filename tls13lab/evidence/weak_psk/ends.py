"""Two honest ends whose PSK is made from a word under some protection, and guesses at it.

All random bytes come from seeds: the same word and protection give the same bytes.

>>> from tls13lab.evidence.weak_psk.protection import IMPORTER, SLOW
>>> ends = Ends(IMPORTER, b"dragon")
>>> ends.talk().client.outcome.mode, fits(IMPORTER, ends.recorded_targets()[0], b"dragon")
('psk_dhe_ke', True)
>>> fits(SLOW, Ends(SLOW, b"dragon").recorded_targets()[0], b"monkey")
False
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import Item
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import scripted
from tls13lab.evidence.race import CI, HonestCaller, HonestService, recorded_run
from tls13lab.evidence.weak_psk.protection import DERIVATION, Protection
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.impostor.one_guess import ask_caller, ask_service
from tls13lab.impostor.online import GuessAnswer, ask, served_by
from tls13lab.impostor.stand_in import StolenPsk, false_server
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.target import Target, targets, targets_of
from tls13lab.symbolic import mended
from tls13lab.wire.faults import TLSFault

IDENTITY = b"printer"
CONTEXT = b"alice to printer"
"""The importer's context: the names of both ends."""
SECRET = b"a secret document"
_RECORD_HEADER = 5


@dataclass(frozen=True)
class Ends:
    """A client and a server that have the same word, of at least 1 byte."""

    protection: Protection
    word: bytes

    @cached_property
    def configs(self) -> tuple[ClientConfig, ServerConfig]:
        """Both ends; not for a PAKE, whose PSK is different in each run."""
        key = made_of(self.protection, self.word)
        client, server = lesson_configs(self.protection.mode, ExternalPsk(IDENTITY, key))
        if self.protection.made == mended.IMPORTED:
            psks = import_psk(ExternalPsk(IDENTITY, key), CONTEXT, ("sha256",))
            client, server = replace(client, psks=psks), replace(server, psks=psks)
        tickets = StatelessTickets(TicketKey.new(seeded("the printer's ticket key")))
        return client, replace(server, tickets=tickets)

    def talk(self) -> Pair:
        """A whole connection, with data from both sides, and tickets."""
        return scripted.talk(*self.configs, f"ends {self.protection.name}")

    @cached_property
    def recording(self) -> tuple[Item, ...]:
        """What an eavesdropper records of this connection."""
        if self.protection.made == mended.PAKE:
            return recorded_run(self.word).items
        return scripted.record(self.talk())

    def recorded_targets(self) -> tuple[Target, ...]:
        """The binders in the recording."""
        return _of_kind(self.protection, targets(self.recording))

    def brought_targets(self, who: str = "a client") -> tuple[Target, ...]:
        """The binder in the ClientHello of a client that calls and gets no answer."""
        client, _ = self.configs
        env = Environment(LESSON_TIME_MS, seeded(f"{who} calls"))
        hello = Connection.client(client, env).outgoing()[_RECORD_HEADER:]
        return _of_kind(self.protection, targets_of(hello))

    # With a guess, or the word that was found ----------------------------------------------------

    def service(self, failures: int) -> Callable[[bytes], GuessAnswer]:
        """A function that asks the honest server with a guess.

        The server locks the PSK after ``failures`` wrong guesses. With CPace, each run has a
        different identity, so the server counts runs instead.
        """
        if self.protection.made == mended.PAKE:
            return self._counting_runs(failures)
        counts = replace(self.configs[1], lockout=Lockout(Limit(failures)))
        server = served_by(counts, Environment(LESSON_TIME_MS, seeded("the server")))

        def asked(guess: bytes) -> GuessAnswer:
            client, _ = Ends(self.protection, guess).configs
            return ask(client, server, Environment(LESSON_TIME_MS, seeded(f"asks {guess!r}")))

        return asked

    def _counting_runs(self, most: int) -> Callable[[bytes], GuessAnswer]:
        service, runs = HonestService(self.word), iter(range(most))

        def asked(guess: bytes) -> GuessAnswer:
            if next(runs, None) is None:
                return GuessAnswer.PASSED_OVER
            right = ask_service(guess, CI, service, seeded(f"asks {guess!r}"))
            return GuessAnswer.RIGHT if right else GuessAnswer.WRONG

        return asked

    def takes_client(self, guess: bytes) -> bool:
        """Whether the honest server accepts a client whose PSK comes from ``guess``."""
        return self.service(1)(guess) is GuessAnswer.RIGHT

    def takes_server(self, guess: bytes) -> bool:
        """Whether the honest client sends its data to a server that has only ``guess``."""
        if self.protection.made == mended.PAKE:
            return ask_caller(guess, CI, HonestCaller(self.word), seeded(f"called {guess!r}"))
        return any(_accepted(self.configs[0], server) for server in self._impostors(guess))

    def _impostors(self, guess: bytes) -> tuple[ServerConfig, ...]:
        key = made_of(self.protection, guess)
        stolen = StolenPsk(IDENTITY, key, PskKind.EXTERNAL, "sha256")
        if self.protection.made == mended.IMPORTED:
            psks = import_psk(ExternalPsk(IDENTITY, key), CONTEXT, ("sha256",))
            return (replace(false_server(), psks=psks),)
        return (false_server(stolen),)

    def reads_recording(self, guess: bytes) -> tuple[bool, bool]:
        """Whether ``guess`` opens the data in the recording, and the PSK of its ticket."""
        if self.protection.made == mended.PAKE:
            return False, False
        listener = Eavesdropper(Theft(psks=(made_of(self.protection, guess),)))
        (finding,) = listener.listen(self.recording)
        read = {text.head for text in finding.plaintext.values()}
        behind = {ticket.key for ticket in self.talk().tickets}
        return scripted.CLIENT_WORDS in read, bool(behind & set(listener.ticket_psks))


def fits(protection: Protection, target: Target, guess: bytes) -> bool:
    """Whether the binder of this target was made with a guess at the word."""
    return target.made_with(made_of(protection, guess))


def made_of(protection: Protection, word: bytes) -> bytes:
    """The key of the external PSK: the word itself, or the output of a slow derivation."""
    return DERIVATION.derive(word) if protection.made == mended.DERIVED else word


def _of_kind(protection: Protection, every: Iterable[Target]) -> tuple[Target, ...]:
    """The targets with the right label; the attacker knows it, because it knows the protection."""
    imported = protection.made == mended.IMPORTED
    kind = PskKind.IMPORTED if imported else PskKind.EXTERNAL
    found = (each for target in every for each in target.each_kind)
    return tuple(each for each in found if each.kind is kind)


def _accepted(client: ClientConfig, server: ServerConfig) -> bool:
    with suppress(TLSFault):
        pair = Pair(client, server, "an impostor", traced=False)
        pair.handshake()
        pair.client.send(SECRET)
        pair.pump()
        return pair.server_received == SECRET
    return False
