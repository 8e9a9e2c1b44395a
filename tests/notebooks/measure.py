"""How long the lessons are, in numbers: ``python -m tests.notebooks.measure [FOLDER]``.

For each notebook: words, cells, lines of code in sight, cells that show nothing, the minutes that
its head says, and its height without a kernel, in screens of 780 pixels at a width of 1280. "All"
has everything open; "core" is what a student meets who opens no extra section and no folded code.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from playwright.sync_api import Browser

from coursework.folding import core
from tests.browser.launched import launched
from tests.notebooks.refresh import FOLDER

SCREEN = 780
WIDTH = 1280
WORDS_A_MINUTE = 100  # a text about bytes is read slowly, and often in a foreign language
MINUTES_A_LINE = 0.12
MINUTES_A_PREDICTION = 0.75
MINUTES_A_WIDGET = 1.5


@dataclass(frozen=True)
class Size:
    """What was counted in one notebook."""

    name: str
    words: int
    cells: int
    code: int
    lines: int
    silent: int
    said: str
    screens: float
    core_screens: float


def is_closed(cell: NotebookNode) -> bool:
    """Whether the cell's code is not in sight. An older lesson has the tag, but shows its code."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def tags(cell: NotebookNode) -> set[str]:
    """What the cell says that it is for."""
    return set(cell.metadata.get("tags", ()))


def words(cells: list[NotebookNode]) -> int:
    """The words of the text, without the task cells."""
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return sum(len(re.findall(r"\S*\w\S*", text)) for text in texts)


def minutes(cells: list[NotebookNode]) -> float:
    """A guess at how long these cells take, tasks left out."""
    ours = [cell for cell in cells if not cell.id.startswith("task-")]
    found = words(ours) / WORDS_A_MINUTE
    for cell in ours:
        if cell.cell_type == "code" and not is_closed(cell):
            found += MINUTES_A_LINE * len(cell.source.splitlines())
        if "predict" in tags(cell):
            found += MINUTES_A_PREDICTION
        elif "widget" in tags(cell):
            found += MINUTES_A_WIDGET
    return found


def is_silent(cell: NotebookNode) -> bool:
    """Whether the cell is in sight and shows nothing; a task's answer need not show anything."""
    return not (is_closed(cell) or "task" in tags(cell) or cell.outputs)


def said(notebook: NotebookNode) -> str:
    """The minutes at the notebook's head: core, extra, tasks."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    line = re.search(r"(?m)^\*\*Time:\*\*.*$|^.*takes about \d+ minutes.*$", text)
    return "+".join(re.findall(r"\b\d+\b", line[0])) if line else "-"


def height(browser: Browser, notebook: NotebookNode) -> float:
    """The height of the notebook as a page, in screens."""
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    page.route("**/*", lambda route: route.abort())
    page.set_content(html)
    tall: float = page.evaluate("document.querySelector('main, body').scrollHeight")
    page.close()
    return tall / SCREEN


def size(browser: Browser, path: Path) -> Size:
    """Measure one notebook."""
    notebook, small = (nbformat.read(path, as_version=4) for _ in range(2))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    small.cells = list(core(small))
    for cell in small.cells:
        if is_closed(cell):
            cell.source = cell.source.splitlines()[0]  # what JupyterLab shows of it
    return Size(
        name=path.stem,
        words=words(notebook.cells),
        cells=len(notebook.cells),
        code=len(code),
        lines=sum(len(one.source.splitlines()) for one in code if not is_closed(one)),
        silent=sum(is_silent(one) for one in code),
        said=said(notebook),
        screens=height(browser, notebook),
        core_screens=height(browser, small),
    )


def main(folder: Path) -> None:
    """Print the table for all notebooks of a folder."""
    print(f"{'':30}{'words':>7}{'cells':>7}{'code':>6}{'lines':>7}{'silent':>8}", end="")
    print(f"{'screens: all':>14}{'core':>7}  minutes said: core+extra+tasks")
    with launched() as browser:
        for path in sorted(folder.glob("*.ipynb")):
            one = size(browser, path)
            print(f"{one.name:30}{one.words:7}{one.cells:7}{one.code:6}{one.lines:7}", end="")
            print(f"{one.silent:8}{one.screens:14.1f}{one.core_screens:7.1f}  {one.said}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
