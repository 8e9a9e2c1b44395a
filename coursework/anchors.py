"""Links to a section of a lesson, as each reader of notebooks wants them.

In ``notebooks/`` they are JupyterLab's: ``04_forward_secrecy.ipynb#2.-How-it-was-opened``, which is
the heading with hyphens for spaces. Colab goes by the ids of cells; ``pages`` makes the site's.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LINK = re.compile(r"\]\((?P<file>\d\d_\w+\.ipynb)?#(?P<anchor>[^)\s]+)\)")


def anchor(title: str) -> str:
    """JupyterLab's name for a heading.

    >>> anchor("1. A stolen PSK, a year later")
    '1.-A-stolen-PSK,-a-year-later'
    """
    return title.strip().replace("`", "").replace(" ", "-")


def headings(cells: list[NotebookNode]) -> dict[str, tuple[str, str]]:
    """By its name, the text of each heading of a notebook, and the id of its cell."""
    return {
        anchor(title): (title, cell.id)
        for cell in cells
        if cell.cell_type == "markdown"
        for title in re.findall(r"(?m)^#{1,3} (.+)$", cell.source)
    }


def relink(
    notebook: NotebookNode, folder: Path, to: Callable[[str, str], str], own: str = ""
) -> None:
    """Give every link to a section the anchor ``to(title, cell id)``, in place.

    ``folder`` has the notebooks; a link within the notebook becomes one into the file ``own``.
    """
    known: dict[str, Mapping[str, tuple[str, str]]] = {"": headings(notebook.cells)}

    def changed(link: re.Match[str]) -> str:
        file = link["file"] or ""
        if file not in known:
            known[file] = headings(nbformat.read(folder / file, as_version=4).cells)
        return f"]({file or own}#{to(*known[file][link['anchor']])})"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(changed, cell.source)
