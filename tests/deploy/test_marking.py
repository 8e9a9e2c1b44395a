"""A class is marked: judged, entered into nbgrader's gradebook, and nothing is taken on trust."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursework.build import ASSIGNMENT, build
from coursework.judge.records import Forged, load
from coursework.judge.seal import VARIABLE, the_key
from coursework.source import everything
from deploy import course as program
from deploy import marking
from tests.conftest import missing
from tests.deploy.small_course import hand_in, make, nbgrader, solutions

NAME = "00_start_here"
TASKS = everything()[NAME]
ALL = sum(one.points for one in TASKS)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if find_spec("nbgrader") is None:  # not imported here: it takes setuptools' distutils with it
        missing("nbgrader is not installed")
    folder = tmp_path_factory.mktemp("class")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder / "keys" / "marks.key"))
        yield make(folder / "course", [NAME])


def mark(course: Path, *more: str) -> int:
    return program.main(["mark", f"--course={course}", *more])


def scores(course: Path) -> dict[str, float]:
    found = marking.nbgrader_table(course, "points")
    return {
        who: sum(task["score"] for task in told["tasks"].values()) for who, told in found.items()
    }


def test_a_class_is_marked_once_and_again_only_what_changed(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "alice", solutions([NAME]))
    hand_in(course, "bob", {})
    dead = "import os\nos._exit(0)"
    hand_in(course, "carol", solutions([NAME]) | {"0.1": dead})
    broken = hand_in(course, "dave", {}) / f"{NAME}.ipynb"
    broken.write_text("half a note", encoding="utf-8")
    four = [f"--student={who}" for who in ("alice", "bob", "carol", "dave")]
    assert mark(course, *four) == 0
    said = capsys.readouterr().out
    assert "4 judged, 0 unchanged" in said
    assert "carol: 00_start_here: task 0.1: the process ended itself (exit code 0)" in said
    assert "carol: 00_start_here: odd: cell" in said
    assert "dave: 00_start_here: the file could not be read" in said
    assert "alice:" not in said
    lost = TASKS[0].points
    expected = {"alice": ALL, "bob": 0, "carol": ALL - lost, "dave": 0}
    assert {who: scores(course)[who] for who in expected} == expected

    hand_in(course, "bob", solutions([NAME]))
    assert mark(course, *four) == 0
    assert "1 judged, 3 unchanged" in capsys.readouterr().out
    assert scores(course)["bob"] == ALL

    for who in ("alice", "bob", "carol", "dave"):
        page = course / "feedback" / who / ASSIGNMENT / f"{NAME}.html"
        assert f"These are the tasks of {who}." in page.read_text(encoding="utf-8")
    assert " students</h1>" in (course / "class.html").read_text(encoding="utf-8")


def test_nbgrader_itself_runs_nothing_of_a_students(course: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    hand_in(course, "erin", solutions([NAME]) | {"0.1": f"open({str(trace)!r}, 'w')"})
    assert mark(course, "--student=erin") == 0
    trace.unlink(missing_ok=True)  # without bubblewrap, the judged process may write there
    nbgrader(course, "autograde", ASSIGNMENT, "--student=erin", "--force")
    assert not trace.exists()
    assert scores(course)["erin"] == ALL - TASKS[0].points


def with_verdict(path: Path, **changes: Any) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["tls13lab"]["verdicts"][0].update(changes)
    nbformat.write(notebook, path)


@pytest.mark.parametrize("how", ["points", "another student's", "another file"])
def test_a_verdict_that_the_judge_did_not_sign_for_this_submission_is_refused(
    course: Path, how: str
) -> None:
    for who in ("frank", "grace"):
        hand_in(course, who, solutions([NAME]) if who == "grace" else {})
    assert mark(course, "--student=frank", "--student=grace") == 0
    judged = course / "judged" / "frank" / ASSIGNMENT / f"{NAME}.ipynb"
    if how == "points":
        with_verdict(judged, verdict="right", points=TASKS[0].points)
    elif how == "another student's":
        judged.write_bytes(
            (course / "judged" / "grace" / ASSIGNMENT / f"{NAME}.ipynb").read_bytes()
        )
    else:
        hand_in(course, "frank", {"0.1": "length = 1"})
    found = marking.nbgrader_table(course, "enter", "frank")
    assert set(found["wrong"]) == {"frank"}
    assert scores(course).get("frank", 0) == 0


def test_a_changed_record_is_noticed_and_judged_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "heidi", {})
    assert mark(course, "--student=heidi") == 0
    path = course / "verdicts" / "heidi.json"
    raw = json.loads(path.read_text())
    raw["marked"][0]["verdicts"][0] |= {"verdict": "right", "points": 99}
    path.write_text(json.dumps(raw))
    with pytest.raises(Forged):
        load(course, "heidi", the_key())
    assert mark(course, "--student=heidi") == 0
    assert "is not the judge's" in capsys.readouterr().err
    assert scores(course)["heidi"] == 0


def test_what_a_person_changes_in_the_gradebook_by_hand_is_exported(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "ivan", {})
    assert mark(course, "--student=ivan") == 0
    by_hand(course, "ivan", "manual_score", 1)
    assert program.main(["export", f"--course={course}", "--only=lessons"]) == 0
    table = (course / "points-csv.csv").read_text(encoding="utf-8")
    assert "ivan,,,,,1" in table.splitlines()
    # But points in the judge's name that the judge did not give are said.
    by_hand(course, "ivan", "auto_score", 1)
    assert program.main(["export", f"--course={course}"]) == 1
    assert "the gradebook has 1, the signed verdict 0" in capsys.readouterr().err


def by_hand(course: Path, who: str, field: str, value: float) -> None:
    code = (
        "import sys; from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        f"    grade = book.find_grade('task-0-1-check', {NAME!r}, {ASSIGNMENT!r}, {who!r})\n"
        f"    grade.{field} = {value}\n"
        "    book.db.commit()\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=course, check=True, capture_output=True)


def test_building_the_course_again_keeps_work_and_marks(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    build("nbgrader", folder, lambda _: None)
    (folder / "submitted" / "alice").mkdir(parents=True)
    (folder / "gradebook.db").write_text("marks")
    (folder / "source" / ASSIGNMENT / "old.ipynb").write_text("{}")
    build("nbgrader", folder, lambda _: None)
    assert (folder / "gradebook.db").read_text() == "marks"
    assert (folder / "submitted" / "alice").is_dir()
    assert not (folder / "source" / ASSIGNMENT / "old.ipynb").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["course"]


def test_the_key_is_the_markers_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "marks.key"
    monkeypatch.setenv(VARIABLE, str(path))
    key = the_key()
    assert len(key) == 32
    assert the_key() == key
    assert path.stat().st_mode & 0o077 == 0
