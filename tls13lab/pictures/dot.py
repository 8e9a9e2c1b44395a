"""From DOT text to SVG: a stored drawing if there is one, otherwise a layout program.

All attacks that a lesson can show are stored, so the lessons need no layout program; a test keeps
the drawings up to date. For any other graph, PyGraphviz is tried, which
contains Graphviz, and then ``dot``. If neither works, a picture shows its DOT text.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec

from tls13lab.pictures.words import placed

TIMEOUT = 60.0
INDEX = "index.json"
"""The file that maps DOT texts (by digest) to stored drawings."""

_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)

# In a separate process, so that Graphviz's warnings about fonts are not shown, and a crash does no
# harm.
_PYGRAPHVIZ = """
import sys
from pygraphviz import AGraph
graph = AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(prog="dot", format="svg"))
"""


class NoLayout(RuntimeError):
    """No program on this machine can draw DOT text."""


def digest(dot: str) -> str:
    """The key of a stored drawing: 16 hexadecimal digits of the hash of its DOT text."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def svg(dot: str) -> str:
    """The SVG document for DOT text. Raises NoLayout, which says what to install."""
    kept = stored(dot)
    if kept is not None:
        return kept
    for command in layout_programs().values():
        drawn = _drawn(dot, command)
        if drawn is not None:
            return drawn
    raise NoLayout("install PyGraphviz (pip install pygraphviz) or Graphviz to draw this picture")


def stored(dot: str) -> str | None:
    """The drawing in the package for exactly this DOT text; None if there is none."""
    name = _index().get(digest(dot))
    if name is None:
        return None
    return (resources.files("tls13lab.pictures") / "stored" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _index() -> Mapping[str, str]:
    file = resources.files("tls13lab.pictures") / "stored" / INDEX
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def pygraphviz() -> Sequence[str] | None:
    """The command that draws with PyGraphviz; None if it is not installed."""
    return [sys.executable, "-P", "-c", _PYGRAPHVIZ] if find_spec("pygraphviz") else None


def layout_programs() -> dict[str, Sequence[str]]:
    """The layout programs on this machine, by name, each with its command; the preferred first."""
    program = shutil.which("dot")
    found = {"PyGraphviz": pygraphviz(), "dot": [program, "-Tsvg"] if program else None}
    return {name: command for name, command in found.items() if command}


def run(command: Sequence[str], dot: str) -> str:
    """The SVG that a command makes from DOT text. Raises OSError or SubprocessError."""
    done = subprocess.run(
        command, input=dot.encode(), capture_output=True, timeout=TIMEOUT, check=True
    )
    return placed(_COMMENT.sub("", done.stdout.decode("utf-8").replace("\r\n", "\n")))


def _drawn(dot: str, command: Sequence[str]) -> str | None:
    """The SVG that a command makes from DOT text; None if it fails."""
    try:
        return run(command, dot)
    except (OSError, subprocess.SubprocessError):
        return None
