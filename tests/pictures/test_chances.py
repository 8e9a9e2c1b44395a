"""The instrument's picture: the line, how far the attacker comes, and three boxes that say it."""

import re
from math import log2
from xml.etree import ElementTree

import pytest

from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attackers import LAPTOP, ONLINE, attackers
from tls13lab.evidence.weak_psk.protection import DAILY, DHE, NOTHING, PAKE_FIRST, PROTECTIONS
from tls13lab.evidence.weak_psk.reckoning import Reckoning, Setting, reckon
from tls13lab.pictures.chances import MOST_BITS, chances, percent, rows_of

WAYS = (
    chosen.random_bytes(),
    chosen.words(1),
    chosen.words(6),
    chosen.person(1),
    chosen.given("M" * chosen.LONGEST),
)
SETTINGS = tuple(
    reckon(Setting(way, protection, attacker))
    for way in WAYS
    for protection in PROTECTIONS
    for attacker in attackers()
)
LEFT, RIGHT = 56, 424


def line(svg: str) -> list[tuple[float, float]]:
    (points,) = re.findall(r'<polyline points="([^"]+)"', svg)
    return [tuple(map(float, one.split(","))) for one in points.split()]  # type: ignore[misc]


@pytest.mark.parametrize("told", SETTINGS[:: len(attackers())])
def test_the_line_only_rises_and_stays_within(told: Reckoning) -> None:
    svg = chances(told).svg
    ElementTree.fromstring(svg)
    points = line(svg)
    across, up = zip(*points, strict=True)
    assert (across[0], across[-1]) == (LEFT, RIGHT)
    assert list(across) == sorted(across)
    assert list(up) == sorted(up, reverse=True)


def test_the_line_passes_where_the_chance_is() -> None:
    told = reckon(Setting(chosen.words(3), DHE, LAPTOP))
    (x, y) = next(point for point in line(chances(told).svg) if point[0] > LEFT)
    rising = [point for point in line(chances(told).svg) if point[0] > x]
    assert y == line(chances(told).svg)[0][1], "flat at first"
    full = LEFT + (RIGHT - LEFT) * 30 / MOST_BITS
    assert min(one[0] for one in rising if one[1] == min(p[1] for p in rising)) == (
        pytest.approx(full, abs=0.1)
    )


def test_what_opens_differs_by_more_than_colour() -> None:
    for told in SETTINGS:
        svg = chances(told).svg
        states = list(told.epochs.values())
        assert svg.count(">OPENS<") == states.count("opens")
        assert svg.count(">kept<") == states.count("kept")
        assert svg.count(">not recorded<") == states.count("not recorded")


def test_how_far_the_attacker_comes() -> None:
    def dashed(told: Reckoning) -> list[float]:
        return [
            float(x)
            for x in re.findall(r'<line x1="([\d.]+)"[^>]+stroke-dasharray', chances(told).svg)
        ]

    free = reckon(Setting(chosen.words(6), NOTHING, LAPTOP))
    assert len(dashed(free)) == 3
    a_second = LEFT + (RIGHT - LEFT) * log2(LAPTOP.rate()) / MOST_BITS
    assert dashed(free)[0] == pytest.approx(a_second, abs=0.1)
    assert len(dashed(reckon(Setting(chosen.words(6), DAILY, LAPTOP)))) == 2, "a day at the most"
    assert len(dashed(reckon(Setting(chosen.words(6), NOTHING, ONLINE)))) == 1
    behind = reckon(Setting(chosen.words(6), PAKE_FIRST, LAPTOP))
    assert dashed(behind) == []
    assert ">no guess can be checked<" in chances(behind).svg


def test_the_table_has_what_the_picture_shows() -> None:
    told = reckon(Setting(chosen.person(3), DHE, LAPTOP))
    rows = dict(rows_of(told))
    assert rows["guesses"] == "465,114 for an even chance"
    assert rows["chance in a second"] == percent(told.chance(1)) == "73%"
    assert (rows["past"], rows["present"]) == ("kept, if found", "opens, if found")
    picture = chances(told)
    assert picture.rows == rows_of(told)
    assert "73%" in picture.alt
    assert picture == chances(told)
    assert chosen.person(3).psk.decode() not in picture.svg + picture.alt
