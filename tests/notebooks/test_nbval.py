"""The plain command of nbval's documentation works here: `pytest --nbval notebooks/`."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tls13lab.widgets.keeping import FILE, VARIABLE, Keeper

LESSON = "notebooks/00_start_here.ipynb"
WHAT_SETS_IT = ("conftest.py", "run.py", "tests/nbval_sanitize.cfg")


def pytest_says(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.full
def test_a_lessons_cells_stay_in_order_when_tests_are_shuffled() -> None:
    said = pytest_says(ROOT, "--nbval", LESSON, "--collect-only", "--randomly-seed=1")
    collected = [line for line in said.splitlines() if line.startswith(LESSON)]
    notebook = nbformat.read(ROOT / LESSON, as_version=4)
    count = sum(cell.cell_type == "code" for cell in notebook.cells)
    assert collected == [f"{LESSON}::Cell {number}" for number in range(count)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Our pytest configuration, and two notebooks of which each cell needs the one before.

    The last shows an address, which is another one in every run; one stored output is wrong.
    """
    for name in WHAT_SETS_IT:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    shown = {
        "a = 1": "",
        "b = a + 1": "",
        "b": "2",
        "object()": "<object at 0x7f0000000000>",
    }
    notebook = nbformat.v4.new_notebook()
    for count, (source, text) in enumerate(shown.items(), start=1):
        cell = nbformat.v4.new_code_cell(source, execution_count=count)
        if text:
            data = {"text/plain": text}
            result = nbformat.v4.new_output("execute_result", data=data, execution_count=count)
            cell.outputs = [result]
        notebook.cells.append(cell)
    nbformat.write(notebook, tmp_path / "one.ipynb")
    notebook.cells[2].outputs[0].data["text/plain"] = "3"
    nbformat.write(notebook, tmp_path / "two.ipynb")
    return tmp_path


@pytest.mark.full
def test_strict_and_shared_out_it_sees_the_one_stored_output_that_is_wrong(project: Path) -> None:
    said = pytest_says(project, "--nbval", "-n", "2", "--randomly-seed=1", ".")
    assert "1 failed, 7 passed" in said, said
    assert "two.ipynb::Cell 2" in said


@pytest.mark.full
def test_lax_every_cell_runs(project: Path) -> None:
    said = pytest_says(project, "--nbval-lax", "--randomly-seed=1", "two.ipynb")
    assert "4 passed" in said, said


@pytest.mark.full
def test_it_sees_and_leaves_nothing_of_what_a_person_answers(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)  # as at the command line
    source = "from tls13lab.widgets.keeping import keeper\nkeeper.read().tasks"
    shown = nbformat.v4.new_output("execute_result", data={"text/plain": "{}"}, execution_count=1)
    change = "keeper.change(lambda work: work.with_verdict('2.2', 'RIGHT'))"
    cells = [
        nbformat.v4.new_code_cell(source, execution_count=1, outputs=[shown]),
        nbformat.v4.new_code_cell(change, execution_count=2),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), project / "three.ipynb")
    said = pytest_says(project, "--nbval", "three.ipynb")
    assert "2 passed" in said, said
    assert not (project / FILE).exists()
    Keeper(project / FILE).change(lambda work: work.with_verdict("2.1", "RIGHT"))
    before = (project / FILE).read_bytes()
    said = pytest_says(project, "--nbval", "three.ipynb")
    assert "2 passed" in said, said
    assert (project / FILE).read_bytes() == before
