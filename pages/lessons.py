"""The parts of the lessons, and the misconceptions that they settle, for other pages of the site.

Everything is read from the notebooks and from the table in the README.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from myst_parser.slugs import github_slugify

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

_HEADING = re.compile(r"(?m)^(#{1,3}) (.+)$")
# The beginnings of sections about a common misconception; a mark, core or extra, may stand above.
_HEARD = re.compile(
    r"\s*(?:\*(?:Core|Extra)\b[^\n]*\n\s*)?"
    r"\*\*Often heard:\*\* (.+?)(?:\n\n|\Z)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Part:
    """The text below one heading; ``level`` is 1 for a lesson's title and 3 for a task's."""

    lesson: str
    level: int
    title: str
    text: str

    @property
    def link(self) -> str:
        """The target of a link to it from a page at the root of the site."""
        place = "" if self.level == 1 else "#" + github_slugify(self.title.replace("`", ""))
        return f"notebooks/{self.lesson}.ipynb{place}"

    @property
    def number(self) -> str:
        """The number of a section or task, such as ``3`` or ``3.1``; otherwise empty."""
        match = re.match(r"(?:Task )?(\d[\d.]*\d|\d+)\.? ", self.title)
        return match.group(1) if match else ""

    @property
    def is_task(self) -> bool:
        return self.title.startswith("Task ")

    @property
    def misconception(self) -> str:
        """The misconception with which it begins, in the lesson's words; otherwise empty."""
        match = _HEARD.match(self.text)
        return " ".join(match.group(1).split()) if match else ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook; ``finds`` says in a line what the reader finds out."""

    name: str
    finds: str
    parts: list[Part] = field(repr=False)

    @property
    def number(self) -> str:
        """The lesson's number, two digits."""
        return self.name[:2]

    @property
    def title(self) -> str:
        return self.parts[0].title

    def misconceptions(self) -> list[Part]:
        """The parts that begin with a misconception."""
        return [part for part in self.parts if part.misconception]


def prose(notebook: Path) -> str:
    """A notebook's text without code, outputs, and the margins of quotations."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")
    return re.sub(r"(?m)^> ?", "", "\n\n".join(texts))


def _parts(lesson: str, text: str) -> Iterator[Part]:
    headings = list(_HEADING.finditer(text))
    ends = [one.start() for one in headings[1:]] + [len(text)]
    for one, end in zip(headings, ends, strict=True):
        yield Part(lesson, len(one.group(1)), one.group(2), text[one.end() : end])


def lessons() -> list[Lesson]:
    """All lessons in order. Raises ValueError if README.md's table differs from the folder."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\(notebooks/\w+\.ipynb\) \| (.+) \|$", readme, re.M)
    finds = dict(rows)
    names = sorted(path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb"))  # the quiz is none
    if names != list(finds):
        raise ValueError(f"README.md's table has {list(finds)}, the folder {names}")
    return [
        Lesson(name, finds[name], list(_parts(name, prose(NOTEBOOKS / f"{name}.ipynb"))))
        for name in names
    ]
