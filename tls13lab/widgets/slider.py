"""A slider with a label that screen readers can read; the slider of ipywidgets 8.1 has none."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

_STATIC = Path(__file__).with_name("static")


class Slider(anywidget.AnyWidget):
    """A slider for a whole number from ``min`` to ``max``; other values are set to the nearest."""

    _esm = _STATIC / "slider.js"
    _css = _STATIC / "slider.css"
    value: Any = traitlets.Int(0).tag(sync=True)
    min: Any = traitlets.Int(0).tag(sync=True)
    max: Any = traitlets.Int(100).tag(sync=True)
    description: Any = traitlets.Unicode("").tag(sync=True)

    def __init__(self, *, min: int, max: int, description: str, value: int | None = None) -> None:
        super().__init__(
            min=min, max=max, value=min if value is None else value, description=description
        )

    @traitlets.validate("value")
    def _between(self, proposal: Any) -> int:
        wanted = int(proposal["value"])
        return sorted((int(self.min), wanted, int(self.max)))[1]

    @traitlets.observe("min", "max")
    def _moved(self, _: object) -> None:
        self.value = sorted((int(self.min), int(self.value), int(self.max)))[1]
