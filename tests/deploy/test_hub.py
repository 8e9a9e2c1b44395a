"""The committed configuration, run: students log in, work, are limited, marked, and get it back."""

import csv
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import coursework.build as building
from coursework.source import everything
from deploy import course as program

if sys.platform != "linux":
    pytest.skip("JupyterHub's processes are counted on Linux", allow_module_level=True)

from tests.conftest import missing
from tests.deploy.hub_server import Hub, alive, descendants, start_hub
from tests.deploy.hub_student import Student
from tests.deploy.small_course import make

# One short notebook of the ten: every step is taken, and CI does not wait.
NAME = "00_start_here"
SOURCE = {NAME: everything()[NAME]}
COPIED = SOURCE[NAME][0]
"""Task 0.1, whose answer is a number of the student's own."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course of one notebook."""
    if find_spec("nbgrader") is None:  # not imported here: it takes setuptools' distutils with it
        missing("nbgrader is not installed")
    return make(tmp_path_factory.mktemp("course") / "nbgrader", [NAME])


@pytest.fixture(scope="module")
def hub(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    state = tmp_path_factory.mktemp("hub") / "state"
    with start_hub(state, course / "release" / building.ASSIGNMENT) as hub:
        yield hub
        family = descendants(hub.pid)
    # Proxy, culler, a student's server and kernel: all seen, and nothing of it is left.
    assert (len(family) >= 4, alive(family)) == (True, [])


@pytest.fixture(scope="module")
def students(hub: Hub) -> dict[str, Student]:
    """Two who log in one after the other, so that their servers start at the same time."""
    found = {name: Student(hub, name) for name in ("alice", "bob")}
    for one in found.values():
        one.log_in()
    for one in found.values():
        page, _, _ = one.wait_for_server().partition("?")
        assert page == f"{one.server}/lab/tree/tls13lab/{NAME}.ipynb"
    return found


def answer(notebook: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    """The notebook with these answers in the place of the dots."""
    for cell in notebook["cells"]:
        if cell.get("id") in answers:
            cell["source"] = answers[cell["id"]]
    return notebook


def solutions() -> dict[str, str]:
    return {f"task-{one.number.replace('.', '-')}-answer": one.solution for one in SOURCE[NAME]}


def test_students_have_their_notebooks_and_a_kernel_knows_whose_tasks_they_are(
    hub: Hub, students: dict[str, Student]
) -> None:
    for name in students:
        home = hub.state / "homes" / name / "tls13lab"
        assert sorted(one.name for one in home.glob("*.ipynb")) == [f"{NAME}.ipynb", "quiz.ipynb"]
    with students["alice"].kernel(NAME) as kernel:
        ran = kernel.execute("from tls13lab.exercises.student import student; student()")
    assert ran.results == ["'alice'"]


def test_nobody_comes_in_with_another_password(hub: Hub) -> None:
    stranger = Student(Hub(hub.url, "not the password", "", hub.pid, hub.state, hub.log), "alice")
    with pytest.raises(PermissionError):
        stranger.log_in()


def test_one_student_cannot_reach_anothers_server(students: dict[str, Student]) -> None:
    bob = students["bob"]
    other = bob.session.get(f"{students['alice'].server}/api/contents/tls13lab", timeout=60)
    assert other.status_code in (403, 404)
    assert "00_start_here" not in other.text


def test_a_cell_that_wants_too_much_memory_gets_an_error_and_its_kernel_lives_on(
    students: dict[str, Student],
) -> None:
    with students["alice"].kernel(NAME) as kernel:
        ran = kernel.execute("x = 1\ntoo_much = bytearray(3 << 30)")
        assert ran.errors == ["MemoryError: "]
        assert kernel.execute("enough = bytearray(100 << 20); x").results == ["1"]
        held = "import os, resource\nresource.getrlimit(resource.RLIMIT_CORE), os.nice(0) > 0"
        assert kernel.execute(held).results == ["((0, 0), True)"]


def test_a_whole_notebook_runs_and_the_work_is_marked_and_returned(
    hub: Hub,
    course: Path,
    students: dict[str, Student],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alice does all; bob gives the number that alice got, and leaves the rest as it was."""
    alice = students["alice"]
    alice.save(NAME, answer(alice.read(NAME), solutions()))
    ran = alice.run(NAME)
    assert (ran.errors, ran.cells > 5) == ([], True)
    students["bob"].save(NAME, with_a_copied_number(students["bob"], alice))

    monkeypatch.setenv("TLS13LAB_MARKS_KEY", str(tmp_path / "marks.key"))
    key = tmp_path / "token"
    key.write_text(hub.token)
    asked = [f"--hub={hub.url}", f"--token-file={key}", f"--course={course}"]
    # Bob has gone home (no other test needs his server): it is started for the fetching.
    stop(hub, "bob")
    for what in ("collect", "mark", "return"):
        assert program.main([what, *asked]) == 0, what
    assert program.main(["export", f"--course={course}", "--only=lessons"]) == 0
    with (course / "points-csv.csv").open(encoding="utf-8", newline="") as table:
        scores = {row["name"]: float(row["tls13lab lesson 00"]) for row in csv.DictReader(table)}
    assert scores == {"alice": sum(one.points for one in SOURCE[NAME]), "bob": 0}
    for name in students:
        pages = hub.state / "homes" / name / "tls13lab-feedback"
        assert {one.stem for one in pages.glob("*.html")} == {NAME}


def with_a_copied_number(bob: Student, alice: Student) -> dict[str, Any]:
    """Bob's notebook, in which alice's number stands in the place of how she got it."""
    how = f"from tls13lab.exercises.catalogue import give\n{COPIED.solution}\n{COPIED.answer}"
    with alice.kernel(NAME) as kernel:
        (value,) = kernel.execute(how).results
    return answer(bob.read(NAME), {"task-0-1-answer": f"{COPIED.answer} = {value}"})


def stop(hub: Hub, name: str) -> None:
    """Stop a server, as the culler does after an hour."""
    from deploy.hub_api import Hub as Asking

    Asking(hub.url, hub.token).call("DELETE", f"/hub/api/users/{name}/server")
