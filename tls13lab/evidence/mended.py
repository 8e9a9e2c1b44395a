"""What mends a weak PSK, on bytes: each mend is attacked, and must do what the model says.

Two honest ends use a word with one of the mends of :mod:`tls13lab.psk.mends`, and are recorded.
Then the attacker tries a list of words on the recording. Where there is a derivation, it uses that,
because the salt is public. With the word that it finds, it tries to open the recording, and to
answer an honest client. What opens must be what the model says; otherwise there is a
:class:`~tls13lab.evidence.matrix.Disagreement`.

Slow derivations have small settings here, so that the attack ends; the cost of common settings is
measured elsewhere. All random bytes come from seeds, and no clock is read.

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
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import Item
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.race import recorded_run
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
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
from tls13lab.symbolic.mended import EARLY_DATA, EPOCHS, NEXT_TICKET, PRESENT, MendedMode
from tls13lab.symbolic.vocabulary import Epoch
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

EARLY_WORDS = b"early words"
MOST_EARLY = 100
IDENTITY, CONTEXT = b"printer", b"alice calls the printer"
SMALL: dict[str, Scrypt | Argon2id] = {
    mends.SCRYPT: Scrypt(b"the printer's salt", log2_n=2),
    mends.ARGON2ID: Argon2id(b"the printer's salt", memory_kib=32, passes=1),
}
"""Fast settings of the derivations. They give other keys, but these open the same things."""
WORDS_DRAWN = 6
BEYOND = 64.0
"""log2 of a number of guesses that nobody can make."""


@dataclass(frozen=True, slots=True)
class Played:
    """The result of one attack: ``found`` is the word, or None if no guess was right.

    ``opened`` names the epochs that the word opens. ``next_period`` says whether it also opens a
    connection under the next PSK; None if the mend does not change the PSK.
    """

    mend: str
    tried: int
    found: bytes | None = field(repr=False)
    opened: tuple[Epoch, ...]
    next_period: bool | None = None

    def __str__(self) -> str:
        guesses = f"{self.tried:,} guess{'' if self.tried == 1 else 'es'}"
        verdict = f"not found in {guesses}" if self.found is None else f"found after {guesses}"
        after = "" if self.next_period is None else "; the next period "
        after += {True: "as well", False: "stays closed", None: ""}[self.next_period]
        return f"{self.mend}: {verdict}; opens {_listed(self.opened)}{after}"


def play(mend: str, word: bytes, words: Sequence[bytes], mode: MendedMode = "psk_ke") -> Played:
    """Attack a word, of at least 1 byte, that is used with a mend. ``words`` are tried in order.

    With the mends that choose a better PSK (more words, random bits), the PSK is not the word.
    Raises KeyError for an unknown mend.
    """
    if mend not in mends.MENDS:
        raise KeyError(mend)
    of_its_own: dict[str, MendedMode] = {
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
    """Attack one row of the table. Raises Disagreement if the model says otherwise.

    ``word`` must be among ``words``. It may stay unfound only if there is nothing to check guesses
    against, or if the PSK was chosen from too many values.
    """
    mode: MendedMode = "psk_ke" if row.mode == "psk_ke" else "psk_dhe_ke"
    played = play(row.mend, word, words, mode)
    by_word = tuple(epoch for epoch in EPOCHS if row.opens[epoch].computed == ("word",))
    expected = by_word if played.found is not None else ()
    findable = row.log2_work is not None and row.log2_guesses < BEYOND
    if played.opened != expected or (played.found is not None) is not findable:
        raise Disagreement(f"{played}; by the model {_listed(by_word)}")
    return played


def _listed(epochs: Sequence[Epoch]) -> str:
    return ", ".join(EPOCHS[epoch] for epoch in epochs) or "nothing"


def _tried(sought: Sequence[Target], words: Sequence[bytes]) -> tuple[int, bytes | None]:
    for place, _, word in hits(tuple(sought), Guesses.of(words), compile=False):
        return place + 1, word
    return len(words), None


def _chosen(mend: str, word: bytes, words: Sequence[bytes]) -> bytes:
    """What both ends use: the word, except for the two mends that choose something better."""
    entropy = seeded(f"mends {mend}")
    if mend == mends.WORDS:
        drawn = (int.from_bytes(entropy(8), "big") % len(words) for _ in range(WORDS_DRAWN))
        return b" ".join(words[number] for number in drawn)
    return entropy(16) if mend == mends.RANDOM else word


def _psk(mend: str, word: bytes) -> ExternalPsk:
    """The PSK that comes from a word. Anyone who has the word can compute it."""
    sha384 = mend == mends.SHA384
    hash_name = "sha384" if sha384 else "sha256"
    key = SMALL[mend].derive(word) if mend in SMALL else word
    psk = ExternalPsk(IDENTITY, key, hash_name)
    if mend == mends.IMPORTER:
        (psk,) = import_psk(psk, CONTEXT, (hash_name,))
    suite = CipherSuite.TLS_AES_256_GCM_SHA384 if sha384 else CipherSuite.TLS_AES_128_GCM_SHA256
    return replace(psk, suite=suite, max_early_data_size=MOST_EARLY)


class _Ends:
    """An honest client and server that use a word with a mend, and a recorded connection."""

    def __init__(self, mend: str, mode: MendedMode, word: bytes) -> None:
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
        """The binders of the recording, with the derivation of their PSK from the word."""
        derivation = SMALL.get(self._mend)
        return tuple(replace(each, derivation=derivation) for each in targets(self._recording))

    def opens(self, epoch: Epoch, word: bytes) -> bool:
        """Whether the word opens this epoch; the bytes are compared with what was sent."""
        if epoch == PRESENT:
            return self._answered(word)
        goal: Goal = EARLY_DATA if epoch == EARLY_DATA else "application_data"
        finding, psks = self._listened(self._recording, word, goal)
        if epoch == NEXT_TICKET:
            return bool({ticket.key for ticket in self._pair.tickets} & set(psks))
        said: dict[Side, bytes] = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
        truth: dict[Side, bytes] = {"client": EARLY_WORDS} if epoch == EARLY_DATA else said
        read = {sender: text.head for sender, text in finding.plaintext.items()}
        return finding.verdict == "lost" and read == truth

    def next_period(self, word: bytes) -> bool:
        """Whether the word also opens a connection under the next, newly drawn PSK."""
        client, server = self._configured(seeded("mends: the next period")(16))
        recording = record(talk(client, server, "mends: the next period"))
        finding, _ = self._listened(recording, word, "application_data")
        return finding.verdict == "lost"

    def _listened(
        self, recording: Sequence[Item], word: bytes, goal: Goal
    ) -> tuple[Finding, tuple[bytes, ...]]:
        adversary = Eavesdropper(Theft(psks=(_psk(self._mend, word).key,)), goal)
        (finding,) = adversary.listen(recording)
        return finding, tuple(adversary.ticket_psks)

    def _answered(self, word: bytes) -> bool:
        """Whether an honest client sends its data to a server that has only the word's PSK."""
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
