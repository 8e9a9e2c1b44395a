"""Stores what there is to do in the notebooks: ``python -m tests.notebooks.outline``.

It is kept in ``tls13lab/exercises/outline.json``. A cell's code is read, not run:
``Prediction(..., key="...")``, ``check("...", ...)`` and ``Explain("...")``, each with the heading
above it. A section is extra if it, or the part of it that holds the cell, says so in its first
line; a task is if its first line says so, too.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from coursework.folding import is_extra, level
from tests.notebooks.refresh import FOLDER
from tls13lab.exercises import outline
from tls13lab.exercises.outline import EXPLANATION, PREDICTION, TASK

STORED = Path(outline.__file__).with_name(outline.FILE)
KINDS = {"Prediction": PREDICTION, "check": TASK, "Explain": EXPLANATION}


def called(source: str) -> Iterator[tuple[str, str]]:
    """The kind and the key of what a cell asks for; nothing of a cell that is not Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = {word.arg: word.value for word in node.keywords}
            key = named.get("key", node.args[0] if node.args else None)
            if node.func.id in KINDS and isinstance(key, ast.Constant):
                yield KINDS[node.func.id], str(key.value)


def items(path: Path) -> Iterator[dict[str, Any]]:
    """What there is to do in a notebook, in order."""
    heading, place, extra = "", "", {2: False, 3: False}
    folded, depth = "", 0  # the heading that hides what follows, and its level
    for cell in nbformat.read(path, as_version=4).cells:
        if level(cell) <= depth:
            folded, depth = "", 0
        if is_extra(cell) and not folded:
            folded, depth = cell.id, level(cell)
        if cell.cell_type == "markdown":
            for hashes, title, below in re.findall(
                r"(?m)^(#{2,3}) (.+)\n*((?:.+\n?)*)", cell.source
            ):
                heading, place = re.sub(r"[*`]", "", title).strip(), cell.id
                extra[len(hashes)] = bool(re.match(r"\*Extra\b|.*\* Extra\.", below))
                if len(hashes) == 2:
                    extra[3] = False
            continue
        for kind, key in called(cell.source):
            where = {"heading": heading, "cell": place, "extra": any(extra.values())}
            where["folded"] = "" if folded == place else folded
            yield {"kind": kind, "key": key, **where}


def taken(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The outline of all notebooks of a folder."""
    return [
        {
            "number": path.name[:2],
            "notebook": path.name,
            "title": re.sub(r"[*`]", "", title(path)),
            "items": list(items(path)),
        }
        for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    ]


def title(path: Path) -> str:
    """What stands after the number in the first heading."""
    first: str = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
    return first.partition("·")[2].strip()


def store() -> bool:
    """Write the outline; whether it has changed."""
    text = json.dumps(taken(), indent=1, ensure_ascii=False) + "\n"
    changed = not STORED.exists() or STORED.read_text(encoding="utf-8") != text
    STORED.write_text(text, encoding="utf-8", newline="\n")
    return changed


if __name__ == "__main__":
    print(f"{STORED.name}: {'changed' if store() else 'unchanged'}")
