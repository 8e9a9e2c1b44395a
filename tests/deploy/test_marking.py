"""A class is marked: judged, entered into nbgrader's gradebook, and nothing is taken on trust."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest

from coursework.build import ASSIGNMENT, build
from coursework.judge import carrier
from coursework.judge.records import Forged, load
from coursework.judge.seal import VARIABLE, the_key
from coursework.source import everything
from deploy import class_page, feedback, marking
from deploy import course as program
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
    found = scores(course)
    assert {who: found[who] for who in expected} == expected

    hand_in(course, "bob", solutions([NAME]))
    assert mark(course, *four) == 0
    assert "1 judged, 3 unchanged" in capsys.readouterr().out
    assert scores(course)["bob"] == ALL

    for who in ("alice", "bob", "carol", "dave"):
        page = course / "feedback" / who / ASSIGNMENT / f"{NAME}.html"
        assert f"These are the tasks of {who}." in page.read_text(encoding="utf-8")
    assert " students</h1>" in (course / "class.html").read_text(encoding="utf-8")


def test_what_no_terminal_and_no_file_can_take_stops_nobody(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "open('\x1b[2J')  # HALF"
    path = hand_in(course, "mona", {"0.1": text, "0.2": "raise ValueError(chr(0xd800))"})
    path /= f"{NAME}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("HALF", r"\ud83d"), encoding="utf-8")
    hand_in(course, "otto", solutions([NAME]))
    assert mark(course, "--student=mona", "--student=otto") == 0
    said = capsys.readouterr().out
    assert r"odd: cell" in said
    assert r"open('\x1b[2J')  # \ud83d" in said
    assert "\x1b" not in said
    found = scores(course)
    assert (found["mona"], found["otto"]) == (0, ALL)
    page = course / "feedback" / "mona" / ASSIGNMENT / f"{NAME}.html"
    assert r"\ud800" in page.read_text(encoding="utf-8")


def test_a_fault_in_one_students_pages_or_entry_is_that_students(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no space")

    hand_in(course, "paul", solutions([NAME]))
    with monkeypatch.context() as patch:
        for one in (carrier, class_page, feedback):
            patch.setattr(one, "write", fails)
        assert mark(course, "--student=paul") == 1
    said = capsys.readouterr().out
    assert "paul: the pages could not be written: OSError: no space" in said
    assert "the page on the class: could not be written" in said
    assert mark(course, "--student=paul") == 0
    assert "0 judged, 1 unchanged" in capsys.readouterr().out
    assert scores(course)["paul"] == ALL


def test_points_without_a_verdict_are_taken_out_and_listed(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hand_in(course, "nina", solutions([NAME])) / f"{NAME}.ipynb"
    hand_in(course, "olga", solutions([NAME]))
    both = ("--student=nina", "--student=olga")
    assert mark(course, *both) == 0
    found = scores(course)
    assert (found["nina"], found["olga"]) == (ALL, ALL)
    path.unlink()

    def fails(self: object, name: str) -> None:
        raise RuntimeError("no judge")

    hand_in(course, "olga", {})
    judged = marking._Judges.judged
    monkeypatch.setattr(
        marking._Judges,
        "judged",
        lambda self, name: fails(self, name) if name == "olga" else judged(self, name),
    )
    assert mark(course, *both) == 1
    said = capsys.readouterr().out
    assert "nina: there is none of the notebooks" in said
    assert "nina: task 0.1: no verdict any more; " in said
    assert "olga: could not be judged: no judge" in said
    assert "olga: task 0.1: no verdict any more; " in said
    found = scores(course)
    assert (found["nina"], found["olga"]) == (0, 0)
    assert not (course / "feedback" / "olga" / ASSIGNMENT).exists()


def test_what_was_judged_before_an_interruption_is_entered_after_it(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["rosa", "sven"]
    for name in names:
        hand_in(course, name, {})
    both = [f"--student={name}" for name in names]
    assert mark(course, *both) == 0
    for name in names:
        hand_in(course, name, solutions([NAME]))

    def interrupts(name: str, left: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        marking.mark(course, names, interrupts)
    capsys.readouterr()
    assert mark(course, *both) == 0
    assert "0 judged, 2" not in capsys.readouterr().out
    found = scores(course)
    assert [found[name] for name in names] == [ALL, ALL]


def test_a_judging_ends_with_what_it_started_when_it_is_interrupted(course: Path) -> None:
    hand_in(course, "tina", {"0.1": "import time\ntime.sleep(25)"})
    judges = marking._Judges(course, [NAME])
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(judges.judged, "tina")
        time.sleep(1)
        began = time.monotonic()
        judges.end()
        with pytest.raises(RuntimeError):
            running.result()
    assert time.monotonic() - began < 20
    with pytest.raises(RuntimeError, match="interrupted"):
        judges.judged("tina")


def test_a_helper_that_is_handed_in_later_is_judged(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = solutions([NAME])
    folder = hand_in(course, "ursa", answers | {"0.1": "from helper import length"})
    assert mark(course, "--student=ursa") == 0
    helper = f"from tls13lab.lesson import give\n{answers['0.1']}"
    (folder / "helper.py").write_text(helper, encoding="utf-8")
    assert mark(course, "--student=ursa") == 0
    assert scores(course)["ursa"] == ALL
    capsys.readouterr()
    assert mark(course, "--student=ursa") == 0
    assert "0 judged, 1 unchanged" in capsys.readouterr().out
    assert mark(course, "--student=ursa", "--again") == 0
    assert "1 judged, 0 unchanged" in capsys.readouterr().out


def test_moodle_needs_a_class_list(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["export", f"--course={course}", "--to=moodle"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (course / "points-moodle.csv").exists()


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
