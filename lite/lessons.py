"""The lessons for the browser: with another kernel, and without cells that need a program.

A cell that uses a real OpenSSL would start a program and open a socket, and a browser can do
neither. Such a cell becomes text: a note on what is missing, the code, and the stored output.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
NEEDS_A_PROGRAM = "tls13lab.peers", "OpenSSLServer(", "s_client("
MISSING = (
    "**Not run here:** this cell talks to a real OpenSSL, and a browser starts no program and "
    "opens no socket. In JupyterLab (`python3 run.py lab`) it runs{so}."
)
_PICTURE = re.compile(r"^\[picture: .*; ([0-9a-f]{8})\]$", re.M)
_SVG = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"')


def for_the_browser(notebook: NotebookNode) -> NotebookNode:
    """The lesson, with its stored outputs, for the browser's kernel."""
    notebook.metadata["kernelspec"] = KERNEL
    notebook.cells = [_shown(cell) if needs_a_program(cell) else cell for cell in notebook.cells]
    return notebook


def needs_a_program(cell: NotebookNode) -> bool:
    """Whether a cell would start a program."""
    live = "live" in cell.metadata.get("tags", ())
    return live and any(text in cell.source for text in NEEDS_A_PROGRAM)


def _shown(cell: NotebookNode) -> NotebookNode:
    """The cell as text: what is missing, its code, and its stored output."""
    streams = (output.text for output in cell.outputs if output.output_type == "stream")
    printed = "".join(streams).rstrip()
    parts = [MISSING.format(so=" and printed what stands below" if printed else "")]
    parts.append(f"```python\n{cell.source}\n```")
    if printed:
        parts.append(f"```text\n{printed}\n```")
    text: NotebookNode = nbformat.v4.new_markdown_cell("\n\n".join(parts), id=cell.id)
    text.metadata["tags"] = ["not-run-here"]
    return text


def pictures(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """The digest and the SVG of each picture in the stored outputs."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            named = _PICTURE.search(data.get("text/plain", ""))
            drawn = _SVG.search(data.get("text/html", ""))
            if named and drawn:
                yield named[1], base64.b64decode(drawn[1]).decode()


def write(notebooks: Path, contents: Path, kept: Path) -> None:
    """Write all lessons of a folder to ``contents``, and their pictures to ``kept``."""
    for folder in (contents, kept):
        folder.mkdir(parents=True)
    for path in sorted(notebooks.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for digest, svg in pictures(notebook):
            (kept / f"{digest}.svg").write_text(svg, encoding="utf-8", newline="\n")
        nbformat.write(for_the_browser(notebook), contents / path.name)
