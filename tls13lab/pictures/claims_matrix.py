"""The matrix of claims as a picture: for each mode and asset, what a single theft opens.

"x" and a dark ground are lost, "." and a white ground kept, "~" is kept for now; "-" stands for a
secret that the mode does not have, which changes nothing. A pair of leaks is only told of where
neither of the two would do alone: those are what the last column lists.
"""

from collections.abc import Iterable
from html import escape

from tls13lab.pictures.picture import Picture
from tls13lab.symbolic.claims import Cell

MARKS = {"lost": "x", "kept": ".", "for now": "~", "absent": "-"}
LEGEND = (
    "x lost, . kept, ~ kept until the ticket is used (it then crosses the wire in the clear), "
    "- the mode has no such secret"
)
_WORDS = {"lost": " lost", "kept": " kept", "for now": " for now", "absent": ""}
_FILLS = {
    "lost": ("#1f4e79", "#ffffff"),
    "kept": ("#ffffff", "#000000"),
    "for now": ("#ffffff", "#000000"),
    "absent": ("#e9ecef", "#6c757d"),
}
_LEFT, _ROW, _COLUMN, _TOP, _LETTER = 420, 22, 62, 96, 6

Row = tuple[str, str, str, str]


def shown(cell: Cell) -> str:
    """A cell's answer as one of the :data:`MARKS`.

    >>> from tls13lab.symbolic.claims import decide
    >>> shown(decide("full", "next_psk", "passive", ("ticket_key",)))
    'for now'
    """
    if cell.absent:
        return "absent"
    return "for now" if cell.horizon else cell.verdict


def single_leaks(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The leaks in their order, "none" before them."""
    return ("none", *dict.fromkeys(one for cell in cells for one in cell.leaks))


def rows_of(cells: Iterable[Cell]) -> dict[Row, dict[tuple[str, ...], Cell]]:
    """The cells by (adversary, mode, asset, options), and there by leaks; all outside left out."""
    rows: dict[Row, dict[tuple[str, ...], Cell]] = {}
    passive_first = sorted(cells, key=lambda cell: cell.adversary, reverse=True)
    for cell in passive_first:
        options = ", ".join(f"{name} {value}" for name, value in cell.options.items())
        row = rows.setdefault((cell.adversary, cell.mode, cell.asset, options), {})
        row[cell.leaks] = cell
    return {
        key: row
        for key, row in rows.items()
        if any(cell.verdict != "outside" for cell in row.values())
    }


def pairs_that_matter(row: dict[tuple[str, ...], Cell]) -> tuple[tuple[str, ...], ...]:
    """The pairs of leaks that open what neither of them opens alone."""
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


def matrix_text(cells: list[Cell]) -> str:
    """For a terminal: a line for each mode and asset, a column for each leak."""
    header, rows = _table(cells)
    leaks = header[3:-1]
    lines = [f"columns: {', '.join(f'{n} {leak}' for n, leak in enumerate(leaks))}"]
    lines += [LEGEND, "then the pairs that open it only together"]
    before = ""
    for adversary, mode, asset, *verdicts, together in rows:
        if (heading := f"{mode}, {adversary} adversary") != before:
            numbers = " ".join(str(number) for number in range(len(leaks)))
            lines += ["", f"{heading:46} {numbers}"]
            before = heading
        marks = " ".join(MARKS[one] for one in verdicts)
        lines.append(f"  {asset:44} {marks}  {together}".rstrip())
    return "\n".join(lines)


def matrix_picture(cells: list[Cell]) -> Picture:
    """The same as a picture, with its table."""
    header, rows = _table(cells)
    leaks = header[3:-1]
    longest = max(len(row[-1]) for row in rows)
    width = _LEFT + _COLUMN * len(leaks) + 40 + _LETTER * max(longest, 14)
    height = _TOP + _ROW * (len(rows) + 1)
    parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for number, leak in enumerate(leaks):
        x = _LEFT + _COLUMN * number + _COLUMN // 2
        parts.append(
            f'<text x="{x}" y="{_TOP - 10}" transform="rotate(-35 {x} {_TOP - 10})">'
            f"{escape(leak)}</text>"
        )
    parts.append(
        f'<text x="{_LEFT + _COLUMN * len(leaks) + 12}" y="{_TOP - 10}">only together</text>'
    )
    for number, row in enumerate(rows):
        parts.append(_line(row, _TOP + _ROW * number, len(leaks)))
    parts.append(f'<text x="12" y="{height - 8}">{LEGEND}</text>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Helvetica,Arial,sans-serif" font-size="12">'
        f"{''.join(parts)}</svg>"
    )
    return Picture(svg, "the matrix of claims: what each theft opens", header, rows)


def _line(row: tuple[str, ...], y: int, count: int) -> str:
    adversary, mode, asset, *verdicts, together = row
    label = escape(f"{mode}, {adversary}: {asset}")
    parts = [f'<text x="12" y="{y + 15}">{label}</text>']
    for number, verdict in enumerate(verdicts):
        fill, ink = _FILLS[verdict]
        x = _LEFT + _COLUMN * number
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_COLUMN - 2}" height="{_ROW - 2}" fill="{fill}" '
            f'stroke="#adb5bd"/><text x="{x + _COLUMN // 2}" y="{y + 15}" fill="{ink}" '
            f'text-anchor="middle">{MARKS[verdict]}{_WORDS[verdict]}</text>'
        )
    x = _LEFT + _COLUMN * count + 12
    return "".join(parts) + f'<text x="{x}" y="{y + 15}">{escape(together)}</text>'
