"""Puts the tasks into notebooks: ``python -m coursework.place`` brings those in the repository up
to date with the source. Cells of tasks have ids that begin with ``task-``; nothing else is touched.

After it, ``python -m tests.notebooks.refresh`` stores their outputs.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursework.source import Exercise, SourceError, everything

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
OURS = "task-"

ABOUT = """\
### Tasks

From here on, sections end in tasks. Replace the dots in the first cell of a task and run it; then
run the cell below it, which checks your answer. You can do both as often as you like. If your
answer is wrong, the check says what probably went wrong. Nothing is sent anywhere.
`give("NUMBER")` shows what a task gives you; for a function task it shows one example input. In a
course, write your name or number into a file `student.txt` beside this notebook, because every
student's tasks use different keys. The next cell loads what the tasks need."""
TOOLS = "from tls13lab.lesson import check, give"
AGAIN = """\
### Tasks

Replace the dots, run the cell, and then the check below it. More on tasks stands in
[lesson 00](00_start_here.ipynb)."""
"""The same from the second notebook on."""

Stub = Callable[[Exercise], str]
"""What stands in a task's first cell."""
Check = Callable[[Exercise], str]


def as_student(one: Exercise) -> str:
    """Dots to be replaced."""
    return one.stub


def as_solution(one: Exercise) -> str:
    """A right answer."""
    return one.solution


def checked(one: Exercise) -> str:
    """Shows what there is to say."""
    return f'check("{one.number}", {one.answer})'


def required(one: Exercise) -> str:
    """Raises an error unless the answer is right, for a grader."""
    return f'check("{one.number}", {one.answer}).require()'


def place(
    notebook: NotebookNode, tasks: list[Exercise], stub: Stub = as_student, check: Check = checked
) -> None:
    """Put ``tasks`` into their sections, in place of those that are there."""
    cells = [cell for cell in notebook.cells if not cell.id.startswith(OURS)]
    first = True
    for one in tasks:
        end = _end_of_section(cells, one)
        new = [*(_about(one) if first else ()), *_cells(one, stub, check)]
        cells[end:end] = new
        first = False
    notebook.cells = cells


def _end_of_section(cells: list[NotebookNode], one: Exercise) -> int:
    """Where the section ends that the task stands in."""
    inside = False
    for place, cell in enumerate(cells):
        if cell.cell_type != "markdown" or not re.search(r"(?m)^## ", cell.source):
            continue
        if inside:
            return place
        inside = bool(re.search(rf"(?m)^## {one.section}\. ", cell.source))
    if inside:
        return len(cells)
    raise SourceError(f"task {one.number}: there is no section {one.section} in its notebook")


def _about(one: Exercise) -> Iterator[NotebookNode]:
    """What stands before the first task of a notebook."""
    text = ABOUT if one.number.startswith("0.") else AGAIN
    yield new_markdown_cell(text, id=f"{OURS}about")
    yield new_code_cell(TOOLS, id=f"{OURS}tools", metadata={"tags": ["setup"]})


def _cells(one: Exercise, stub: Stub, check: Check) -> Iterator[NotebookNode]:
    name = f"{OURS}{one.number.replace('.', '-')}"
    tags = {"tags": ["task"]}
    yield new_markdown_cell(
        f"### Task {one.number} · {one.title}\n\n"
        f"*{one.kind.capitalize()}; about {one.minutes} minutes.* {one.text}\n\n"
        f"<details><summary>Hint</summary>\n\n{one.hint}\n\n</details>",
        id=name,
    )
    yield new_code_cell(stub(one), id=f"{name}-answer", metadata=tags)
    yield new_code_cell(check(one), id=f"{name}-check", metadata=tags)


def main() -> None:
    """Bring the notebooks of the repository up to date."""
    for name, tasks in everything().items():
        path = NOTEBOOKS / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        place(notebook, tasks)
        text = nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.name}: {len(tasks)} tasks")


if __name__ == "__main__":
    main()
