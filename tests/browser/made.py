"""Notebooks made for one test, opened in the running JupyterLab."""

from collections.abc import Iterable

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.lab_page import LabPage

KERNEL = {"name": "python3", "display_name": "Python 3"}  # else JupyterLab asks which to take


def open_made(page: LabPage, name: str, *sources: str, widgets: Iterable[int] = ()) -> None:
    """Open a new notebook with these cells; those whose numbers are given are tagged ``widget``."""
    cells = [new_code_cell(source) for source in (*sources, "'the end'")]
    for number in widgets:
        cells[number].metadata["tags"] = ["widget"]
    path = page.server.folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    page.open(path.name)
