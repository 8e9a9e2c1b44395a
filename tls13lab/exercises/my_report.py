"""A page to hand in: what a student has solved, predicted and explained, in the student's words.

It is made from ``progress.json`` and is no mark: the file is the student's own, who may change it.

>>> from tls13lab.widgets.kept import Work
>>> print(page(Work().with_explanation("02.3", "Why two?", "One for each."), "alice")[:23])
# My work with tls13lab
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tls13lab import whole_file
from tls13lab.exercises.outline import PREDICTION, TASK, Lesson, lessons
from tls13lab.exercises.progress import Count
from tls13lab.exercises.student import student
from tls13lab.widgets.keeping import Keeper, keeper
from tls13lab.widgets.kept import Explanation, Work

FILE = "my-report.md"
HEAD = """\
# My work with tls13lab

Name: {name}

This is the student's own record, made by `report()`. It is not a mark, and nobody has checked it.
It is written anew each time: write your explanations in the notebooks, not here."""
_SAYS = {"RIGHT": "right", "NOT_YET": "not yet", "BLANK": "blank again"}


def page(work: Work, name: str) -> str:
    """The page in Markdown."""
    parts = [HEAD.format(name=_inline(name)), *_summary(work)]
    for one in lessons():
        parts += _lesson(one, work)
    others = {key: one for key, one in work.explanations.items() if key not in _known(work)}
    if others:
        parts += ["## Other explanations", *_explained(others)]
    return "\n\n".join(parts) + "\n"


def _known(work: Work) -> set[str]:
    return {key for one in lessons() for key in work.of_lesson(one.number).explanations}


def _summary(work: Work) -> Iterator[str]:
    lines = [
        "| lesson | tasks solved | predictions made | right | explanations |",
        "|---|---|---|---|---|",
    ]
    for one in lessons():
        count = Count.of(one, work)
        written = len(work.of_lesson(one.number).explanations)
        lines.append(
            f"| {one.number} {one.title} | {count.solved} of {count.tasks} "
            f"| {count.made} of {count.predictions} | {count.right} | {written} |"
        )
    yield "\n".join(lines)


def _lesson(one: Lesson, work: Work) -> Iterator[str]:
    """What was done in a lesson; nothing if nothing was."""
    mine = work.of_lesson(one.number)
    if mine == Work():
        return
    yield f"## {one.number} {one.title}"
    tasks = [
        f"- {item.heading}: {_verdict(mine, item.key)}"
        for item in one.of_kind(TASK)
        if item.key in mine.tasks
    ]
    if tasks:
        yield "\n".join(tasks)
    predictions = [
        f"- Prediction, {item.heading}: {_prediction(mine, item.key)}"
        for item in one.of_kind(PREDICTION)
        if item.key in mine.predictions
    ]
    if predictions:
        yield "\n".join(predictions)
    yield from _explained(mine.explanations)


def _verdict(work: Work, key: str) -> str:
    entry = work.tasks[key]
    if entry.solved:
        return "solved"
    return f"not solved; the last check said: {_SAYS[entry.verdict]}"


def _prediction(work: Work, key: str) -> str:
    entry = work.predictions[key]
    words = _inline(entry.predicted if entry.predicted is not None else entry.chosen)
    said = {True: "right", False: "not what happened", None: "not compared yet"}[entry.right]
    return f'"{words}" ({said})'


def _explained(explanations: Any) -> Iterator[str]:
    for key, one in sorted(explanations.items()):
        yield _explanation(key, one)


def _explanation(key: str, one: Explanation) -> str:
    quoted = "\n".join(f"> {line}".rstrip() for line in one.text.strip().splitlines())
    return f"**{_inline(key)}.** {_inline(one.question)}\n\n{quoted}"


def _inline(text: str) -> str:
    return " ".join(text.split())


def write(folder: Path, keeper: Keeper) -> Path:
    """Write the page into a folder; returns its path. Raises OSError."""
    path = folder / FILE
    whole_file.write(path, page(keeper.read(), student(folder)).encode("utf-8"))
    return path


def report(folder: Path = Path(), keeper: Keeper = keeper) -> None:
    """Write ``my-report.md`` beside the notebooks, and say where; or print it if that fails."""
    try:
        path = write(folder, keeper)
    except OSError as error:
        print(f"{FILE} cannot be written here ({error.strerror}). This is what it would hold:\n")
        print(page(keeper.read(), student(folder)))
        return
    print(f"Written: {path}. It holds what you solved, predicted and explained; it is not a mark.")
