"""What is folded, where it is closed, and that a lesson's core does without its extra sections."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursework.anchors import headings, relink
from coursework.folding import core, fold, for_site, is_extra
from tests.notebooks.refresh import FOLDER
from tls13lab.widgets.keeping import OFF

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EXTRA = "## 2. More\n\n*Extra · 3 minutes*"


def made() -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("## 1. One\n\n*Core · 2 minutes*", id="one"),
        new_code_cell("1", id="seen"),
        new_markdown_cell(EXTRA, id="more"),
        new_code_cell("2", id="helper", metadata={"tags": ["plumbing"], "other": 1}),
        new_markdown_cell("### Task", id="task"),
        new_markdown_cell("## 3. Three", id="three"),
    ]
    notebook: nbformat.NotebookNode = new_notebook(cells=cells)
    fold(notebook)
    return notebook


def test_metadata_follows_from_tags_and_marks() -> None:
    metadata = {cell.id: cell.metadata for cell in made().cells}
    assert metadata["helper"] == {"tags": ["plumbing"], "jupyter": {"source_hidden": True}}
    assert metadata["more"] == {"jp-MarkdownHeadingCollapsed": True}
    assert metadata["seen"] == metadata["one"] == metadata["three"] == {}


def test_an_extra_section_ends_at_the_next_heading_of_its_level() -> None:
    assert [cell.id for cell in core(made())] == ["one", "seen", "more", "three"]


def test_the_site_is_told_by_a_tag() -> None:
    notebook = made()
    for_site(notebook)
    assert notebook.cells[3].metadata["tags"] == ["plumbing", "hide-input"]


def test_links_to_a_section_become_those_of_another_reader(tmp_path: Path) -> None:
    nbformat.write(made(), tmp_path / "02_two.ipynb")
    notebook = made()
    notebook.cells[0].source += "\n\n[a](02_two.ipynb#cell-id=more), [b](#cell-id=more), [c](x#y)"
    relink(notebook, tmp_path, lambda heading, cell: f"{cell}/{heading[0]}")
    assert notebook.cells[0].source.endswith("[a](02_two.ipynb#more/2), [b](#more/2), [c](x#y)")
    assert headings(notebook)["three"] == "3. Three"


@pytest.mark.full
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_core_runs_without_the_extra_sections(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    everything = len(notebook.cells)
    closed = any(is_extra(cell) for cell in notebook.cells)
    notebook.cells = list(core(notebook))
    assert (len(notebook.cells) < everything) == closed
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute(env={**os.environ, **OFF})
