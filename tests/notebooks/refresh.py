"""Run notebooks in a fresh kernel and store their outputs: ``python -m tests.notebooks.refresh``.

With names (``00_start_here`` or a path) only those are run. What is stored depends on nothing but
the sources: running this twice gives the same bytes, whatever a person has answered in the same
folder. The lessons' outline is stored first, because ``progress()`` shows it. Live views of widgets
are not stored, because they mean nothing without their kernel; their text/html and text/plain are.
"""

import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from coursework.folding import fold
from tls13lab.widgets.keeping import OFF

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def tidy(notebook: NotebookNode) -> None:
    """Take out, in place, all that a run leaves behind besides sources and outputs; and fold."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    fold(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata = NotebookNode()


def to_text(notebook: NotebookNode) -> str:
    """The file's text, in the one layout that is kept."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text + "\n"


def refresh(path: Path) -> None:
    """Run ``path`` from its first cell to its last and store it; raises CellExecutionError."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    client.execute(env={**os.environ, **OFF})
    tidy(notebook)
    path.write_text(to_text(notebook), encoding="utf-8", newline="\n")


def main(names: list[str]) -> None:
    """Refresh the named notebooks, or all."""
    from tests.notebooks import outline  # which reads the notebooks of this file's folder

    print(f"{outline.STORED.name}: {'changed' if outline.store() else 'unchanged'}")
    paths = [FOLDER / f"{Path(name).stem}.ipynb" for name in names] or sorted(
        FOLDER.glob("*.ipynb")
    )
    for path in paths:
        before = path.read_bytes()
        start = time.perf_counter()
        refresh(path)
        change = "unchanged" if path.read_bytes() == before else "changed"
        print(f"{path.name}: {change}, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
