"""The answers to the quiz, in the file ``quiz.json``, and how they stand.

A file that was not understood as a whole, because it is damaged or of another version, is first
copied to ``quiz-not-understood.json`` when the next answer is saved.

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
UNREADABLE = "quiz-not-understood.json"
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
        return cls(_loaded(path)[0])

    @classmethod
    def read(cls, raw: bytes) -> "Answers":
        """Read what a file holds, as :meth:`load` does."""
        return cls(_parsed(raw)[0])

    def save(self, path: Path) -> None:
        """Write the file; it is never left half written. What was not understood is set aside."""
        if not _loaded(path)[1]:
            whole_file.set_aside(path, UNREADABLE)
        text = json.dumps(_by_time(self.chosen), indent=1, ensure_ascii=False) + "\n"
        whole_file.write(path, text.encode("utf-8"), private=True)


def _loaded(path: Path) -> tuple[dict[tuple[str, str], str], bool]:
    """The answers in a file, and whether all of the file was understood."""
    try:
        with path.open("rb") as file:
            return _parsed(file.read(LARGEST + 1))
    except FileNotFoundError:
        return {}, True
    except OSError:
        return {}, False


def _parsed(raw: bytes) -> tuple[dict[tuple[str, str], str], bool]:
    """The answers in these bytes, and whether all of them was understood."""
    try:
        saved = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        saved = None
    if not isinstance(saved, dict):
        return {}, False
    found = {}
    for time in TIMES:
        rows = saved.get(time)
        if not isinstance(rows, dict):
            continue
        for question in QUESTIONS:
            if rows.get(question.key) in question.choices:
                found[time, question.key] = rows[question.key]
    return found, {time: {} for time in TIMES} | saved == _by_time(found)


def _by_time(chosen: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = {time: {} for time in TIMES}
    for (time, key), option in chosen.items():
        content[time][key] = option
    return content


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
