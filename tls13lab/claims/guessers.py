"""Who may guess at a weak PSK, and how often: each guesser at work, on bytes.

The cells of :mod:`tls13lab.symbolic.guessers`, done. The PSK is the third word of a list, so that
nobody has it by luck. A guesser that finds it in a recording, or in one run, guesses *freely*; one
that needs a run for each word *once a run*; one that has used up the list in vain *never*. Model
and bytes must say the same, or there is a Disagreement.

Each cell has its counter-test, which is done as well. Where a PSK is found, the same guesser looks
for one that is in no list. Where nothing is found, something that was missing is there: the
connection in which the PSK itself was used, or a stolen scalar of CPace.

The lab's own ends are asked here; that OpenSSL's say the same is in ``tests/impostor``.

>>> harvest = done("external-psk_dhe_ke", HARVESTER)
>>> harvest.checks.value, harvest.guesses, harvest.runs
('freely', 3, 1)
>>> locked_out("external-psk_dhe_ke", failures=2)
Locked(answers=('wrong', 'wrong', 'passed over'), owner_connects=False)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tls13lab.capture.recording import Item
from tls13lab.claims import certificate_with_psk
from tls13lab.claims.matrix import Disagreement
from tls13lab.claims.race import CI, HonestCaller, HonestService, recorded_run, thief_lane, tried_on
from tls13lab.claims.scripted import record, talk
from tls13lab.claims.stage import Stage, stage
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair
from tls13lab.impostor.harvest import taken_home
from tls13lab.impostor.one_guess import ask_caller, ask_service, try_words
from tls13lab.impostor.online import Answer, ask, served_by
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
    MODES,
    OFFLINE,
    ONLINE,
    Checks,
    Way,
    decide,
)
from tls13lab.symbolic.prices import USUAL, Prices
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.faults import TLSFault

WORD = LESSON_PSK.key
WORDS = (b"123456", b"password", WORD, b"qwerty")
OTHER_WORDS = tuple(word for word in WORDS if word != WORD)
"""A list that the PSK is not in: to this list it is a strong one."""
IN_NO_LIST = "a PSK that is in no list"
SCALAR = "a stolen scalar of CPace"


@dataclass(frozen=True, slots=True)
class Bench:
    """The ends of a mode. ``guess`` makes a client of a guess at the PSK."""

    recording: tuple[Item, ...]
    client: ClientConfig
    server: ServerConfig
    guess: Callable[[bytes], ClientConfig]
    now_ms: int = LESSON_TIME_MS

    def env(self, who: str) -> Environment:
        """The time, and somebody's own entropy."""
        return Environment(self.now_ms, seeded(f"guessers {who}"))

    def visit(self) -> bytes:
        """The first flight of an honest client that has come."""
        return Connection.client(self.client, self.env("alice")).outgoing()


@dataclass(frozen=True, slots=True)
class Done:
    """What a guesser came to: words tried, runs with an honest end, and the PSK, if found."""

    checks: Checks
    guesses: int
    runs: int
    found: bytes | None


@lru_cache(maxsize=64)
def done(mode: str, guesser: str, words: tuple[bytes, ...] = WORDS) -> Done:
    """One cell on bytes: first with as few runs as can be, and then with one for each word."""
    at_once = _at_once(mode, guesser, words)
    if at_once.found is not None:
        return at_once
    if guesser == OFFLINE:
        return replace(at_once, checks=Checks.NEVER)
    asked = try_words(words, len(words), _one_run(mode, guesser))
    checks = Checks.ONCE_A_RUN if asked.found is not None else Checks.NEVER
    return Done(checks, asked.runs, asked.runs, asked.found)


def _at_once(mode: str, guesser: str, words: Sequence[bytes]) -> Done:
    """Everything from one recording, one visit, or one connection."""
    if guesser == ONLINE or (guesser == HARVESTER and mode == CPACE):
        # What an honest end has said to a guess is no binder: there is nothing to try words on.
        first = try_words(words, 1, _one_run(mode, guesser))
        return Done(Checks.FREELY, first.runs, 1, first.found)
    if guesser == OFFLINE:
        sought = tuple(targets(_recording(mode)))
    else:
        sought = taken_home(bench(mode).visit())
    tried, found = tried_on(sought, words)
    return Done(Checks.FREELY, tried, int(guesser == HARVESTER), found)


def _recording(mode: str) -> tuple[Item, ...]:
    return recorded_run(WORD).items if mode == CPACE else bench(mode).recording


def _one_run(mode: str, guesser: str) -> Callable[[bytes], bool]:
    """A run with an honest end, for one guess: whether that was right."""
    if mode == CPACE:
        me = seeded("guessers: mallory")
        service, caller = HonestService(WORD), HonestCaller(WORD)
        if guesser == ONLINE:
            return lambda guess: ask_service(guess, CI, service, me)
        return lambda guess: ask_caller(guess, CI, caller, me)
    one = bench(mode)
    if guesser == ONLINE:
        return lambda guess: _asked(one, one.server, guess) is Answer.RIGHT
    return lambda guess: _posed(one, guess)


def _asked(one: Bench, config: ServerConfig, guess: bytes) -> Answer:
    server = served_by(config, one.env("bob"))
    return ask(one.guess(guess), server, one.env(f"mallory, {guess.hex()}"))


def _posed(one: Bench, guess: bytes) -> bool:
    """In the server's place, with the guess as the PSK that the client named."""
    target, *_ = taken_home(one.visit())
    posing = false_server(StolenPsk(target.identity, guess, target.kind, target.hash_name))
    try:
        return (
            Pair(one.client, posing, "guessers", one.now_ms, traced=False).handshake() is not None
        )
    except TLSFault:
        return False


# With a server that counts ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Locked:
    """What a server that counts said to each of ``WORDS``, and whether its owner still gets in."""

    answers: tuple[str, ...]
    owner_connects: bool


def locked_out(mode: str, failures: int) -> Locked:
    """The list up to the right word, against a server with a lockout; then the honest client.

    Not for CPace: there each run has an identity of its own, and a server counts runs instead.
    """
    one = bench(mode)
    config = replace(one.server, lockout=Lockout(Limit(failures)))
    answers = tuple(_asked(one, config, word).value for word in WORDS[: WORDS.index(WORD) + 1])
    owner = ask(one.client, served_by(config, one.env("bob")), one.env("alice"))
    return Locked(answers, owner is Answer.RIGHT)


# The benches --------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def bench(mode: str) -> Bench:
    """The bench of a mode, built once. KeyError for CPace, which has ends of its own kind."""
    kind, _, psk_mode = mode.partition("-")
    if mode == BOTH:
        return _with_certificate()
    if kind == "imported":
        return _imported(psk_mode)
    if mode == CPACE or mode not in MODES:
        raise KeyError(mode)
    one = stage(mode)
    return _external(one) if kind == "external" else _resuming(one)


def _external(one: Stage) -> Bench:
    def guess(word: bytes) -> ClientConfig:
        assert one.external is not None
        return replace(one.client, psks=(replace(one.external, key=word),), early_data=b"")

    return Bench(one.recording, one.client, one.server, guess, one.now_ms)


def _resuming(one: Stage) -> Bench:
    """Here the server takes tickets only, or it would be the mode of the first connection."""

    def guess(word: bytes) -> ClientConfig:
        (ticket,) = one.client.psks
        assert isinstance(ticket, ResumptionPsk)
        made_up = seeded("a ticket made up")(len(ticket.identity))
        psk = replace(ticket, identity=made_up, key=word)
        return replace(one.client, psks=(psk,), early_data=b"")

    return Bench(one.recording, one.client, replace(one.server, psks=()), guess, one.now_ms)


def _with_certificate() -> Bench:
    one = certificate_with_psk.stage(BOTH)

    def guess(word: bytes) -> ClientConfig:
        psks = (replace(LESSON_PSK, key=word),)
        return replace(one.client, psks=psks, trust=TrustAnyone())

    return Bench(one.recording, one.client, one.server, guess)


def _imported(psk_mode: str) -> Bench:
    mode = PskKeyExchangeMode[psk_mode.upper()]

    def alice(word: bytes) -> Member:
        return Member(b"alice", b"bob", replace(LESSON_PSK, key=word), roles=True, mode=mode)

    client = alice(WORD).as_client()
    server = replace(alice(WORD), name=b"bob", friend=b"alice").as_server()
    recording = record(talk(client, server, f"guessers imported {psk_mode}"))
    return Bench(recording, client, server, lambda word: alice(word).as_client())


# Both together ------------------------------------------------------------------------------------


def claims(prices: Prices = USUAL) -> Iterator[dict[str, Any]]:
    """Every cell as an object, its counter-test done. Raises Disagreement."""
    for mode in MODES:
        for guesser in GUESSERS:
            yield agreed(decide(mode, guesser), prices)


def agreed(told: Way, prices: Prices = USUAL) -> dict[str, Any]:
    """One cell, by the model and on bytes. Raises Disagreement if they do not say the same.

    ``runs`` are those with an honest end that the expected number of guesses takes.
    """
    found = done(told.mode, told.guesser)
    if found.checks is not told.checks:
        raise Disagreement(f"{told.guesser} against {told.mode}: {told.checks} and {found.checks}")
    bits = told.log2_guesses(prices)
    return {
        "mode": told.mode,
        "guesser": told.guesser,
        "needs": told.needs,
        "checks": told.checks.value,
        "told_by": list(told.told_by),
        "log2_guesses": bits,
        "runs": None if bits is None else told.runs(2.0**bits),
        "on_bytes": {"guesses": found.guesses, "runs": found.runs},
        "decided": {"model": told.checks.value, "bytes": found.checks.value},
        "counter_test": counter_test(told),
        "citation": "RFC 9846 2.2",
    }


def counter_test(told: Way) -> str:
    """What is different in the counter-test, which is done. Raises Disagreement if it fails."""
    if told.applies:
        other, holds = IN_NO_LIST, done(told.mode, told.guesser, OTHER_WORDS).found is None
    elif told.mode == CPACE:
        other, holds = SCALAR, thief_lane(WORD, WORDS).found == WORD
    else:
        other = told.mode.partition("-from-")[2]
        holds = done(other, told.guesser).found == WORD
    if not holds:
        raise Disagreement(f"{told.guesser} against {told.mode}: the counter-test, {other}, fails")
    return other


def table(every: Sequence[dict[str, Any]]) -> str:
    """A line for each mode, and what each guesser can do there, as text."""
    modes = dict.fromkeys(cell["mode"] for cell in every)
    width = max(map(len, modes))
    cells = {(cell["mode"], cell["guesser"]): cell["checks"] for cell in every}
    lines = [f"{'':{width}}  " + "  ".join(f"{one:10}" for one in GUESSERS).rstrip()]
    for mode in modes:
        told = "  ".join(f"{cells[mode, one]:10}" for one in GUESSERS)
        lines.append(f"{mode:{width}}  {told.rstrip()}")
    return "\n".join(lines)
