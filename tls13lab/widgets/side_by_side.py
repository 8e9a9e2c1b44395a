"""Two conversations side by side, row by row, with the first difference marked."""

from dataclasses import dataclass, replace

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
    shown: int

    @classmethod
    def of(cls, left: Conversation, right: Conversation) -> "SideBySideView":
        """A view of all rows."""
        return cls(left, right, len(compare(left, right).rows))

    def show(self, places: int) -> "SideBySideView":
        """Show only the first ``places`` rows."""
        return replace(self, shown=max(1, places))

    def comparison(self) -> Comparison:
        """The rows that are shown, as a table."""
        return compare(self.left, self.right, self.shown)

    def picture(self) -> Picture:
        """The rows that are shown, as a picture."""
        return compare_picture(self.left, self.right, self.shown)


class SideBySide(Panel):
    """A slider that reveals the comparison row by row.

    ``covered``: with a kernel it begins at the first row. Without one, all rows are shown.
    """

    def __init__(self, left: Conversation, right: Conversation, *, covered: bool = False) -> None:
        self.view = SideBySideView.of(left, right)
        self.slider = Slider(value=self.view.shown, min=1, max=self.view.shown, description="Rows:")
        super().__init__([self.slider], self._draw)
        if covered:
            self.slider.value = 1
            self.refresh()
        self.watch(self.slider)

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.show(self.slider.value)
        comparison = self.view.comparison()
        first = comparison.first_difference
        note = f"First difference: {first}." if first else "No difference so far."
        html = f"<p><strong>{note}</strong></p>{self.view.picture().image}{comparison.html}"
        return html, f"{note}\n{comparison.text}"
