"""What is kept of a student's work: verdicts of tasks, predictions, and explanations.

This file holds the values and their form as JSON; ``keeping`` reads and writes the file. Nothing
here is a secret or a mark: it is what the student did, for the student.

>>> work = Work().with_verdict("2.1", "NOT_YET").with_verdict("2.1", "RIGHT")
>>> work.tasks["2.1"]
TaskWork(verdict='RIGHT', solved=True)
>>> parsed(work.to_json()) == (work, True)
True
>>> parsed(b'{"tasks": {"2.1": {"verdict": 7}}}')  # what is not understood is left out, and said
(Work(tasks={}, predictions={}, explanations={}), False)
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

LARGEST = 1_000_000
"""The most bytes of a file that are read."""
LONGEST_KEY, LONGEST_TEXT, MOST_ENTRIES = 200, 10_000, 500
VERDICTS = ("RIGHT", "NOT_YET", "BLANK")
"""The names of a check's verdicts."""

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class TaskWork:
    """The verdict of the last check of a task, and whether any check has been right."""

    verdict: str
    solved: bool


@dataclass(frozen=True, slots=True)
class PredictionWork:
    """The option that is chosen now, and the first one that was compared with what happened.

    ``predicted`` and ``right`` are None until then. A later choice does not change them, because
    who has seen the answer predicts no more.
    """

    chosen: str
    predicted: str | None = None
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A question and the text that was written under it."""

    question: str
    text: str


@dataclass(frozen=True)
class Work:
    """Everything that is kept, by the tasks' numbers and by the keys of the other two."""

    tasks: Mapping[str, TaskWork] = field(default_factory=dict)
    predictions: Mapping[str, PredictionWork] = field(default_factory=dict)
    explanations: Mapping[str, Explanation] = field(default_factory=dict)

    def with_verdict(self, number: str, verdict: str) -> "Work":
        """With the verdict of one more check of a task.

        An untouched task that is checked leaves nothing behind.
        """
        before = self.tasks.get(number)
        if before is None and verdict == "BLANK":
            return self
        solved = verdict == "RIGHT" or (before is not None and before.solved)
        return replace(self, tasks={**self.tasks, number: TaskWork(verdict, solved)})

    def with_choice(self, key: str, chosen: str) -> "Work":
        """With an option chosen, or changed."""
        before = self.predictions.get(key, PredictionWork(chosen))
        return self._with_prediction(key, replace(before, chosen=chosen))

    def with_reveal(self, key: str, chosen: str, right: bool) -> "Work":
        """With the result of comparing a choice with what happened; only the first one counts."""
        before = self.predictions.get(key, PredictionWork(chosen))
        if before.right is not None:
            return self
        return self._with_prediction(key, replace(before, predicted=chosen, right=right))

    def _with_prediction(self, key: str, entry: PredictionWork) -> "Work":
        return replace(self, predictions={**self.predictions, key: entry})

    def without_prediction(self, key: str) -> "Work":
        """Everything but this prediction."""
        left = {name: entry for name, entry in self.predictions.items() if name != key}
        return replace(self, predictions=left)

    def with_explanation(self, key: str, question: str, text: str) -> "Work":
        """With this explanation, cut to ``LONGEST_TEXT`` characters; a blank one is removed."""
        left = {name: entry for name, entry in self.explanations.items() if name != key}
        if text.strip():
            left[key] = Explanation(question[:LONGEST_TEXT], text[:LONGEST_TEXT])
        return replace(self, explanations=left)

    def of_lesson(self, lesson: str) -> "Work":
        """Only the work of a lesson, such as ``02``."""
        return self._where(lambda key: lesson_of(key) == lesson)

    def without_lesson(self, lesson: str) -> "Work":
        """Everything outside a lesson."""
        return self._where(lambda key: lesson_of(key) != lesson)

    def _where(self, keep: Callable[[str], bool]) -> "Work":
        def kept(entries: Mapping[str, E]) -> dict[str, E]:
            return {key: entry for key, entry in entries.items() if keep(key)}

        return Work(kept(self.tasks), kept(self.predictions), kept(self.explanations))

    def to_json(self) -> bytes:
        """The content of the file."""
        return (json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n").encode()


def lesson_of(key: str) -> str:
    """The lesson to which a task's number or another key belongs, two digits; or empty.

    >>> lesson_of("2.1"), lesson_of("02 when"), lesson_of("02.3"), lesson_of("another question")
    ('02', '02', '02', '')
    """
    number = key.replace(" ", ".").partition(".")[0]
    return number.zfill(2) if number.isascii() and number.isdigit() else ""


# Reading -----------------------------------------------------------------------------------------


def parsed(content: bytes) -> tuple[Work, bool]:
    """The work in a file, and whether all of the file was understood; it never raises."""
    try:
        saved = json.loads(content) if len(content) <= LARGEST else None
    except (ValueError, RecursionError):
        saved = None
    if not isinstance(saved, dict):
        return Work(), False
    readers: dict[str, Callable[[Mapping[str, Any]], Any]] = {
        "tasks": _task,
        "predictions": _prediction,
        "explanations": _explanation,
    }
    found, whole = {}, set(saved) <= set(readers)
    for name, read in readers.items():
        found[name], all_read = _entries(saved.get(name, {}), read)
        whole = whole and all_read
    return Work(**found), whole


def _entries(saved: object, read: Callable[[Mapping[str, Any]], E | None]) -> tuple[Any, bool]:
    if not isinstance(saved, dict):
        return {}, False
    found = {}
    for key, value in list(saved.items())[:MOST_ENTRIES]:
        entry = read(value) if isinstance(value, dict) and len(key) <= LONGEST_KEY else None
        # An entry with more fields than are known was written by a later version.
        if entry is not None and len(value) == len(entry.__slots__):  # type: ignore[attr-defined]
            found[key] = entry
    return found, len(found) == len(saved)


def _task(value: Mapping[str, Any]) -> TaskWork | None:
    verdict, solved = value.get("verdict"), value.get("solved")
    good = isinstance(verdict, str) and verdict in VERDICTS and isinstance(solved, bool)
    return TaskWork(str(verdict), bool(solved)) if good else None


def _prediction(value: Mapping[str, Any]) -> PredictionWork | None:
    chosen, predicted, right = (value.get(name) for name in ("chosen", "predicted", "right"))
    asked = _is_text(chosen) and predicted is None and right is None
    answered = _is_text(chosen) and _is_text(predicted) and isinstance(right, bool)
    return PredictionWork(str(chosen), predicted, right) if asked or answered else None


def _explanation(value: Mapping[str, Any]) -> Explanation | None:
    question, text = value.get("question"), value.get("text")
    good = _is_text(question) and _is_text(text)
    return Explanation(str(question), str(text)) if good else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT
