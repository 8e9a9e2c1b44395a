"""DOT text to SVG, with whatever can draw it: graphviz-pure, then ``dot``, then a stored picture.

graphviz-pure comes with the package's own requirements and draws the same on every machine. The
stored pictures are for places where no program can be started, such as a browser.
"""

import hashlib
import shutil
import sys
from functools import lru_cache
from importlib import resources
from pathlib import Path


class NoLayout(RuntimeError):
    """Nothing here can draw DOT text."""


def digest(dot: str) -> str:
    """By what a stored picture is found: 16 hex digits of the DOT text's hash."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def svg(dot: str) -> str:
    """The SVG document for ``dot``, or NoLayout with the one thing to do about it."""
    program = layout_program()
    if program is not None:
        return _drawn(dot, program)
    stored = resources.files("tls13lab.pictures") / "stored" / f"{digest(dot)}.svg"
    if stored.is_file():
        return stored.read_text(encoding="utf-8")
    raise NoLayout("install graphviz-pure (python3 run.py lab does) to draw this picture")


def layout_program() -> str | None:
    """The program that lays out DOT text here, or None."""
    name = "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which("graphviz-pure") or shutil.which("dot")


def _drawn(dot: str, program: str) -> str:
    import graphviz
    from graphviz.backend import dot_command

    before = dot_command.DOT_BINARY
    dot_command.DOT_BINARY = Path(program)
    try:
        return str(graphviz.Source(dot).pipe(format="svg", encoding="utf-8"))
    finally:
        dot_command.DOT_BINARY = before
