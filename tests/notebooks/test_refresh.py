"""Refreshing stores what the cells show, the same bytes each time, and nothing of the machine."""

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks.refresh import METADATA, WIDGET_VIEW, refresh


def stored(path: Path, *sources: str) -> NotebookNode:
    cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    cells[0].metadata = {"tags": ["setup"], "execution": {"iopub.execute_input": "now"}}
    nbformat.write(new_notebook(cells=cells, metadata={"widgets": {}}), path)
    refresh(path)
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def test_the_same_bytes_each_time_and_no_live_widget(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    notebook = stored(path, "import ipywidgets", "ipywidgets.IntSlider()", "print(1)\nprint(2)")
    first = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == first
    assert notebook.metadata == METADATA
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2"]
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3]
    assert notebook.cells[0].metadata == {"tags": ["setup"]}
    assert WIDGET_VIEW not in notebook.cells[1].outputs[0].data
    assert [output.text for output in notebook.cells[2].outputs] == ["1\n2\n"]


def test_a_cell_that_fails_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        stored(path, "1 / 0")
    assert nbformat.read(path, as_version=4).cells[0].outputs == []
