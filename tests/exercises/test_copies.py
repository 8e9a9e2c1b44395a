"""The three copies: built, and the graded one marked by nbgrader itself."""

import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

from coursework import build as building
from coursework.build import ASSIGNMENT, build
from coursework.place import as_solution, place, required
from coursework.source import everything
from deploy import course, marking
from tests.conftest import ROOT, missing
from tests.deploy.small_course import hand_in, make, solutions

SOURCE = everything()


def silent(_: str) -> None:
    pass


def cells(path: Path) -> dict[str, str]:
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def test_the_students_copy_has_dots_and_no_answers(tmp_path: Path) -> None:
    build("student", tmp_path / "student", silent)
    for name, tasks in SOURCE.items():
        notebook = nbformat.read(tmp_path / "student" / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert not any(cell.get("outputs") for cell in notebook.cells)
        whole = "\n".join(cell.source for cell in notebook.cells)
        for one in tasks:
            assert one.stub in whole
            assert one.solution not in whole
    assert "student.txt" in (tmp_path / "student" / "README.md").read_text(encoding="utf-8")


def test_building_again_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "old.txt").write_text("old")
    build("student", tmp_path / "student", silent)
    assert [one.name for one in tmp_path.iterdir()] == ["student"]
    assert not (tmp_path / "student" / "old.txt").exists()


@pytest.mark.full
def test_the_instructors_copy_runs_and_every_check_says_right(tmp_path: Path) -> None:
    build("solutions", tmp_path / "solutions", silent)  # a solution that is none raises
    for name, tasks in SOURCE.items():
        notebook = nbformat.read(tmp_path / "solutions" / f"{name}.ipynb", as_version=4)
        said = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
        for one in tasks:
            (output,) = said[f"task-{one.number.replace('.', '-')}-check"]
            assert output.data["text/plain"].startswith("Right.")


@pytest.mark.full
@pytest.mark.parametrize(
    "names", [list(SOURCE)[:2], list(SOURCE)[2:]], ids=["two notebooks", "all the others"]
)
def test_a_finished_submission_is_marked_fully_and_an_untouched_one_at_zero(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("nbgrader") is None:  # not imported here: it takes setuptools' distutils with it
        missing("nbgrader is not installed")
    monkeypatch.setenv("TLS13LAB_MARKS_KEY", str(tmp_path / "marks.key"))
    folder = make(tmp_path / "nbgrader", names)
    hand_in(folder, "alice", solutions(names))
    hand_in(folder, "bob", {})
    # The marker says whose tasks these are; a student's own claim would not count.
    assert course.main(["mark", f"--course={folder}"]) == 0
    points = marking.nbgrader_table(folder, "points")
    expected = {one.number: one.points for name in names for one in SOURCE[name]}
    found = {
        who: {number: one["score"] for number, one in told["tasks"].items()}
        for who, told in points.items()
    }
    assert found == {"alice": expected, "bob": dict.fromkeys(expected, 0)}


def test_a_released_notebook_says_nothing_of_answers(tmp_path: Path) -> None:
    build("nbgrader", tmp_path / "course", silent)
    for name, tasks in SOURCE.items():
        found = cells(tmp_path / "course" / "source" / ASSIGNMENT / f"{name}.ipynb")
        for one in tasks:
            place_ = f"task-{one.number.replace('.', '-')}"
            assert found[f"{place_}-check"] == required(one)
            assert found[f"{place_}-answer"] == one.stub


@pytest.mark.full
def test_a_wrong_solution_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The instructor's copy cannot be made of a source whose solution is wrong."""
    (name, tasks), *_ = SOURCE.items()
    broken = [replace(tasks[0], solution="length = 7"), *tasks[1:]]
    monkeypatch.setattr(building, "everything", lambda: {name: broken})
    with pytest.raises(Exception, match="AssertionError"):
        build("solutions", tmp_path / "solutions", silent)
    assert not (tmp_path / "solutions").exists()


def test_solutions_are_placed_where_dots_were() -> None:
    for name, tasks in SOURCE.items():
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        place(notebook, tasks, as_solution)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert all(one.solution in text for one in tasks)


def test_an_unknown_copy_is_refused() -> None:
    command = [sys.executable, "-m", "coursework.build", "everything"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "student|solutions|nbgrader" in result.stderr
