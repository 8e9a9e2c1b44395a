"""The answers to the quiz, in the file ``quiz.json``, and how they stand.

>>> before = Answers()
>>> later = before.choose("before", QUESTIONS[1].key, QUESTIONS[1].answer)
>>> stand(later, "before", QUESTIONS[1]), stand(before, "before", QUESTIONS[1])
('right', 'no answer')
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tls13lab import whole_file
from tls13lab.exercises.question import DO_NOT_KNOW, Question
from tls13lab.exercises.questions import QUESTIONS

TIMES = ("before", "after")
LARGEST = 100_000
"""Bytes of a file that are read."""
STANDS = ("right", "wrong", "open", "no answer")
"""How an answer may stand; ``open`` is for somebody who said that they do not know."""


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
            return cls.read(path.read_bytes()[:LARGEST])
        except OSError:
            return cls()

    @classmethod
    def read(cls, raw: bytes) -> "Answers":
        """Read what a file holds."""
        try:
            saved = json.loads(raw)
        except (ValueError, RecursionError):
            return cls()
        found = {}
        for time in TIMES if isinstance(saved, dict) else ():
            rows = saved.get(time)
            for question in QUESTIONS if isinstance(rows, dict) else ():
                if rows.get(question.key) in question.choices:
                    found[time, question.key] = rows[question.key]
        return cls(found)

    def save(self, path: Path) -> None:
        """Write the file; it is never left half written."""
        content: dict[str, dict[str, str]] = {time: {} for time in TIMES}
        for (time, key), option in self.chosen.items():
            content[time][key] = option
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        whole_file.write(path, text.encode("utf-8"), private=True)


def stand(answers: Answers, time: str, question: Question) -> str:
    """How the answer to the question stands, one of STANDS."""
    option = answers.get(time, question.key)
    if option is None:
        return "no answer"
    if option == DO_NOT_KNOW:
        return "open"
    return "right" if option == question.answer else "wrong"


def counted(answers: Answers, time: str) -> str:
    """How many answers are right, wrong and open.

    >>> counted(Answers({("after", "two tickets"): DO_NOT_KNOW}), "after")
    '0 right, 0 wrong, 1 open, 14 not answered'
    """
    stands = [stand(answers, time, question) for question in QUESTIONS]
    names = {"no answer": "not answered"}
    return ", ".join(f"{stands.count(one)} {names.get(one, one)}" for one in STANDS)
