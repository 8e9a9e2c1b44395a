"""Two conversations side by side, uncovered row by row, with the first difference marked.

It opens with the first row alone: a reader who is to find the first difference is not shown it.
"""

from dataclasses import dataclass, replace
from html import escape

import ipywidgets

from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.compare import Comparison, compare
from tls13lab.pictures.compare_picture import compare_picture
from tls13lab.pictures.picture import Picture
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider


@dataclass(frozen=True, slots=True)
class SideBySideView:
    """The first ``shown`` rows of the comparison of ``left`` and ``right``."""

    left: Conversation
    right: Conversation
    shown: int = 1

    @property
    def last(self) -> int:
        """How many rows there are."""
        return len(compare(self.left, self.right).rows)

    def show(self, places: int) -> "SideBySideView":
        """Show only the first ``places`` rows."""
        return replace(self, shown=max(1, places))

    def comparison(self) -> Comparison:
        """The rows that are shown, as a table."""
        return compare(self.left, self.right, self.shown)

    def note(self) -> str:
        """The row that was uncovered last, and the first difference so far."""
        comparison = self.comparison()
        _, place, *values = comparison.rows[-1]
        each = ", ".join(
            f"{value} in {name}" for name, value in zip(comparison.names, values, strict=True)
        )
        told = f"{values[0]} on both sides" if len(set(values)) == 1 else each
        first = comparison.first_difference
        found = f"First difference: {first}." if first else "No difference so far."
        return f"Row {len(comparison.rows)} of {self.last}, {place}: {told}. {found}"

    def picture(self) -> Picture:
        """The rows that are shown, as a picture with its table."""
        return compare_picture(self.left, self.right, self.shown)


class SideBySide(Panel):
    """A slider and buttons that uncover the comparison row by row."""

    def __init__(self, left: Conversation, right: Conversation) -> None:
        self.view = SideBySideView(left, right)
        self.slider = Slider(value=1, min=1, max=self.view.last, description="Rows:")
        moves = (("Back", -1), ("Next row", 1), ("All rows", self.view.last))
        self.buttons = [ipywidgets.Button(description=name, tooltip=name) for name, _ in moves]
        row = ipywidgets.HBox(
            [ipywidgets.HBox(self.buttons), self.slider],
            layout=ipywidgets.Layout(flex_flow="row wrap"),
        )
        super().__init__([row], self._draw)
        self.watch(self.slider)
        for button, (_, by) in zip(self.buttons, moves, strict=True):
            button.layout.width = "6.5em"
            button.on_click(lambda _, by=by: self._move(by))

    def _move(self, by: int) -> None:
        self.slider.value += by  # the slider keeps it between its ends

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.show(self.slider.value)
        note, picture = self.view.note(), self.view.picture()
        return f"<p><strong>{escape(note)}</strong></p>{picture.html}", f"{note}\n{picture.text}"
