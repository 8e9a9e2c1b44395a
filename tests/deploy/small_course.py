"""A released course of few notebooks, and students who hand something in."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import coursework.build as building
from coursework.build import ASSIGNMENT
from coursework.source import Exercise, everything

Source = dict[str, list[Exercise]]


def make(folder: Path, names: list[str]) -> Path:
    """Build and release a course of these notebooks."""
    source: Source = {name: everything()[name] for name in names}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "everything", lambda: source)
        building.build("nbgrader", folder, lambda _: None)
    nbgrader(folder, "generate_assignment", ASSIGNMENT)
    return folder


def nbgrader(course: Path, *arguments: str) -> str:
    """Run nbgrader in the course's folder; nothing of it is written elsewhere."""
    keys = {name: os.environ[name] for name in ("TLS13LAB_MARKS_KEY",) if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={"PATH": str(Path(sys.executable).parent), "HOME": str(course), **keys},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def hand_in(course: Path, who: str, answers: dict[str, str]) -> Path:
    """Hand in what was released, with these texts in the answers' cells, by task."""
    folder = course / "submitted" / who / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"task-{number.replace('.', '-')}-answer": text for number, text in answers.items()}
    for released in (course / "release" / ASSIGNMENT).glob("*.ipynb"):
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = texts.get(cell.id, cell.source)
        nbformat.write(notebook, folder / released.name)
    return folder


def solutions(names: list[str]) -> dict[str, str]:
    """Right answers to all tasks of these notebooks."""
    return {one.number: one.solution for name in names for one in everything()[name]}
