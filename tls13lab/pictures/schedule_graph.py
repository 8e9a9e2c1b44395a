"""The key schedule as a picture, with one secret highlighted. RFC 9846 section 7.1.

The layout is made once for each mode. Highlighting a secret only adds a few lines of style, so a
widget can respond at once. Highlighted parts differ in the width and dashes of their border as well
as in their color, and the table says the same in words.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Row, ancestors, descendants
from tls13lab.pictures import dot
from tls13lab.pictures.picture import Picture, shortened
from tls13lab.pictures.schedule_dot import (
    MODES,
    PLACE_OF_A_VALUE,
    is_zeros,
    leaf_node,
    schedule_dot,
)
from tls13lab.wire.names import Mode

__all__ = ["MODES", "schedule_dot", "schedule_graph"]

HEADER = ("", "secret", "operation", "inputs", "label", "bound to", "section", "value")

# The styles of the parts, the same in the legend and in the graph.
_CHOSEN = "fill:#ffc078;stroke:#000000;stroke-width:5"
_NEEDED = "fill:#fff3bf;stroke:#000000;stroke-width:3"
_MADE = "fill:#e7f5ff;stroke:#000000;stroke-dasharray:5 3"
_OTHER = "fill:#ffffff;stroke:#8a949e"
_LEGEND = (
    (_CHOSEN, "chosen"),
    (_NEEDED, "needed for it"),
    (_MADE, "made from it"),
    (_OTHER, "neither"),
)
_LEGEND_HEIGHT = 34
_SCALE = 1.25


def schedule_graph(
    lit: str | None = None,
    mode: Mode = "psk_dhe_ke",
    values: Mapping[str, bytes] | None = None,
) -> Picture:
    """The key schedule; with ``lit``, that secret and all that it depends on are highlighted.

    ``values`` are secrets by name, shown shortened in the nodes and in the table. Raises KeyError
    for an unknown secret or mode.
    """
    if lit is not None and lit not in LEAVES and lit not in SCHEDULE:
        raise KeyError(lit)
    values = values or {}
    source = schedule_dot(mode, room_for_values=bool(values))
    needs = ancestors(lit) if lit else frozenset()
    feeds = descendants(lit) if lit else frozenset()
    marks = dict.fromkeys(needs, "needed for it") | dict.fromkeys(feeds, "made from it")
    if lit:
        marks[lit] = "chosen"
    alt = f"the key schedule in {mode}"
    if lit:
        alt += f": {lit} depends on {', '.join(sorted(needs)) or 'nothing'}"
    leaves = (_leaf_row(leaf, marks, mode, values) for leaf in LEAVES)
    rows = (_row(row, marks, values) for row in SCHEDULE.values())
    svg = _svg(source, lit, needs, feeds, values)
    return Picture(svg, alt, HEADER, (*leaves, *rows), f"{source}// chosen: {lit}\n")


def _svg(
    source: str,
    lit: str | None,
    needs: frozenset[str],
    feeds: frozenset[str],
    values: Mapping[str, bytes],
) -> str:
    """The drawn graph with values and highlights; empty if nothing can draw it."""
    try:
        svg = _for_screen(dot.svg(source))
    except dot.NoLayout:
        return ""
    if values:
        svg = _with_values(svg, values)
    if lit is None:
        return svg
    return _with_light(svg, lit, needs, feeds)


def _with_light(svg: str, lit: str, needs: frozenset[str], feeds: frozenset[str]) -> str:
    head, rest = svg.split("<g ", 1)
    width, height = _size(svg)
    head = head.replace(_opening(width, height), _opening(width, height + _LEGEND_HEIGHT))
    return f"{head}{_style(lit, needs, feeds)}{_legend(height)}<g {rest}"


def _opening(width: int, height: int) -> str:
    """The start of the document: its size in Graphviz's points, scaled up for the screen."""
    shown = f'width="{round(width * _SCALE)}" height="{round(height * _SCALE)}"'
    return f'<svg {shown} viewBox="0 0 {width} {height}"'


def _size(svg: str) -> tuple[int, int]:
    found = re.search(r'viewBox="[0.]+ [0.]+ ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise ValueError("this is not an SVG document of Graphviz")
    return round(float(found[1])), round(float(found[2]))


@lru_cache(maxsize=16)
def _for_screen(svg: str) -> str:
    """The document with its size in pixels; Graphviz writes points."""
    opening = re.compile(r'<svg width=.*?viewBox="[^"]*"', re.DOTALL)
    return opening.sub(_opening(*_size(svg)), svg, count=1)


def _with_values(svg: str, values: Mapping[str, bytes]) -> str:
    def put(found: re.Match[str]) -> str:
        value = values.get(found[2].partition(".")[0], b"")
        brief = f"{value[:4].hex()}..{value[-2:].hex()}" if len(value) > 6 else value.hex()
        return f"{found[1]}{brief}"

    # Each node has its name as the title, followed by one placeholder for a value.
    place = re.escape(PLACE_OF_A_VALUE)
    return re.sub(rf"(<title>([\w.]+)</title>(?:(?!<title>).)*?){place}", put, svg, flags=re.DOTALL)


def _rule(nodes: Iterable[str], style: str) -> str:
    shapes = ("path", "polygon", "ellipse")
    selectors = [f'[id="node-{node}"] {shape}' for node in nodes for shape in shapes]
    return f"{','.join(selectors)}{{{style}}}" if selectors else ""


def drawn_as(name: str, into: Iterable[str]) -> list[str]:
    """The nodes of a row or leaf; for a leaf, those that go into one of the rows ``into``.

    >>> drawn_as("zeros", ["early_secret"])
    ['zeros.early_secret']
    """
    if name not in LEAVES:
        return [name]
    return [
        leaf_node(name, row) for row in into if row in SCHEDULE and name in SCHEDULE[row].inputs
    ]


def _style(lit: str, needs: frozenset[str], feeds: frozenset[str]) -> str:
    """The style rules for highlighted nodes and edges, in the order of the table."""
    every = (*LEAVES, *SCHEDULE)
    before = [name for name in every if name in needs or name == lit]
    after = [name for name in every if name in feeds]
    needed = [node for name in before if name != lit for node in drawn_as(name, before)]
    rules = [
        _rule([node for name in every for node in drawn_as(name, SCHEDULE)], _OTHER),
        _rule(needed, _NEEDED),
        _rule(after, _MADE),
        _rule(drawn_as(lit, SCHEDULE), _CHOSEN),
        *_edge_rules(before, needs, "stroke:#000000;stroke-width:3"),
        *_edge_rules(after, feeds | {lit}, "stroke:#000000;stroke-width:1.5;stroke-dasharray:5 3"),
    ]
    return f"<style>{''.join(rules)}</style>"


def _edge_rules(into: Iterable[str], sources: frozenset[str], style: str) -> Iterable[str]:
    for name in into:
        for source in SCHEDULE[name].inputs if name in SCHEDULE else ():
            if source in sources:
                edge = f'[id="{source}--{name}"]'
                yield f"{edge} path{{{style}}}{edge} polygon{{fill:#000000;stroke:#000000}}"


def _legend(top: int) -> str:
    parts = ['<g font-family="Helvetica,Arial,sans-serif" font-size="11">']
    for number, (style, words) in enumerate(_LEGEND):
        x = 12 + 140 * number
        parts.append(f'<rect x="{x}" y="{top + 6}" width="26" height="14" style="{style}"/>')
        parts.append(f'<text x="{x + 34}" y="{top + 17}">{words}</text>')
    return "".join(parts) + "</g>"


def _leaf_row(
    leaf: str, marks: Mapping[str, str], mode: Mode, values: Mapping[str, bytes]
) -> tuple[str, ...]:
    what = "zeros" if is_zeros(leaf, mode) else "input"
    value = shortened(values[leaf]) if leaf in values and what == "input" else ""
    return (marks.get(leaf, ""), leaf, what, "", "", "", "7.1", value)


def _row(row: Row, marks: Mapping[str, str], values: Mapping[str, bytes]) -> tuple[str, ...]:
    return (
        marks.get(row.name, ""),
        row.name,
        row.operation.value,
        ", ".join(row.inputs),
        f'"{row.label}"' if row.label else "",
        row.context.value,
        row.section,
        shortened(values[row.name]) if row.name in values else "",
    )
