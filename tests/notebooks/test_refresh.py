"""Refreshing stores what the cells show, the same bytes each time, and nothing of the machine."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.conftest import ROOT
from tests.notebooks.refresh import METADATA, WIDGET_VIEW, refresh
from tls13lab.widgets.keeping import FILE, VARIABLE, Keeper


def stored(path: Path, *sources: str) -> NotebookNode:
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    cells[0].metadata = {"tags": ["setup"], "execution": {"iopub.execute_input": "now"}}
    nbformat.write(new_notebook(cells=cells, metadata={"widgets": {}}), path)
    refresh(path)
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


@pytest.mark.full
def test_the_same_bytes_each_time_and_no_live_widget(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    notebook = stored(path, "import ipywidgets", "ipywidgets.IntSlider()", "print(1)\nprint(2)")
    first = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == first
    assert notebook.metadata == METADATA
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2"]
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[0].metadata == {"tags": ["setup"], "jupyter": {"source_hidden": True}}
    assert WIDGET_VIEW not in notebook.cells[1].outputs[0].data
    assert [output.text for output in notebook.cells[2].outputs] == ["1\n2\n"]


def test_a_cell_that_fails_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        stored(path, "1 / 0")
    assert nbformat.read(path, as_version=4).cells[0].outputs == []


def test_every_program_that_runs_notebooks_leaves_what_a_person_answered_alone() -> None:
    folders = ("bench", "coursework", "lite", "pages", "tests/notebooks")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    running = {
        name: text for name, text in texts.items() if re.search(r"NotebookClient\(\s*\w", text)
    }
    assert set(running) >= {"coursework/build.py", "pages/taping.py", "tests/notebooks/refresh.py"}
    assert [name for name, text in running.items() if "**OFF" not in text] == []


ASKS = """from tls13lab.lesson import Explain, Prediction, check, progress
asked = Prediction("Which?", ("a", "b"), key="02 when")"""
SHOWS = ("progress('02')", "asked.reveal('a', 'so')", "Explain('02.1')", "check('2.1', b'wrong')")


@pytest.mark.full
def test_what_a_person_answered_in_the_folder_is_neither_shown_nor_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)  # as at the command line
    path = tmp_path / "a.ipynb"
    stored(path, ASKS, *SHOWS)
    first = path.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["a.ipynb"]
    Keeper(tmp_path / FILE).change(
        lambda work: (
            work.with_verdict("2.1", "RIGHT")
            .with_choice("02 when", "b")
            .with_explanation("02.1", "Why?", "So.")
        )
    )
    before = (tmp_path / FILE).read_bytes()
    refresh(path)
    assert path.read_bytes() == first
    assert (tmp_path / FILE).read_bytes() == before
