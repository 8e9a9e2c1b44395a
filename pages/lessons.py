"""The lessons as the site's other pages speak of them: their parts, the errors that they settle.

Read from the notebooks themselves and from the README's table; nothing is typed here.
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
# How lessons begin a section about something that people often get wrong.
_HEARD = re.compile(
    r"\s*(?:\*\*Often heard:\*\* (.+?)\n\n|\*You may (?:have heard|think): (.+?)\*)", re.S
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below one heading: ``level`` 1 for the lesson's title, 3 for a task's."""

    lesson: str
    level: int
    title: str
    text: str

    @property
    def link(self) -> str:
        """Its address for a link from a page at the site's root."""
        place = "" if self.level == 1 else "#" + github_slugify(self.title.replace("`", ""))
        return f"notebooks/{self.lesson}.ipynb{place}"

    @property
    def number(self) -> str:
        """Of a section or a task, ``3`` or ``3.1``; empty where it has none."""
        match = re.match(r"(?:Task )?(\d[\d.]*\d|\d+)\.? ", self.title)
        return match.group(1) if match else ""

    @property
    def is_task(self) -> bool:
        """Whether it sets a task."""
        return self.title.startswith("Task ")

    @property
    def misconception(self) -> str:
        """What people often say of it, in the lesson's words; empty if it does not begin so."""
        match = _HEARD.match(self.text)
        return " ".join((match.group(1) or match.group(2)).split()) if match else ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One notebook. ``finds`` is what one finds out in it, in a line."""

    name: str
    finds: str
    parts: list[Part] = field(repr=False)

    @property
    def number(self) -> str:
        """Two digits."""
        return self.name[:2]

    @property
    def title(self) -> str:
        """As it stands over the lesson."""
        return self.parts[0].title

    def misconceptions(self) -> list[Part]:
        """The parts that begin with something that people often get wrong."""
        return [part for part in self.parts if part.misconception]


def prose(notebook: Path) -> str:
    """A notebook's text, without code and outputs; quotes lose their margin, so that they join."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")
    return re.sub(r"(?m)^> ?", "", "\n\n".join(texts))


def _parts(lesson: str, text: str) -> Iterator[Part]:
    headings = list(_HEADING.finditer(text))
    ends = [one.start() for one in headings[1:]] + [len(text)]
    for one, end in zip(headings, ends, strict=True):
        yield Part(lesson, len(one.group(1)), one.group(2), text[one.end() : end])


def lessons() -> list[Lesson]:
    """All of them, in their order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\(notebooks/\w+\.ipynb\) \| (.+) \|$", readme, re.M)
    finds = dict(rows)
    names = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    if names != list(finds):
        raise ValueError(f"README.md's table has {list(finds)}, the folder {names}")
    return [
        Lesson(name, finds[name], list(_parts(name, prose(NOTEBOOKS / f"{name}.ipynb"))))
        for name in names
    ]
