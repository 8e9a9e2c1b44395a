"""The pages that students get back: for each task right or not, why, and where to read.

A page shows no traceback, no path of the machine it was marked on, and asks no other host for
anything. What a student wrote, such as the text of an exception, is only ever text in it.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

import nbformat

from coursework.build import ASSIGNMENT
from coursework.judge.records import Marked, Record
from coursework.judge.seal import BLANK, NOT_YET, RIGHT, Verdict
from coursework.place import NOTEBOOKS
from coursework.source import Exercise, everything
from deploy.page import page, prose

FOLDER = "feedback"
WORDS = {RIGHT: ("right", "✓ Right"), NOT_YET: ("wrong", "✗ Not yet"), BLANK: ("blank", "○ Blank")}
"""The class of a verdict in the page, and its sign and words."""


def write(course: Path, record: Record) -> list[str]:
    """Write a student's pages, one for each notebook; returns their names."""
    folder = course / FOLDER / record.student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.html"):
        old.unlink()
    for marked in record.marked:
        path = folder / f"{marked.notebook}.html"
        path.write_text(feedback(record.student, marked), encoding="utf-8")
    return [f"{marked.notebook}.html" for marked in record.marked]


def feedback(student: str, marked: Marked) -> str:
    """The page on one notebook."""
    of = sum(one.of for one in marked.verdicts)
    title = title_of(marked.notebook)
    tasks = {one.number: one for one in everything()[marked.notebook]}
    cards = "".join(
        _card(one, tasks.get(one.task), sections(marked.notebook)) for one in marked.verdicts
    )
    head = (
        f"<h1>{prose(title)}</h1>\n<p><strong>{marked.points} of {of} points.</strong></p>\n"
        f'<p class="soft">These are the tasks of {escape(student)}.</p>\n'
    )
    return page(title, head + cards)


def _card(one: Verdict, task: Exercise | None, titles: Mapping[int, str]) -> str:
    kind, words = WORDS[one.verdict]
    name = f"Task {one.task}" + (f" · {task.title}" if task else "")
    said = re.sub(r"^(Right|Not yet|Still blank)\.\s*", "", one.says)
    read = ""
    if task and one.verdict != RIGHT and task.section in titles:
        section = f"section {task.section}, “{titles[task.section]}”"
        read = (
            f'<p class="soft">Read {prose(section)} of this lesson, and the hint of the task.</p>\n'
        )
    return (
        f'<section class="task {kind}">\n<h2 style="margin:0">{prose(name)}</h2>\n'
        f'<p><span class="verdict">{words}.</span> {one.points} of {one.of} points.</p>\n'
        f"<p>{prose(said)}</p>\n{read}</section>\n"
    )


@cache
def title_of(notebook: str) -> str:
    """A lesson's title, such as ``01 · The key schedule``."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    found = re.search(r"(?m)^# (.+)$", cells[0].source)
    return found[1].strip() if found else notebook


@cache
def sections(notebook: str) -> dict[int, str]:
    """The titles of a lesson's sections by number."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {int(n): title.strip() for n, title in re.findall(r"(?m)^## (\d+)\. (.+)$", text)}
