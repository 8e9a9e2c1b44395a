"""Task 7.5: the fewest drawn words that keep an attacker's chance below a bound, mend by mend.

The numbers are those of the lesson's instrument. RFC 9257 section 6.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attackers import GPUS, LAPTOP
from tls13lab.evidence.weak_psk.forecast import Setting, forecast_of
from tls13lab.evidence.weak_psk.protection import DHE, PAKE_FIRST, SLOW
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake

YEAR_S = 31_557_600
PROTECTIONS = {one.name: one for one in (DHE, SLOW, PAKE_FIRST)}
ATTACKERS = {one.name: one for one in (LAPTOP, GPUS)}
Words = dict[str, int]
"""How many words, for each protection."""

_EVEN = "That leaves the attacker an even chance; the bound is lower."
_SLOW = "You left out what the slow derivation takes: "
_PAKE = "Behind the PAKE a recording leaves no guess to check: one word will do."
_BITS = "You gave bits; a word has ten of them, and the number of words is wanted."


@lru_cache(maxsize=256)
def chance(protection: str, attacker: str, words: int, years: int) -> float:
    """The attacker's chance in so many years, as the instrument says it."""
    setting = Setting(chosen.words(words), PROTECTIONS[protection], ATTACKERS[attacker])
    return forecast_of(setting).chance(years * YEAR_S)


def fewest(given: Given, bound: float) -> Words:
    """For each protection the fewest words with a chance below ``bound``."""
    return {
        one: next(
            words
            for words in range(1, chosen.MOST_WORDS + 1)
            if chance(one, given.attacker, words, given.years) < bound
        )
        for one in given.protections
    }


def _draw(draw: Draw) -> Given:
    return Given(
        attacker=draw.one_of(list(ATTACKERS)),
        years=draw.one_of([1, 10, 100]),
        chance=draw.one_of([1e-4, 1e-6]),
        protections=tuple(PROTECTIONS),
    )


def _judge(given: Given, answer: Any) -> str:
    right = fewest(given, given.chance)
    for one in right:
        if not isinstance(answer.get(one), int) or isinstance(answer[one], bool):
            return f"Say for {one!r} how many words it takes: a whole number."
    if answer == {one: chosen.BITS_EACH * words for one, words in right.items()}:
        return _BITS
    if all(answer[one] == fewest(given, 0.5)[one] for one in (DHE.name, SLOW.name)):
        return _EVEN
    if answer[PAKE_FIRST.name] != right[PAKE_FIRST.name]:
        return _PAKE
    if answer[SLOW.name] == answer[DHE.name] == right[DHE.name]:
        return f"{_SLOW}each guess takes a core {SLOW.seconds_each} seconds."
    for one, words in right.items():
        if answer[one] > words:
            return (
                f"More than needed for {one!r}: fewer words keep the chance below the bound, too."
            )
        if answer[one] < words:
            return f"Too few for {one!r}{_told(given, one, answer[one])}"
    return ""


def _told(given: Given, protection: str, words: int) -> str:
    if words < 1:
        return ": no word is no PSK."
    found = chance(protection, given.attacker, words, given.years)
    return f": the chance is {found:.2g}, and the bound {given.chance:g}."


def _but(change: Callable[[Words], Words]) -> Callable[[Given], Words]:
    def make(given: Given) -> Words:
        right = fewest(given, given.chance)
        return right | change(right)

    return make


ENOUGH = JudgedTask(
    "7.5",
    _draw,
    _judge,
    lambda given: fewest(given, given.chance),
    (
        Mistake(_EVEN, lambda given: fewest(given, 0.5)),
        Mistake(_SLOW, _but(lambda right: {SLOW.name: right[DHE.name]})),
        Mistake(_PAKE, _but(lambda right: {PAKE_FIRST.name: right[DHE.name]})),
        Mistake(_BITS, _but(lambda right: {one: 10 * words for one, words in right.items()})),
        Mistake(f"Too few for {DHE.name!r}", _but(lambda right: {DHE.name: right[DHE.name] - 1})),
        Mistake(
            f"More than needed for {DHE.name!r}",
            _but(lambda right: {DHE.name: right[DHE.name] + 1}),
        ),
    ),
    "The slow derivation saves a word or two and makes everybody wait; the PAKE saves all but one.",
)
