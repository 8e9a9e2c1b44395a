"""The shapes of the schedule's picture: boxes, lines and legends, at the places of the layout.

What the boxes mean is decided in :mod:`~tls13lab.pictures.schedule_graph`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, Row
from tls13lab.pictures import ink
from tls13lab.pictures.schedule_layout import (
    HEIGHT,
    INPUTS,
    LANE,
    POINTS,
    ROWS,
    SOURCE_HEIGHT,
    SOURCES,
    STAGES,
    WIDTH,
    Place,
)
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.pictures.text_size import width

_LINE = 14.5
"""Height of a line of the smallest letters, in pixels."""
_BASELINE = 4.5
"""Distance from the middle of such a line down to its baseline."""
_TRUNK = 350
"""x of the vertical part of the lines from a stage to its secrets."""
_BUS = 634
"""x of the vertical part of the lines from the transcript."""
_ASIDE = 142
"""x of the vertical part of the lines from a stolen secret to the input derived from it."""
_LEGEND = 728
"""y of the middle of the legend's first line."""

MONO, BOLD = f'font-family="{ink.MONO}"', 'font-weight="bold"'


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words; ``more`` is how it is set: ``MONO``, ``BOLD`` or nothing."""

    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One part: its place and look, its lines, and its tip.

    With ``top``, the lines begin at the upper edge, because other boxes stand below them.
    """

    name: str
    place: Place
    look: ink.Look
    lines: tuple[Line, ...]
    tip: tuple[str, ...]
    top: bool = False
    corner: float = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """All boxes, and which lines differ: edges (input, row), and rows bound to the transcript."""

    boxes: tuple[Box, ...]
    strong: frozenset[tuple[str, str]]
    dashed: frozenset[tuple[str, str]]
    bound: frozenset[str]
    sources: Mapping[str, tuple[str, ...]]
    legend: tuple[tuple[ink.Look, str], ...]

    def pen(self, edge: tuple[str, str]) -> "Pen":
        """How the line of an edge is drawn."""
        if edge in self.strong:
            return STRONG
        return _MADE if edge in self.dashed else _FAINT


@dataclass(frozen=True, slots=True)
class Pen:
    """A line's colour, its width in pixels, and its dashes."""

    colour: str
    width: float
    dashes: str = ""


_FAINT, _MADE, STRONG = Pen(ink.RULE, 1.5), Pen(ink.INK, 1.5, "5 3"), Pen(ink.INK, 3)
_POINT, _STRONG_POINT = Pen(ink.QUIET, 1.5, "2 3"), Pen(ink.INK, 3, "3 3")


def drawn(drawing: Drawing) -> str:
    """The SVG document."""
    return document(WIDTH, HEIGHT, (*_background(), *_lines(drawing), *_boxes(drawing)))


@lru_cache(maxsize=1)
def _background() -> tuple[str, ...]:
    """What is the same in every picture: frames, headings, and what the lines mean."""
    frames = (
        f'<rect x="{each.x}" y="{each.y}" width="{each.width}" height="{each.height}" rx="6" '
        f'fill="{ink.ABSENT.fill}"/>'
        for each in (*STAGES.values(), LANE)
    )
    headings = (
        _heading(place.x + 8, place.y + 20, f"{stage.removesuffix('_secret')} stage")
        for stage, place in STAGES.items()
    )
    remarks = ("All messages in order.", "A secret is bound to", "those above its line.")
    lane = (
        text(LANE.x + 10, LANE.y + 54 + _LINE * 1.2 * number, line, ink.SMALL, "start")
        for number, line in enumerate(remarks)
    )
    title = _heading(LANE.x + 10, LANE.y + 20, "Transcript")
    return (*frames, *headings, title, *lane)


def _heading(x: float, y: float, words: str) -> str:
    return text(x, y, words, ink.BODY, "start", 'font-weight="bold"')


def _lines(drawing: Drawing) -> Iterator[str]:
    """All lines, the strong ones last, because they lie on others."""
    edges = [(source, row) for row in SCHEDULE.values() for source in row.inputs]
    pens = {(source, row.name): drawing.pen((source, row.name)) for source, row in edges}
    for source, row in sorted(edges, key=lambda edge: pens[edge[0], edge[1].name].width):
        yield _edge(source, row, pens[source, row.name])
    rows = [row for row in SCHEDULE.values() if row.context in POINTS]
    for row in sorted(rows, key=lambda row: row.name in drawing.bound):
        yield _from_transcript(row, _STRONG_POINT if row.name in drawing.bound else _POINT)
    for context, (_, y) in POINTS.items():
        strong = any(SCHEDULE[name].context is context for name in drawing.bound)
        yield _point(y, _STRONG_POINT if strong else _POINT)
    for leaf, names in drawing.sources.items():
        into = next(place for (each, _), place in INPUTS.items() if each == leaf)
        for y, _ in zip(SOURCES[leaf], names, strict=False):
            path = f"M {into.right} {y + SOURCE_HEIGHT / 2} H {_ASIDE} V {into.bottom - 10} H"
            yield _arrow(path, into.right, into.bottom - 10, "left", STRONG)


def _edge(source: str, row: Row, pen: Pen) -> str:
    """The line from an input to a row, with its label."""
    to = ROWS[row.name]
    start = INPUTS[source, row.name] if source in LEAVES else ROWS[source]
    extract, salt = row.operation is Operation.EXTRACT, source == row.inputs[0]
    across = f"M {start.right} {start.centre} H"
    if extract and not salt:
        label = text((start.right + to.x) / 2, to.centre - 7, "input key", ink.SMALL)
        shapes = _arrow(across, to.x, to.centre, "right", pen) + label
    elif extract or to.x == start.x:
        aside = source in LEAVES  # such an input enters from the left, and then from above
        path = f"{across} {to.middle} V" if aside else f"M {start.middle} {start.bottom} V"
        above = max(start.centre if aside else start.bottom, to.y - 46)
        y = (above + to.y) / 2 + _BASELINE
        if extract:
            label = text(to.middle + 10, y, "salt", ink.SMALL, "start")
        else:
            label = text(to.middle - 10, y, f'"{row.label}"', ink.SMALL, "end", MONO)
        shapes = _arrow(path, to.middle, to.y, "down", pen) + label
    else:
        label = text(_TRUNK + 6, to.centre - 5, f'"{row.label}"', ink.SMALL, "start", MONO)
        path = f"{across} {_TRUNK} V {to.centre} H"
        shapes = _arrow(path, to.x, to.centre, "right", pen) + label
    return f'<g data-edge="{source}--{row.name}">{shapes}</g>'


def _from_transcript(row: Row, pen: Pen) -> str:
    """The dotted line from a point of the transcript to a row that is bound to it."""
    place, (_, y) = ROWS[row.name], POINTS[row.context]
    path = f"M {LANE.x} {y} H {_BUS} V {place.centre} H"
    arrow = _arrow(path, place.right, place.centre, "left", pen)
    return f'<g data-bound="{row.name}">{arrow}</g>'


def _point(y: float, pen: Pen) -> str:
    """The line across the transcript that a secret is bound to."""
    return (
        f'<path d="M {LANE.x} {y} H {LANE.right - 8}" stroke="{pen.colour}" '
        f'stroke-width="{pen.width:g}" stroke-dasharray="{pen.dashes}"/>'
        f'<circle cx="{LANE.x}" cy="{y}" r="{2.5 + pen.width:g}" fill="{pen.colour}"/>'
    )


def _arrow(path: str, x: float, y: float, way: str, pen: Pen) -> str:
    """A line that ends with an arrow at (x, y); ``path`` ends where its last number is to follow.

    ``way`` is ``right``, ``left`` or ``down``.
    """
    size = 6 + pen.width
    half = size * 0.55
    back = (y if way == "down" else x) + (size if way == "left" else -size)
    if way == "down":
        corners = f"{x:g},{y:g} {x - half:g},{back:g} {x + half:g},{back:g}"
    else:
        corners = f"{x:g},{y:g} {back:g},{y - half:g} {back:g},{y + half:g}"
    dashes = f' stroke-dasharray="{pen.dashes}"' if pen.dashes else ""
    return (
        f'<path d="{path} {back:g}" fill="none" stroke="{pen.colour}" '
        f'stroke-width="{pen.width:g}"{dashes}/><polygon points="{corners}" fill="{pen.colour}"/>'
    )


def _boxes(drawing: Drawing) -> Iterator[str]:
    for each in drawing.boxes:
        corner = f'rx="{each.corner:g}"' if each.corner else ""
        place = each.place
        frame = box(place.x, place.y, place.width, place.height, each.look, corner)
        yield part(each.name, each.tip, frame, *_words(each))
    yield from _legend(drawing.legend)


def _words(each: Box) -> Iterator[str]:
    """The lines of a box, in its middle or at its top."""
    place, down = each.place, (len(each.lines) - 1) * _LINE / 2
    first = place.y + _LINE + 2 if each.top else place.centre - down + _BASELINE
    for number, line in enumerate(each.lines):
        yield text(place.middle, first + number * _LINE, line.words, ink.SMALL, more=line.more)


def _legend(looks: tuple[tuple[ink.Look, str], ...]) -> Iterator[str]:
    """What the lines mean, and below it what the boxes mean that are in the picture."""
    y = _LEGEND
    yield _arrow(f"M 12 {y} H", 44, y, "right", _FAINT)
    yield text(52, y + _BASELINE, "a secret goes in", ink.SMALL, "start")
    yield _arrow(f"M 230 {y} H", 198, y, "left", _POINT)
    yield text(
        238, y + _BASELINE, "the hash of the transcript up to there goes in", ink.SMALL, "start"
    )
    x = 12.0
    for look, words in looks:
        yield box(x, y + 22, 26, 18, look)
        yield text(x + 34, y + 36, words, ink.SMALL, "start")
        x += 34 + width(words, ink.SMALL) + 18
