"""DOT text to SVG: a stored drawing where there is one, else whatever program can lay it out.

Stored are the key schedule and all attacks that a lesson can come to, so that reading and trying
needs no layout program; a test keeps them current. For any other graph PyGraphviz is asked, which
has Graphviz inside, and then ``dot``. Where all of that fails, a picture shows its DOT text.
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
"""Which stored drawing is of which DOT text."""

_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)

# In a process of its own: what Graphviz says of this machine's fonts goes nowhere, and if it dies,
# that is all that dies.
_PYGRAPHVIZ = """
import sys
from pygraphviz import AGraph
graph = AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(prog="dot", format="svg"))
"""


class NoLayout(RuntimeError):
    """Nothing here can draw DOT text."""


def digest(dot: str) -> str:
    """By what a stored drawing is found: 16 hex digits of the DOT text's hash."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def svg(dot: str) -> str:
    """The SVG document for ``dot``, or NoLayout with the one thing to do about it."""
    kept = stored(dot)
    if kept is not None:
        return kept
    for command in layout_programs().values():
        drawn = _drawn(dot, command)
        if drawn is not None:
            return drawn
    raise NoLayout("install PyGraphviz (pip install pygraphviz) or Graphviz to draw this picture")


def stored(dot: str) -> str | None:
    """The drawing that the package ships for just this DOT text, if it does."""
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
    """The command that draws with PyGraphviz, or None where it is not installed."""
    return [sys.executable, "-P", "-c", _PYGRAPHVIZ] if find_spec("pygraphviz") else None


def layout_programs() -> dict[str, Sequence[str]]:
    """What can lay out DOT text here, by name, the one to be preferred first, with its command."""
    program = shutil.which("dot")
    found = {"PyGraphviz": pygraphviz(), "dot": [program, "-Tsvg"] if program else None}
    return {name: command for name, command in found.items() if command}


def run(command: Sequence[str], dot: str) -> str:
    """What the command makes of the text; an OSError where no process can be started."""
    done = subprocess.run(
        command, input=dot.encode(), capture_output=True, timeout=TIMEOUT, check=True
    )
    return placed(_COMMENT.sub("", done.stdout.decode("utf-8").replace("\r\n", "\n")))


def _drawn(dot: str, command: Sequence[str]) -> str | None:
    """The same, or None if that fails: then the next one is to try."""
    try:
        return run(command, dot)
    except (OSError, subprocess.SubprocessError):
        return None
