"""Which cells of a student's notebook belong to a task, and which earlier cells these need.

A student's notebook is never quite the one that was handed out: cells are added, split, copied,
deleted and moved, and some editors give them new ids. So a cell is recognized by its id, its
grading id, its text, or a task's number in it. What a student put between a task's cells and the
next cell that was handed out belongs to the task, too.

Nothing here runs a cell.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from coursework.judge.names import Names, names

OURS = "task-"


@dataclass(frozen=True)
class Released:
    """A notebook as it was handed out: its code and its Markdown cells, by id, in their order."""

    name: str
    cells: Mapping[str, tuple[str, str]]
    """The type and the text of each cell."""


@dataclass(frozen=True)
class Cell:
    """A cell of a student's notebook. ``mark`` is the id of the released cell that it is, or ""."""

    kind: str
    source: str
    mark: str = ""

    @property
    def task(self) -> str:
        """The number of the task to which the cell belongs, such as 2.1, or "".

        >>> Cell("code", "", "task-2-1-check").task, Cell("code", "", "task-tools").task
        ('2.1', '')
        """
        found = re.match(r"task-(\d+)-(\d+)", self.mark)
        return f"{found[1]}.{found[2]}" if found else ""

    @property
    def is_check(self) -> bool:
        """Whether it is the check of a task."""
        return self.mark.startswith(OURS) and self.mark.endswith("-check")


@dataclass(frozen=True)
class Submission:
    """A student's notebook, read: its cells, and what was handed out and is no longer there."""

    released: Released
    cells: tuple[Cell, ...]
    uses: tuple[Names, ...] = field(repr=False)

    @property
    def deleted(self) -> list[str]:
        """The ids of the released cells that are missing, in their order."""
        there = {cell.mark for cell in self.cells}
        return [mark for mark in self.released.cells if mark not in there]

    def changed(self, place: int) -> bool:
        """Whether a cell is the student's own, or no longer as it was handed out."""
        cell = self.cells[place]
        handed_out = self.released.cells.get(cell.mark)
        return handed_out is None or _bare(handed_out[1]) != _bare(cell.source)

    def segment(self, number: str) -> list[int]:
        """The places of the code cells that are a task's; none if all of them were deleted."""
        own = [place for place, cell in enumerate(self.cells) if cell.task == number]
        if not own:
            return []
        end = max(own) + 1
        while end < len(self.cells) and not self.cells[end].mark:
            end += 1
        return [place for place in range(min(own), end) if self._runs(place, number)]

    def elsewhere(self, name: str) -> list[int]:
        """The cells of the student's own that bind a name, wherever they are."""
        return [
            place
            for place, cell in enumerate(self.cells)
            if cell.kind == "code" and not cell.mark and name in self.uses[place].binds
        ]

    def with_task_at(self, number: str, place: int) -> "Submission":
        """The submission in which this cell alone belongs to the task."""
        mark = f"{OURS}{number.replace('.', '-')}"
        cells = [
            replace(cell, mark="moved") if cell.task == number else cell for cell in self.cells
        ]
        cells[place] = replace(cells[place], mark=f"{mark}-answer")
        return replace(self, cells=tuple(cells))

    def _runs(self, place: int, number: str) -> bool:
        """Whether a cell between a task's first and last runs for it: an untouched check does not.

        A check that was changed does run, because a student may have put the answer there. What it
        says counts for nothing.
        """
        cell = self.cells[place]
        if cell.kind != "code" or (cell.mark and cell.task != number):
            return False
        return not cell.is_check or self.changed(place)

    def before(self, number: str) -> list[int]:
        """All code cells before the task's, without the checks."""
        segment = self.segment(number)
        end = min(segment) if segment else len(self.cells)
        return [
            place
            for place, cell in enumerate(self.cells[:end])
            if cell.kind == "code" and not cell.is_check
        ]

    def needed(self, number: str) -> list[str | int]:
        """The cells that a task's cells need: ids of deleted ones, then places; in their order.

        A name comes from the last cell before its use that binds or changes it. So most of a
        lesson need not run, and a cell of another task is run only if its names are used.
        """
        segment = self.segment(number)
        if not segment:
            return []
        end = max(segment) + 1
        candidates = [*self.before(number), *segment]
        found: set[int] = set(segment)
        back: set[str] = set()
        waiting = [(place, self.uses[place]) for place in segment]
        seen: set[tuple[str, int]] = set()
        while waiting:
            place, uses = waiting.pop()
            wanted = [(name, place) for name in uses.now]
            wanted += [(name, before) for name in uses.later for before in (place, end)]
            for name, before in wanted:
                if (name, before) in seen:
                    continue
                seen.add((name, before))
                binders = [c for c in candidates if c < before and name in self.uses[c].binds]
                if not binders:
                    back |= self._put_back(name)
                elif binders[-1] not in found:
                    found.add(binders[-1])
                    waiting.append((binders[-1], self.uses[binders[-1]]))
        stars = {c for c in candidates if self.uses[c].everything}
        return [*(m for m in self.released.cells if m in back), *sorted(found | stars)]

    def _put_back(self, name: str) -> set[str]:
        """The last deleted cell of the lesson that binds a name, with those that it needs."""
        lost = [mark for mark in self.deleted if self.released.cells[mark][0] == "code"]
        lost = [mark for mark in lost if not mark.endswith(("-answer", "-check"))]
        back: set[str] = set()
        waiting = [name]
        while waiting:
            wanted = waiting.pop()
            binders = [mark for mark in lost if wanted in names(self.released.cells[mark][1]).binds]
            if binders and binders[-1] not in back:
                back.add(binders[-1])
                uses = names(self.released.cells[binders[-1]][1])
                waiting += uses.now | uses.later
        return back

    def source(self, which: str | int) -> str:
        """The text of a cell, given by its place, or by its id if it was deleted."""
        return self.released.cells[which][1] if isinstance(which, str) else self.cells[which].source


def read(released: Released, notebook: Mapping[str, Any]) -> Submission:
    """Recognize the cells of a notebook, given in Jupyter's format 4."""
    raw = [cell for cell in notebook.get("cells", ()) if isinstance(cell, Mapping)]
    marks = _marks(released, raw)
    cells = tuple(
        Cell(str(cell.get("cell_type")), _text(cell), mark)
        for cell, mark in zip(raw, marks, strict=True)
    )
    return Submission(
        released, cells, tuple(names(c.source) if c.kind == "code" else Names() for c in cells)
    )


def _text(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _marks(released: Released, raw: list[Mapping[str, Any]]) -> list[str]:
    """The released id of each cell, or "". Each id is given once, to the first that it fits."""
    marks = [""] * len(raw)
    taken: set[str] = set()
    by_text: dict[tuple[str, str], str] = {}
    for mark, (kind, source) in released.cells.items():
        by_text.setdefault((kind, _bare(source)), mark)

    def give(of_cell: Iterable[str | None]) -> None:
        for place, mark in enumerate(of_cell):
            kind = raw[place].get("cell_type")
            known = mark in released.cells and released.cells[mark][0] == kind if mark else False
            if mark and known and not marks[place] and mark not in taken:
                marks[place] = mark
                taken.add(mark)

    give(str(cell.get("id", "")) for cell in raw)
    give(_grade_id(cell) for cell in raw)
    give(by_text.get((str(cell.get("cell_type")), _bare(_text(cell)))) for cell in raw)
    give(_numbered(cell) for cell in raw)
    return marks


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    grading = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return str(grading.get("grade_id", "")) if isinstance(grading, Mapping) else None


def _numbered(cell: Mapping[str, Any]) -> str | None:
    """The id of a task's title or check, by the number in it."""
    text = _text(cell)
    if cell.get("cell_type") == "markdown":
        found = re.match(r"### Task (\d+)\.(\d+) ·", text)
        return f"{OURS}{found[1]}-{found[2]}" if found else None
    found = re.search(r"""(?m)^check\(\s*["'](\d+)\.(\d+)["']""", text)
    return f"{OURS}{found[1]}-{found[2]}-check" if found else None
