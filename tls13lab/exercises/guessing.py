"""Tasks of lesson 07: how long guessing takes, guessing itself, and remedies. RFC 9846 2.2.

Expected numbers of guesses assume equally likely values: (N + 1) / 2 for N values.
"""

import hmac
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from tls13lab.evidence.scripted import record, talk
from tls13lab.exercises.enough_words import ENOUGH
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, JudgedTask, Mistake
from tls13lab.handshake.pair import lesson_configs
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.search.target import targets
from tls13lab.wire.names import Mode

# 7.2 ---------------------------------------------------------------------------------------------


def _expected(alphabet: int, length: int) -> float:
    return (int(alphabet**length) + 1) / 2


EXPECTED = FunctionTask(
    "7.2",
    ("alphabet", "length"),
    lambda draw, case: (draw.one_of([2, 10, 26, 62, 95]), 1 if case == 0 else draw.number(3, 8)),
    _expected,
    (
        Mistake(
            "That is the number of all values: the right one is found half way, on average.",
            lambda a, n: a**n,
        ),
        Mistake(
            "Nearly: the first guess is number one, so it is (N + 1) / 2 and not N / 2. With two "
            "values: one guess or two, 1.5 on average.",
            lambda a, n: a**n / 2,
        ),
        Mistake(
            "Nearly: // throws the half away. With two values it is 1.5 guesses on average.",
            lambda a, n: (a**n + 1) // 2,
        ),
        Mistake(
            "You multiplied; each further character *multiplies* the number of values by the "
            "alphabet, so it is a power.",
            lambda a, n: (a * n + 1) / 2,
        ),
        Mistake(
            "Base and exponent are the wrong way round: alphabet to the power of length.",
            lambda a, n: (n**a + 1) / 2,
        ),
    ),
    "For values that are equally likely. People's choices fall much sooner: section 6.",
)

# 7.3 ---------------------------------------------------------------------------------------------

YEAR_S = 31_557_600


def _length_for(alphabet: int, rate: float, seconds: float) -> int:
    length = 1
    while _expected(alphabet, length) / rate < seconds:
        length += 1
    return length


def _least(alphabet: int, rate: float, seconds: float, guesses: Callable[[int, int], float]) -> int:
    length = 1
    while guesses(alphabet, length) / rate < seconds:
        length += 1
    return length


def _attack(draw: Draw, case: int) -> tuple[int, float, float]:
    """Inputs for which an answer that is wrong by a factor of two is noticed."""
    alphabet = (2, 2, 10, 26, 62, 95)[case]
    rate = float(10 ** draw.number(6, 15))
    if case < 2:
        return alphabet, rate, float(10 * YEAR_S)
    # In some cases, half of the values take less than the given time and all of them more.
    part = 0.75 if case in (2, 3) else 0.3
    return alphabet, rate, alphabet ** draw.number(6, 12) / rate * part


LENGTH = FunctionTask(
    "7.3",
    ("alphabet", "rate", "seconds"),
    _attack,
    _length_for,
    (
        Mistake(
            "You counted all values; on average the right one is found after half of them.",
            lambda a, rate, seconds: _least(a, rate, seconds, lambda b, n: float(b**n)),
        ),
        Mistake(
            "One too short: with your length it still falls before the time is over, on average. "
            "Round up.",
            lambda a, rate, seconds: _length_for(a, rate, seconds) - 1,
        ),
        Mistake(
            "One too long: one character fewer would do.",
            lambda a, rate, seconds: _length_for(a, rate, seconds) + 1,
        ),
        Mistake(
            "You gave bits; the length in characters is wanted.",
            lambda a, rate, seconds: _length_for(2, rate, seconds),
        ),
        Mistake(
            "The rate is in guesses a *second*, and the time in seconds: nothing is to be "
            "converted.",
            lambda a, rate, seconds: _length_for(a, rate, seconds * YEAR_S),
        ),
    ),
    "And that is only for characters that a machine drew.",
)

# 7.1 ---------------------------------------------------------------------------------------------

_LIST = """
amber anchor apple autumn bacon badger bamboo banjo barley basil beacon
beetle birch biscuit bison blossom bottle bramble bridge bronze butter button
candle canyon carbon carrot castle cedar cherry chimney cinder clover cobalt
comet copper coral cotton crayon cricket crystal dagger daisy desert donkey
dragon ember falcon feather fennel ferry fiddle finch flint forest
"""
WORDS = tuple(_LIST.split())


@lru_cache(maxsize=64)
def _target(seed: str, word: str) -> tuple[bytes, bytes]:
    psk = ExternalPsk(b"printer", word.encode())
    pair = talk(*lesson_configs("psk_dhe_ke", psk), seed)
    found = next(targets(record(pair)))
    return found.truncated, found.binder


def _recorded(draw: Draw, case: int) -> tuple[list[bytes], bytes, bytes]:
    words = draw.shuffled(WORDS)[:20]
    # The secret is the first word, the last, one in between, and once none of them.
    secret = {0: words[0], 1: words[-1], 3: "not a word"}.get(case) or draw.one_of(words[1:-1])
    return [word.encode() for word in words], *_target(f"{draw.seed} {case}", secret)


def _find(
    words: Sequence[bytes], truncated: bytes, wanted: bytes, kind: PskKind = PskKind.EXTERNAL
) -> bytes | None:
    for word in words:
        if hmac.compare_digest(binder(kind, word, "sha256", truncated), wanted):
            return word
    return None


def _index(words: Sequence[bytes], truncated: bytes, wanted: bytes) -> int | None:
    found = _find(words, truncated, wanted)
    return None if found is None else words.index(found)


DICTIONARY = FunctionTask(
    "7.1",
    ("words", "truncated", "binder"),
    _recorded,
    _find,
    (
        Mistake(
            "It returns None even where a word fits: either the word is never returned, or the "
            'binder key is not made with "ext binder", which an external PSK needs.',
            lambda w, t, b: _find(w, t, b, PskKind.RESUMPTION),
        ),
        Mistake(
            "Only the first word is tried: `return None` belongs behind the loop, not into it.",
            lambda w, t, b: _find(w[:1], t, b),
        ),
        Mistake("The last word is never tried.", lambda w, t, b: _find(w[:-1], t, b)),
        Mistake("The first word is never tried.", lambda w, t, b: _find(w[1:], t, b)),
        Mistake("This is the word's place in the list; the word itself is wanted.", _index),
        Mistake(
            "Where no word fits, None is wanted: not the last word that was tried.",
            lambda w, t, b: _find(w, t, b) or w[-1],
        ),
    ),
    "A loop and a comparison: nothing else protects a password in a binder.",
)

# 7.4 ---------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Mode, bytes | None, str, str]] = {
    "allow psk_dhe_ke only": (
        "psk_dhe_ke",
        None,
        "sha256",
        "the binder is in the first message, before any key exchange",
    ),
    "draw 32 random bytes instead": (
        "psk_ke",
        b"",
        "sha256",
        "no list has them",
    ),
    "use SHA-384 instead of SHA-256": (
        "psk_ke",
        None,
        "sha384",
        "each guess costs a little more, and the list is as short as before",
    ),
    "take a new word of the list every day": (
        "psk_ke",
        b"falcon",
        "sha256",
        "the new word is found as the old one was",
    ),
    "put the word twice, one behind the other": (
        "psk_ke",
        b"amberamber",
        "sha256",
        "a rule of the search doubles every word; it costs the attacker a factor of two",
    ),
}


@lru_cache(maxsize=64)
def mends(seed: str, change: str) -> bool:
    """Whether the change ends the attack, found by making, recording and searching a connection."""
    mode, word, hash_name, _ = CHANGES[change]
    key = b"amber" if word is None else word or Draw(seed, change).bytes(32)
    pair = talk(*lesson_configs(mode, ExternalPsk(b"printer", key, hash_name)), f"{seed} mends")
    target = next(targets(record(pair)))
    tried = [word.encode() for word in WORDS]
    tried += [word + word for word in tried]
    return not any(target.made_with(word) for word in tried)


def _judge_changes(given: Given, answer: Any) -> str:
    for change in given.changes:
        if not isinstance(answer.get(change), bool):
            return f"Say True or False for {change!r}."
        if answer[change] != mends(given._seed, change):
            return f"{change!r}: {CHANGES[change][3]}."
    return ""


def _changes_but(change: str) -> Callable[[Given], dict[str, bool]]:
    def make(given: Given) -> dict[str, bool]:
        return {other: mends(given._seed, other) != (other == change) for other in given.changes}

    return make


MENDS = JudgedTask(
    "7.4",
    lambda draw: Given(changes=tuple(draw.shuffled(list(CHANGES))), _seed=draw.seed),
    _judge_changes,
    lambda given: {change: mends(given._seed, change) for change in given.changes},
    tuple(
        Mistake(f"{change!r}: {why}.", _changes_but(change))
        for change, (_, _, _, why) in CHANGES.items()
    ),
    "`tls13lab psk new` draws one.",
)

TASKS = (EXPECTED, LENGTH, DICTIONARY, MENDS, ENOUGH)
