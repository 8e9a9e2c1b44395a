"""The quiz, asked before the lessons and after them, and what changed in between.

Answers are kept in a file ``quiz.json`` in the notebook's folder, which is the student's; nothing
is sent anywhere. Before the lessons nothing is said about them.

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
    """What was chosen, by time and question."""

    chosen: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def get(self, time: str, key: str) -> str | None:
        """The option chosen then, or None."""
        return self.chosen.get((time, key))

    def choose(self, time: str, key: str, option: str) -> "Answers":
        """With one more answer."""
        return Answers({**self.chosen, (time, key): option})

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """From a file; what is not an answer to one of the questions is left out."""
        try:
            raw = path.read_bytes()[:_LARGEST]
            told = json.loads(raw)
        except (OSError, ValueError, RecursionError):
            return cls()
        found = {}
        for time in TIMES if isinstance(told, dict) else ():
            rows = told.get(time)
            for one in QUESTIONS if isinstance(rows, dict) else ():
                if rows.get(one.key) in one.options:
                    found[time, one.key] = rows[one.key]
        return cls(found)

    def save(self, path: Path) -> None:
        """Write the file as a whole, so that it is never half there."""
        told: dict[str, dict[str, str]] = {time: {} for time in TIMES}
        for (time, key), option in self.chosen.items():
            told[time][key] = option
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        whole_file.write(path, text.encode("utf-8"), private=True)


def right(answers: Answers, time: str) -> int:
    """How many answers of that time are right."""
    return sum(answers.get(time, one.key) == one.answer for one in QUESTIONS)


class Quiz:
    """All questions. ``time`` is ``before`` or ``after``; only the latter shows what is true."""

    def __init__(self, time: str, path: Path | None = None) -> None:
        if time not in TIMES:
            raise ValueError(f"the quiz is asked {' and '.join(TIMES)}, not {time!r}")
        self.time, self.path = time, path or Path(FILE)
        self.questions: tuple[Question, ...] = QUESTIONS
        self.answers = Answers.load(self.path)

    def choose(self, key: str, option: str) -> None:
        """Answer a question, as the radio buttons do; kept at once."""
        one = next(one for one in QUESTIONS if one.key == key)
        if option not in one.options:
            raise ValueError(f"{option!r} is not one of {one.options}")
        self.answers = self.answers.choose(self.time, key, option)
        self.answers.save(self.path)

    # What is said ------------------------------------------------------------------------------

    @property
    def open(self) -> int:
        """How many questions are not answered yet."""
        return sum(self.answers.get(self.time, one.key) is None for one in QUESTIONS)

    def rows(self) -> list[tuple[str, ...]]:
        """Each question with both answers and the truth."""
        return [
            (
                one.asks,
                self._marked(one, "before"),
                self._marked(one, "after"),
                one.answer,
                f"{one.why} ({one.section})",
                one.lesson,
            )
            for one in QUESTIONS
        ]

    def _marked(self, one: Question, time: str) -> str:
        option = self.answers.get(time, one.key)
        if option is None:
            return "no answer"
        return f"right: {option}" if option == one.answer else f"not so: {option}"

    def status(self) -> str:
        """HTML: how far one is; after the last answer of the second time, the comparison."""
        count = len(QUESTIONS)
        if self.open:
            return f"<p>{count - self.open} of {count} answered.</p>"
        if self.time == "before":
            return (
                f"<p>All {count} answered, and kept. Go on with the lessons; the quiz comes again "
                "at the end of lesson 09, and then it says what is true.</p>"
            )
        before, after = (right(self.answers, time) for time in TIMES)
        return (
            f"<p><strong>Right before: {before} of {count}; now: {after} of {count}.</strong></p>"
            + html_table(HEADER, self.rows())
        )

    def _heard(self, key: str) -> str:
        """HTML: what was answered just now."""
        number = next(n for n, one in enumerate(QUESTIONS, 1) if one.key == key)
        answer = self.answers.get(self.time, key) or ""
        return f"<p>Your answer to question {number}: {escape(answer)}</p>"

    # Showing it ----------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        """The questions, for where no kernel runs."""
        items = "".join(
            f"<li>{escape(one.asks)}<ul>"
            + "".join(f"<li>{escape(option)}</li>" for option in one.options)
            + "</ul></li>"
            for one in QUESTIONS
        )
        return f"<ol>{items}</ol>"

    @property
    def text(self) -> str:
        """The same as plain text."""
        rows = [
            (str(number), one.asks, " / ".join(one.options))
            for number, one in enumerate(QUESTIONS, 1)
        ]
        return text_table(("", "question", "options"), rows)

    def controls(self) -> Any:
        """Radio buttons for each question, and a line that says how far one is."""
        import ipywidgets

        status = ipywidgets.HTML(self.status())
        parts = []
        for number, one in enumerate(QUESTIONS, 1):
            radio = ipywidgets.RadioButtons(
                options=list(one.options),
                value=self.answers.get(self.time, one.key),
                layout=ipywidgets.Layout(width="auto"),
            )
            radio.observe(self._chosen(one.key, status), names="value")
            parts += [ipywidgets.HTML(f"<b>{number}.</b> {escape(one.asks)}"), radio]
        return ipywidgets.VBox([*parts, status])

    def _chosen(self, key: str, status: Any) -> Any:
        def chose(change: Mapping[str, Any]) -> None:
            try:
                self.choose(key, change["new"])
                status.value = self._heard(key) + self.status()
            except OSError as error:
                status.value = f"<p>This answer could not be kept: {escape(str(error))}</p>"

        return chose

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self.controls()._repr_mimebundle_(**options)
        return {**live, "text/html": self.html, "text/plain": self.text}
