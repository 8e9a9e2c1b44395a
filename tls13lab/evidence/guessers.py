"""Who can guess a weak PSK, and how often: each guesser at work, on bytes.

The cells of :mod:`tls13lab.symbolic.guessers` are carried out. The PSK is the third word of a list,
so that nobody finds it at the first try. A guesser that finds it from a recording, or from one run,
guesses *freely*. One that needs a run for each word guesses *once a run*. One that tries the whole
list in vain guesses *never*. If the model says otherwise, there is a Disagreement.

Each cell has a counter-test, which is run as well. Where the PSK is found, the same guesser looks
for a PSK that is in no list. Where it is not found, the guesser gets what was missing: a connection
that used the PSK itself, or a stolen scalar of CPace.

The ends here are the lab's own; ``tests/impostor`` has the same attacks against OpenSSL.

>>> harvest = done("external-psk_dhe_ke", HARVESTER)
>>> harvest.checks.value, harvest.guesses, harvest.runs
('freely', 3, 1)
>>> locked_out("external-psk_dhe_ke", failures=2)
Locked(answers=('wrong', 'wrong', 'passed over'), owner_connects=False)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tls13lab.capture.recording import Item
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import certificate_with_psk
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.race import (
    CI,
    HonestCaller,
    HonestService,
    recorded_run,
    thief_lane,
    tried_on,
)
from tls13lab.evidence.scripted import record, talk
from tls13lab.evidence.stage import Stage, stage
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair
from tls13lab.impostor.harvest import taken_home
from tls13lab.impostor.one_guess import ask_caller, ask_service, try_words
from tls13lab.impostor.online import GuessAnswer, ask, served_by
from tls13lab.impostor.selfie import Member
from tls13lab.impostor.stand_in import StolenPsk, false_server
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.search.target import targets
from tls13lab.symbolic.certificate_with_psk import BOTH
from tls13lab.symbolic.guessers import (
    CPACE,
    GUESSERS,
    HARVESTER,
    OFFLINE,
    ONLINE,
    Checks,
    Guesser,
    Way,
    decide,
)
from tls13lab.symbolic.prices import USUAL, Prices
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import (
    GUESSED_MODES,
    GuessedMode,
    is_of_psk,
    parts,
    with_external_psk,
)
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Mode

WORD = LESSON_PSK.key
WORDS = (b"123456", b"password", WORD, b"qwerty")
OTHER_WORDS = tuple(word for word in WORDS if word != WORD)
"""A list without the PSK; to an attacker with this list, the PSK is strong."""
IN_NO_LIST = "a PSK that is in no list"
SCALAR = "a stolen scalar of CPace"


@dataclass(frozen=True, slots=True)
class GuessBench:
    """The honest ends of a mode. ``guess`` makes a client that uses a guess as its PSK."""

    recording: tuple[Item, ...]
    client: ClientConfig
    server: ServerConfig
    guess: Callable[[bytes], ClientConfig]
    now_ms: int = LESSON_TIME_MS

    def env(self, who: str) -> Environment:
        """An environment with the time and the entropy of ``who``."""
        return Environment(self.now_ms, seeded(f"guessers {who}"))

    def visit(self) -> bytes:
        """The first flight of an honest client that connects to the attacker."""
        return Connection.client(self.client, self.env("alice")).outgoing()


@dataclass(frozen=True, slots=True)
class GuessesDone:
    """The result of a guesser: words tried, runs with an honest end, and the PSK, if found."""

    checks: Checks
    guesses: int
    runs: int
    found: bytes | None


@remembered(64)
def done(mode: GuessedMode, guesser: Guesser, words: tuple[bytes, ...] = WORDS) -> GuessesDone:
    """One cell on bytes: first with as few runs as possible, then with one for each word."""
    at_once = _at_once(mode, guesser, words)
    if at_once.found is not None:
        return at_once
    if guesser == OFFLINE:
        return replace(at_once, checks=Checks.NEVER)
    asked = try_words(words, len(words), _one_run(mode, guesser))
    checks = Checks.ONCE_A_RUN if asked.found is not None else Checks.NEVER
    return GuessesDone(checks, asked.runs, asked.runs, asked.found)


def _at_once(mode: GuessedMode, guesser: Guesser, words: Sequence[bytes]) -> GuessesDone:
    """Try the whole list on one recording, one visit of a client, or one connection."""
    if guesser == ONLINE or (guesser == HARVESTER and mode == CPACE):
        # An honest end's answer to a guess has no binder, so words cannot be tried on it.
        first = try_words(words, 1, _one_run(mode, guesser))
        return GuessesDone(Checks.FREELY, first.runs, 1, first.found)
    if guesser == OFFLINE:
        sought = tuple(targets(_recording(mode)))
    else:
        sought = taken_home(bench(mode).visit())
    tried, found = tried_on(sought, words)
    return GuessesDone(Checks.FREELY, tried, int(guesser == HARVESTER), found)


def _recording(mode: GuessedMode) -> tuple[Item, ...]:
    return recorded_run(WORD).items if mode == CPACE else bench(mode).recording


def _one_run(mode: GuessedMode, guesser: Guesser) -> Callable[[bytes], bool]:
    """A function that spends one run with an honest end on a guess: whether it was right."""
    if mode == CPACE:
        me = seeded("guessers: mallory")
        service, caller = HonestService(WORD), HonestCaller(WORD)
        if guesser == ONLINE:
            return lambda guess: ask_service(guess, CI, service, me)
        return lambda guess: ask_caller(guess, CI, caller, me)
    ends = bench(mode)
    if guesser == ONLINE:
        return lambda guess: _asked(ends, ends.server, guess) is GuessAnswer.RIGHT
    return lambda guess: _posed(ends, guess)


def _asked(ends: GuessBench, config: ServerConfig, guess: bytes) -> GuessAnswer:
    server = served_by(config, ends.env("bob"))
    return ask(ends.guess(guess), server, ends.env(f"mallory, {guess.hex()}"))


def _posed(ends: GuessBench, guess: bytes) -> bool:
    """Whether the client accepts a server that uses the guess as the client's PSK."""
    target, *_ = taken_home(ends.visit())
    posing = false_server(StolenPsk(target.identity, guess, target.kind, target.hash_name))
    try:
        return (
            Pair(ends.client, posing, "guessers", ends.now_ms, traced=False).handshake() is not None
        )
    except TLSFault:
        return False


# With a server that counts ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Locked:
    """A counting server's answer to each guess, and whether the owner can still connect."""

    answers: tuple[str, ...]
    owner_connects: bool


def locked_out(mode: GuessedMode, failures: int) -> Locked:
    """Try the list up to the right word on a server with a lockout; then the owner connects.

    Not for CPace: there, each run has a different identity, and a server counts runs instead.
    """
    ends = bench(mode)
    config = replace(ends.server, lockout=Lockout(Limit(failures)))
    answers = tuple(_asked(ends, config, word).value for word in WORDS[: WORDS.index(WORD) + 1])
    owner = ask(ends.client, served_by(config, ends.env("bob")), ends.env("alice"))
    return Locked(answers, owner is GuessAnswer.RIGHT)


# The benches --------------------------------------------------------------------------------------


@remembered(16)
def bench(mode: GuessedMode) -> GuessBench:
    """The bench of a mode, built once. Raises KeyError for CPace, whose ends differ."""
    match mode:
        case "cert_with_extern_psk":
            return _with_certificate()
        case "imported-psk_ke" | "imported-psk_dhe_ke":
            return _imported(parts(mode).mode)
        case "cpace-psk_dhe_ke":
            raise KeyError(mode)
        case "external-psk_ke" | "external-psk_dhe_ke":
            return _external(stage(mode))
        case _:
            return _resuming(stage(mode))


def _external(setup: Stage) -> GuessBench:
    def guess(word: bytes) -> ClientConfig:
        assert setup.external is not None
        return replace(setup.client, psks=(replace(setup.external, key=word),), early_data=b"")

    return GuessBench(setup.recording, setup.client, setup.server, guess, setup.now_ms)


def _resuming(setup: Stage) -> GuessBench:
    """The ends of a resumption. The server accepts only tickets, not the external PSK."""

    def guess(word: bytes) -> ClientConfig:
        (ticket,) = setup.client.psks
        assert isinstance(ticket, ResumptionPsk)
        made_up = seeded("a ticket made up")(len(ticket.identity))
        psk = replace(ticket, identity=made_up, key=word)
        return replace(setup.client, psks=(psk,), early_data=b"")

    server = replace(setup.server, psks=())
    return GuessBench(setup.recording, setup.client, server, guess, setup.now_ms)


def _with_certificate() -> GuessBench:
    setup = certificate_with_psk.stage(BOTH)

    def guess(word: bytes) -> ClientConfig:
        psks = (replace(LESSON_PSK, key=word),)
        return replace(setup.client, psks=psks, trust=TrustAnyone())

    return GuessBench(setup.recording, setup.client, setup.server, guess)


def _imported(psk_mode: Mode) -> GuessBench:
    mode = PskKeyExchangeMode[psk_mode.upper()]

    def alice(word: bytes) -> Member:
        return Member(b"alice", b"bob", replace(LESSON_PSK, key=word), roles=True, mode=mode)

    client = alice(WORD).as_client()
    server = replace(alice(WORD), name=b"bob", friend=b"alice").as_server()
    recording = record(talk(client, server, f"guessers imported {psk_mode}"))
    return GuessBench(recording, client, server, lambda word: alice(word).as_client())


# Both together ------------------------------------------------------------------------------------


def claims(prices: Prices = USUAL) -> Iterator[dict[str, Any]]:
    """Every cell as a JSON object; its counter-test is run. Raises Disagreement."""
    for mode in GUESSED_MODES:
        for guesser in GUESSERS:
            yield agreed(decide(mode, guesser), prices)


def agreed(way: Way, prices: Prices = USUAL) -> dict[str, Any]:
    """One cell, by the model and on bytes. Raises Disagreement if they differ.

    ``runs`` is the number of runs with an honest end that the expected number of guesses takes.
    """
    found = done(way.mode, way.guesser)
    if found.checks is not way.checks:
        raise Disagreement(f"{way.guesser} against {way.mode}: {way.checks} and {found.checks}")
    bits = way.log2_guesses(prices)
    return {
        "mode": way.mode,
        "guesser": way.guesser,
        "needs": way.needs,
        "checks": way.checks.value,
        "told_by": list(way.told_by),
        "log2_guesses": bits,
        "runs": None if bits is None else way.runs(2.0**bits),
        "on_bytes": {"guesses": found.guesses, "runs": found.runs},
        "decided": {"model": way.checks.value, "bytes": found.checks.value},
        "counter_test": counter_test(way),
        "citation": "RFC 9846 2.2",
    }


def counter_test(way: Way) -> str:
    """Run the counter-test, and say what is different in it. Raises Disagreement if it fails."""
    if way.applies:
        other, holds = IN_NO_LIST, done(way.mode, way.guesser, OTHER_WORDS).found is None
    elif way.mode == CPACE:
        other, holds = SCALAR, thief_lane(WORD, WORDS).found == WORD
    else:
        issued_in = parts(way.mode).issued_in
        assert is_of_psk(issued_in)
        issuer = with_external_psk(issued_in)
        other, holds = issuer, done(issuer, way.guesser).found == WORD
    if not holds:
        raise Disagreement(f"{way.guesser} against {way.mode}: the counter-test, {other}, fails")
    return other


def table(every: Sequence[dict[str, Any]]) -> str:
    """A table in text: for each mode, how often each guesser can check a guess."""
    modes = dict.fromkeys(cell["mode"] for cell in every)
    width = max(map(len, modes))
    cells = {(cell["mode"], cell["guesser"]): cell["checks"] for cell in every}
    lines = [f"{'':{width}}  " + "  ".join(f"{guesser:10}" for guesser in GUESSERS).rstrip()]
    for mode in modes:
        row = "  ".join(f"{cells[mode, guesser]:10}" for guesser in GUESSERS)
        lines.append(f"{mode:{width}}  {row.rstrip()}")
    return "\n".join(lines)
