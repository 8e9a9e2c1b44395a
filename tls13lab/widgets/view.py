"""A widget that shows HTML with pictures whose parts can be pointed at.

Unlike the HTML widget of ipywidgets, it keeps folded parts open when the view changes, and tells
which part of a picture was clicked.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from tls13lab.pictures.scripts import ENLIVEN

_STATIC = Path(__file__).with_name("static")


class View(anywidget.AnyWidget):
    """``value`` is HTML, shown as it is: whoever sets it escapes what is not markup."""

    _esm = f"const enliven = {ENLIVEN};\n{(_STATIC / 'view.js').read_text('utf-8')}"
    value: Any = traitlets.Unicode("").tag(sync=True)

    clicked: Callable[[str], None] | None = None

    def on_part(self, clicked: Callable[[str], None]) -> None:
        """Call ``clicked`` with the name of each part that is clicked, or entered by key."""
        self.clicked = clicked

        def heard(_: object, content: Any, __: object) -> None:
            if isinstance(content, dict) and isinstance(content.get("part"), str):
                clicked(content["part"])

        self.on_msg(heard)
