"""Choose what was stolen, and see what it opens: verdicts, plaintext, and the attack as a tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft, together
from tls13lab.capture.recording import Item
from tls13lab.pictures import fit_text
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.derivation_text import short_name
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.widgets.panel import Panel

HEADER = ("connection", "mode", "verdict", "what was read", "one of these would open it")


@lru_cache(maxsize=256)
def _findings(
    items: tuple[Item, ...], thefts: tuple[tuple[str, Theft], ...]
) -> tuple[Finding, ...]:
    return tuple(Eavesdropper(together(theft for _, theft in thefts)).listen(items))


@dataclass(frozen=True)
class TheftView:
    """A recording, the thefts to choose from, by name, and the chosen ones."""

    items: tuple[Item, ...] = field(repr=False)
    leaks: Mapping[str, Theft] = field(repr=False)
    stolen: frozenset[str] = frozenset()

    def steal(self, *names: str) -> "TheftView":
        """Choose exactly these thefts. Raises KeyError for an unknown one."""
        for name in names:
            self.leaks[name]
        return replace(self, stolen=frozenset(names))

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
                "; ".join(
                    f"{who}: {text.head.decode('utf-8', 'backslashreplace')}"
                    for who, text in sorted(finding.plaintext.items())
                ),
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
                f"connection {finding.connection}: {fit_text.in_words(name, fit_text.place(fit))}"
                for finding in self.findings
                for fit in finding.fits_of(self.leaks[name])
            ]
            lines += found or [fit_text.nowhere(name)]
        return tuple(lines)

    @property
    def broken(self) -> Finding | None:
        """The last connection that is lost, whose attack is drawn; None if none is."""
        lost = [finding for finding in self.findings if finding.verdict == "lost"]
        return lost[-1] if lost else None

    def html(self) -> str:
        """The table, where the thefts fit, the attack tree, and the bytes of its nodes (folded)."""
        parts = [html_table(HEADER, self.rows)]
        if self.places:
            items = "".join(f"<li>{escape(line)}</li>" for line in self.places)
            parts.append(f"<ul>{items}</ul>")
        broken = self.broken
        if broken is None:
            return "".join([*parts, "<p>Nothing is opened, so there is no attack to draw.</p>"])
        goal = f"connection {broken.connection}"
        parts.append(f"<p><strong>How {goal} was opened:</strong></p>")
        parts.append(attack_tree(broken.steps, goal).image)
        nodes = "".join(
            f"<tr><td>{escape(short_name(done.step.conclusion))}</td>"
            f"<td><code>{done.value.hex()}</code></td></tr>"
            for done in broken.steps
            if done.value
        )
        parts.append(
            "<details><summary>The bytes of each node</summary>"
            f"<table><tr><th>node</th><th>bytes</th></tr>{nodes}</table></details>"
        )
        return "".join(parts)

    def text(self) -> str:
        """The table, where the thefts fit, and the steps of the attack."""
        parts = [text_table(HEADER, self.rows)]
        if self.places:
            parts.append("\n".join(self.places))
        if self.broken is not None:
            parts.append(attack_tree(self.broken.steps).text)
        return "\n\n".join(parts)


class TheftPanel(Panel):
    """A checkbox for each theft, and the results."""

    def __init__(self, items: tuple[Item, ...], leaks: Mapping[str, Theft], *stolen: str) -> None:
        import ipywidgets

        self.view = TheftView(items, leaks).steal(*stolen)
        layout = ipywidgets.Layout(width="auto")
        self.boxes = {
            name: ipywidgets.Checkbox(
                value=name in stolen, description=name, indent=False, layout=layout
            )
            for name in leaks
        }
        super().__init__(list(self.boxes.values()), self._draw)
        self.watch(*self.boxes.values())

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.steal(*(name for name, box in self.boxes.items() if box.value))
        return self.view.html(), self.view.text()
