"""Choose a secret, and see everything that it depends on highlighted in the key schedule.

A secret is chosen in the menu or in the picture itself, with the mouse or the keyboard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tls13lab.crypto.schedule import LEAVES, SCHEDULE
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.schedule_graph import schedule_graph
from tls13lab.pictures.schedule_layout import DRAWN_MODES
from tls13lab.widgets.panel import Panel
from tls13lab.wire.names import Mode, one_of


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """The chosen secret and mode; ``values`` are secrets to show in the picture."""

    secret: str = "resumption_secret"
    mode: Mode = "psk_dhe_ke"
    values: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        one_of(self.mode, DRAWN_MODES, "mode")
        one_of(self.secret, (*LEAVES, *SCHEDULE), "secret")

    def choose(self, secret: str, mode: Mode) -> "ScheduleView":
        """Choose a secret and a mode. Raises NotAllowed if there is no such secret or mode."""
        return replace(self, secret=secret, mode=mode)

    def picture(self) -> Picture:
        """The schedule with the chosen secret highlighted."""
        return schedule_graph(self.secret, self.mode, self.values)


class ScheduleExplorer(Panel):
    """Menus for the secret and the mode, and the key schedule, whose secrets can be clicked."""

    def __init__(self, view: ScheduleView | None = None) -> None:
        import ipywidgets

        self.view = view or ScheduleView()
        wide = {"description_width": "initial"}
        names = [*LEAVES, *SCHEDULE]
        self.secret = ipywidgets.Dropdown(
            options=names, value=self.view.secret, description="Secret:", style=wide
        )
        self.mode = ipywidgets.Dropdown(
            options=DRAWN_MODES, value=self.view.mode, description="Mode:", style=wide
        )
        super().__init__([self.secret, self.mode], self._draw)
        self.watch(self.secret, self.mode)
        self.answer.on_part(self._clicked)

    def _clicked(self, part: str) -> None:
        """Choose what was clicked in the picture, if it is a secret or an input."""
        if part in self.secret.options:
            self.secret.value = part

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.choose(self.secret.value, self.mode.value)
        picture = self.view.picture()
        return picture.html, picture.text
