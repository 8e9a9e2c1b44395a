"""The odds of each guesser: against the formulas, a simulation by counting, and at the edges."""

from math import inf, isclose
from typing import Final

import pytest

from tls13lab.psk.guesswork import Estimate, counted, even, zipf
from tls13lab.psk.lockout import Limit
from tls13lab.psk.odds import Bounds, Odds, odds
from tls13lab.psk.spending import Means
from tls13lab.symbolic.guessers import CPACE, Checks
from tls13lab.symbolic.vocabulary import GUESSED_MODES, GuessedMode
from tls13lab.wire.faults import NotAllowed

DAY = 86_400.0
EXTERNAL: Final = "external-psk_dhe_ke"


def bounds(failures: int | None = 10, rate: float = 1e6, visits: int = 1) -> Bounds:
    limit = None if failures is None else Limit(failures)
    return Bounds(Means(rate), limit, DAY, visits)


def three(
    mode: GuessedMode, given: Bounds, targets: int = 1, values: int = 2**21
) -> dict[str, Odds]:
    return {one.way.guesser: one for one in odds(mode, even(values), given, targets)}


def test_three_guessers_at_one_weak_psk() -> None:
    found = three(EXTERNAL, bounds())
    assert found["offline"].success == found["harvester"].success == 1.0
    assert isclose(found["online"].success, 10 / 2**21)
    assert found["offline"].guesses == 1e6 * DAY


def test_a_strong_psk_is_safe_from_all_three() -> None:
    for one in odds(EXTERNAL, even(2**128), bounds(rate=1e15), targets=10**6):
        assert one.any_of_them < 1e-9


def test_people_make_even_a_lockout_a_gamble() -> None:
    """Ten tries at a PSK that is chosen like a word: one in five falls, of 2 million words."""
    online = odds(EXTERNAL, zipf(2**21, 1.0), bounds())[1]
    harmonic = sum(1 / rank for rank in range(1, 2**21 + 1))
    assert isclose(online.success, sum(1 / rank for rank in range(1, 11)) / harmonic, rel_tol=1e-3)
    assert online.success > 1e4 * three(EXTERNAL, bounds())["online"].success


def test_a_list_with_counts() -> None:
    online = odds(EXTERNAL, counted([50, 20, 20, 10]), bounds(2))[1]
    assert isclose(online.success, 0.7)


def test_one_psk_is_found_or_not() -> None:
    found = odds(EXTERNAL, Estimate(15.0), bounds())
    assert [one.success for one in found] == [1.0, 0.0, 1.0]


def test_a_server_that_does_not_count_is_as_fast_as_the_guesser() -> None:
    assert three(EXTERNAL, bounds(None))["online"].guesses == 1e6 * DAY
    assert three(EXTERNAL, bounds(10, rate=1e-6))["online"].guesses < 1, "nor is it faster"


def test_behind_cpace_visits_are_what_counts() -> None:
    found = three(CPACE, bounds(visits=7))
    assert [one.guesses for one in found.values()] == [0, 10, 7]
    assert three(EXTERNAL, bounds(visits=0))["harvester"].guesses == 0, "nobody came"


def test_who_can_check_nothing_finds_nothing() -> None:
    for mode in GUESSED_MODES:
        for one in odds(mode, even(4), bounds()):
            assert (one.success > 0) is (one.way.checks is not Checks.NEVER)


def test_targets_share_the_time_but_not_the_limit() -> None:
    """A word on a thousand binders: 12 blocks once and 2 for each, instead of 14 for each."""
    alone, many = three(EXTERNAL, bounds()), three(EXTERNAL, bounds(), targets=1000)
    assert isclose(many["offline"].guesses, alone["offline"].guesses * 14 / 2012)
    imported = three("imported-psk_ke", bounds(), targets=1000)
    assert isclose(imported["offline"].guesses, alone["offline"].guesses * 20 / 16_004)
    assert many["online"].guesses == alone["online"].guesses == 10
    assert isclose(many["online"].any_of_them, 1000 * 10 / 2**21, rel_tol=0.01)


def test_no_target() -> None:
    with pytest.raises(ValueError, match="at least one target"):
        odds(EXTERNAL, even(2), bounds(), targets=0)
    with pytest.raises(NotAllowed, match="no mode with a guessable PSK"):
        odds("full", even(2), bounds())  # type: ignore[arg-type]


def test_of_a_limit_only_what_lasts_as_long_counts() -> None:
    hourly = Bounds(Means(1e6), Limit(5, 3600.0), DAY)
    assert three(EXTERNAL, hourly)["online"].guesses == 5 * 25
    assert hourly.guesses(odds(EXTERNAL, even(2), hourly)[0].way) < inf
