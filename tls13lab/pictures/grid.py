"""A grid of coloured tiles as HTML: one answer for each row and each column.

It has inline styles only, so it looks the same on the site, in a file, and in a notebook that is
not trusted. (There, JupyterLab drops ``position``, so headings do not stay in sight when it is
scrolled; nothing else is lost.) Each tile has a word and a border of its own, so nothing depends on
colour or on printed backgrounds. Where scripts may run, tiles can be pointed at,
clicked, and reached by arrow keys (``static/grid.js``).

>>> tile = Tile("psk", "lost", ink.OPENED, ("psk: lost",))
>>> one = Grid("what opens", ("psk",), (Group("", (TileRow("psk_ke", (tile,)),)),))
>>> one.table
(('', 'psk'), (('psk_ke', 'lost'),))
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from tls13lab.pictures import ink
from tls13lab.pictures.picture import BOX, text_table
from tls13lab.pictures.scripts import alive

_LETTERS = f"font-family:{ink.FONT};font-size:{ink.SMALL}px;color:{ink.INK}"
_SHEET = f"background-color:{ink.GROUND};{_LETTERS};padding:8px;box-sizing:border-box"
_TABLE = (
    "table-layout:auto;border-collapse:separate;border-spacing:0px;margin:0px;border:none;"
    f"{_LETTERS}"
)
_TR = f"background-color:{ink.GROUND}"
_CELL = f"background-color:{ink.GROUND};color:{ink.INK};border:none;font-size:{ink.SMALL}px"
_HEAD = f"{_CELL};text-align:left;vertical-align:bottom;padding:4px;font-weight:bold"
_TOP = f"{_HEAD};text-align:center;position:sticky;top:0px;z-index:1;white-space:normal"
_SIDE = (
    f"{_CELL};text-align:left;vertical-align:middle;padding:2px 6px 2px 2px;font-weight:normal;"
    "position:sticky;left:0px;z-index:1;min-width:86px;max-width:190px;white-space:normal"
)
_CORNER = f"{_TOP};text-align:left;left:0px;z-index:2"
_DATA = f"{_CELL};padding:2px;text-align:center;vertical-align:middle"


Line = tuple[str, ink.Look, str]
"""A tile's word and look, and a sentence about it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One answer: its ``word``, how it looks, and a tip of several lines.

    ``name`` is what a click tells the page. ``more`` is a second line in the tile.
    """

    name: str
    word: str
    look: ink.Look
    tip: tuple[str, ...]
    more: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TileRow:
    """A row of tiles behind its heading."""

    heading: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading of their own; an empty heading is not shown."""

    heading: str
    rows: tuple[TileRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """All groups under the same columns; ``corner`` says what the rows are.

    ``legend`` explains looks: a word, its look, and a sentence. ``notes`` are pairs of a row's
    heading and a sentence about it, folded below the grid under ``notes_title``.
    """

    alt: str
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    corner: str = ""
    legend: tuple[Line, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    notes_title: str = ""

    @property
    def table(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The header and the rows in words, with the groups' headings first."""
        rows = tuple(
            (group.heading, row.heading, *(_words(tile) for tile in row.tiles))
            for group in self.groups
            for row in group.rows
        )
        header = ("", self.corner, *self.columns)
        if not any(row[0] for row in rows):
            return header[1:], tuple(row[1:] for row in rows)
        return header, rows

    @property
    def digest(self) -> str:
        """8 hexadecimal digits of the hash of all that is shown."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:8]

    @property
    def html(self) -> str:
        """The grid on a white sheet, with its legend, and the notes folded below."""
        head = "".join(
            f'<th scope="col" style="{_TOP}">{_breakable(name)}</th>' for name in self.columns
        )
        corner = f'<th scope="col" style="{_CORNER}">{escape(self.corner)}</th>'
        if not self.corner:
            corner = f'<td style="{_CORNER}"></td>'
        body = "".join(_group(group, 1 + len(self.columns)) for group in self.groups)
        return (
            f'<div class="tls13lab-sheet" style="{_SHEET};position:relative">'
            f'<div style="{BOX}" tabindex="0" role="group" aria-label="{escape(self.alt)}">'
            f'<table class="tls13lab-grid" style="{_TABLE}" aria-label="{escape(self.alt)}">'
            f'<thead><tr style="{_TR}">{corner}{head}</tr></thead>{body}</table></div>'
            f"{self._legend}{self._notes}</div>"
        )

    @property
    def text(self) -> str:
        """The same as plain text."""
        notes = [f"{row}: {words}" for row, words in self.notes]
        if notes and self.notes_title:
            notes = [f"{self.notes_title}:", *notes]
        return "\n".join([f"[table: {self.alt}; {self.digest}]", text_table(*self.table), *notes])

    @property
    def _legend(self) -> str:
        items = _lines(self.legend)
        return f'<div style="margin:8px 2px 0px 2px">{items}</div>' if items else ""

    @property
    def _notes(self) -> str:
        items = "".join(
            f'<li style="margin:2px 0px">{escape(row)}: {escape(words)}</li>'
            for row, words in self.notes
        )
        if not items:
            return ""
        title = f'<summary style="cursor:pointer">{escape(self.notes_title)}</summary>'
        return f'<details style="margin:8px 2px 0px 2px">{title}<ul>{items}</ul></details>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": alive(self.html), "text/plain": self.text}


def sheet(lines: Iterable[Line]) -> str:
    """Tiles below one another on a white sheet, each with a sentence beside it.

    >>> sheet([("lost", ink.OPENED, "by guessing")]).endswith("</span> by guessing</div></div>")
    True
    """
    return f'<div class="tls13lab-sheet" style="{_SHEET}">{_lines(lines)}</div>'


def _lines(lines: Iterable[Line]) -> str:
    return "".join(
        f'<div style="margin:4px 0px"><span style="display:inline-block;{_tile(look)}">'
        f"{escape(word)}</span> {escape(says)}</div>"
        for word, look, says in lines
    )


def _group(group: Group, columns: int) -> str:
    rows = list(_rows(group.rows))
    if group.heading:
        head = (
            f'<tr style="{_TR}"><th scope="rowgroup" colspan="{columns}" style="{_HEAD};'
            f'padding-top:12px"><span style="position:sticky;left:4px">{escape(group.heading)}'
            "</span></th></tr>"
        )
        rows.insert(0, head)
    return f"<tbody>{''.join(rows)}</tbody>"


def _rows(rows: Iterable[TileRow]) -> Iterator[str]:
    for row in rows:
        tiles = "".join(map(_data, row.tiles))
        side = f'<th scope="row" style="{_SIDE}">{escape(row.heading)}</th>'
        yield f'<tr style="{_TR}">{side}{tiles}</tr>'


def _data(tile: Tile) -> str:
    tip = escape("\n".join(line for line in tile.tip if line))
    more = f'<br><span style="font-weight:normal">{escape(tile.more)}</span>' if tile.more else ""
    chosen = ' aria-selected="true"' if tile.chosen else ""
    ring = f";outline:3px solid {CHOSEN_RING}" if tile.chosen else ""
    return (
        f'<td data-part="{escape(tile.name)}" title="{tip}"{chosen} style="{_DATA}">'
        f'<div style="{_tile(tile.look)}{ring}">{escape(tile.word)}{more}</div></td>'
    )


CHOSEN_RING = "#0b57d0"
"""The line around the chosen tile; the tips have the same."""


def _tile(look: ink.Look) -> str:
    """A tile's style. What is wider than a thin line is also written in bold letters."""
    line = "dashed" if look.dashes else "solid"
    weight = "bold" if look.width > 2 else "normal"
    return (
        f"background-color:{look.fill};border:{look.width:g}px {line} {look.stroke};"
        f"color:{ink.INK};font-weight:{weight};padding:{5.5 - look.width:g}px 4px;"
        "border-radius:3px;white-space:nowrap;line-height:1.25"
    )


def _words(tile: Tile) -> str:
    return f"{tile.word}, {tile.more}" if tile.more else tile.word


def _breakable(name: str) -> str:
    """A name that may be broken after each ``_``, so that its column stays narrow."""
    return escape(name).replace("_", "_<wbr>")
