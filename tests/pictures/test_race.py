"""The race drawn: a bar for each lane, the words beside it, and the same each time."""

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from tls13lab.evidence.race import ASKS, LISTENS, PAKE, PSK, Lane
from tls13lab.pictures import ink
from tls13lab.pictures.race import SCALE, race_picture

LANES = (
    Lane(PSK, LISTENS, 36_070, 0, b"sternchen"),
    Lane(PAKE, LISTENS, 100_000, 0, None),
    Lane(PAKE, ASKS, 10, 10, None),
)


def test_a_row_and_a_bar_for_each_lane() -> None:
    picture = race_picture(LANES)
    assert picture.rows == (
        ("the word is the PSK", "listens", "36,070", "0", "found"),
        ("CPace first", "listens", "100,000", "0", "not found"),
        ("CPace first", "asks the server", "10", "10", "not found"),
    )
    assert "found by 1 of 3 attackers (the word is the PSK, listens)" in picture.alt
    assert picture == race_picture(LANES)
    assert "sternchen" not in picture.svg + picture.alt


def test_what_found_the_word_differs_by_more_than_colour() -> None:
    svg = race_picture(LANES).svg
    assert svg.count("<path") == 1, "one flag"
    assert svg.count(">FOUND, ") == 1
    assert svg.count(">not found, ") == 2


def test_the_picture_says_that_its_scale_is_logarithmic() -> None:
    assert f">{SCALE}</text>" in race_picture(LANES).svg
    assert "Logarithmic" in SCALE


counts = st.integers(0, 10**9)


@given(st.lists(st.builds(Lane, st.just(PAKE), st.just(ASKS), counts, counts, st.none())))
def test_bars_stay_within_the_picture(lanes: list[Lane]) -> None:
    svg = race_picture(lanes).svg
    ElementTree.fromstring(svg)
    bars = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    assert len(bars) == len(lanes) == svg.count('class="part"')
    assert all(float(x) + float(long) < ink.WIDTH for x, long in bars)
