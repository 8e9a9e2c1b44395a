"""Whose keys the judge asks for, and that its own faults cost one task."""

import json
from pathlib import Path

import pytest

from coursework.build import ASSIGNMENT, graded, made
from coursework.judge import judging, sandbox
from coursework.judge.answers import Answer, Limits, Producer
from coursework.judge.judging import judge, judge_notebook, released
from coursework.place import as_solution, required
from coursework.source import everything
from tls13lab.exercises.catalogue import TASKS
from tls13lab.exercises.student import as_drawn

NAME = "00_start_here"


def solved(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    notebook = made(NAME, everything()[NAME], as_solution, required)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.parametrize("who", ["Zoe\N{COMBINING DIAERESIS}", "x" * 120])
def test_a_folders_name_draws_the_tasks_that_the_notebook_drew(tmp_path: Path, who: str) -> None:
    solved(tmp_path / "submitted" / who / ASSIGNMENT)
    (tmp_path / "release" / ASSIGNMENT).mkdir(parents=True)
    handed_out = json.dumps(graded(NAME, everything()[NAME]))
    (tmp_path / "release" / ASSIGNMENT / f"{NAME}.ipynb").write_text(handed_out, encoding="utf-8")
    assert TASKS["0.1"].given(as_drawn(who)) != TASKS["0.1"].given(who)
    (marked,) = judge(tmp_path, who, [NAME])
    assert [one.verdict for one in marked.verdicts] == ["right", "right"], marked
    assert marked.notes == ()


def test_a_fault_of_the_judge_costs_one_task_and_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(answer: Answer) -> str:
        if isinstance(answer.value, int):
            raise RecursionError
        return ""

    monkeypatch.setattr(judging, "_hash", fails)
    solved(tmp_path)
    with sandbox.shelf() as shelf, Producer("alice", tmp_path, shelf, Limits()) as producer:
        path = tmp_path / f"{NAME}.ipynb"
        marked = judge_notebook(path, released(NAME), everything()[NAME], producer)
    first, second = marked.verdicts
    assert (first.verdict, first.note) == ("not yet", "could not be judged (RecursionError)")
    assert second.verdict == "right"
