"""The verdicts on one student's submission: ``python -m coursework.judge.judging COURSE STUDENT
NOTEBOOK...``.

This process never runs a student's code. It reads the notebooks, asks a producer for each answer,
and gives plain data, or a function that is called over there, to the task's own check.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from coursework.build import ASSIGNMENT, graded
from coursework.judge import odd, plain, sandbox
from coursework.judge.answers import Answer, Limits, Producer
from coursework.judge.cells import Released, Submission, read
from coursework.judge.handed_in import content, digest, folder_of
from coursework.judge.names import names as names_in
from coursework.judge.odd import Hint
from coursework.judge.records import Marked
from coursework.judge.seal import BLANK, NOT_YET, RIGHT, Verdict
from coursework.source import Exercise, everything
from tls13lab.exercises import patience
from tls13lab.exercises.catalogue import task
from tls13lab.exercises.feedback import Feedback
from tls13lab.exercises.student import ANYONE, NO_NAME, as_drawn

STANDARD = Limits()
READ_S, OWN_S = 60.0, 30.0
"""Seconds to read a notebook; and of the judge's own for a task, besides the student's."""
UNTOUCHED = "Still blank. This task is as it was handed out."
VERDICTS = {"RIGHT": RIGHT, "NOT_YET": NOT_YET, "BLANK": BLANK}


@cache
def released(name: str, course: Path | None = None) -> Released:
    """A notebook as this course handed it out, or as one would be handed out now."""
    notebook = graded(name, everything()[name])
    if course is not None:
        notebook = nbformat.read(course / "release" / ASSIGNMENT / f"{name}.ipynb", as_version=4)
    return Released(name, {cell.id: (cell.cell_type, cell.source) for cell in notebook.cells})


@cache
def version() -> str:
    """A digest of all that a verdict depends on: the checks, the tasks and this judge."""
    roots = (sandbox.HERE, sandbox.HERE.parent, sandbox.PACKAGE)
    files = {one for root in roots for one in root.rglob("*.py")} | set(roots[1].glob("*.md"))
    whole = hashlib.sha256()
    for one in sorted(files):
        whole.update(one.name.encode() + b"\0" + one.read_bytes() + b"\0")
    return whole.hexdigest()


def judge(
    course: Path, student: str, notebooks: Iterable[str], limits: Limits = STANDARD
) -> list[Marked]:
    """Judge these notebooks of a student in a course."""
    files = folder_of(course, student)
    folder = files or course / "submitted" / student / "no such folder"
    source = everything()
    with sandbox.shelf() as shelf, Producer(as_drawn(student), files, shelf, limits) as producer:
        return [
            judge_notebook(folder / f"{name}.ipynb", released(name, course), source[name], producer)
            for name in notebooks
        ]


def judge_notebook(
    path: Path, handed_out: Released, tasks: list[Exercise], producer: Producer
) -> Marked:
    """Judge one notebook. Whatever is in it, there is a verdict on each of its tasks."""
    name = handed_out.name
    submitted = digest(path)
    if not submitted:
        nothing = "This notebook was not handed in."
        return Marked(name, "", tuple(_verdict(one, BLANK, nothing) for one in tasks))
    try:
        with patience.patience(READ_S):
            notebook = notebook_of(path)
            submission = read(handed_out, notebook)
            hints, notes = _for_a_person(submission, notebook, producer.student)
    # A notebook from elsewhere can be broken in any way.
    except (Exception, patience.RanTooLong) as fault:
        note = f"the file could not be read as a notebook ({type(fault).__name__})"
        says = "The file could not be read as a notebook. Hand it in again."
        verdicts = tuple(_verdict(one, NOT_YET, says) for one in tasks)
        return Marked(name, submitted, verdicts, notes=(note,))
    names = [one.answer for one in tasks]
    verdicts = tuple(
        _found_elsewhere(
            submission,
            tasks,
            one,
            _in_time(submission, one, names[:place], names.count(one.answer) == 1, producer),
        )
        for place, one in enumerate(tasks)
    )
    return Marked(name, submitted, verdicts, hints, notes)


def _for_a_person(
    submission: Submission, notebook: Any, student: str
) -> tuple[tuple[Hint, ...], tuple[str, ...]]:
    notes = (*_put_back(submission), *_other_name(notebook, student))
    return tuple(odd.of_submission(submission)), notes


def _in_time(
    submission: Submission, one: Exercise, earlier: list[str], only: bool, producer: Producer
) -> Verdict:
    """The verdict on one task. Whatever goes wrong costs this task, and no other."""
    producer.begin()
    patience.LIMIT_S = producer.limits.task_s  # for a check with all its calls; it was 5
    try:
        with patience.patience(producer.limits.task_s + OWN_S):
            return judge_task(submission, one, earlier, only, producer)
    except (Exception, patience.RanTooLong) as fault:
        producer.stop()
        says = "Not yet. This answer could not be judged; your teacher sees that."
        return _verdict(one, NOT_YET, says, f"could not be judged ({type(fault).__name__})")


def _found_elsewhere(
    submission: Submission, tasks: list[Exercise], one: Exercise, verdict: Verdict
) -> Verdict:
    """The verdict; if it is blank, and another task's cell sets its answer, then with a note."""
    if verdict.verdict != BLANK:
        return verdict
    same = [other.number for other in tasks if other.answer == one.answer]
    own = {place for number in same for place in submission.segment(number)}
    found = [
        place + 1
        for place, cell in enumerate(submission.cells)
        if place not in own
        and cell.kind == "code"
        and submission.changed(place)
        and one.answer in submission.uses[place].binds
        and one.answer not in names_in(submission.released.cells.get(cell.mark, ("", ""))[1]).binds
    ]
    if not found:
        return verdict
    note = f"blank, but cell {found[-1]} sets {one.answer}"
    return replace(verdict, note=f"{verdict.note}; {note}" if verdict.note else note)


def notebook_of(path: Path) -> Any:
    """A notebook in format 4. Raises ValueError or other errors if it is none."""
    raw = plain.whole(json.loads(content(path).decode("utf-8-sig")))
    return raw if raw.get("nbformat") == 4 else nbformat.convert(nbformat.from_dict(raw), 4)


def _put_back(submission: Submission) -> list[str]:
    lost = [mark for mark in submission.deleted if mark.endswith("-check")]
    return [f"checks that were missing: {', '.join(lost)}"] if lost else []


def _other_name(notebook: Any, student: str) -> list[str]:
    """Whether the stored outputs show that the notebook was worked on under another name."""
    text = json.dumps(notebook, ensure_ascii=False)
    shown = set(re.findall(r"These are the tasks of ([^\\\n\"<]{1,100})\.", text))
    if NO_NAME in text:
        shown.add(ANYONE)
    return [
        f"worked on as {name!r}, marked as {student!r}: other keys" for name in shown - {student}
    ]


# One task -----------------------------------------------------------------------------------------


def judge_task(
    submission: Submission, one: Exercise, earlier: list[str], only: bool, producer: Producer
) -> Verdict:
    """The verdict on one task.

    First only the cells that the task needs run. If the answer is not right, and cells of the
    student's own were left out or a name was missing, then everything before it runs, too.
    """
    segment = submission.segment(one.number)
    note = "" if segment else "all of its cells were deleted"
    touched = any(submission.changed(place) for place in segment)
    if not touched:
        elsewhere = submission.elsewhere(one.answer) if only else []
        if not elsewhere:
            return _verdict(one, BLANK, UNTOUCHED, note)
        note = f"answered in cell {elsewhere[-1] + 1}, far from its place"
        submission = submission.with_task_at(one.number, elsewhere[-1])
        segment = submission.segment(one.number)
    needed = submission.needed(one.number)
    verdict, errors = _try(submission, one, needed, earlier, producer, note)
    left_out = [place for place in submission.before(one.number) if place not in needed]
    own_left_out = any(
        submission.changed(place) and not submission.cells[place].task for place in left_out
    )
    if verdict.verdict == RIGHT or not (own_left_out or "NameError" in errors):
        return verdict
    whole, _ = _try(submission, one, [*left_out, *needed], earlier, producer, note)
    better = whole.verdict == RIGHT or ("NameError" in errors and whole.note == note)
    return whole if better else verdict


def _try(
    submission: Submission,
    one: Exercise,
    cells: list[Any],
    earlier: list[str],
    producer: Producer,
    note: str,
) -> tuple[Verdict, set[str]]:
    """Run cells and judge the answer; also the names of the errors that the cells raised."""
    segment = submission.segment(one.number)
    back = [mark for mark in cells if isinstance(mark, str)]
    before = sorted(place for place in cells if isinstance(place, int) and place not in segment)
    # The name may be that of an earlier task's answer, which must not count for this one.
    forget = [f"globals().pop({one.answer!r}, None)"] if one.answer in earlier else []
    sources = [submission.released.cells["task-tools"][1]]
    sources += [submission.source(which) for which in back]
    sources += [submission.source(which) for which in before]
    sources += [*forget, *(submission.source(which) for which in segment)]
    with producer.answer(sources, one.answer) as answer:
        verdict = _judged(one, answer, producer, note, len(segment), len(sources))
    return verdict, {kind for _, kind, _ in answer.errors}


def _judged(
    one: Exercise, answer: Answer, producer: Producer, note: str, own: int, cells: int
) -> Verdict:
    errors = [error for error in answer.errors if error[0] >= cells - own]
    if answer.kind in ("value", "function"):
        feedback = _checked(one, answer, producer.student)
        if isinstance(feedback, Feedback):
            kind = VERDICTS[feedback.verdict.name]
            known = any(feedback.says.startswith(m.says) for m in task(one.number).mistakes)
            verdict = _verdict(one, kind, _bare(feedback.text), note)
            return replace(verdict, answer=_hash(answer), known=known)
        return _verdict(one, NOT_YET, f"Not yet. {feedback}.", f"{note} {feedback}".strip())
    if answer.kind == "missing" and errors:
        says = f"The answer's cell stopped with {errors[-1][1]}: {errors[-1][2]}"
        return _verdict(one, NOT_YET, f"Not yet. {_bare(says)}", note)
    if answer.kind == "missing":
        return _verdict(one, BLANK, f"Still blank. No cell of this task sets `{one.answer}`.", note)
    if answer.kind == "too large":
        says = f"The answer is larger than any right one could be ({answer.trouble})."
        return _verdict(one, NOT_YET, f"Not yet. {says}", f"{note} too large".strip())
    says = f"The cells of this task did not run to their end: {answer.trouble}."
    return _verdict(one, NOT_YET, f"Not yet. {says}", f"{note} {answer.trouble}".strip())


def _checked(one: Exercise, answer: Answer, student: str) -> Feedback | str:
    """The check's own feedback, or what went wrong with a function that was called."""
    try:
        feedback = task(one.number).check(answer.value, student)
    except Exception as fault:  # nobody's submission may stop the marking
        return f"The check could not try this answer ({type(fault).__name__})"
    return f"Your function was called: {answer.trouble}" if answer.trouble else feedback


def _hash(answer: Answer) -> str:
    """A hash of an answer that holds eight bytes or more, so that two are not equal by chance."""
    if answer.kind != "value":
        return ""
    try:
        text = json.dumps(plain.encode(answer.value), sort_keys=True)
    except plain.NotPlain:  # what crosses one way may be too large for the other
        return ""
    telling = re.search(r'"bytes": "[0-9a-f]{16}', text)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if telling else ""


def _bare(text: str) -> str:
    """The text without paths of the machine it was marked on."""
    return re.sub(r"(?:[A-Za-z]:)?(?:[/\\][\w.+@-]+){2,}", "...", text)


def _verdict(one: Exercise, kind: str, says: str, note: str = "") -> Verdict:
    points = one.points if kind == RIGHT else 0
    return Verdict(one.number, kind, says, points, one.points, note)


def main(arguments: list[str]) -> int:
    """Judge one student and print what was found as JSON."""
    course, student, *notebooks = arguments
    marked = judge(Path(course), student, notebooks)
    json.dump([asdict(one) for one in marked], sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
