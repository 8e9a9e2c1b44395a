"""What all panels share: controls above, an HTML value below, and a static form without a kernel.

The positions of the controls are kept in the kernel's memory, so that running a cell again does not
lose them. Two panels share them if they are of the same class and have the same first view.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from html import escape
from threading import get_ident
from typing import Any

import ipywidgets
import traitlets

from tls13lab.pictures.scripts import alive
from tls13lab.widgets.view import View

_kept: dict[tuple[str, str], list[Any]] = {}


def forget() -> None:
    """Forget the positions of all controls."""
    _kept.clear()


class Panel:
    """Controls, and an HTML value that ``render`` updates whenever a control changes.

    ``render`` returns the view as HTML and as plain text. Subclasses make the controls and call
    :meth:`watch`.
    """

    def __init__(self, controls: Sequence[Any], render: Callable[[], tuple[str, str]]) -> None:
        self._render = render
        self._rendering = self._missed = False
        self._renderer = 0
        html, self._first_text = render()
        self._first_html = html
        self.answer = View(value=html)
        self.box = ipywidgets.VBox([*controls, self.answer])
        self.taped: tuple[Any, ...] = ()
        """The controls that also work in a page without Python (:mod:`tls13lab.widgets.tape`)."""
        self.turns: tuple[tuple[Any, Any, Any], ...] = ()
        """A control, another one, and the value to which a change of the first turns the other."""
        self.needs_python = ""
        """What such a page cannot do, as the subject of a sentence."""

    def is_taped(self, control: Any, value: Any) -> bool:
        """Whether a tape has this value of a control, where those before it stand now."""
        return True

    def watch(self, *controls: Any) -> None:
        """Update the view whenever one of these controls changes; call this once, with all."""
        self.taped = controls
        kept = _kept.get((type(self).__name__, self._first_text), [])
        for control, value in zip(controls, kept, strict=False):
            with suppress(traitlets.TraitError):  # a value that is no longer possible
                control.value = value

        def changed(_: object) -> None:
            values = [control.value for control in controls]
            _kept[type(self).__name__, self._first_text] = values
            self.refresh()

        for control in controls:
            control.observe(changed, names="value")
        if kept:
            self.refresh()

    def refresh(self) -> None:
        """Update the view once, even if rendering itself moves a control. Any thread may call this.

        Nobody sees an exception in a callback. So it is shown in place of the view, which would
        otherwise still show the previous choice.
        """
        if self._rendering:
            # The view in progress may not include a change made by another thread.
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
        """The live widget, and its static form for use without a kernel."""
        bundle: dict[str, Any] = dict(self.box._repr_mimebundle_(**options))
        note = "<p><em>Without a running kernel, this is the widget's first view.</em></p>"
        bundle["text/html"] = alive(note + self._first_html)
        bundle["text/plain"] = self._first_text
        return bundle
