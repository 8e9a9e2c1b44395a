"""The race as bars: how many guesses each attacker tried, and whether that found the word.

The scale is logarithmic. A bar that found the word has the colour of what is opened, and ends in a
flag; one that did not says how far it came.

>>> from tls13lab.evidence.race import race
>>> print(race_picture(race(b"lab", [b"door", b"lab"], runs=1, thief=False)).rows[3])
('CPace first', 'listens', '2', '0', 'not found')
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import log10

from tls13lab.evidence.race import Lane
from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.pictures.text_size import BASELINE, width

HEADER = ("protection", "attacker", "guesses tried", "runs it took part in", "the word")
SCALE = "Logarithmic scale: every tenfold number of guesses makes a bar longer by the same step."
LEFT, TOP, PITCH, BAR, GAP, BETWEEN = 12, 52, 34, 22, 12, 6
_SIZE = ink.SMALL
_BOLD = 1.15
"""How much wider bold letters are."""
_SECTION = "RFC 9257 section 4.2"

LaneCells = tuple[str, str, str, str, str]


def race_picture(lanes: Sequence[Lane], title: str = "One word list, one word") -> Picture:
    """Lanes of :func:`tls13lab.evidence.race.race`, one a row, in their order."""
    rows = tuple(map(_row, lanes))
    return Picture(_drawn(lanes, title), f"{title}: {_in_short(lanes)}", HEADER, rows)


def _row(lane: Lane) -> LaneCells:
    verdict = "not found" if lane.found is None else "found"
    return lane.protection, lane.attacker, f"{lane.tried:,}", f"{lane.runs:,}", verdict


def _in_short(lanes: Sequence[Lane]) -> str:
    found = [f"{lane.protection}, {lane.attacker}" for lane in lanes if lane.found is not None]
    return f"found by {len(found)} of {len(lanes)} attackers" + (
        f" ({'; '.join(found)})" if found else ""
    )


def _drawn(lanes: Sequence[Lane], title: str) -> str:
    """Lanes with the same protection stand below its name."""
    names = [width(lane.attacker, _SIZE) for lane in lanes]
    ends = [width(_says(lane), _SIZE) * _BOLD for lane in lanes]
    left = LEFT + GAP + max(names, default=0) + GAP
    room = ink.WIDTH - left - 3 * GAP - max(ends, default=0)
    most = max((lane.tried for lane in lanes), default=1)
    parts = [text(LEFT, 30, title, ink.TITLE, "start", 'font-weight="bold"')]
    y = TOP
    number = 0
    for protection, own in groupby(lanes, key=lambda lane: lane.protection):
        parts.append(text(LEFT, y + 14, protection, ink.BODY, "start", 'font-weight="bold"'))
        y += 26
        for lane in own:
            long = _length(lane.tried, most) * room
            parts.append(part(f"lane-{number}", _tip(lane), *_lane(lane, left, y, long)))
            y += PITCH
            number += 1
        y += BETWEEN
    parts.append(text(LEFT, y + 16, SCALE, _SIZE, "start", f'fill="{ink.QUIET}"'))
    return document(ink.WIDTH, y + 30, parts)


def _lane(lane: Lane, left: float, y: float, long: float) -> Iterator[str]:
    middle = y + BAR / 2 + _SIZE * BASELINE
    look = ink.KEPT if lane.found is None else ink.OPENED
    yield text(LEFT + GAP, middle, lane.attacker, _SIZE, "start")
    yield box(round(left, 1), y, round(long, 1), BAR, look)
    weight = ""
    if lane.found is not None:
        yield _flag(round(left + long, 1), y)
        weight = 'font-weight="bold"'
    yield text(round(left + long + 2 * GAP, 1), middle, _says(lane), _SIZE, "start", weight)


def _tip(lane: Lane) -> Iterator[str]:
    yield f"{lane.protection}: the attacker {lane.attacker}"
    yield from (f"{name}: {value}" for name, value in zip(HEADER[2:], _row(lane)[2:], strict=True))
    yield _SECTION


def _length(tried: int, most: int) -> float:
    """As a part of the longest bar; one guess is still to be seen."""
    return (1 + log10(max(tried, 1))) / (1 + log10(max(most, 1)))


def _says(lane: Lane) -> str:
    guesses = f"{lane.tried:,} guess{'' if lane.tried == 1 else 'es'}"
    return f"{'not found' if lane.found is None else 'FOUND'}, {guesses}"


def _flag(x: float, y: float) -> str:
    return (
        f'<path d="M{x:g},{y + BAR} V{y - 6} l12,5 l-12,5" fill="#000000" stroke="#000000" '
        'stroke-width="2"/>'
    )
