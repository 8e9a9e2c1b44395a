"""Links to a section of a lesson, as each reader of notebooks wants them.

In ``notebooks/`` a link names the cell with the heading, ``02_resumption.ipynb#cell-id=02-29``,
which JupyterLab understands. Colab has another word for it, and the site goes by headings.
"""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LINK = re.compile(r"\]\((?P<file>\d\d_\w+\.ipynb)?#cell-id=(?P<cell>[\w-]+)\)")


def headings(notebook: NotebookNode) -> dict[str, str]:
    """The heading with which a cell begins, by the id of the cell."""
    found = {}
    for cell in notebook.cells:
        heading = re.match(r"#{1,3} (.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            found[cell.id] = heading[1].strip()
    return found


def relink(notebook: NotebookNode, folder: Path, to: Callable[[str, str], str]) -> None:
    """Give every link to a section the anchor ``to(heading, cell id)``, in place.

    ``folder`` has the other notebooks. Raises KeyError if a cell has no heading.
    """
    known = {"": headings(notebook)}

    def changed(link: re.Match[str]) -> str:
        file, cell = link["file"] or "", link["cell"]
        if file not in known:
            known[file] = headings(nbformat.read(folder / file, as_version=4))
        return f"]({file}#{to(known[file][cell], cell)})"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(changed, cell.source)
