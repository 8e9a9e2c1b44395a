"""The quiz, asked before the lessons and again after them, and what has changed.

Answers are kept in the file ``quiz.json`` in the notebook's folder; nothing is sent anywhere.
Before the lessons, the quiz does not say which answers are right. After a lesson, it asks what that
lesson settles, and replies to each answer.

>>> [number for number, _ in Quiz("after", Path("none.json"), lesson="04").asked]
[1, 2]
"""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from tls13lab.exercises import quiz_html
from tls13lab.exercises.answers import TIMES, Answers
from tls13lab.exercises.question import Question
from tls13lab.exercises.questions import QUESTIONS
from tls13lab.pictures.picture import text_table

FILE = "quiz.json"


class Quiz:
    """The quiz at one ``time``, ``before`` or ``after``; only ``after`` shows the right answers.

    With ``lesson``, the number of a lesson such as ``"02"``, only what that lesson settles.
    """

    def __init__(self, time: str, path: Path | None = None, *, lesson: str | int = "") -> None:
        if time not in TIMES:
            raise ValueError(f"the time of the quiz is {' or '.join(TIMES)}, not {time!r}")
        self.time, self.path = time, path or Path(FILE)
        self.lesson = f"{lesson:02}" if isinstance(lesson, int) else lesson[:2]
        self.asked: tuple[tuple[int, Question], ...] = tuple(
            (number, question)
            for number, question in enumerate(QUESTIONS, 1)
            if question.lesson.startswith(self.lesson)
        )
        self.answers = Answers.load(self.path)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that are asked."""
        return tuple(question for _, question in self.asked)

    def choose(self, key: str, option: str) -> None:
        """Answer a question, as the radio buttons do, and save the answer."""
        question = next(question for question in QUESTIONS if question.key == key)
        if option not in question.choices:
            raise ValueError(f"{option!r} is not one of {question.choices}")
        # Another cell, or another notebook, may have saved an answer since.
        self.answers = Answers({**Answers.load(self.path).chosen, **self.answers.chosen})
        self.answers = self.answers.choose(self.time, key, option)
        self.answers.save(self.path)

    # What it shows -----------------------------------------------------------------------------

    @property
    def open(self) -> int:
        """How many of the questions are not answered yet."""
        return sum(self.answers.get(self.time, one.key) is None for one in self.questions)

    def status(self) -> str:
        """How many questions are answered, as HTML."""
        count = len(self.asked)
        if not count:
            return f"<p>No question of the quiz is settled by lesson {escape(self.lesson)}.</p>"
        said = f"<p>{count - self.open} of {count} answered.</p>"
        if self.time == "before" and not self.open:
            said = (
                f"<p>All {count} are answered and saved. Go on with the lessons. After them, the "
                "quiz comes again, and then it says what is true.</p>"
            )
        return said

    def results(self) -> str:
        """After all lessons, the answers before and after as HTML; otherwise nothing."""
        whole = self.time == "after" and not self.lesson
        return quiz_html.results(self.answers) if whole else ""

    def reply(self, question: Question) -> str:
        """What to say below a question, as HTML; nothing before the lessons, or to no answer."""
        option = self.answers.get(self.time, question.key)
        if option is None or self.time == "before":
            return ""
        return quiz_html.reply(question, option)

    # Showing it ----------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        """The questions and options as HTML, for use without a kernel."""
        return quiz_html.questions(self.asked, solved=self.time == "after")

    @property
    def text(self) -> str:
        """The questions and options as plain text."""
        rows = [(str(n), question.asks, " / ".join(question.options)) for n, question in self.asked]
        return text_table(("", "question", "options"), rows)

    def controls(self) -> Any:
        """For each question radio buttons and the reply; below, how many are answered.

        Where links may stand is an output: JupyterLab follows no link in a widget's HTML.
        """
        import ipywidgets

        status, results = ipywidgets.HTML(self.status()), ipywidgets.Output()
        results.outputs = _outputs(self.results())
        parts = []
        for number, question in self.asked:
            radio = ipywidgets.RadioButtons(
                options=list(question.choices),
                value=self.answers.get(self.time, question.key),
                layout=ipywidgets.Layout(width="auto"),
            )
            reply = ipywidgets.Output(outputs=_outputs(self.reply(question)))
            radio.observe(self._chosen(number, question, reply, status, results), names="value")
            asks = ipywidgets.HTML(f"<b>{number}.</b> {escape(question.asks)}")
            parts += [asks, radio, reply]
        return ipywidgets.VBox([*parts, status, results])

    def _chosen(
        self, number: int, question: Question, reply: Any, status: Any, results: Any
    ) -> Any:
        def chose(change: Mapping[str, Any]) -> None:
            try:
                self.choose(question.key, change["new"])
            except OSError as error:
                status.value = f"<p>This answer could not be saved: {escape(str(error))}</p>"
                return
            reply.outputs = _outputs(self.reply(question))
            results.outputs = _outputs(self.results())
            said = f"<p>Your answer to question {number}: {escape(change['new'])}</p>"
            status.value = said + self.status()

        return chose

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self.controls()._repr_mimebundle_(**options)
        return {**live, "text/html": self.html, "text/plain": self.text}


def _outputs(html: str) -> tuple[dict[str, Any], ...]:
    """The HTML as what a cell shows; nothing if there is none."""
    data = {"text/html": html}
    return ({"output_type": "display_data", "data": data, "metadata": {}},) if html else ()
