"""The quiz, asked before the lessons and again after them, and what has changed.

Answers are kept in the file ``quiz.json`` in the notebook's folder; nothing is sent anywhere.
Before the lessons, the quiz does not say which answers are right.

>>> before = Answers()
>>> later = before.choose("before", "ticket key", "all resumed ones")
>>> later.get("before", "ticket key"), before.get("before", "ticket key")
('all resumed ones', None)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from tls13lab import whole_file
from tls13lab.exercises.questions import QUESTIONS, Question
from tls13lab.pictures.picture import html_table, text_table

FILE = "quiz.json"
TIMES = ("before", "after")
_LARGEST = 100_000
HEADER = ("question", "before", "after", "what is true", "why", "tried in")


@dataclass(frozen=True)
class Answers:
    """The chosen options, by time and question."""

    chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def get(self, time: str, key: str) -> str | None:
        """The option chosen at that time; None if the question was not answered."""
        return self.chosen.get((time, key))

    def choose(self, time: str, key: str, option: str) -> "Answers":
        """The answers with a new one, or a changed one."""
        return Answers({**self.chosen, (time, key): option})

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """Read a file; anything that is not an answer to one of the questions is left out."""
        try:
            raw = path.read_bytes()[:_LARGEST]
            saved = json.loads(raw)
        except (OSError, ValueError, RecursionError):
            return cls()
        found = {}
        for time in TIMES if isinstance(saved, dict) else ():
            rows = saved.get(time)
            for question in QUESTIONS if isinstance(rows, dict) else ():
                if rows.get(question.key) in question.options:
                    found[time, question.key] = rows[question.key]
        return cls(found)

    def save(self, path: Path) -> None:
        """Write the file; it is never left half written."""
        content: dict[str, dict[str, str]] = {time: {} for time in TIMES}
        for (time, key), option in self.chosen.items():
            content[time][key] = option
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        whole_file.write(path, text.encode("utf-8"), private=True)


def right(answers: Answers, time: str) -> int:
    """How many answers given at that time are right."""
    return sum(answers.get(time, question.key) == question.answer for question in QUESTIONS)


class Quiz:
    """The quiz at one ``time``, ``before`` or ``after``; only ``after`` shows the right answers."""

    def __init__(self, time: str, path: Path | None = None) -> None:
        if time not in TIMES:
            raise ValueError(f"the time of the quiz is {' or '.join(TIMES)}, not {time!r}")
        self.time, self.path = time, path or Path(FILE)
        self.questions: tuple[Question, ...] = QUESTIONS
        self.answers = Answers.load(self.path)

    def choose(self, key: str, option: str) -> None:
        """Answer a question, as the radio buttons do, and save the answer."""
        question = next(question for question in QUESTIONS if question.key == key)
        if option not in question.options:
            raise ValueError(f"{option!r} is not one of {question.options}")
        self.answers = self.answers.choose(self.time, key, option)
        self.answers.save(self.path)

    # What it shows -----------------------------------------------------------------------------

    @property
    def open(self) -> int:
        """How many questions are not answered yet."""
        return sum(self.answers.get(self.time, question.key) is None for question in QUESTIONS)

    def rows(self) -> list[tuple[str, ...]]:
        """Each question with both of the student's answers and the right one."""
        return [
            (
                question.asks,
                self._marked(question, "before"),
                self._marked(question, "after"),
                question.answer,
                f"{question.why} ({question.section})",
                question.lesson,
            )
            for question in QUESTIONS
        ]

    def _marked(self, question: Question, time: str) -> str:
        option = self.answers.get(time, question.key)
        if option is None:
            return "no answer"
        return f"right: {option}" if option == question.answer else f"wrong: {option}"

    def status(self) -> str:
        """How many questions are answered, as HTML; at the end of ``after``, the comparison."""
        count = len(QUESTIONS)
        if self.open:
            return f"<p>{count - self.open} of {count} answered.</p>"
        if self.time == "before":
            return (
                f"<p>All {count} are answered and saved. Go on with the lessons. The quiz comes "
                "again at the end of lesson 09, and then it shows the right answers.</p>"
            )
        before, after = (right(self.answers, time) for time in TIMES)
        return (
            f"<p><strong>Right before: {before} of {count}; now: {after} of {count}.</strong></p>"
            + html_table(HEADER, self.rows())
        )

    def _latest(self, key: str) -> str:
        """The answer that was given last, as HTML."""
        number = next(n for n, question in enumerate(QUESTIONS, 1) if question.key == key)
        answer = self.answers.get(self.time, key) or ""
        return f"<p>Your answer to question {number}: {escape(answer)}</p>"

    # Showing it ----------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        """The questions and options as HTML, for use without a kernel."""
        items = "".join(
            f"<li>{escape(question.asks)}<ul>"
            + "".join(f"<li>{escape(option)}</li>" for option in question.options)
            + "</ul></li>"
            for question in QUESTIONS
        )
        return f"<ol>{items}</ol>"

    @property
    def text(self) -> str:
        """The questions and options as plain text."""
        rows = [
            (str(number), question.asks, " / ".join(question.options))
            for number, question in enumerate(QUESTIONS, 1)
        ]
        return text_table(("", "question", "options"), rows)

    def controls(self) -> Any:
        """Radio buttons for each question, and a line that counts the answers."""
        import ipywidgets

        status = ipywidgets.HTML(self.status())
        parts = []
        for number, question in enumerate(QUESTIONS, 1):
            radio = ipywidgets.RadioButtons(
                options=list(question.options),
                value=self.answers.get(self.time, question.key),
                layout=ipywidgets.Layout(width="auto"),
            )
            radio.observe(self._chosen(question.key, status), names="value")
            parts += [ipywidgets.HTML(f"<b>{number}.</b> {escape(question.asks)}"), radio]
        return ipywidgets.VBox([*parts, status])

    def _chosen(self, key: str, status: Any) -> Any:
        def chose(change: Mapping[str, Any]) -> None:
            try:
                self.choose(key, change["new"])
                status.value = self._latest(key) + self.status()
            except OSError as error:
                status.value = f"<p>This answer could not be saved: {escape(str(error))}</p>"

        return chose

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self.controls()._repr_mimebundle_(**options)
        return {**live, "text/html": self.html, "text/plain": self.text}
