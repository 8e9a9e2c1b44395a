"""What of a lesson opens folded, and how each reader of notebooks is told so.

Folded is code that a student need not read: imports, helpers, predictions, and what answers them.
Folded is also an extra section, which a student may leave out. Both run like everything else.

JupyterLab reads it from a cell's metadata, and so do Binder and the lab in the browser, because
they are JupyterLab. Colab wants it in other words, and so does the site.
"""

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode, from_dict

FOLDED = frozenset({"setup", "plumbing", "predict", "reveal"})
"""The tags of the cells whose code is folded."""
EXTRA = re.compile(r"#{2,3} [^\n]+\n\n\*Extra\b[^\n]*\*(\n|$)")
"""The beginning of the cell with an extra section's heading: nothing may stand before it."""
TITLE = "#@title Code"
"""The first line of a folded cell in Colab, which shows it in place of the code."""


def is_folded(cell: NotebookNode) -> bool:
    """Whether the cell's code is folded."""
    return cell.cell_type == "code" and bool(FOLDED & set(cell.metadata.get("tags", ())))


def is_extra(cell: NotebookNode) -> bool:
    """Whether the cell is the heading of an extra section."""
    return cell.cell_type == "markdown" and bool(EXTRA.match(cell.source))


def level(cell: NotebookNode) -> int:
    """The level of the heading with which the cell begins; 7, below all headings, without one."""
    heading = re.match(r"(#{1,6}) ", cell.source) if cell.cell_type == "markdown" else None
    return len(heading[1]) if heading else 7


def metadata(cell: NotebookNode) -> dict[str, Any]:
    """All metadata that a cell of a lesson has: its tags, and what follows from them."""
    made: dict[str, Any] = {}
    if cell.metadata.get("tags"):
        made["tags"] = list(cell.metadata["tags"])
    if is_folded(cell):
        made["jupyter"] = {"source_hidden": True}
    if is_extra(cell):
        made["jp-MarkdownHeadingCollapsed"] = True
    return made


def fold(notebook: NotebookNode) -> None:
    """Give each cell its metadata, in place; other metadata is lost."""
    for cell in notebook.cells:
        cell.metadata = from_dict(metadata(cell))


def core(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells that a student meets who opens no extra section; the headings are among them."""
    closed = 0  # the level of the heading that hides what follows
    for cell in notebook.cells:
        if closed and level(cell) > closed:
            continue
        closed = level(cell) if is_extra(cell) else 0
        yield cell


def for_colab(notebook: NotebookNode) -> None:
    """Say the same to Colab, in place: a form for each folded cell, a list of closed sections."""
    closed = []
    for cell in notebook.cells:
        if is_folded(cell):
            cell.metadata["cellView"] = "form"
            cell.source = f"{TITLE}\n{cell.source}"
        if is_extra(cell):
            cell.metadata["id"] = cell.id  # by this name, not by its own, Colab knows a cell
            closed.append(cell.id)
    notebook.metadata["colab"] = from_dict({"collapsed_sections": closed})


def for_site(notebook: NotebookNode) -> None:
    """Say the same to MyST-NB, in place, which knows tags. ``pages.folds`` sees to the sections."""
    for cell in notebook.cells:
        if is_folded(cell):
            cell.metadata["tags"] = [*cell.metadata["tags"], "hide-input"]
