"""The matrix of claims as a grid and as text: what a single leak opens, for each mode and asset.

In the text for a terminal, "x" means lost, "." kept, "~" kept for now, and "-" stands for a leak of
a secret that the mode does not have, so it changes nothing. Below or beside the matrix stand the
pairs of leaks that are needed together, because neither is enough alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from tls13lab.pictures import ink
from tls13lab.pictures.grid import Grid, Group, Tile, TileRow
from tls13lab.pictures.page import page
from tls13lab.pictures.scripts import alive
from tls13lab.symbolic.claims import Cell
from tls13lab.symbolic.vocabulary import ADVERSARIES, Adversary, Asset, Leak, Leaks, SceneMode

Shown = Literal["lost", "kept", "for now", "absent"]
"""What a tile says: the verdict, and two things that it does not."""
MARKS: dict[Shown, str] = {"lost": "x", "kept": ".", "for now": "~", "absent": "-"}
LEGEND = (
    "x lost, . kept, ~ kept until the ticket is used (it then crosses the wire in the clear), "
    "- the mode has no such secret"
)
GUESSES = (
    "a number after a mark: log2 of the guesses that are still needed; no number: none is needed"
)
LOOKS: dict[Shown, ink.Look] = {
    "lost": ink.OPENED,
    "kept": ink.KEPT,
    "for now": replace(ink.KEPT, dashes="5 3"),
    "absent": ink.ABSENT,
}
"""How each verdict looks, by the keys of :data:`MARKS`."""
SAYS: dict[Shown, str] = {
    "lost": "the adversary can derive it, or pass for this side",
    "kept": "no derivation in the model",
    "for now": "kept until the ticket is used: it then crosses the wire in the clear",
    "absent": "the mode has no such secret, so nothing can leak",
}
PRICE = ("2^20", ink.PLAIN, "the guesses that this still costs; no number: none are needed")
TOGETHER = "Only together: pairs of leaks that open what neither opens alone"

Where = tuple[Adversary, SceneMode, Asset, str]
"""Adversary, mode, asset and options."""
Column = Leak | Literal["none"]
"""What has been stolen, alone."""


def shown(cell: Cell) -> Shown:
    """What a tile says of a cell that is inside the model.

    >>> from tls13lab.symbolic.claims import decide
    >>> shown(decide("full", "next_psk", "passive", ("ticket_key",)))
    'for now'
    """
    if cell.absent:
        return "absent"
    assert cell.verdict != "outside"
    return "for now" if cell.horizon else cell.verdict


def single_leaks(cells: Iterable[Cell]) -> tuple[Column, ...]:
    """The leaks in order, after "none"."""
    return ("none", *dict.fromkeys(leak for cell in cells for leak in cell.leaks))


def rows_of(cells: Iterable[Cell]) -> dict[Where, dict[Leaks, Cell]]:
    """The cells by (adversary, mode, asset, options) and then by leaks, without empty rows."""
    rows: dict[Where, dict[Leaks, Cell]] = {}
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


def pairs_that_matter(row: dict[Leaks, Cell]) -> tuple[Leaks, ...]:
    """The pairs of leaks that open together what neither opens alone."""
    if row[()].verdict == "lost":
        return ()
    alone = {leaks[0] for leaks, cell in row.items() if len(leaks) == 1 and cell.verdict == "lost"}
    return tuple(
        leaks
        for leaks, cell in row.items()
        if len(leaks) == 2 and cell.verdict == "lost" and not alone & set(leaks)
    )


def _table(cells: Sequence[Cell]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    leaks = single_leaks(cells)
    header = ("adversary", "mode", "asset", *leaks, "only together")
    rows = []
    for (adversary, mode, asset, options), row in rows_of(cells).items():
        marks = [shown(_cell(row, leak)) for leak in leaks]
        together = "; ".join(" + ".join(pair) for pair in pairs_that_matter(row))
        name = f"{asset} ({options})" if options else asset
        rows.append((adversary, mode, name, *marks, together))
    return header, tuple(rows)


Guesses = Callable[[Cell], float | None]
"""A function from a cell to log2 of its cost in guesses; None if nothing can be guessed."""
Spent = Callable[[float], str]
"""A function from log2 of a number of guesses to the time and money that they take, in words."""


def _cell(row: Mapping[Leaks, Cell], leak: Column) -> Cell:
    return row[() if leak == "none" else (leak,)]


def matrix_text(cells: Sequence[Cell], guesses: Guesses | None = None) -> str:
    """The matrix for a terminal: a line for each mode and asset, a column for each leak.

    With ``guesses``, each mark is followed by its cost, if there is one.
    """
    (_, rows), leaks = _table(cells), single_leaks(cells)
    lines = [f"columns: {', '.join(f'{n} {leak}' for n, leak in enumerate(leaks))}"]
    lines += [LEGEND, *([GUESSES] if guesses else []), "then the pairs that open it only together"]
    costs = _costs(cells, leaks, guesses)
    column = 4 if guesses else 1
    before, headings = "", [f"{mode}, {adversary} adversary" for adversary, mode, *_ in rows]
    wide = max(*map(len, headings), *(len(row[2]) + 2 for row in rows))
    for heading, (_, _, asset, *_, together), row, prices in zip(
        headings, rows, rows_of(cells).values(), costs, strict=True
    ):
        if heading != before:
            numbers = " ".join(f"{number:<{column}}" for number in range(len(leaks))).rstrip()
            lines += ["", f"{heading:{wide}} {numbers}"]
            before = heading
        verdicts = (shown(_cell(row, leak)) for leak in leaks)
        words = (f"{MARKS[each]}{price}" for each, price in zip(verdicts, prices, strict=True))
        marks = " ".join(f"{word:<{column}}" for word in words)
        lines.append(f"  {asset:{wide - 2}} {marks}  {together}".rstrip())
    return "\n".join(lines)


def _costs(
    cells: Sequence[Cell], leaks: Sequence[Column], guesses: Guesses | None
) -> list[tuple[str, ...]]:
    """The costs after the marks of each row, as whole numbers; empty if there is no cost."""

    def price(cell: Cell) -> str:
        bits = guesses(cell) if guesses and not cell.absent else None
        return f"{bits:.0f}" if bits else ""

    return [tuple(price(_cell(row, leak)) for leak in leaks) for row in rows_of(cells).values()]


def matrix_picture(
    cells: Sequence[Cell], guesses: Guesses | None = None, spent: Spent | None = None
) -> Grid:
    """The matrix as a grid of tiles, with its table.

    Rows are modes, under a heading for each asset and adversary; if all cells are of one mode, rows
    are assets and adversaries. With ``guesses``, each tile also has its cost, if there is one, and
    with ``spent``, its tip has what that takes.
    """
    rows = rows_of(cells)
    leaks = single_leaks(cells)
    one_mode = len({mode for _, mode, _, _ in rows}) == 1
    groups: dict[str, list[TileRow]] = {}
    for where, row in rows.items():
        adversary, mode, _, _ = where
        asset = asset_of(where)
        heading, name = f"{asset}, {adversary} adversary", str(mode)
        if one_mode:
            heading, name = mode, f"{asset}, {adversary}"
        tiles = tuple(
            _priced(_tile(where, row, leak), _cell(row, leak), guesses, spent) for leak in leaks
        )
        groups.setdefault(heading, []).append(TileRow(name, tiles))
    return Grid(
        alt="the matrix of claims: what each theft opens",
        columns=leaks,
        groups=tuple(Group(heading, tuple(own)) for heading, own in groups.items()),
        corner="asset, adversary" if one_mode else "mode",
        legend=(
            *legend_of(tile.word for own in groups.values() for row in own for tile in row.tiles),
            *([PRICE] if guesses else []),
        ),
        notes=tuple(
            (f"{mode}, {asset_of((adversary, mode, asset, options))}, {adversary}", pairs)
            for (adversary, mode, asset, options), row in rows.items()
            if (pairs := "; ".join(" + ".join(pair) for pair in pairs_that_matter(row)))
        ),
        notes_title=TOGETHER,
    )


def matrix_page(
    cells: Sequence[Cell], guesses: Guesses | None = None, spent: Spent | None = None
) -> str:
    """The matrix as a web page in one file, whose tiles can be pointed at."""
    title = "The matrix of claims"
    return page(title, title, alive(matrix_picture(cells, guesses, spent).html))


def asset_of(where: Where) -> str:
    """The asset of a row, with the options that change its verdict.

    >>> asset_of(("passive", "external-psk_ke", "early_data_freshness", "anti_replay on"))
    'early_data_freshness (anti_replay on)'
    """
    _, _, asset, options = where
    return f"{asset} ({options})" if options else asset


def legend_of(words: Iterable[str]) -> tuple[tuple[str, ink.Look, str], ...]:
    """The looks that occur, with what they mean."""
    there = set(words)
    return tuple((word, LOOKS[word], says) for word, says in SAYS.items() if word in there)


def _tile(where: Where, row: Mapping[Leaks, Cell], leak: Column) -> Tile:
    adversary, mode, _, _ = where
    word = shown(_cell(row, leak))
    leaks = "nothing leaked" if leak == "none" else f"leak: {leak}"
    pairs = [pair for pair in pairs_that_matter(dict(row)) if leak in pair]
    others = [one for pair in pairs for one in pair if one != leak]
    tip = (
        f"{asset_of(where)}: {word}",
        f"{mode}, {adversary} adversary, {leaks}",
        SAYS[word],
        f"lost together with {', or with '.join(others)}" if others else "",
        row[()].citation,
    )
    return Tile(f"{'/'.join(where)}/{leak}", word, LOOKS[word], tip)


def _priced(tile: Tile, cell: Cell, guesses: Guesses | None, spent: Spent | None) -> Tile:
    bits = guesses(cell) if guesses and not cell.absent else None
    if not bits:
        return tile
    takes = f", {spent(bits)}" if spent else ""
    tip = (*tile.tip[:3], f"costs 2^{bits:.1f} guesses{takes}", *tile.tip[3:])
    return replace(tile, more=f"2^{bits:.0f}", tip=tip)
