"""The table in ``docs/browser.md``: how many cells of each lesson run in a browser.

``python -m lite.table`` updates it; a test fails when it is out of date.
"""

from pathlib import Path

import nbformat

from lite import lessons

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "browser.md"
HEAD = (
    "| lesson | cells that run there | only shown, because they need a real OpenSSL |\n"
    "|---|---|---|\n"
)


def table(notebooks: Path = ROOT / "notebooks") -> str:
    """The table, with one row for each lesson."""
    return HEAD + "".join(_row(path) for path in sorted(notebooks.glob("*.ipynb")))


def _row(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = sum(map(lessons.needs_a_program, code))
    runs = f"all {len(code)}" if not shown else f"{len(code) - shown} of {len(code)}"
    return f"| {path.stem} | {runs} | {shown or 'none'} |\n"


def put(text: str) -> str:
    """The document with the current table."""
    before, _, rest = text.partition(HEAD)
    after = rest[rest.index("\n\n") + 1 :]
    return before + table() + after


if __name__ == "__main__":
    DOCUMENT.write_text(put(DOCUMENT.read_text("utf-8")), encoding="utf-8", newline="\n")
