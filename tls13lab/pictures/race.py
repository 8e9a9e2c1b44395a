"""The race as bars: how many guesses each attacker tried, and whether that found the word.

The scale is logarithmic. A bar that found the word is dark and ends in a flag; one that did not is
white, and says how far it came.

>>> from tls13lab.evidence.race import race
>>> print(race_picture(race(b"lab", [b"door", b"lab"], runs=1, thief=False)).rows[3])
('CPace first', 'listens', '2', '0', 'not found')
"""

from collections.abc import Sequence
from html import escape
from math import log10

from tls13lab.evidence.race import Lane
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.text_size import width

WIDTH, TOP, PITCH, BAR = 940, 56, 34, 20
HEADER = ("protection", "attacker", "guesses tried", "runs it took part in", "the word")
SCALE = "Logarithmic scale: every tenfold number of guesses makes a bar longer by the same step."
_SIZE, _GAP = 13, 12
_DARK = "#1f4e79"


def race_picture(lanes: Sequence[Lane], title: str = "One word list, one word") -> Picture:
    """Lanes of :func:`tls13lab.evidence.race.race`, one a row, in their order."""
    rows = tuple(
        (
            lane.protection,
            lane.attacker,
            f"{lane.tried:,}",
            f"{lane.runs:,}",
            "not found" if lane.found is None else "found",
        )
        for lane in lanes
    )
    return Picture(_drawn(lanes, title), f"{title}: {_in_short(lanes)}", HEADER, rows)


def _in_short(lanes: Sequence[Lane]) -> str:
    found = [f"{lane.protection}, {lane.attacker}" for lane in lanes if lane.found is not None]
    return f"found by {len(found)} of {len(lanes)} attackers" + (
        f" ({'; '.join(found)})" if found else ""
    )


def _drawn(lanes: Sequence[Lane], title: str) -> str:
    names = [f"{lane.protection}: {lane.attacker}" for lane in lanes]
    ends = [_says(lane) for lane in lanes]
    left = _GAP + max((width(one, _SIZE) for one in names), default=0) + _GAP
    room = WIDTH - left - 2 * _GAP - max((width(one, _SIZE) for one in ends), default=0)
    most = max((lane.tried for lane in lanes), default=1)
    foot = TOP + PITCH * len(lanes)
    height = foot + _SIZE + _GAP
    parts = [
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_GAP}" y="30" font-size="16" font-weight="bold">{escape(title)}</text>',
        _text(_GAP, foot + _SIZE * 0.7, SCALE),
    ]
    for row, (lane, name, end) in enumerate(zip(lanes, names, ends, strict=True)):
        y = TOP + PITCH * row
        long = _length(lane.tried, most) * room
        middle = y + BAR / 2 + _SIZE * 0.35
        fill = "#ffffff" if lane.found is None else _DARK
        parts.append(_text(_GAP, middle, name))
        parts.append(
            f'<rect x="{left:.1f}" y="{y}" width="{long:.1f}" height="{BAR}" fill="{fill}" '
            f'stroke="{_DARK}"/>'
        )
        if lane.found is not None:
            parts.append(_flag(left + long, y))
        parts.append(_text(left + long + 1.5 * _GAP, middle, end))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="Helvetica,Arial,sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def _length(tried: int, most: int) -> float:
    """As a part of the longest bar; one guess is still to be seen."""
    return (1 + log10(max(tried, 1))) / (1 + log10(max(most, 1)))


def _says(lane: Lane) -> str:
    guesses = f"{lane.tried:,} guess{'' if lane.tried == 1 else 'es'}"
    return f"{'not found' if lane.found is None else 'FOUND'}, {guesses}"


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{_SIZE}">{escape(text)}</text>'


def _flag(x: float, y: float) -> str:
    return f'<path d="M{x:.1f},{y + BAR} V{y - 6} l10,5 l-10,5" fill="#000000" stroke="#000000"/>'
