"""A question that the student answers before an experiment answers it: predict, run, explain.

The choice is kept under the question's key in ``progress.json`` beside the notebook (see
``keeping``), so that neither running the cell again nor a new kernel loses it. Revealing what
happened keeps whether the choice was right. Nothing is sent anywhere.

>>> bits = Prediction("How many bits is a SHA-256 hash?", (128, 256), key="doctest")
>>> print(bits.reveal(256, "Its name says so.").text)
You made no prediction: choose one above and run this cell again.
What happened: 256
Why: Its name says so.
>>> bits.choose("256")
>>> print(bits.reveal(256, "Its name says so.").text)
You predicted: 256. That is what happened.
Why: Its name says so.
>>> bits.forget()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tls13lab.widgets.keeping import Keeper, keeper

NO_PREDICTION = "You made no prediction: choose one above and run this cell again."
ASK = "Choose one; then run on."


@dataclass(frozen=True, slots=True)
class Answer:
    """The prediction, if there was one, what happened, and why.

    ``shown`` is what the experiment printed, in lines; it is often the answer, so it waits here.
    """

    predicted: str | None
    happened: str
    why: str
    shown: str = ""

    @property
    def _lines(self) -> tuple[tuple[str, str], ...]:
        happened, why = ("What happened", self.happened), ("Why", self.why)
        if self.predicted == self.happened:
            return (("You predicted", f"{self.predicted}. That is what happened."), why)
        if self.predicted is None:
            return (happened, why)
        return (("You predicted", f"{self.predicted}. That is not what happened."), happened, why)

    @property
    def html(self) -> str:
        """The answer as HTML, folded if nothing was predicted."""
        lines = f"<pre>{escape(self.shown)}</pre>" if self.shown else ""
        lines += "".join(f"<p><b>{name}:</b> {escape(text)}</p>" for name, text in self._lines)
        if self.predicted is not None:
            return lines
        folded = f"<details><summary>Show what happened</summary>{lines}</details>"
        return f"<p>{NO_PREDICTION}</p>{folded}"

    @property
    def text(self) -> str:
        """The answer as plain text, never folded."""
        lines = [self.shown] if self.shown else []
        lines += [f"{name}: {text}" for name, text in self._lines]
        return "\n".join(lines if self.predicted is not None else [NO_PREDICTION, *lines])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


class Prediction:
    """A question with a few options.

    ``options`` are the possible results of an experiment, or a mapping from them to their texts.
    ``key`` is the name under which the choice is remembered, by default the question.
    """

    def __init__(
        self,
        question: str,
        options: Sequence[object] | Mapping[Any, str],
        key: str = "",
        keeper: Keeper = keeper,
    ) -> None:
        named = options if isinstance(options, Mapping) else {each: str(each) for each in options}
        self.question = question
        self.key = key or question
        self._words: dict[object, str] = dict(named)
        self._keeper = keeper

    @property
    def options(self) -> tuple[str, ...]:
        """The texts of the options, in order."""
        return tuple(self._words.values())

    @property
    def chosen(self) -> str | None:
        """The text of the chosen option; None if none was chosen."""
        kept = self._keeper.read().predictions.get(self.key)
        return kept.chosen if kept and kept.chosen in self.options else None

    def choose(self, words: str) -> None:
        """Choose an option by its text, as the radio buttons do. Raises ValueError."""
        if words not in self.options:
            raise ValueError(f"{words!r} is not one of {self.options}")
        self._keeper.change(lambda work: work.with_choice(self.key, words))

    def forget(self) -> None:
        """Forget the choice, and whether it was right."""
        self._keeper.change(lambda work: work.without_prediction(self.key))

    def reveal(self, actual: object, why: str, shown: str = "") -> Answer:
        """Compare the prediction with what happened; KeyError if that is not one of the options.

        ``shown`` are lines that the experiment gave; nobody sees them before they are asked for.
        Whether it was right is kept the first time. A choice made afterwards is no prediction.
        """
        chosen, happened = self.chosen, self._words[actual]
        if chosen is not None:
            right = chosen == happened
            self._keeper.change(lambda work: work.with_reveal(self.key, chosen, right))
        return Answer(chosen, happened, why, shown)

    # Showing it ----------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        """The current choice and what to do next, as one line of HTML."""
        if self.chosen is None:
            return f"<i>{ASK}</i>"
        note = escape(self._keeper.note())
        return f"Your prediction: <b>{escape(self.chosen)}</b>. Now run on. {note}".rstrip()

    @property
    def html(self) -> str:
        """The question and its options as HTML, for use without a kernel."""
        items = "".join(f"<li>{escape(words)}</li>" for words in self.options)
        return f"<p><b>Predict:</b> {escape(self.question)}</p><ul>{items}</ul>"

    @property
    def text(self) -> str:
        """The question and its options as plain text."""
        return "\n".join([f"Predict: {self.question}", *(f"( ) {o}" for o in self.options)])

    def controls(self) -> Any:
        """The question, a radio button for each option, and a line with the current choice."""
        import ipywidgets

        question = ipywidgets.HTML(f"<b>Predict:</b> {escape(self.question)}")
        status = ipywidgets.HTML(self.status)
        radio = ipywidgets.RadioButtons(
            options=list(self.options),
            value=self.chosen,
            layout=ipywidgets.Layout(width="auto"),
        )

        def chose(change: Mapping[str, Any]) -> None:
            self.choose(change["new"])
            status.value = self.status

        radio.observe(chose, "value")
        return ipywidgets.VBox([question, radio, status])

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self.controls()._repr_mimebundle_(**options)
        return {**live, "text/html": self.html, "text/plain": self.text}
