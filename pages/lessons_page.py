"""Writes the page of the lessons, and the tables on the front page."""

import re
from collections.abc import Iterator

from pages.citations import cited
from pages.glossary import Term, terms
from pages.launch import Doors
from pages.lessons import Lesson
from pages.numbering import SECTIONS

HEAD = """\
# The lessons

The lessons build on one another; [the page for instructors](docs/instructors.md) says which can be
left out. For each lesson, this page lists the errors that it settles, with links to the
experiments; its terms, with links to the [glossary](glossary.md); and the sections of RFC 9846 that
it cites, with links to [the page of sections](rfc.md), which also has RFC 8446's numbers.

"""
UNPLACED = """\
:::{note}
This copy of the site was built without the address of its repository. In the addresses of Binder
and Colab, replace `OWNER` by the account that hosts it.
:::
"""


def front(lessons: list[Lesson], doors: Doors) -> dict[str, str]:
    """The values for the placeholders of the front page."""
    return {
        "lessons": "\n".join(_front_table(lessons)),
        "binder": doors.binder(),
        "colab": doors.colab(),
        "lite": doors.lite_home,
        "repository": doors.repository,
        "home": doors.home,
        "hub": f"[your class's hub]({doors.hub})" if doors.hub else "the address your teacher gave",
        "unplaced": "" if doors.is_placed else UNPLACED,
    }


def _front_table(lessons: list[Lesson]) -> Iterator[str]:
    yield "| lesson | what you find out | one of the errors that it settles |"
    yield "|---|---|---|"
    for one in lessons:
        error = one.misconceptions()[0].misconception
        yield f"| [{one.title}](notebooks/{one.name}.ipynb) | {one.finds} | {error} |"


def page(lessons: list[Lesson], doors: Doors) -> str:
    """The whole page, in Markdown."""
    glossary = terms()
    return HEAD + "\n".join(line for one in lessons for line in _lesson(one, glossary, doors))


def _lesson(lesson: Lesson, glossary: list[Term], doors: Doors) -> Iterator[str]:
    notebook = f"notebooks/{lesson.name}.ipynb"
    yield f"## {lesson.title}\n"
    yield f"{lesson.finds[0].upper()}{lesson.finds[1:]}.\n"
    yield "Often heard, and wrong:\n"
    for part in lesson.misconceptions():
        place = f"section {part.number}" if part.number else part.title
        yield f"- {part.misconception} ([{place}]({part.link}))"
    text = "\n".join(part.text for part in lesson.parts)
    used = (term.name for term in glossary if _uses(text, term))
    yield "\n**Terms:** " + ", ".join(f"{{term}}`{name}`" for name in used) + "\n"
    sections = {one.number for one in cited(text) if one.rfc == "9846"}
    links = (f"[{one}](#{SECTIONS[one].label})" for one in SECTIONS if one in sections)
    yield "**RFC 9846:** " + ", ".join(links) + "\n"
    lite = f'<a href="{doors.lite_notebook(notebook)}">in this browser</a>'
    small = f'<a href="{doors.lite_alone(notebook)}">on a small screen</a>'
    binder, colab = doors.binder(notebook), doors.colab(notebook)
    yield f"**Read it:** [{lesson.title}]({notebook})\n"
    yield f"**Run it:** {lite} ({small}), on [Binder]({binder}), on [Colab]({colab})\n"


def _uses(text: str, term: Term) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in term.names)
