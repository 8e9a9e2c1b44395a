"""Remove a rule from the symbolic model, and see which verdicts change."""

from dataclasses import dataclass, replace
from functools import lru_cache

from tls13lab.pictures.claims_matrix import MARKS, shown, single_leaks
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.symbolic.claims import Cell, decide, outside
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.vocabulary import ADVERSARIES, ASSETS, LEAKS, MODES, Adversary, Asset
from tls13lab.widgets.panel import Panel

ALL = "(none: all rules)"


@lru_cache(maxsize=256)
def _cells(asset: Asset, adversary: Adversary, without: str) -> tuple[Cell, ...]:
    """The cells without a leak and with each single leak, for every mode."""
    rules = tuple(rule for name, rule in RULES.items() if name != without)
    options = {"anti_replay": "on"} if asset == "early_data_freshness" else {}
    thefts = [(), *((leak,) for leak in LEAKS)]
    return tuple(
        decide(mode, asset, adversary, leaks, options, rules)
        for mode in MODES
        for leaks in thefts
        if not outside(mode, asset, adversary)
    )


@dataclass(frozen=True, slots=True)
class MatrixView:
    """One asset and one adversary, with one rule removed."""

    asset: Asset = "application_data"
    adversary: Adversary = "passive"
    without: str = ALL

    def choose(self, asset: Asset, adversary: Adversary, without: str) -> "MatrixView":
        """Choose an asset, an adversary, and the rule to remove."""
        return replace(self, asset=asset, adversary=adversary, without=without)

    def flipped(self) -> tuple[Cell, ...]:
        """The cells whose verdict differs from that with all rules."""
        usual = _cells(self.asset, self.adversary, ALL)
        now = _cells(self.asset, self.adversary, self.without)
        return tuple(b for a, b in zip(usual, now, strict=True) if a.verdict != b.verdict)

    def table(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The header and the rows: one row for each mode, one column for each leak."""
        cells = _cells(self.asset, self.adversary, self.without)
        flipped = set(map(id, self.flipped()))
        leaks = single_leaks(cells)
        rows = []
        for mode in dict.fromkeys(cell.mode for cell in cells):
            row: list[str] = [mode]
            for cell in (each for each in cells if each.mode == mode):
                words = f"{MARKS[shown(cell)]} {shown(cell)}"
                row.append(f"{words}, FLIPPED" if id(cell) in flipped else words)
            rows.append(tuple(row))
        return ("mode", *leaks), tuple(rows)

    def note(self) -> str:
        """A sentence that says how many cells flip."""
        if self.without == ALL:
            return "All rules are in use."
        count = len(self.flipped())
        return f"Without the rule {self.without}, {count} of these cells flip."


class MatrixExplorer(Panel):
    """Three menus, and the part of the matrix that they select."""

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

    def _draw(self) -> tuple[str, str]:
        menus = (self.asset, self.adversary, self.without)
        chosen = (menu.value for menu in menus)  # type: ignore[attr-defined]
        self.view = self.view.choose(*chosen)
        header, rows = self.view.table()
        note = self.view.note()
        if not rows:
            words = "This asset is outside for this adversary in every mode."
            return f"<p>{words}</p>", words
        return (
            f"<p><strong>{note}</strong></p>{html_table(header, rows)}",
            f"{note}\n{text_table(header, rows)}",
        )
