"""The race: one word list against a weak PSK, and against the same word behind a PAKE. On bytes.

Two ends share a word. In the first case, it is their external PSK. In the second, they run CPace,
and the key that comes out is the PSK. Three attackers have the same list. One listens. One takes
the server's place and waits for a client. One asks the server again and again. A fourth is a thief
who has the recording and also one end's scalar, which should have been deleted; it breaks the PAKE.

Every lane of the race is run, not looked up. Connections are recorded and every word is tried on
the recording; an attacker who takes part makes a whole run with an honest end. All random bytes
come from seeds, and guesses are counted, not timed, so the numbers are the same on every machine.

A PAKE has limits. Both ends store the word itself, so it can be stolen from either of them. It does
not prevent one guess in each run, so a server has to count runs. And a quantum computer can guess
at the cost of one discrete logarithm for each word.

>>> lanes = race(b"dragon", [b"123456", b"dragon", b"qwerty"], runs=1)
>>> for lane in lanes[:2] + lanes[3:5]:
...     print(lane)
the word is the PSK, listens: found after 2 guesses, 0 runs
the word is the PSK, lets a client come: found after 2 guesses, 1 run
CPace first, listens: not found in 3 guesses, 0 runs
CPace first, lets a client come: not found in 1 guess, 1 run
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from tls13lab.capture.recording import Item
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.impostor.harvest import taken_home
from tls13lab.impostor.one_guess import ask_caller, ask_service, try_words
from tls13lab.impostor.online import GuessAnswer, ask, served_by
from tls13lab.psk.cpace import CpaceRun, Role, begin, names
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.pake import external_psk
from tls13lab.search.engine import engines
from tls13lab.search.guesses import Guesses
from tls13lab.search.share import StolenScalar
from tls13lab.search.target import Target, targets
from tls13lab.wire.faults import TLSFault

PSK, PAKE = "the word is the PSK", "CPace first"
LISTENS, CLIENT_COMES, ASKS = "listens", "lets a client come", "asks the server"
SCALAR = "listens, and stole a scalar"
CI = names(b"alice", b"printer")
"""CPace's channel identifier: the names of both ends."""
_DHE_ONLY = frozenset({PSK_DHE_KE})
_RECORD_HEADER = 5


@dataclass(frozen=True, slots=True)
class Lane:
    """The result of one attacker: ``found`` is the word, or None.

    ``tried`` counts the words that were tried. ``runs`` counts the runs in which the attacker took
    part; these an honest end can count, too, and can refuse.
    """

    protection: str
    attacker: str
    tried: int
    runs: int
    found: bytes | None

    def __str__(self) -> str:
        guesses = f"{self.tried:,} guess{'' if self.tried == 1 else 'es'}"
        verdict = f"not found in {guesses}" if self.found is None else f"found after {guesses}"
        runs = f"{self.runs:,} run{'' if self.runs == 1 else 's'}"
        return f"{self.protection}, {self.attacker}: {verdict}, {runs}"


def race(
    word: bytes, words: Sequence[bytes], runs: int = 10, *, thief: bool = True
) -> tuple[Lane, ...]:
    """Three attackers against the PSK, the same three against the PAKE, and the thief.

    ``words`` are tried in this order; an honest end takes part in ``runs`` runs. ``word`` has at
    least 1 byte and need not be in the list. The thief multiplies a point for each word, which
    takes some tenths of a millisecond; leave this lane out for a word far down a long list.
    """
    lanes = (*_against_psk(word, words, runs), *_against_pake(word, words, runs))
    return (*lanes, thief_lane(word, words)) if thief else lanes


def thief_lane(word: bytes, words: Sequence[bytes]) -> Lane:
    """A listener who also has Alice's scalar and tries the words on her share."""
    heard = recorded_run(word)
    stolen = StolenScalar(heard.messages[0], heard.scalar, CI)
    guessed = try_words(words, len(words), stolen.made_with)
    return Lane(PAKE, SCALAR, guessed.runs, 0, guessed.found)


@dataclass(frozen=True, slots=True)
class RecordedRuns:
    """A recording of a PAKE and of a TLS connection under its key.

    ``messages`` are the two messages of CPace, and ``items`` is the TLS connection. A listener has
    ``scalar``, Alice's, only if it stole it.
    """

    messages: tuple[bytes, bytes]
    items: tuple[Item, ...]
    scalar: bytes = field(repr=False)


def recorded_run(word: bytes, seed: str = "the race") -> RecordedRuns:
    """Two honest ends with the word: CPace, then a connection in psk_dhe_ke under its key."""
    a = _begin(Role.INITIATOR, word, f"{seed} a")
    b = _begin(Role.RESPONDER, word, f"{seed} b")
    client = _client(external_psk(a.finish(b.message)))
    server = _server(external_psk(b.finish(a.message)))
    return RecordedRuns((a.message, b.message), record(talk(client, server, seed)), a.y)


def tried_on(sought: Sequence[Target], words: Sequence[bytes]) -> tuple[int, bytes | None]:
    """Try the words on these binders: how many were tried until one fits, and that word or None."""
    one_kind_each = tuple(each for target in sought for each in target.each_kind)
    guesses = Guesses.of(words)
    # Each engine has the targets of one kind. The first word that fits any of them counts.
    hits = (
        (place + 1, word)
        for engine in engines(one_kind_each, compile=False)
        for place, _, word in islice(engine.test(guesses), 1)
    )
    return min(hits, default=(len(words), None))


# Against the word as a PSK ------------------------------------------------------------------------


def _against_psk(word: bytes, words: Sequence[bytes], runs: int) -> tuple[Lane, ...]:
    psk = ExternalPsk(b"printer", word)
    client, server = _client(psk), _server(psk)
    heard = list(targets(record(talk(client, server, "the race, psk"))))
    # The client needs no answer: the binder is in its first message.
    alone = Environment(LESSON_TIME_MS, seeded("the race, psk, alone"))
    brought = taken_home(Connection.client(client, alone).outgoing())
    me = Environment(LESSON_TIME_MS, seeded("the race, a guess"))
    printer = served_by(server, Environment(LESSON_TIME_MS, seeded("the race, the printer")))

    def asks(guess: bytes) -> bool:
        return ask(_client(replace(psk, key=guess)), printer, me) is GuessAnswer.RIGHT

    asked = try_words(words, runs, asks)
    return (
        Lane(PSK, LISTENS, *_offline(heard, words)),
        Lane(PSK, CLIENT_COMES, *_offline(brought, words, runs=1)),
        Lane(PSK, ASKS, asked.runs, asked.runs, asked.found),
    )


def _offline(
    sought: Sequence[Target], words: Sequence[bytes], runs: int = 0
) -> tuple[int, int, bytes | None]:
    tried, found = tried_on(sought, words)
    return tried, runs, found


# Against the PAKE ---------------------------------------------------------------------------------


def _against_pake(word: bytes, words: Sequence[bytes], runs: int) -> tuple[Lane, ...]:
    heard = recorded_run(word)
    service, caller = HonestService(word), HonestCaller(word)
    me = seeded("the race, mallory")
    came = try_words(words, runs, lambda guess: ask_caller(guess, CI, caller, me))
    asked = try_words(words, runs, lambda guess: ask_service(guess, CI, service, me))
    return (
        Lane(PAKE, LISTENS, *_offline(list(targets(heard.items)), words)),
        Lane(PAKE, CLIENT_COMES, came.runs, came.runs, came.found),
        Lane(PAKE, ASKS, asked.runs, asked.runs, asked.found),
    )


class HonestService:
    """A printer that has the word: an :class:`~tls13lab.impostor.one_guess.Service`."""

    def __init__(self, word: bytes) -> None:
        self._word, self._runs = word, 0
        self._psk: ExternalPsk | None = None

    def answer(self, message: bytes) -> bytes:
        """Answer with a new scalar."""
        self._runs += 1
        me = _begin(Role.RESPONDER, self._word, f"printer {self._runs}")
        self._psk = external_psk(me.finish(message))
        return me.message

    def connects(self, client: ClientConfig) -> bool:
        """Whether a client completes a handshake with the last run's PSK, which works once."""
        psk, self._psk = self._psk, None
        return psk is not None and _connects(client, _server(psk))


class HonestCaller:
    """Alice, who has the word and calls: a :class:`~tls13lab.impostor.one_guess.Caller`."""

    def __init__(self, word: bytes) -> None:
        self._word, self._runs = word, 0
        self._me: CpaceRun | None = None

    def message(self) -> bytes:
        """Begin a run with a new scalar."""
        self._runs += 1
        self._me = _begin(Role.INITIATOR, self._word, f"alice {self._runs}")
        return self._me.message

    def hello(self, answer: bytes) -> bytes:
        """The ClientHello, with a binder under the PSK of this run."""
        assert self._me is not None, "message() comes first"
        return _hello(_client(external_psk(self._me.finish(answer))), f"alice {self._runs}")


def _begin(role: Role, word: bytes, who: str) -> CpaceRun:
    return begin(role, word, seeded(who), CI=CI)


def _client(psk: ExternalPsk) -> ClientConfig:
    return ClientConfig(psks=(psk,), modes=_DHE_ONLY)


def _server(psk: ExternalPsk) -> ServerConfig:
    return ServerConfig(psks=(psk,), modes=_DHE_ONLY)


def _hello(client: ClientConfig, who: str) -> bytes:
    """The ClientHello of a client that gets no answer."""
    env = Environment(LESSON_TIME_MS, seeded(who))
    return Connection.client(client, env).outgoing()[_RECORD_HEADER:]


def _connects(client: ClientConfig, server: ServerConfig) -> bool:
    pair = Pair(client, server, "the race, a guess", traced=False)
    try:
        return pair.handshake().mode == "psk_dhe_ke"
    except TLSFault:
        return False
