"""Writes the page of the lessons, and the list on the front page."""

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
Nobody has said whose copy this is, so the links to Binder and Colab lead to `OWNER`, who does not
exist. `python3 run.py owner NAME` sets the account that hosts it.
:::
"""


def front(lessons: list[Lesson], doors: Doors) -> dict[str, str]:
    """The values for the placeholders of the front page."""
    return {
        "lessons": "\n".join(_front_list(lessons)),
        "binder": doors.binder(),
        "colab": doors.colab(),
        "lite": doors.lite_home,
        "repository": doors.repository,
        "home": doors.home,
        "hub": f" Your class has [a hub]({doors.hub})." if doors.hub else "",
        "unplaced": "" if doors.is_placed else UNPLACED,
    }


def _front_list(lessons: list[Lesson]) -> Iterator[str]:
    for one in lessons:
        error = one.misconceptions()[0].misconception
        yield f"- [{one.title}](notebooks/{one.name}.ipynb): {one.finds}."
        yield f"  *Often heard, and wrong:* {error}"


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
