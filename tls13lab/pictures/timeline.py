"""Connections on a timeline, for several modes, and which of them a theft opens.

Each row is a mode, and each box a connection. A connection that the theft opens is labelled
``read``, any other ``kept``. The verdicts are the eavesdropper's findings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tls13lab.adversary.finding import Finding
from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.pictures.text_size import width, wrapped

_LOOKS = {"lost": ink.OPENED, "kept": ink.KEPT, "unknown": ink.ABSENT, "absent": ink.ABSENT}
_WORDS = {"lost": "read", "kept": "kept", "unknown": "?", "absent": "-"}
_STOLEN, _HEAD = "stolen here", "connection"
_EDGE, _BOX, _GAP, _HIGH, _ROW = 10, 124, 12, 52, 66
"""In pixels: the margin, a box and the gap between two, its height, and a row's."""
_LEAST_BOX = 96
_FLAG = 24
_BOLD, _QUIET = 'font-weight="bold"', f'fill="{ink.QUIET}"'
_BOLDER = 1.15
"""How much wider bold letters are than others."""
_FLAG_WIDE = width(_STOLEN, ink.SMALL) * _BOLDER + 16


def timeline(
    rows: Mapping[str, Sequence[Finding]], stolen_after: int | None = None, title: str = ""
) -> Picture:
    """The timeline of ``rows``, by name; ``stolen_after`` connections came before the theft."""
    most = max(map(len, rows.values()))
    header = ("", *(f"connection {n}" for n in range(1, 1 + most)))
    table = tuple(
        (
            name,
            *(f"{finding.mode}: {_WORDS[finding.verdict]}" for finding in found),
            *[""] * (most - len(found)),
        )
        for name, found in rows.items()
    )
    alt = f"timeline: {title or 'what a theft opens'}"
    return Picture(_drawn(rows, stolen_after, title), alt, header, table)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the boxes stand, in pixels: the first at ``left``, each ``wide``, from ``top`` on."""

    left: float
    wide: float
    top: float

    def box(self, at: int) -> float:
        """The left side of box ``at``, counted from 0."""
        return self.left + at * (self.wide + _GAP)


def _drawn(rows: Mapping[str, Sequence[Finding]], stolen_after: int | None, title: str) -> str:
    count = max(map(len, rows.values()))
    names = [wrapped(name, ink.BODY, ink.WIDTH / 3) for name in rows]
    lines = [line for found in names for line in found]
    left = 2 * _EDGE + max(
        width(_HEAD, ink.SMALL), _FLAG_WIDE / 2, *(width(line, ink.BODY) for line in lines)
    )
    # Narrower boxes first; only what does not fit then makes the picture wider than the others.
    wide = max(_LEAST_BOX, min(_BOX, (ink.WIDTH - left - _EDGE) / count - _GAP))
    top = (32 if title else 8) + (0 if stolen_after is None else _FLAG + 6)
    grid = _Grid(left, wide, top + 22)
    bottom = grid.top + _ROW * len(rows)
    parts = [text(_EDGE, 24, title, anchor="start", more=_BOLD)] if title else []
    parts.append(text(_EDGE, top + 14, _HEAD, ink.SMALL, "start", _QUIET))
    for at in range(count):
        parts.append(text(grid.box(at) + wide / 2, top + 14, str(at + 1), ink.SMALL, more=_QUIET))
    for number, found in enumerate(names):
        first = grid.top + _ROW * number + _HIGH / 2 + 5 - 9 * (len(found) - 1)
        parts += [
            text(_EDGE, first + 18 * at, line, anchor="start") for at, line in enumerate(found)
        ]
    for number, name in enumerate(rows):
        parts += _boxes(name, rows[name], grid, grid.top + _ROW * number)
    ends = [grid.box(count) - _GAP, _EDGE + width(title, ink.BODY) * _BOLDER]
    if stolen_after is not None:
        across = grid.box(stolen_after) - _GAP / 2
        parts.append(_theft(across, top - _FLAG - 4, bottom))
        ends.append(across + _FLAG_WIDE / 2)
    return document(round(max(ends) + _EDGE), round(bottom), parts)


def _boxes(name: str, found: Sequence[Finding], grid: _Grid, y: float) -> Iterator[str]:
    for at, finding in enumerate(found):
        x, middle = grid.box(at), grid.box(at) + grid.wide / 2
        word = _WORDS[finding.verdict]
        yield part(
            f"{name}, connection {at + 1}",
            _tip(name, at + 1, finding),
            box(x, y, grid.wide, _HIGH, _LOOKS[finding.verdict]),
            text(middle, y + 21, finding.mode, ink.SMALL),
            text(middle, y + 42, word, more=_BOLD if word == "read" else ""),
        )


def _tip(name: str, number: int, finding: Finding) -> list[str]:
    read = (
        f"{who}: {text.head[:24]!r}{' ...' if text.total > 24 else ''} ({text.total} bytes)"
        for who, text in finding.plaintext.items()
        if text.total
    )
    missing = f"would be enough: {', '.join(finding.missing)}" if finding.missing else ""
    return [
        f"{name}, connection {number}",
        f"{finding.mode}: {_WORDS[finding.verdict]}",
        f"leaks that fit: {', '.join(finding.leaks) or 'none'}",
        missing,
        finding.incomplete,
        *(read if finding.verdict == "lost" else ()),
        "RFC 9846 section 2.2",
    ]


def _theft(x: float, y: float, bottom: float) -> str:
    """The moment of the theft: a flag on a line through all rows."""
    return part(
        "theft",
        [_STOLEN, "the connections to the left of the line were recorded before the theft"],
        f'<path d="M{x:g},{y + _FLAG:g} V{bottom - 6:g}" stroke="{ink.STOLEN.stroke}" '
        'stroke-width="3" stroke-dasharray="7 4"/>',
        box(x - _FLAG_WIDE / 2, y, _FLAG_WIDE, _FLAG, ink.STOLEN),
        text(x, y + 17, _STOLEN, ink.SMALL, more=_BOLD),
    )
