"""The third step of predict, run, explain: a place to write why it came out that way.

The text is kept in ``progress.json`` beside the notebook (see ``keeping``), a second after the last
key. Nobody marks it and nothing is sent anywhere; ``report()`` puts all texts into one page.

>>> place = Explain("doctest")
>>> place.write("The label goes into the HMAC.")
>>> print(place.text)
Explain: Say in your own words why it came out that way.
You wrote: The label goes into the HMAC.
>>> place.write("")
>>> print(place.text)
Explain: Say in your own words why it came out that way.
"""

import asyncio
from collections.abc import Mapping
from html import escape
from typing import Any

from tls13lab.widgets.keeping import Keeper, keeper
from tls13lab.widgets.kept import LONGEST_TEXT

QUESTION = "Say in your own words why it came out that way."
PAUSE_SECONDS = 1.0
"""The wait after the last key, before the text is kept."""
EMPTY = "Nothing written yet. Your text is kept as you type."
KEPT, IN_MEMORY = "Kept.", "Kept until this kernel is restarted: this folder cannot be written to."
WAITING = "Not kept yet ..."
TOO_LONG = f"Only the first {LONGEST_TEXT:,} characters are kept."


class Explain:
    """A question with a field for the answer.

    ``key`` is the name under which the text is kept; it begins with the lesson's number, as in
    ``02.3`` for section 3 of lesson 02.
    """

    def __init__(self, key: str, question: str = QUESTION, keeper: Keeper = keeper) -> None:
        self.key, self.question = key, question
        self._keeper = keeper

    @property
    def written(self) -> str:
        """The text that was written; empty if there is none."""
        entry = self._keeper.read().explanations.get(self.key)
        return entry.text if entry else ""

    def write(self, text: str) -> None:
        """Keep a text, as the field does; a blank one is forgotten."""
        self._keeper.change(lambda work: work.with_explanation(self.key, self.question, text))

    # Showing it ----------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        """The question and what was written, for use without a kernel."""
        asked = f"<p><b>Explain:</b> {escape(self.question)}</p>"
        written = escape(self.written).replace("\n", "<br>")
        return asked + (f"<blockquote>{written}</blockquote>" if written else "")

    @property
    def text(self) -> str:
        """The same as plain text."""
        lines = [f"Explain: {self.question}", f"You wrote: {self.written}"]
        return "\n".join(lines if self.written else lines[:1])

    def status(self, text: str) -> str:
        """Whether the text is kept, as a line of HTML."""
        if text != self.written:
            said = TOO_LONG if self.written == text[:LONGEST_TEXT] else WAITING
        elif not text:
            said = EMPTY
        else:
            said = IN_MEMORY if self._keeper.only_in_memory else KEPT
        # A screen reader says it when it changes.
        return f'<span role="status"><i>{said}</i></span>'

    def controls(self) -> Any:
        """The question, the field, and a line that says whether the text is kept."""
        import ipywidgets

        asked = ipywidgets.HTML(f"<b>Explain:</b> {escape(self.question)}")
        field = ipywidgets.Textarea(
            value=self.written,
            description="In your words",
            placeholder="It came out that way because ...",
            rows=3,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", max_width="48em"),
        )
        status = ipywidgets.HTML(self.status(field.value))
        waiting: list[asyncio.TimerHandle] = []

        def keep() -> None:
            self.write(field.value)
            status.value = self.status(field.value)

        def changed(_: Mapping[str, Any]) -> None:
            while waiting:
                waiting.pop().cancel()
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # nothing here could wait
                keep()
                return
            status.value = self.status(field.value)
            waiting.append(loop.call_later(PAUSE_SECONDS, keep))

        field.observe(changed, "value")
        return ipywidgets.VBox([asked, field, status])

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self.controls()._repr_mimebundle_(**options)
        return {**live, "text/html": self.html, "text/plain": self.text}
