"""What all widgets share: controls above, one HTML value below, and a static form for no kernel.

Where the controls stand is kept in the kernel's memory, so that running a cell again does not lose
it. The same widget is one of the same class that begins with the same view.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from html import escape
from threading import get_ident
from typing import Any

import ipywidgets
import traitlets

_kept: dict[tuple[str, str], list[Any]] = {}


def forget() -> None:
    """As if no control had ever been moved."""
    _kept.clear()


class Panel:
    """Controls, and an HTML value that is made anew by ``render`` whenever a control changes.

    ``render`` returns (HTML, plain text). Subclasses make the controls and call :meth:`watch`.
    """

    def __init__(self, controls: Sequence[Any], render: Callable[[], tuple[str, str]]) -> None:
        self._render = render
        self._rendering = self._missed = False
        self._renderer = 0
        html, self._first_text = render()
        self._first_html = html
        self.answer = ipywidgets.HTML(value=html)
        self.box = ipywidgets.VBox([*controls, self.answer])

    def watch(self, *controls: Any) -> None:
        """Render anew whenever the value of one of these changes; called once, with all of them."""
        kept = _kept.get((type(self).__name__, self._first_text), [])
        for control, value in zip(controls, kept, strict=False):
            with suppress(traitlets.TraitError):  # another range, another list: as it was made
                control.value = value

        def changed(_: object) -> None:
            _kept[type(self).__name__, self._first_text] = [one.value for one in controls]
            self.refresh()

        for control in controls:
            control.observe(changed, names="value")
        if kept:
            self.refresh()

    def refresh(self) -> None:
        """Render anew; once, even if rendering itself moves a control. Any thread may ask for it.

        An exception in a callback is seen by nobody. So it is shown in the place of the answer,
        which would otherwise go on answering for the choice before.
        """
        if self._rendering:
            # Of another thread's change this answer may know nothing yet.
            self._missed = self._missed or self._renderer != get_ident()
            return
        self._rendering, self._renderer = True, get_ident()
        try:
            self.answer.value = self._render()[0]
        except Exception as fault:
            words = escape(f"{type(fault).__name__}: {fault}")
            self.answer.value = f"<p><strong>This could not be shown.</strong> {words}</p>"
            raise
        finally:
            self._rendering = False
        if self._missed:
            self._missed = False
            self.refresh()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The live widget, and what stands in its place where there is no kernel."""
        bundle: dict[str, Any] = dict(self.box._repr_mimebundle_(**options))
        note = "<p><em>Without a running kernel, this is the widget's first view.</em></p>"
        bundle["text/html"] = note + self._first_html
        bundle["text/plain"] = self._first_text
        return bundle
