"""Puts the tasks into the notebooks: ``python -m coursework.place``.

It brings the notebooks in the repository up to date with the tasks' source. The ids of the tasks'
cells begin with ``task-``; other cells are not changed. Afterwards, ``python -m
tests.notebooks.refresh`` stores the outputs.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursework.folding import fold
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
student's tasks use different keys."""
TOOLS = "# Imports\nfrom tls13lab.lesson import check, give, whose_tasks\n\nprint(whose_tasks())"
AGAIN = """\
### Tasks

Replace the dots, run the cell, and then run the check below it.
[Lesson 00](00_start_here.ipynb) explains tasks in full."""
"""The shorter text, for all notebooks after the first."""

Stub = Callable[[Exercise], str]
"""Makes the source of a task's first cell."""
Check = Callable[[Exercise], str]


def as_student(task: Exercise) -> str:
    """The source of a first cell with dots to replace."""
    return task.stub


def as_solution(task: Exercise) -> str:
    """The source of a first cell with a right answer."""
    return task.solution


def checked(task: Exercise) -> str:
    """The source of a check that shows feedback."""
    return f'check("{task.number}", {task.answer})'


def required(task: Exercise) -> str:
    """The source of a check that raises an error for a wrong answer, for graders."""
    return f'check("{task.number}", {task.answer}).require()'


def place(
    notebook: NotebookNode, tasks: list[Exercise], stub: Stub = as_student, check: Check = checked
) -> None:
    """Put ``tasks`` at the end of their sections, and remove the tasks that were there."""
    cells = [cell for cell in notebook.cells if not cell.id.startswith(OURS)]
    first = True
    for task in tasks:
        end = _end_of_section(cells, task)
        new = [*(_about(task) if first else ()), *_cells(task, stub, check)]
        cells[end:end] = new
        first = False
    notebook.cells = cells
    fold(notebook)


def _end_of_section(cells: list[NotebookNode], task: Exercise) -> int:
    """The index of the first cell after the task's section. Raises SourceError if there is none."""
    inside = False
    for place, cell in enumerate(cells):
        if cell.cell_type != "markdown" or not re.search(r"(?m)^## ", cell.source):
            continue
        if inside:
            return place
        inside = bool(re.search(rf"(?m)^## {task.section}\. ", cell.source))
    if inside:
        return len(cells)
    raise SourceError(f"task {task.number}: there is no section {task.section} in its notebook")


def _about(task: Exercise) -> Iterator[NotebookNode]:
    """The cells before the first task of a notebook."""
    text = ABOUT if task.number.startswith("0.") else AGAIN
    yield new_markdown_cell(text, id=f"{OURS}about")
    yield new_code_cell(TOOLS, id=f"{OURS}tools", metadata={"tags": ["setup"]})


def _cells(task: Exercise, stub: Stub, check: Check) -> Iterator[NotebookNode]:
    name = f"{OURS}{task.number.replace('.', '-')}"
    tags = {"tags": ["task"]}
    yield new_markdown_cell(
        f"### Task {task.number} · {task.title}\n\n"
        f"*{task.kind.capitalize()}; about {task.minutes} minutes.* {task.text}\n\n"
        f"<details><summary>Hint</summary>\n\n{task.hint}\n\n</details>",
        id=name,
    )
    yield new_code_cell(stub(task), id=f"{name}-answer", metadata=tags)
    yield new_code_cell(check(task), id=f"{name}-check", metadata=tags)


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
