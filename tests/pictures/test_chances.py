"""The instrument's picture: the line, how far the attacker comes, and three boxes that say it."""

import re
from math import log2
from xml.etree import ElementTree

import pytest

from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attackers import LAPTOP, ONLINE, attackers
from tls13lab.evidence.weak_psk.forecast import Forecast, Setting, forecast_of
from tls13lab.evidence.weak_psk.protection import DAILY, DHE, NOTHING, PAKE_FIRST, PROTECTIONS
from tls13lab.pictures.chances import MOST_BITS, WIDTH, chances, percent, rows_of
from tls13lab.pictures.text_size import width

WAYS = (
    chosen.random_bytes(),
    chosen.words(1),
    chosen.words(6),
    chosen.person(1),
    chosen.given("M" * chosen.LONGEST),
)
SETTINGS = tuple(
    forecast_of(Setting(way, protection, attacker))
    for way in WAYS
    for protection in PROTECTIONS
    for attacker in attackers()
)
LEFT, RIGHT = 56, 424


def line(svg: str) -> list[tuple[float, float]]:
    (points,) = re.findall(r'<polyline points="([^"]+)"', svg)
    return [tuple(map(float, one.split(","))) for one in points.split()]  # type: ignore[misc]


@pytest.mark.parametrize("forecast", SETTINGS[:: len(attackers())])
def test_the_line_only_rises_and_stays_within(forecast: Forecast) -> None:
    svg = chances(forecast).svg
    ElementTree.fromstring(svg)
    points = line(svg)
    across, up = zip(*points, strict=True)
    assert (across[0], across[-1]) == (LEFT, RIGHT)
    assert list(across) == sorted(across)
    assert list(up) == sorted(up, reverse=True)


def test_the_line_passes_where_the_chance_is() -> None:
    forecast = forecast_of(Setting(chosen.words(3), DHE, LAPTOP))
    (x, y) = next(point for point in line(chances(forecast).svg) if point[0] > LEFT)
    rising = [point for point in line(chances(forecast).svg) if point[0] > x]
    assert y == line(chances(forecast).svg)[0][1], "flat at first"
    full = LEFT + (RIGHT - LEFT) * 30 / MOST_BITS
    assert min(one[0] for one in rising if one[1] == min(p[1] for p in rising)) == (
        pytest.approx(full, abs=0.1)
    )


def test_what_opens_differs_by_more_than_colour() -> None:
    for forecast in SETTINGS:
        svg = chances(forecast).svg
        states = list(forecast.epochs.values())
        assert svg.count(">OPENS<") == states.count("opens")
        assert svg.count(">kept<") == states.count("kept")
        assert svg.count(">not recorded<") == states.count("not recorded")


def test_how_far_the_attacker_comes() -> None:
    def dashed(forecast: Forecast) -> list[float]:
        return [
            float(x)
            for x in re.findall(r'<line x1="([\d.]+)"[^>]+stroke-dasharray', chances(forecast).svg)
        ]

    free = forecast_of(Setting(chosen.words(6), NOTHING, LAPTOP))
    assert len(dashed(free)) == 3
    a_second = LEFT + (RIGHT - LEFT) * log2(LAPTOP.rate()) / MOST_BITS
    assert dashed(free)[0] == pytest.approx(a_second, abs=0.1)
    assert len(dashed(forecast_of(Setting(chosen.words(6), DAILY, LAPTOP)))) == 2, (
        "a day at the most"
    )
    assert len(dashed(forecast_of(Setting(chosen.words(6), NOTHING, ONLINE)))) == 1
    behind = forecast_of(Setting(chosen.words(6), PAKE_FIRST, LAPTOP))
    assert dashed(behind) == []
    assert ">no guess can be checked<" in chances(behind).svg


LABEL = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" font-size="(\d+)"[^>]*>(in [^<]*)</text>')
DASHED = re.compile(r'<line x1="([\d.]+)" x2="[\d.]+" y1="([\d.]+)"[^>]+stroke-dasharray')


def crossed(svg: str) -> list[str]:
    """The labels that a dashed line crosses, or that leave the picture."""
    lines = [(float(x), float(top)) for x, top in DASHED.findall(svg)]
    found = []
    for x, y, size, words in LABEL.findall(svg):
        start, foot = float(x), float(y)
        end = start + width(words, int(size))
        across = any(start < place < end and top < foot for place, top in lines)
        found += [words] if across or not 0 < start < end < WIDTH else []
    return found


def test_no_dashed_line_crosses_a_label() -> None:
    several = [forecast for forecast in SETTINGS if len(LABEL.findall(chances(forecast).svg)) == 3]
    assert len(several) > 20
    assert {
        chances(one).alt: found for one in SETTINGS if (found := crossed(chances(one).svg))
    } == {}
    svg = chances(forecast_of(Setting(chosen.random_bytes(), DHE, LAPTOP))).svg
    higher = re.sub(r'y1="\d+"', 'y1="0"', svg)
    assert "in ten years: less than 0.1%" in crossed(higher)


def test_the_table_has_what_the_picture_shows() -> None:
    forecast = forecast_of(Setting(chosen.person(3), DHE, LAPTOP))
    rows = dict(rows_of(forecast))
    assert rows["guesses"] == "465,114 for an even chance"
    assert rows["chance in a second"] == percent(forecast.chance(1)) == "73%"
    assert (rows["past"], rows["present"]) == ("kept, if found", "opens, if found")
    picture = chances(forecast)
    assert picture.rows == rows_of(forecast)
    assert "73%" in picture.alt
    assert picture == chances(forecast)
    assert chosen.person(3).psk.decode() not in picture.svg + picture.alt
