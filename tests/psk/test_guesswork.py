"""Numbers of guesses against their definitions, counted out one value at a time."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.psk.guesswork import Choice, Estimate, counted, even, zipf
from tls13lab.psk.spending import Means, in_money
from tls13lab.psk.strength import strength
from tls13lab.search.mask import Mask

COUNTS = st.lists(st.integers(1, 50), min_size=1, max_size=40)


def by_hand(counts: list[int]) -> list[float]:
    """The probabilities, the most likely first."""
    return [count / sum(counts) for count in sorted(counts, reverse=True)]


@given(COUNTS)
def test_the_numbers_are_what_they_are_defined_as(counts: list[int]) -> None:
    told, chances = counted(counts), by_hand(counts)
    assert told.values == len(counts)
    assert told.min_entropy == pytest.approx(-log2(chances[0]), abs=1e-9)
    assert told.shannon == pytest.approx(-sum(p * log2(p) for p in chances), abs=1e-9)
    expected = sum(rank * p for rank, p in enumerate(chances, 1))
    assert told.guesswork == pytest.approx(expected)
    for k in range(len(counts) + 2):
        assert told.success(k) == pytest.approx(sum(chances[:k]))


@given(COUNTS, st.floats(0.001, 1))
def test_guesses_for_a_share_are_the_fewest_that_do(counts: list[int], share: float) -> None:
    told = counted(counts)
    least = told.guesses_for(share)
    assert told.success(least) >= share - 1e-6
    assert least <= 1 or told.success(least - 1) < share + 1e-6


@given(COUNTS)
def test_min_entropy_is_never_more_than_shannons(counts: list[int]) -> None:
    told = counted(counts)
    assert told.min_entropy <= told.shannon + 1e-9
    assert told.shannon <= log2(told.values) + 1e-9


def test_shannons_number_says_little_about_guessing() -> None:
    """Half of all take one word, the others 128 random bits: 65 bits, and half fall at once."""
    told = Choice(((1, -1.0), (2**128, -129.0)))
    assert round(told.shannon) == 65
    assert (told.min_entropy, told.success(1), told.guesses_for(0.5)) == (1.0, 0.5, 1)


@pytest.mark.parametrize("exponent", [0.3, 0.78, 1.0, 1.3])
@pytest.mark.parametrize("values", [1, 20, 1000, 60_000])
def test_zipf_in_blocks_is_zipf_rank_by_rank(values: int, exponent: float) -> None:
    told = zipf(values, exponent)
    weights = [rank**-exponent for rank in range(1, values + 1)]
    whole = sum(weights)
    assert told.values == values
    assert told.min_entropy == pytest.approx(log2(whole), rel=1e-4, abs=1e-9)
    for k in (1, 10, 1000, 5000, 50_000):
        assert told.success(k) == pytest.approx(sum(weights[:k]) / whole, rel=1e-3)
    expected = sum(rank * weight for rank, weight in enumerate(weights, 1)) / whole
    assert told.guesswork == pytest.approx(expected, rel=2e-3)


def test_what_is_drawn_evenly() -> None:
    mask = Mask.parse("?l?d?d")
    told = even(mask.keyspace)
    assert told.guesswork == pytest.approx((mask.keyspace + 1) / 2)
    assert told.min_entropy == told.shannon == log2(mask.keyspace)
    assert told.success(mask.keyspace) == 1.0
    # Larger than any float: a PSK may be as long as the extension allows.
    assert even(2**4096).log2_guesses == 4095


@pytest.mark.parametrize(
    "wrong", [lambda: even(0), lambda: counted([0]), lambda: zipf(0, 1), lambda: zipf(5, -1)]
)
def test_no_value_is_no_choice(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"one value|a value"):
        wrong()  # type: ignore[operator]


def test_one_password_has_a_place_and_no_entropy() -> None:
    from zxcvbn import zxcvbn

    told = strength(b"sternchen").guessing
    place = float(zxcvbn("sternchen")["guesses"])
    assert isinstance(told, Estimate)
    assert 2**told.log2_guesses == pytest.approx(place)
    assert told.success(place * 0.99) == 0.0
    assert told.success(place * 1.01) == told.success(2**900) == 1.0
    assert strength(bytes(range(7, 39, 2))).guessing == even(2**128)


def test_time_and_money() -> None:
    one = Means(rate=1000.0, cents_per_core_hour=36.0)
    four = Means(rate=1000.0, cores=4, cents_per_core_hour=36.0)
    hour = log2(3600 * 1000)
    assert one.seconds(hour) == pytest.approx(3600)
    assert four.seconds(hour) == pytest.approx(900)
    assert one.cents(hour) == four.cents(hour) == pytest.approx(36)
    assert Means(1000.0).cents(hour) is None
    assert Means(1.0).seconds(30_000) > 1e300
    assert in_money(36.0) == "0.36"


@pytest.mark.parametrize(
    "wrong", [{"rate": 0.0}, {"rate": 1.0, "cores": 0}, {"rate": 1.0, "cents_per_core_hour": -1.0}]
)
def test_means_that_nobody_has(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="an attacker has"):
        Means(**wrong)  # type: ignore[arg-type]
