"""The source that instructors edit: stubs are blank, solutions right, wrong answers told apart."""

from pathlib import Path
from typing import Any

import pytest

from coursework.source import KINDS, Exercise, SourceError, everything, read
from tests.sampled import sampled
from tls13lab.exercises.catalogue import TASKS, check, give
from tls13lab.exercises.feedback import Feedback, Grade
from tls13lab.exercises.student import VARIABLE

SOURCE = everything()
EXERCISES = [one for notebook in SOURCE.values() for one in notebook]
WRONG = [(one, says, code) for one in EXERCISES for says, code in one.wrong]


def answered(one: Exercise, code: str, *, who: str, monkeypatch: pytest.MonkeyPatch) -> Feedback:
    """As in a notebook: what comes before, the student's cell, the check."""
    monkeypatch.setenv(VARIABLE, who)
    cells: dict[str, Any] = {"give": give, "check": check, "__name__": "a notebook"}
    exec(one.needs, cells)
    exec(code, cells)
    return check(one.number, cells[one.answer])


def test_every_task_has_its_source_and_every_source_its_task() -> None:
    assert [one.number for one in EXERCISES] == list(TASKS)


def test_every_notebook_has_tasks() -> None:
    assert [name[:2] for name in SOURCE] == [f"{number:02}" for number in range(10)]
    assert all(SOURCE.values())


def test_kinds_fade() -> None:
    counts = {kind: sum(one.kind == kind for one in EXERCISES) for kind in KINDS}
    assert min(counts.values()) >= 9


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.number)
def test_a_stub_is_told_to_be_blank(one: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answered(one, one.stub, who="alice", monkeypatch=monkeypatch)
    assert found.verdict is Grade.BLANK


@pytest.mark.parametrize("who", sampled(["anyone", "alice", "bob"], 3))
@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.number)
def test_a_solution_is_right(one: Exercise, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answered(one, one.solution, who=who, monkeypatch=monkeypatch)
    assert found.verdict is Grade.RIGHT, found.says


@pytest.mark.parametrize("who", sampled(["anyone", "alice"], 2))
@pytest.mark.parametrize(("one", "says", "code"), WRONG, ids=lambda x: getattr(x, "number", None))
def test_a_wrong_answer_gets_its_diagnosis(
    one: Exercise, says: str, code: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answered(one, code, who=who, monkeypatch=monkeypatch)
    assert found.verdict is Grade.NOT_YET
    assert found.says.startswith(says)


def test_a_solution_is_no_stub() -> None:
    assert all("..." not in one.solution for one in EXERCISES)
    assert all("..." in one.stub for one in EXERCISES)


def test_a_source_with_something_missing_says_where(tmp_path: Path) -> None:
    path = tmp_path / "00_new.md"
    path.write_text("# 00_new\n\n## 0.9 New\nkind: blank page\n\nText.\n")
    with pytest.raises(SourceError, match=r"00_new\.md, task 0\.9: there is no section"):
        read(path)
