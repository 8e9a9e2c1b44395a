"""Choose what was stolen, and see what it opens: verdicts, plaintext, and the key schedule.

The picture is that of lesson 01, for one connection at a time: what was stolen, what follows from
it, and which records are read. It stands next to the boxes, with all connections below it. The
attack, step by step and with its bytes, is folded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.loot import Fit
from tls13lab.adversary.plan import this
from tls13lab.adversary.theft import Theft, together
from tls13lab.capture.recording import Item
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.pictures import fit_text
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.derivation_text import short_name
from tls13lab.pictures.picture import Picture, html_table, text_table
from tls13lab.pictures.schedule_graph import theft_graph
from tls13lab.widgets.panel import Panel

_PICTURE = 720
"""Its greatest width in pixels: then it is seen on most screens together with the boxes."""
_LONG = 4
"""The most connections whose table is not folded."""
HEADER = ("connection", "mode", "verdict", "what was read", "one of these would open it")


@lru_cache(maxsize=256)
def _findings(
    items: tuple[Item, ...], thefts: tuple[tuple[str, Theft], ...]
) -> tuple[Finding, ...]:
    return tuple(Eavesdropper(together(theft for _, theft in thefts)).listen(items))


@dataclass(frozen=True)
class TheftView:
    """A recording, the thefts to choose from, by name, and the chosen ones.

    ``shown`` is the number of the connection to show; 0 for the one that the theft opens.
    """

    items: tuple[Item, ...] = field(repr=False)
    leaks: Mapping[str, Theft] = field(repr=False)
    stolen: frozenset[str] = frozenset()
    shown: int = 0

    def steal(self, *names: str) -> "TheftView":
        """Choose exactly these thefts. Raises KeyError for an unknown one."""
        for name in names:
            self.leaks[name]
        return replace(self, stolen=frozenset(names))

    def show(self, connection: int) -> "TheftView":
        """Choose the connection to show, 0 for the one that the theft opens."""
        return replace(self, shown=connection)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The eavesdropper's findings, one for each connection."""
        chosen = tuple((name, theft) for name, theft in self.leaks.items() if name in self.stolen)
        return _findings(self.items, chosen)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The findings as rows under :data:`HEADER`."""
        return tuple(
            (
                str(finding.connection),
                finding.mode,
                finding.verdict,
                "; ".join(f"{who}: {text}" for who, text in _words_read(finding)),
                ", ".join(finding.missing),
            )
            for finding in self.findings
        )

    @property
    def places(self) -> tuple[str, ...]:
        """Sentences that say where each theft fits, as the command ``break`` does for leaks."""
        lines: list[str] = []
        for name in self.leaks:
            if name not in self.stolen:
                continue
            found = [
                f"connection {finding.connection}: {_fits(name, fit)}"
                for finding in self.findings
                for fit in finding.fits_of(self.leaks[name])
            ]
            lines += found or [fit_text.nowhere(name)]
        return tuple(lines)

    @property
    def finding(self) -> Finding | None:
        """That of the connection to show: the chosen one, or the last lost, or else the last."""
        every = self.findings
        chosen = [finding for finding in every if finding.connection == self.shown]
        lost = [finding for finding in every if finding.verdict == "lost"]
        return next(reversed(chosen or lost or every), None)

    def picture(self) -> Picture | None:
        """The key schedule of the connection to show; None if its hellos are not recorded."""
        finding = self.finding
        if finding is None or finding.shape is None:
            return None
        # The steps may also be about the connection that issued the ticket.
        names = {this(finding.shape).secret(name): name for name in SCHEDULE}
        done = ((names.get(done.step.conclusion, ""), done.value) for done in finding.steps)
        values = {name: value for name, value in done if name}
        # The PSK of a ticket that was read in an earlier connection was not stolen.
        found = {"psk"} if finding.psk_from and "psk" not in finding.leaks else set()
        return theft_graph(finding.shape, values, found)

    def html(self) -> str:
        """What was read, the schedule, all connections, where the thefts fit, and the steps."""
        finding, picture = self.finding, self.picture()
        if finding is None or picture is None:
            return f"<p>There is no connection whose hellos are recorded.</p>{self._connections}"
        read = "".join(
            f" Read from the {who}: {escape(text)}." for who, text in _words_read(finding)
        )
        return (
            f'<p style="margin:4px 0px"><strong>{escape(_title(finding))}.</strong>{read}</p>'
            f'<div style="max-width:{_PICTURE}px">{picture.image}</div>'
            f"{self._connections}{_step_by_step(finding)}"
        )

    @property
    def _connections(self) -> str:
        """The table of all connections, folded if it is long, and where the thefts fit."""
        table = html_table(HEADER, self.rows)
        if len(self.rows) > _LONG:
            title = f"All {len(self.rows)} connections"
            table = f"<details><summary>{title}</summary>{table}</details>"
        items = "".join(f"<li>{escape(line)}</li>" for line in self.places)
        return f"{table}<ul>{items}</ul>" if items else table

    def text(self) -> str:
        """The table, where the thefts fit, the schedule, and the steps of the attack."""
        parts = [text_table(HEADER, self.rows)]
        if self.places:
            parts.append("\n".join(self.places))
        finding, picture = self.finding, self.picture()
        if finding is not None and picture is not None:
            parts.append(f"{_title(finding)}:\n{picture.text}")
            if finding.steps:
                parts.append(attack_tree(finding.steps).text)
        return "\n\n".join(parts)


def _fits(name: str, fit: Fit) -> str:
    """Where the theft of this name fits, in words."""
    return fit_text.in_words(fit.name, fit_text.place(fit), "" if name == fit.name else name)


def _title(finding: Finding) -> str:
    opened = {"lost": "is opened", "kept": "stays closed"}.get(finding.verdict, finding.verdict)
    return f"Connection {finding.connection}, {finding.mode}, {opened}"


def _words_read(finding: Finding) -> list[tuple[str, str]]:
    """Each side whose plaintext was read, with that plaintext."""
    return [
        (who, text.head.decode("utf-8", "backslashreplace"))
        for who, text in sorted(finding.plaintext.items())
    ]


def _step_by_step(finding: Finding) -> str:
    """The attack as a tree, and the bytes of its nodes, both folded; empty if there is none."""
    if not finding.steps:
        return ""
    tree = attack_tree(finding.steps, f"connection {finding.connection}").image
    nodes = "".join(
        f"<tr><td>{escape(short_name(done.step.conclusion))}</td>"
        f"<td><code>{done.value.hex()}</code></td></tr>"
        for done in finding.steps
        if done.value
    )
    return (
        f"<details><summary>Step by step</summary>{tree}</details>"
        "<details><summary>The bytes of each step</summary>"
        f"<table><tr><th>step</th><th>bytes</th></tr>{nodes}</table></details>"
    )


class TheftPanel(Panel):
    """A checkbox for each theft, a menu of the connections, and the results."""

    def __init__(self, items: tuple[Item, ...], leaks: Mapping[str, Theft], *stolen: str) -> None:
        import ipywidgets

        self.view = TheftView(items, leaks).steal(*stolen)
        layout = ipywidgets.Layout(width="auto", margin="2px 20px 2px 2px")
        self.boxes = {
            name: ipywidgets.Checkbox(
                value=name in stolen, description=name, indent=False, layout=layout
            )
            for name in leaks
        }
        numbers = ((f"{one.connection}: {one.mode}", one.connection) for one in self.view.findings)
        self.connection = ipywidgets.Dropdown(
            options=[("the one that is opened", 0), *numbers],
            value=0,
            description="Connection:",
            style={"description_width": "initial"},
        )
        controls = [*self.boxes.values(), self.connection]
        row = ipywidgets.HBox(
            controls, layout=ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        )
        super().__init__([row], self._draw)
        self.watch(*controls)

    def _draw(self) -> tuple[str, str]:
        stolen = (name for name, box in self.boxes.items() if box.value)
        self.view = self.view.steal(*stolen).show(self.connection.value)
        return self.view.html(), self.view.text()
