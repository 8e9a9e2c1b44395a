"""What mends a weak PSK, done on bytes: each mend is attacked, and must do what the model says.

Two honest ends use a word in the way of one mend of :mod:`tls13lab.psk.mends`, and are recorded.
Then a list of words is tried on what was recorded, as the mend's attacker would: through the
derivation, where there is one, for its salt is no secret. With the word that was found the
recording is opened, and an honest client is let come. What opened must be what the model says that
a word opens, or there is a :class:`~tls13lab.claims.matrix.Disagreement`.

A mend that makes the search longer is played with settings so small that it ends; what the usual
ones cost is measured, not played. Seeded, and no clock is read.

>>> words = [b"123456", b"sternchen", b"qwerty"]
>>> for mend in ("nothing", "scrypt", "PAKE"):
...     print(play(mend, b"sternchen", words))
nothing: found after 2 guesses; opens past, 0-RTT, present, ticket
scrypt: found after 2 guesses; opens past, 0-RTT, present, ticket
PAKE: not found in 3 guesses; opens nothing
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import Item
from tls13lab.claims.matrix import Disagreement
from tls13lab.claims.race import recorded_run
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import lesson_configs
from tls13lab.psk import mends
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.memory_hard import Argon2id, Scrypt
from tls13lab.psk.mends import Mended
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.engine import hits
from tls13lab.search.guesses import Guesses
from tls13lab.search.target import Target, targets
from tls13lab.symbolic.mended import EARLY_DATA, EPOCHS, NEXT_TICKET, PRESENT
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Mode

EARLY_WORDS = b"early words"
MOST_EARLY = 100
IDENTITY, CONTEXT = b"printer", b"alice calls the printer"
SMALL: dict[str, Scrypt | Argon2id] = {
    mends.SCRYPT: Scrypt(b"the printer's salt", log2_n=2),
    mends.ARGON2ID: Argon2id(b"the printer's salt", memory_kib=32, passes=1),
}
"""Derivations that take no time: the bytes are other ones, and what they open is the same."""
WORDS_DRAWN = 6
BEYOND = 64.0
"""log2 of the guesses that nobody makes."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one attack: ``found`` is the word, None if no guess was right.

    ``opened`` are the epochs that stood open then. ``next_period`` is whether the connection under
    the next PSK did, too; None where there is no next one.
    """

    mend: str
    tried: int
    found: bytes | None = field(repr=False)
    opened: tuple[str, ...]
    next_period: bool | None = None

    def __str__(self) -> str:
        guesses = f"{self.tried:,} guess{'' if self.tried == 1 else 'es'}"
        verdict = f"not found in {guesses}" if self.found is None else f"found after {guesses}"
        after = "" if self.next_period is None else "; the next period "
        after += {True: "as well", False: "stays closed", None: ""}[self.next_period]
        return f"{self.mend}: {verdict}; opens {_listed(self.opened)}{after}"


def play(mend: str, word: bytes, words: Sequence[bytes], mode: Mode = "psk_ke") -> Played:
    """The attack on a word, 1 byte or more, that is used like this. ``words`` are tried in order.

    With ``more words`` or random bits the word is not what is used: it is what the list was made
    for. KeyError for a mend that there is not.
    """
    if mend not in mends.MENDS:
        raise KeyError(mend)
    of_its_own: dict[str, Mode] = {
        mends.DHE: "psk_dhe_ke",
        mends.CERTIFICATE: "cert_with_extern_psk",
    }
    mode = of_its_own.get(mend, mode)
    if mend == mends.PAKE:
        sought = list(targets(recorded_run(word, "mends").items))
        tried, found = _tried(sought, words)
        return Played(mend, tried, found, ())
    ends = _Ends(mend, mode, _chosen(mend, word, words))
    tried, found = _tried(ends.sought, words)
    if found is None:
        return Played(mend, tried, None, ())
    opened = tuple(epoch for epoch in EPOCHS if ends.opens(epoch, found))
    after = ends.next_period(found) if mend == mends.ROTATION else None
    return Played(mend, tried, found, opened, after)


def agreed(row: Mended, word: bytes, words: Sequence[bytes]) -> Played:
    """The attack on one row of the table. Raises Disagreement if the model says other things.

    ``word`` is among ``words``. If it is not found, there must be nothing to try words on, or too
    many to try of what was chosen instead.
    """
    mode: Mode = "psk_ke" if row.mode == "psk_ke" else "psk_dhe_ke"
    played = play(row.mend, word, words, mode)
    by_word = tuple(one for one in EPOCHS if row.opens[one].computed == ("word",))
    told = by_word if played.found is not None else ()
    findable = row.log2_work is not None and row.log2_guesses < BEYOND
    if played.opened != told or (played.found is not None) is not findable:
        raise Disagreement(f"{played}; by the model {_listed(by_word)}")
    return played


def _listed(epochs: Sequence[str]) -> str:
    return ", ".join(EPOCHS[one] for one in epochs) or "nothing"


def _tried(sought: Sequence[Target], words: Sequence[bytes]) -> tuple[int, bytes | None]:
    for place, _, word in hits(tuple(sought), Guesses.of(words), compile=False):
        return place + 1, word
    return len(words), None


def _chosen(mend: str, word: bytes, words: Sequence[bytes]) -> bytes:
    """What is used: the word, but for the two mends that choose something else."""
    entropy = seeded(f"mends {mend}")
    if mend == mends.WORDS:
        drawn = (int.from_bytes(entropy(8), "big") % len(words) for _ in range(WORDS_DRAWN))
        return b" ".join(words[number] for number in drawn)
    return entropy(16) if mend == mends.RANDOM else word


def _psk(mend: str, word: bytes) -> ExternalPsk:
    """What both ends make of the word, and whoever has found it: nothing of it is secret."""
    sha384 = mend == mends.SHA384
    hash_name = "sha384" if sha384 else "sha256"
    key = SMALL[mend].derive(word) if mend in SMALL else word
    psk = ExternalPsk(IDENTITY, key, hash_name)
    if mend == mends.IMPORTER:
        (psk,) = import_psk(psk, CONTEXT, (hash_name,))
    suite = CipherSuite.TLS_AES_256_GCM_SHA384 if sha384 else CipherSuite.TLS_AES_128_GCM_SHA256
    return replace(psk, suite=suite, max_early_data_size=MOST_EARLY)


class _Ends:
    """An honest client and server that use a word in the way of a mend, and a talk of theirs."""

    def __init__(self, mend: str, mode: Mode, word: bytes) -> None:
        self._mend, self._mode = mend, mode
        self._client, self._server = self._configured(word)
        self._pair = talk(self._client, self._server, f"mends {mend}")
        self._recording = record(self._pair)

    def _configured(self, word: bytes) -> tuple[ClientConfig, ServerConfig]:
        psk = _psk(self._mend, word)
        early = self._mode != "cert_with_extern_psk"
        client, server = lesson_configs(
            self._mode, psk if early else replace(psk, suite=None, max_early_data_size=0)
        )
        key = TicketKey.new(seeded("mends: the ticket key"))
        server = replace(server, tickets=StatelessTickets(key))
        if not early:
            return client, server
        server = replace(server, max_early_data_size=MOST_EARLY, anti_replay=NoAntiReplay())
        return replace(client, early_data=EARLY_WORDS), server

    @property
    def sought(self) -> tuple[Target, ...]:
        """The binders of the recording, with the derivation that stands before them."""
        derivation = SMALL.get(self._mend)
        return tuple(replace(one, derivation=derivation) for one in targets(self._recording))

    def opens(self, epoch: str, word: bytes) -> bool:
        """Whether the word that was found opens it: the very bytes, not a claim."""
        if epoch == PRESENT:
            return self._answered(word)
        goal = EARLY_DATA if epoch == EARLY_DATA else "application_data"
        finding, psks = self._listened(self._recording, word, goal)
        if epoch == NEXT_TICKET:
            return bool({ticket.key for ticket in self._pair.tickets} & set(psks))
        said = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
        truth = {"client": EARLY_WORDS} if epoch == EARLY_DATA else said
        read = {sender: text.head for sender, text in finding.plaintext.items()}
        return finding.verdict == "lost" and read == truth

    def next_period(self, word: bytes) -> bool:
        """Whether the word also opens what is said under a PSK that was drawn anew."""
        client, server = self._configured(seeded("mends: the next period")(16))
        recording = record(talk(client, server, "mends: the next period"))
        finding, _ = self._listened(recording, word, "application_data")
        return finding.verdict == "lost"

    def _listened(
        self, recording: Sequence[Item], word: bytes, goal: str
    ) -> tuple[Finding, tuple[bytes, ...]]:
        adversary = Eavesdropper(Theft(psks=(_psk(self._mend, word).key,)), goal)
        (finding,) = adversary.listen(recording)
        return finding, tuple(adversary.ticket_psks)

    def _answered(self, word: bytes) -> bool:
        """Whether an honest client tells its words to who answers with the word's PSK alone."""
        false = ServerConfig(
            psks=(_psk(self._mend, word),),
            modes=frozenset({PSK_KE, PSK_DHE_KE}),
            max_early_data_size=MOST_EARLY,
            anti_replay=NoAntiReplay(),
        )
        with suppress(TLSFault):
            pair = talk(self._client, false, "mends: an impostor")
            return pair.server_received.endswith(CLIENT_WORDS)
        return False
