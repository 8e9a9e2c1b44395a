"""Every submission of the table gets what the table says, and the page has the table."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from coursework.judge import sandbox
from coursework.judge.answers import Limits, Producer
from coursework.judge.judging import judge_notebook, released
from coursework.source import everything
from tests.conftest import ROOT, require_tool
from tests.coursework.hostile import CASES, WHO, Case, handed_in, table
from tests.sampled import quick, sooner

LIMITS = Limits()
QUICK = Limits(cell_s=8, call_s=5, task_s=12)
"""For what never ends; the others must not depend on the speed of the machine."""


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    with sandbox.shelf() as folder:
        yield folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("submission")


@pytest.fixture(scope="module")
def producer(shelf: Path, folder: Path) -> Iterator[Producer]:
    with Producer(WHO, folder, shelf, LIMITS) as one:
        yield one


def need_bubblewrap() -> None:
    require_tool("bwrap")
    if not sandbox.strong():  # not a missing tool: a container that may make no other one
        pytest.skip("bubblewrap may not be used here")


EACH = 4
"""A quick run takes one of this many, whatever only the sandbox holds back, and nothing that runs
into a limit and takes as long."""

SOME = sooner(
    CASES,
    lambda number, case: (number % EACH == 0 or case.boxed) and not case.endless,
    lambda case: case.what,
)


@pytest.mark.parametrize("case", SOME)
def test_a_submission_gets_what_the_table_says(
    case: Case, folder: Path, producer: Producer
) -> None:
    if case.boxed:
        need_bubblewrap()
    for old in folder.iterdir():
        old.unlink()
    handed_in(case, folder)
    producer.limits = QUICK if case.endless else LIMITS
    tasks = everything()[case.notebook]
    path = folder / f"{case.notebook}.ipynb"
    before = path.read_bytes() if path.exists() else None
    marked = judge_notebook(path, released(case.notebook), tasks, producer)
    found = {one.task: one.verdict for one in marked.verdicts}
    says = {one.task: one.says for one in marked.verdicts}
    assert found == {one.number: case.gets.get(one.number, "right") for one in tasks}, says
    listed = bool(marked.hints or marked.notes or any(one.note for one in marked.verdicts))
    assert listed == case.listed, (marked.hints, marked.notes, [v.note for v in marked.verdicts])
    assert (path.read_bytes() if path.exists() else None) == before
    assert json.dumps(asdict(marked), ensure_ascii=False).encode("utf-8")
    for one in marked.verdicts:
        assert "Traceback" not in one.says
        assert str(ROOT) not in one.says
        assert "/tmp" not in one.says


def test_the_table_has_every_notebook_and_enough_kinds() -> None:
    assert len(CASES) >= 25
    assert {case.notebook for case in CASES} == set(everything())


def test_a_quick_run_has_every_notebook_and_every_verdict() -> None:
    some = quick(SOME, Case)
    assert 0 < len(some) < len(CASES)
    assert {case.notebook for case in some} == {case.notebook for case in CASES}
    assert {kind for case in some for kind in kinds(case)} == {
        kind for case in CASES for kind in kinds(case)
    }


def kinds(case: Case) -> set[str]:
    """Its verdicts, whether a person gets a note, and whether it needs bubblewrap."""
    return {*case.gets.values(), f"listed: {case.listed}", f"boxed: {case.boxed}"}


def test_the_page_has_this_table() -> None:
    page = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert table() in page


def test_nothing_of_a_student_is_left_running(shelf: Path) -> None:
    need_bubblewrap()
    mark = "a-program-that-was-left-running"
    cell = (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; "
        f"time.sleep(600) # {mark}'], start_new_session=True)\nx = 1"
    )
    with Producer(WHO, None, shelf, LIMITS) as one, one.answer([cell], "x") as found:
        assert found.value == 1
    deadline = time.monotonic() + 30
    while any(mark in " ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < deadline
        time.sleep(0.1)
