"""How people choose: the published numbers, those that were not put in among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.psk.guesswork import along
from tls13lab.psk.people import ACCOUNTS, POINTS, chosen_by_people, share_found

PEOPLE = chosen_by_people()
TOP_3 = 290_731 + 155_000
"""The three most popular passwords, by Imperva; only the first went into the distribution."""


def test_the_points_are_met() -> None:
    for guesses, share in POINTS:
        assert share_found(guesses) == pytest.approx(share)
        # A block of the choice may end behind a point.
        assert PEOPLE.success(guesses) == pytest.approx(share, rel=2e-3)
    assert PEOPLE.values == POINTS[-1][0]
    assert sum(count * 2.0**each for count, each in PEOPLE.blocks) == pytest.approx(1.0)


def test_it_comes_close_to_what_was_not_put_in() -> None:
    assert PEOPLE.success(3) == pytest.approx(TOP_3 / ACCOUNTS, rel=0.04)


def test_the_most_likely_comes_first() -> None:
    chances = [each for _, each in PEOPLE.blocks]
    assert chances == sorted(chances, reverse=True)


@given(st.integers(0, 20_000_000), st.integers(0, 20_000_000))
def test_more_guesses_find_no_fewer(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= share_found(low) <= share_found(high) <= 1.0


@given(st.integers(1, 3000))
def test_a_choice_along_a_share_has_that_share(values: int) -> None:
    told = along(values, lambda guesses: (guesses / values) ** 0.5)
    assert told.values == values
    for guesses in (1, values // 2, values):
        assert told.success(guesses) == pytest.approx((guesses / values) ** 0.5, rel=0.03)
