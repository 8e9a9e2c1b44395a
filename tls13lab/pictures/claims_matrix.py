"""The matrix of claims as a picture and as text: what a single leak opens, for each mode and asset.

"x" on a dark background means lost, "." on white means kept, and "~" kept for now. "-" stands for
a leak of a secret that the mode does not have, so it changes nothing. The last column lists the
pairs of leaks that are needed together, because neither is enough alone.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import ceil

from tls13lab.pictures.picture import Picture
from tls13lab.pictures.text_size import width
from tls13lab.symbolic.claims import Cell
from tls13lab.symbolic.vocabulary import ADVERSARIES

MARKS = {"lost": "x", "kept": ".", "for now": "~", "absent": "-"}
LEGEND = (
    "x lost, . kept, ~ kept until the ticket is used (it then crosses the wire in the clear), "
    "- the mode has no such secret"
)
GUESSES = (
    "a number after a mark: log2 of the guesses that are still needed; no number: none is needed"
)
_WORDS = {"lost": " lost", "kept": " kept", "for now": " for now", "absent": ""}
_FILLS = {
    "lost": ("#1f4e79", "#ffffff"),
    "kept": ("#ffffff", "#000000"),
    "for now": ("#ffffff", "#000000"),
    "absent": ("#e9ecef", "#6c757d"),
}
_ROW, _COLUMN, _TOP, _GAP, _SIZE = 22, 72, 96, 12, 12

Row = tuple[str, str, str, str]


def shown(cell: Cell) -> str:
    """The verdict of a cell, as a key of :data:`MARKS`.

    >>> from tls13lab.symbolic.claims import decide
    >>> shown(decide("full", "next_psk", "passive", ("ticket_key",)))
    'for now'
    """
    if cell.absent:
        return "absent"
    return "for now" if cell.horizon else cell.verdict


def single_leaks(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The leaks in order, after "none"."""
    return ("none", *dict.fromkeys(leak for cell in cells for leak in cell.leaks))


def rows_of(cells: Iterable[Cell]) -> dict[Row, dict[tuple[str, ...], Cell]]:
    """The cells by (adversary, mode, asset, options) and then by leaks, without empty rows."""
    rows: dict[Row, dict[tuple[str, ...], Cell]] = {}
    weakest_first = sorted(cells, key=lambda cell: ADVERSARIES.index(cell.adversary))
    for cell in weakest_first:
        options = ", ".join(f"{name} {value}" for name, value in cell.options.items())
        row = rows.setdefault((cell.adversary, cell.mode, cell.asset, options), {})
        row[cell.leaks] = cell
    return {
        key: row
        for key, row in rows.items()
        if any(cell.verdict != "outside" for cell in row.values())
    }


def pairs_that_matter(row: dict[tuple[str, ...], Cell]) -> tuple[tuple[str, ...], ...]:
    """The pairs of leaks that open together what neither opens alone."""
    if row[()].verdict == "lost":
        return ()
    alone = {leaks[0] for leaks, cell in row.items() if len(leaks) == 1 and cell.verdict == "lost"}
    return tuple(
        leaks
        for leaks, cell in row.items()
        if len(leaks) == 2 and cell.verdict == "lost" and not alone & set(leaks)
    )


def _table(cells: list[Cell]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    leaks = single_leaks(cells)
    header = ("adversary", "mode", "asset", *leaks, "only together")
    rows = []
    for (adversary, mode, asset, options), row in rows_of(cells).items():
        marks = [shown(row[() if leak == "none" else (leak,)]) for leak in leaks]
        together = "; ".join(" + ".join(pair) for pair in pairs_that_matter(row))
        name = f"{asset} ({options})" if options else asset
        rows.append((adversary, mode, name, *marks, together))
    return header, tuple(rows)


Guesses = Callable[[Cell], float | None]
"""A function from a cell to log2 of its cost in guesses; None if nothing can be guessed."""


def matrix_text(cells: list[Cell], guesses: Guesses | None = None) -> str:
    """The matrix for a terminal: a line for each mode and asset, a column for each leak.

    With ``guesses``, each mark is followed by its cost, if there is one.
    """
    header, rows = _table(cells)
    leaks = header[3:-1]
    lines = [f"columns: {', '.join(f'{n} {leak}' for n, leak in enumerate(leaks))}"]
    lines += [LEGEND, *([GUESSES] if guesses else []), "then the pairs that open it only together"]
    costs = _costs(cells, leaks, guesses)
    column = 4 if guesses else 1
    before, headings = "", [f"{mode}, {adversary} adversary" for adversary, mode, *_ in rows]
    wide = max(*map(len, headings), *(len(row[2]) + 2 for row in rows))
    for heading, (_, _, asset, *verdicts, together), prices in zip(
        headings, rows, costs, strict=True
    ):
        if heading != before:
            numbers = " ".join(f"{number:<{column}}" for number in range(len(leaks))).rstrip()
            lines += ["", f"{heading:{wide}} {numbers}"]
            before = heading
        words = (f"{MARKS[each]}{price}" for each, price in zip(verdicts, prices, strict=True))
        marks = " ".join(f"{word:<{column}}" for word in words)
        lines.append(f"  {asset:{wide - 2}} {marks}  {together}".rstrip())
    return "\n".join(lines)


def _costs(
    cells: list[Cell], leaks: Sequence[str], guesses: Guesses | None
) -> list[tuple[str, ...]]:
    """The costs after the marks of each row, as whole numbers; empty if there is no cost."""

    def price(cell: Cell) -> str:
        bits = guesses(cell) if guesses and not cell.absent else None
        return f"{bits:.0f}" if bits else ""

    return [
        tuple(price(row[() if leak == "none" else (leak,)]) for leak in leaks)
        for row in rows_of(cells).values()
    ]


def matrix_picture(cells: list[Cell]) -> Picture:
    """The matrix as a picture, with its table."""
    header, rows = _table(cells)
    leaks = header[3:-1]
    names, pairs = [_name(row) for row in rows], [row[-1] for row in rows]
    left = _GAP + ceil(max(width(name, _SIZE) for name in names)) + _GAP
    right = left + _COLUMN * len(leaks) + _GAP
    across = right + ceil(max(width(words, _SIZE) for words in (_TOGETHER, *pairs))) + _GAP
    across = max(across, _GAP + ceil(width(LEGEND, _SIZE)) + _GAP)
    down = _TOP + _ROW * (len(rows) + 1)
    parts = [f'<rect width="{across}" height="{down}" fill="#ffffff"/>']
    for number, leak in enumerate(leaks):
        x, y = left + _COLUMN * number + _COLUMN // 2, _TOP - 10
        parts.append(_text(x, y, leak, f' transform="rotate(-35 {x} {y})"'))
    parts.append(_text(right, _TOP - 10, _TOGETHER))
    for number, row in enumerate(rows):
        y = _TOP + _ROW * number
        parts += [_text(_GAP, y + 15, _name(row)), _cells(row[3:-1], left, y)]
        parts.append(_text(right, y + 15, row[-1]))
    parts.append(_text(_GAP, down - 8, LEGEND))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" '
        f'height="{down}" font-family="Helvetica,Arial,sans-serif" font-size="{_SIZE}">'
        f"{''.join(parts)}</svg>"
    )
    return Picture(svg, "the matrix of claims: what each theft opens", header, rows)


_TOGETHER = "only together"


def _text(x: int, y: int, words: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'


def _name(row: tuple[str, ...]) -> str:
    adversary, mode, asset = row[:3]
    return f"{mode}, {adversary}: {asset}"


def _cells(verdicts: Sequence[str], left: int, y: int) -> str:
    parts = []
    for number, verdict in enumerate(verdicts):
        fill, ink = _FILLS[verdict]
        x = left + _COLUMN * number
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_COLUMN - 2}" height="{_ROW - 2}" fill="{fill}" '
            f'stroke="#adb5bd"/>'
        )
        middle = f' fill="{ink}" text-anchor="middle"'
        words = f"{MARKS[verdict]}{_WORDS[verdict]}"
        parts.append(_text(x + _COLUMN // 2, y + 15, words, middle))
    return "".join(parts)
