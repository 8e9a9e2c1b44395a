"""Ways around boxes that stand below one another, so that no two of them cross.

A way goes out of the side of a box, along a lane, and into the side of another box further down. It
is on the right if it crosses nothing there, and on the left otherwise. A way that lies within
another one has a lane further inside.

>>> outer, inner = detours([(0, 3), (1, 2)])
>>> (outer.lane, outer.left), (inner.lane, inner.left)
((1, False), (0, False))
>>> [way.left for way in detours([(0, 2), (1, 3)])]
[False, True]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]
"""From which box to which, counted from the top."""
Port = tuple[int, float]
"""A box, and how far down its side, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Detour:
    """Lanes count from the boxes outwards."""

    left: bool
    lane: int
    start: Port
    end: Port


def detours(spans: Sequence[Span]) -> list[Detour]:
    """A way for each span, in their order. A span goes down past at least one box."""
    lanes: dict[int, tuple[bool, int]] = {}
    # The longest first: a short way always finds a place on the left.
    for number in sorted(range(len(spans)), key=lambda one: -_length(spans[one])):
        right = [spans[one] for one, (left, _) in lanes.items() if not left]
        lanes[number] = any(_cross(spans[number], one) for one in right), 0
    # The shortest first: each lies outside of those that it passes.
    for number in sorted(range(len(spans)), key=lambda one: _length(spans[one])):
        left, _ = lanes[number]
        inside = [
            lane + 1
            for one, (other, lane) in lanes.items()
            if one != number and other == left and _within(spans[one], spans[number])
        ]
        lanes[number] = left, max(inside, default=0)
    ports = dict(_ports(spans, lanes))
    return [
        Detour(*lanes[number], (span[0], ports[number, "start"]), (span[1], ports[number, "end"]))
        for number, span in enumerate(spans)
    ]


def _length(span: Span) -> int:
    return span[1] - span[0]


def _cross(one: Span, other: Span) -> bool:
    (a, b), (c, d) = sorted((one, other))
    return a < c < b < d


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1] and _length(inner) < _length(outer)


def _ports(
    spans: Sequence[Span], lanes: dict[int, tuple[bool, int]]
) -> Iterator[tuple[tuple[int, str], float]]:
    """Where each detour begins and ends. At a shared side, arriving arrows lie above leaving ones.

    The outermost of the leaving arrows lies above the others; of the arriving ones, below.
    """
    for side in (False, True):
        for box in {place for span in spans for place in span}:
            own = [number for number, (left, _) in lanes.items() if left is side]
            come = sorted((one for one in own if spans[one][1] == box), key=lambda n: lanes[n][1])
            leave = sorted((one for one in own if spans[one][0] == box), key=lambda n: -lanes[n][1])
            every = [(one, "end") for one in come] + [(one, "start") for one in leave]
            for at, port in enumerate(every):
                yield port, (at + 1) / (len(every) + 1)
