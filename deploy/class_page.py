"""A page on the class, for the teacher: which tasks, which mistakes, and the quiz before and after.

It names no student, and says nothing that a student wrote: an explanation is a common mistake's own
text, or one of a few sentences on its kind. Every bar stands beside its numbers, and every part of
a bar has its own pattern.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from coursework.judge.handed_in import NotRead, content, folder_of
from coursework.judge.records import Record
from coursework.judge.seal import BLANK, NOT_YET, RIGHT, Verdict
from coursework.source import everything
from deploy.feedback import title_of
from deploy.page import page, prose
from tls13lab.exercises.answers import LARGEST, Answers
from tls13lab.exercises.catalogue import TASKS
from tls13lab.exercises.questions import QUESTIONS
from tls13lab.exercises.quiz import FILE

NAME = "class.html"
MOST = 20
"""How many diagnoses are listed."""

PATTERNS = (
    '<svg style="position:absolute;width:0;height:0" aria-hidden="true"><defs>'
    '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--paper)"/>'
    '<rect width="3" height="6" fill="var(--wrong)"/></pattern></defs></svg>\n'
)


def write(course: Path, records: Sequence[Record]) -> Path:
    """Write the page into the course folder."""
    quizzes = [_answers(course, one.student) for one in records]
    path = course / NAME
    path.write_text(class_page(records, quizzes), encoding="utf-8")
    return path


def _answers(course: Path, student: str) -> Answers:
    """A student's answers to the quiz; none if the file is none, or is not read."""
    folder = folder_of(course, student)
    try:
        return Answers.read(content(folder / FILE, LARGEST)) if folder else Answers()
    except (OSError, NotRead):
        return Answers()


def class_page(records: Sequence[Record], quizzes: Sequence[Answers]) -> str:
    """The page for these students."""
    body = (
        f"<h1>The class: {len(records)} students</h1>\n{PATTERNS}"
        '<p class="soft">Parts of a bar: filled, right; hatched, not yet; empty, blank or not '
        "handed in.</p>\n"
        f"{_tasks(records)}{_diagnoses(records)}{_quiz(quizzes)}"
    )
    return page("The class", body)


def _tasks(records: Sequence[Record]) -> str:
    """For each lesson a table of its tasks."""
    counts: dict[str, Counter[str]] = {}
    for record in records:
        for marked in record.marked:
            for one in marked.verdicts:
                counts.setdefault(one.task, Counter())[one.verdict] += 1
    parts = []
    for name, tasks in everything().items():
        rows = "".join(
            f"<tr><td>{one.number} {prose(one.title)}</td>"
            f'<td class="picture">{_bar(counts[one.number])}</td>'
            + "".join(_number(counts[one.number][kind]) for kind in (RIGHT, NOT_YET, BLANK))
            + "</tr>\n"
            for one in tasks
            if one.number in counts
        )
        if rows:
            head = ("right", "not yet", "blank")
            parts.append(f"<h2>{prose(title_of(name))}</h2>\n" + _table("task", head, rows))
    return "".join(parts)


def _table(first: str, numbers: Iterable[str], rows: str) -> str:
    heads = "".join(f'<th scope="col" class="number">{one}</th>' for one in numbers)
    return (
        f'<table>\n<thead><tr><th scope="col">{first}</th><th scope="col" class="picture" '
        f'style="width:40%">picture</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n'
    )


def _number(value: int) -> str:
    return f'<td class="number">{value}</td>'


def _bar(count: Counter[str]) -> str:
    """A bar of 100 units: right, not yet, blank."""
    whole = sum(count.values()) or 1
    right, wrong = 100 * count[RIGHT] / whole, 100 * count[NOT_YET] / whole
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="10" fill="none" stroke="var(--line)"/>'
        f'<rect width="{right:.1f}" height="10" fill="var(--right)"/>'
        f'<rect x="{right:.1f}" width="{wrong:.1f}" height="10" fill="url(#hatched)"/></svg>'
    )


def _diagnoses(records: Sequence[Record]) -> str:
    """The explanations that most students got."""
    told = Counter(
        (one.task, template(one))
        for record in records
        for marked in record.marked
        for one in marked.verdicts
        if one.verdict == NOT_YET
    )
    if not told:
        return ""
    rows = "".join(
        f'<tr><td class="number">{count}</td><td>{task}</td><td>{prose(says)}</td></tr>\n'
        for (task, says), count in sorted(told.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    )
    return (
        "<h2>What went wrong most often</h2>\n<table>\n<thead><tr>"
        '<th scope="col" class="number">students</th><th scope="col">task</th>'
        f'<th scope="col">what they were told</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n'
    )


OTHERS: tuple[tuple[str, str], ...] = (
    (r"The answer's cell stopped with ", "The answer's cell stopped with an error."),
    (r"(Line \d+ of your|Your) function stopped", "The function stopped with an error."),
    (
        r"(The cells of this task did not|It did not end|Your function was called)",
        "It did not end.",
    ),
    (r"It is right for \d+ of \d+ inputs", "It is right for some inputs only."),
    (r"The length is right", "The length is right, but the bytes are not."),
    (r"(It returned|This has) (no|[\d,]+) (byte|value)", "Another number of bytes or values."),
    (r"(This is|These are|It returned|The value is None) ", "Another kind of value."),
    (r"There (is|are) (no )?entr", "Entries are missing, or too many."),
    (r"The file could not be read", "The file could not be read as a notebook."),
)
ANOTHER = "Another wrong answer."


def template(one: Verdict) -> str:
    """What a student was told, without what differs from one student to another."""
    says = re.sub(r"^Not yet\.\s*", "", one.says)
    mistakes = [m.says for m in TASKS[one.task].mistakes if says.startswith(m.says)]
    found = max(mistakes, key=len, default="")
    if len(found) > len("Server A: "):  # not just how many sentences begin
        return found if found.endswith(".") else f"{found} ..."
    return next((words for found, words in OTHERS if re.match(found, says)), ANOTHER)


def _quiz(quizzes: Sequence[Answers]) -> str:
    """Each question: how many had it right before the lessons and after them."""
    both = [
        one for one in quizzes if any(one.get(time, q.key) for q in QUESTIONS for time in TIMES)
    ]
    if not both:
        return "<h2>The quiz</h2>\n<p>Nobody handed in <code>quiz.json</code>.</p>\n"
    rows = ""
    for question in QUESTIONS:
        right = [
            sum(one.get(time, question.key) == question.answer for one in both) for time in TIMES
        ]
        rows += (
            f"<tr><td>{escape(question.asks)}</td>"
            f'<td class="picture">{_two_bars(right[0], right[1], len(both))}</td>'
            f"{_number(right[0])}{_number(right[1])}</tr>\n"
        )
    return (
        f"<h2>The quiz: right answers of {len(both)} students</h2>\n"
        '<p class="soft">Upper bar: before the lessons. Lower bar: after them.</p>\n'
        + _table("question", ("before", "after"), rows)
    )


TIMES = ("before", "after")


def _two_bars(before: int, after: int, whole: int) -> str:
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="10" fill="none" stroke="var(--line)"/>'
        f'<rect width="{100 * before / whole:.1f}" height="4" y="1" fill="url(#hatched)"/>'
        f'<rect width="{100 * after / whole:.1f}" height="4" y="5.5" fill="var(--right)"/></svg>'
    )
