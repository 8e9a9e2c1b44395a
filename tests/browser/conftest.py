"""One JupyterLab for all tests of this folder, and a browser with one page for each file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, start_lab
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab that serves copies of the notebooks, so that the real ones stay as they are."""
    base = tmp_path_factory.mktemp("lab")
    folder = base / "project" / "notebooks"
    if (ROOT / "notebooks").is_dir():
        shutil.copytree(ROOT / "notebooks", folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.ipynb"):
        add_last_cell(path)
    with start_lab(folder.parent, base / "state") as server:
        yield server


def add_last_cell(path: Path) -> None:
    """Add a cell to a copied notebook: when it has run, all before it ran, and without an error."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("'the end'"))
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def tab(browser: Browser, lab_server: LabServer) -> Iterator[LabPage]:
    """One page for a file of tests: to load JupyterLab takes longer than most of them."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = LabPage(context, lab_server)
    yield page
    page.close()
    context.close()


@pytest.fixture
def lab_page(tab: LabPage) -> Iterator[LabPage]:
    """The page, with no notebook open and no kernel from the test before."""
    yield tab
    tab.clear()
