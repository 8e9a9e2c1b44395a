"""Builds copies of the notebooks: ``python -m coursework.build``, or ``run.py``, with a name.

All copies are made from the lessons in ``notebooks/`` and the tasks in this folder. They go into
``build/``:

- ``student``: the notebooks with blanks and without outputs, and a note on how to begin.
- ``solutions``: the notebooks with right answers, run, for the instructor.
- ``nbgrader``: a course folder for nbgrader, with one assignment: the lessons and the quiz. Each
  check is a test cell with points. Like the lessons, it needs this package.
- ``colab``: the lessons, with a first cell that installs the package.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursework.elsewhere import NoAddress, prepare, repository, source
from coursework.place import (
    NOTEBOOKS,
    Check,
    Stub,
    as_solution,
    as_student,
    checked,
    place,
    required,
)
from coursework.source import Exercise, everything
from tls13lab.widgets.keeping import OFF

BUILD = NOTEBOOKS.parent / "build"
ASSIGNMENT = "tls13lab"
README = """\
# tls13lab: notebooks for a student

Open `00_start_here.ipynb` in JupyterLab, in an environment where the package tls13lab is installed.
`python3 run.py lab` in the project's folder does both.

In a course, write your name or number into a file `student.txt` in this folder. Your tasks then
have their own keys. Without this file you are `anyone`, which is just as good for learning.
"""
CONFIG = """\
# nbgrader's course. Release it: nbgrader generate_assignment {name}
# Mark what was handed in: .venv/bin/python -m deploy.course mark
import sys

sys.path.insert(0, {root!r})
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "{name}"
# What is in ``submitted`` is judged elsewhere; nbgrader gets notebooks with signed verdicts, and
# verifies these. It runs no student's code.
c.CourseDirectory.submitted_directory = "judged"
c.Autograde.autograde_preprocessors = [
    "coursework.judge.verified.SignedVerdicts",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# The tasks already have blanks, so nbgrader need not remove solutions.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ClearOutput",
]
"""

Say = Callable[[str], None]


def made(name: str, tasks: list[Exercise], stub: Stub, check: Check) -> NotebookNode:
    """A notebook of the repository without outputs, with its tasks in the given form."""
    notebook: NotebookNode = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    place(notebook, tasks, stub, check)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _quiz(folder: Path, say: Say) -> None:
    """Write the quiz, which has no tasks and is the same in every copy."""
    _write(made("quiz", [], as_student, checked), folder / "quiz.ipynb", say)


def student(folder: Path, say: Say) -> None:
    """Write the students' copy."""
    _quiz(folder, say)
    for name, tasks in everything().items():
        _write(made(name, tasks, as_student, checked), folder / f"{name}.ipynb", say)
    (folder / "README.md").write_text(README, encoding="utf-8")


def solutions(folder: Path, say: Say) -> None:
    """Write the instructor's copy. Raises CellExecutionError if a solution is wrong."""
    from nbclient import NotebookClient

    _quiz(folder, say)
    for name, tasks in everything().items():
        # A wrong solution must raise an error; a right one is then shown.
        notebook = made(name, tasks, as_solution, lambda task: f"{required(task)}\n{checked(task)}")
        resources = {"metadata": {"path": str(NOTEBOOKS)}}
        client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
        client.execute(env={**os.environ, **OFF})
        _write(notebook, folder / f"{name}.ipynb", say)


def nbgrader(folder: Path, say: Say) -> None:
    """Write a course folder for nbgrader."""
    assignment = folder / "source" / ASSIGNMENT
    assignment.mkdir(parents=True)
    _quiz(assignment, say)
    for name, tasks in everything().items():
        _write(graded(name, tasks), assignment / f"{name}.ipynb", say)
    text = CONFIG.format(name=ASSIGNMENT, root=str(NOTEBOOKS.parent))
    (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")


def colab(folder: Path, say: Say) -> None:
    """Write the copy for Colab. Raises NoAddress if the repository's address is not set."""
    address = repository()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        prepare(notebook, address, source(address))
        _write(notebook, folder / path.name, say)


def graded(name: str, tasks: list[Exercise]) -> NotebookNode:
    """A notebook as it is handed out, whose checks are tests for nbgrader, with their points."""
    notebook = made(name, tasks, as_student, required)
    worth = {f"task-{task.number.replace('.', '-')}-check": task.points for task in tasks}
    for cell in notebook.cells:
        if cell.id in worth:
            cell.metadata["nbgrader"] = {
                "grade": True,
                "solution": False,
                "locked": True,
                "task": False,
                "schema_version": 3,
                "cell_type": "code",
                "grade_id": cell.id,
                "points": worth[cell.id],
            }
    return notebook


def _write(notebook: NotebookNode, path: Path, say: Say) -> None:
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    say(path.name)


COPIES: dict[str, Callable[[Path, Say], None]] = {
    "student": student,
    "solutions": solutions,
    "nbgrader": nbgrader,
    "colab": colab,
}


def build(copy: str, folder: Path, say: Say = print) -> None:
    """Build one copy in ``folder``. An earlier copy is replaced once the new one is complete.

    Of nbgrader's course folder only what is built is replaced; the rest is work and marks.
    """
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    COPIES[copy](new, say)
    if copy == "nbgrader" and folder.exists():
        for one in sorted(new.iterdir()):
            old = folder / one.name
            if old.is_dir():
                shutil.rmtree(old)
            one.replace(old)
        new.rmdir()
        return
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def main(arguments: list[str]) -> int:
    """Build the copy that is named; the exit code is 0, 1 or 2."""
    if len(arguments) != 1 or arguments[0] not in COPIES:
        print(f"usage: python -m coursework.build {'|'.join(COPIES)}", file=sys.stderr)
        return 2
    folder = BUILD / arguments[0]
    try:
        build(arguments[0], folder)
    except NoAddress as error:
        print(f"coursework.build: {error}", file=sys.stderr)
        return 1
    print(f"in {folder.relative_to(NOTEBOOKS.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
