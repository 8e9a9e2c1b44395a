"""The lessons' predictions, tasks and places to explain, in their order, with their headings.

``outline.json`` is taken from the notebooks by ``python -m tests.notebooks.outline``, which
refreshing a notebook does as well; a test compares the two. So there is one source for every
number, and a notebook far from the others, such as in Colab, knows them all.

>>> [one.key for one in lesson("02").of_kind(TASK)][:2]
['2.1', '2.2']
>>> lesson(2).notebook
'02_resumption.ipynb'
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal
from urllib.parse import quote

from tls13lab.wire.faults import LocalFault

Kind = Literal["prediction", "task", "explanation"]
"""What a student answers with: a choice, a program, or words."""
PREDICTION: Kind = "prediction"
TASK: Kind = "task"
EXPLANATION: Kind = "explanation"
FILE = "outline.json"


@dataclass(frozen=True, slots=True)
class Item:
    """A prediction, task or place to explain; ``heading`` is the nearest one, in cell ``cell``.

    If that cell is in a section that opens folded, ``folded`` is the cell with its heading.
    """

    kind: Kind
    key: str
    heading: str
    cell: str
    extra: bool
    folded: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """A notebook and what there is to do in it, in order."""

    number: str
    notebook: str
    title: str
    items: tuple[Item, ...]

    def of_kind(self, kind: Kind) -> tuple[Item, ...]:
        """The items of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def link(self, item: Item) -> str:
        """The address of an item's heading in JupyterLab, relative to the notebooks' folder.

        It names the cell, because JupyterLab does not find a heading's text in a notebook that
        was not open yet. JupyterLab does not go to a cell that is folded away: then it is the
        heading of the folded section.

        >>> lesson("02").link(lesson("02").of_kind(TASK)[1])
        '02_resumption.ipynb#cell-id=task-2-2'
        """
        return f"{self.notebook}#cell-id={quote(item.folded or item.cell)}"


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in order."""
    text = (resources.files("tls13lab.exercises") / FILE).read_text(encoding="utf-8")
    return tuple(
        Lesson(
            one["number"],
            one["notebook"],
            one["title"],
            tuple(Item(**item) for item in one["items"]),
        )
        for one in json.loads(text)
    )


def lesson(number: str | int) -> Lesson:
    """The lesson with this number, such as ``"02"``. Raises LocalFault if there is none."""
    for one in lessons():
        if one.number == str(number).zfill(2):
            return one
    numbers = ", ".join(one.number for one in lessons())
    raise LocalFault(f"there is no lesson {number}: the lessons are {numbers}")
