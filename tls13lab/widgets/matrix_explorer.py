"""The matrix of claims to ask: click a tile to see why, or remove a rule and see what changes."""

from dataclasses import dataclass, replace
from html import escape

from tls13lab.adversary.execution import Done
from tls13lab.pictures.claims_matrix import LOOKS, SAYS, legend_of, shown, single_leaks
from tls13lab.pictures.derivation_text import derivation_rows, short_name
from tls13lab.pictures.grid import Grid, Group, Tile, TileRow
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.symbolic.claims import Cell, decide, lost_by, outside
from tls13lab.symbolic.counter_tests import missing
from tls13lab.symbolic.reasons import Reason
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    ASSETS,
    LEAKS,
    SCENE_MODES,
    Adversary,
    Asset,
    Leaks,
    SceneMode,
)
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.tape import Part

ALL = "(none: all rules)"
STEPS = ("step", "what", "from", "how")
ASK = "Choose a tile to see why: click it, or go to it with the arrow keys and press Enter."


@remembered(64)
def _rules(without: str) -> tuple[Rule, ...]:
    return tuple(rule for name, rule in RULES.items() if name != without)


@remembered(256)
def _cells(asset: Asset, adversary: Adversary, without: str) -> tuple[Cell, ...]:
    """The cells without a leak and with each single leak, for every mode."""
    options = {"anti_replay": "on"} if asset == "early_data_freshness" else {}
    thefts: list[Leaks] = [(), *((leak,) for leak in LEAKS)]
    return tuple(
        decide(mode, asset, adversary, leaks, options, _rules(without))
        for mode in SCENE_MODES
        for leaks in thefts
        if not outside(mode, asset, adversary)
    )


@dataclass(frozen=True, slots=True)
class MatrixView:
    """One asset and one adversary, with one rule removed; ``chosen`` is the name of a tile."""

    asset: Asset = "application_data"
    adversary: Adversary = "passive"
    without: str = ALL
    chosen: str = ""

    def choose(self, asset: Asset, adversary: Adversary, without: str) -> "MatrixView":
        """Choose an asset, an adversary, and the rule to remove."""
        return replace(self, asset=asset, adversary=adversary, without=without)

    def cells(self) -> tuple[Cell, ...]:
        """The cells that are shown."""
        return _cells(self.asset, self.adversary, self.without)

    def flipped(self) -> tuple[Cell, ...]:
        """The cells whose verdict differs from that with all rules."""
        usual = _cells(self.asset, self.adversary, ALL)
        return tuple(b for a, b in zip(usual, self.cells(), strict=True) if a.verdict != b.verdict)

    def grid(self) -> Grid:
        """One row for each mode, one column for each leak."""
        cells = self.cells()
        flipped = set(map(id, self.flipped()))
        rows = [
            TileRow(
                mode,
                tuple(self._tile(one, id(one) in flipped) for one in cells if one.mode == mode),
            )
            for mode in dict.fromkeys(cell.mode for cell in cells)
        ]
        return Grid(
            alt=f"{self.asset}, {self.adversary} adversary: what each leak opens",
            columns=single_leaks(cells),
            groups=(Group("", tuple(rows)),),
            corner="mode",
            legend=legend_of(map(shown, cells)),
        )

    def _tile(self, cell: Cell, flipped: bool) -> Tile:
        name = name_of(cell)
        word = shown(cell)
        tip = f"{cell.mode}, {leak_of(cell)}: {self.asset} {word}", SAYS[word], cell.citation
        return Tile(name, word, LOOKS[word], tip, "FLIPPED" if flipped else "", name == self.chosen)

    def note(self) -> str:
        """A sentence that says how many cells flip."""
        if self.without == ALL:
            return "All rules are in use."
        count = len(self.flipped())
        return f"Without the rule {self.without}, {count} of these cells flip."

    def cell(self) -> Cell | None:
        """The chosen cell; None if nothing is chosen, or it is not among those shown."""
        return next((cell for cell in self.cells() if name_of(cell) == self.chosen), None)

    def why(self) -> "Why | None":
        """Why the chosen cell is lost or kept."""
        cell = self.cell()
        return None if cell is None else _why(cell.mode, self, cell.leaks)

    def html(self) -> str:
        """The grid, and below it why."""
        if not self.cells():
            return f"<p>{OUTSIDE}</p>"
        why = self.why()
        below = f'<p class="tls13lab-live-only">{ASK}</p>' if why is None else why.html()
        return (
            f"<p><strong>{escape(self.note())}</strong></p>{self.grid().html}"
            f'<div role="status">{below}</div>'
        )

    def text(self) -> str:
        """The same as plain text."""
        if not self.cells():
            return OUTSIDE
        why = self.why()
        return "\n".join((self.note(), self.grid().text, ASK if why is None else why.text()))


OUTSIDE = "This asset is outside for this adversary in every mode."


def name_of(cell: Cell) -> str:
    """The name of a cell's tile: its mode and its leak."""
    return f"{cell.mode}/{cell.leaks[0] if cell.leaks else 'none'}"


def _tiles() -> tuple[str, ...]:
    """The names of all tiles that any view has."""
    return tuple(f"{mode}/{leak}" for mode in SCENE_MODES for leak in ("none", *LEAKS))


def leak_of(cell: Cell) -> str:
    """What leaked, in words."""
    return f"leak: {cell.leaks[0]}" if cell.leaks else "no leak"


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to one tile: sentences, and under ``title`` the steps of a derivation."""

    heading: str
    sentences: tuple[str, ...]
    title: str = ""
    steps: tuple[tuple[str, ...], ...] = ()

    def html(self) -> str:
        """As HTML; the derivation is folded."""
        said = "".join(f"<p>{escape(one)}</p>" for one in self.sentences)
        table = ""
        if self.steps:
            rows = html_table(STEPS, self.steps)
            table = (
                f"<details><summary>{escape(self.title)}</summary>"
                f'<div style="overflow-x:auto" tabindex="0" role="group" '
                f'aria-label="{escape(self.title)}">{rows}</div></details>'
            )
        return f"<p><strong>{escape(self.heading)}</strong></p>{said}{table}"

    def text(self) -> str:
        """As plain text."""
        table = [f"{self.title}:", text_table(STEPS, self.steps)] if self.steps else []
        return "\n".join((self.heading, *self.sentences, *table))


@remembered(256)
def _why(mode: SceneMode, view: MatrixView, leaks: Leaks) -> Why:
    """The answer to the view's chosen cell."""
    cell = view.cell()
    assert cell is not None
    asked = (cell.mode, cell.asset, cell.adversary)
    options, rules = cell.options, _rules(view.without)
    heading = f"{mode}, {leak_of(cell)}: {cell.asset} is {cell.verdict}. {cell.citation}"
    if cell.absent:
        first = f"This mode has no {cell.absent[0]}, so this leak changes nothing."
        return Why(heading, (first,))
    if cell.verdict == "lost":
        found = lost_by(*asked, leaks, options, rules)
        assert found is not None
        less = decide(*asked, (), options, rules).verdict if leaks else ""
        contrast = {
            "kept": "Counter-test: without this leak, it is kept.",
            "lost": "It is lost without this leak, too.",
        }
        sentences = (_came_to(found), *filter(None, (contrast.get(less, ""),)))
        return Why(heading, sentences, _title(found, "Derivation"), _rows(found))
    return _kept(cell, heading, rules)


def _kept(cell: Cell, heading: str, rules: tuple[Rule, ...]) -> Why:
    """The answer to a cell that is kept: what is missing, and the counter-test."""
    asked = (cell.mode, cell.asset, cell.adversary)
    found = missing(*asked, cell.leaks, cell.options, rules)
    horizon = (f"It is kept {cell.horizon}.",) if cell.horizon else ()
    first = "No rule leads there from what the adversary has."
    if not found:
        none = "Not even two leaks more would open it."
        return Why(heading, (first, *horizon, none))
    ways = "; or ".join(" and ".join(further) for further in found)
    last = f"What is missing: {ways}."
    more = (*cell.leaks, *found[0])
    test = lost_by(*asked, more, cell.options, rules)
    assert test is not None
    title = _title(test, f"Counter-test: with {' and '.join(found[0])} as well, it is lost")
    return Why(heading, (first, *horizon, last), title, _rows(test))


def _came_to(found: Reason) -> str:
    """What the adversary has in the end, in a sentence."""
    things = ", ".join(dict.fromkeys(map(short_name, found.opened)))
    if not found.steps:
        return f"It is what leaked: {things}."
    verb = "takes part itself, and makes" if found.sends else "derives"
    return f"The adversary {verb}: {things}."


def _title(found: Reason, words: str) -> str:
    count = len(found.steps)
    return f"{words} ({count} step{'' if count == 1 else 's'})"


def _rows(found: Reason) -> tuple[tuple[str, ...], ...]:
    """The steps as rows under :data:`STEPS`."""
    return tuple(row[:4] for row in derivation_rows([Done(step, b"") for step in found.steps]))


class MatrixExplorer(Panel):
    """Three menus, the part of the matrix that they select, and why a tile is what it is."""

    def __init__(self, view: MatrixView | None = None) -> None:
        import ipywidgets

        self.view = view or MatrixView()

        def menu(options: tuple[str, ...], value: str, name: str) -> object:
            return ipywidgets.Dropdown(options=options, value=value, description=name)

        self.asset = menu(ASSETS, self.view.asset, "Asset:")
        self.adversary = menu(ADVERSARIES, self.view.adversary, "Adversary:")
        self.without = menu((ALL, *RULES), self.view.without, "Without:")
        super().__init__([self.asset, self.adversary, self.without], self._draw)
        self.watch(self.asset, self.adversary, self.without)
        self.tile = Part(_tiles(), lambda: self.view.chosen, self.ask)
        self.taped = (self.asset, self.adversary, self.without, self.tile)
        self.needs_python = (
            "Why a tile stays as it is without a rule, or what an active adversary can do then,"
        )
        self.answer.on_part(self.ask)

    def is_taped(self, control: object, value: object) -> bool:
        """Every tile with all rules, and for who only listens what flips without each rule.

        To decide all claims without each rule takes a minute or two: too long for a tape.
        """
        view = self.view
        if control is self.without:
            return value == ALL or (view.adversary == "passive" and bool(view.cells()))
        if control is self.tile and value:
            cells = view.cells() if view.without == ALL else view.flipped()
            return any(name_of(cell) == value for cell in cells)
        return True

    def ask(self, tile: str) -> None:
        """Show why the tile with this name is what it is, as a click on it does."""
        self.view = replace(self.view, chosen=tile)
        self.refresh()

    def _draw(self) -> tuple[str, str]:
        menus = (self.asset, self.adversary, self.without)
        chosen = (menu.value for menu in menus)  # type: ignore[attr-defined]
        self.view = self.view.choose(*chosen)
        return self.view.html(), self.view.text()
