"""DOT text to SVG, with whatever can draw it: graphviz-pure, then ``dot``, then a stored picture.

graphviz-pure comes with the package's own requirements and draws the same on every machine. The
stored pictures are for places where no program can be started, such as a browser; a test keeps
them current. Where all of that fails, a picture shows its DOT text.
"""

import hashlib
import shutil
import subprocess
import sys
from functools import lru_cache
from importlib import resources
from pathlib import Path

TIMEOUT = 30.0


class NoLayout(RuntimeError):
    """Nothing here can draw DOT text."""


def digest(dot: str) -> str:
    """By what a stored picture is found: 16 hex digits of the DOT text's hash."""
    return hashlib.sha256(dot.encode()).hexdigest()[:16]


@lru_cache(maxsize=64)
def svg(dot: str) -> str:
    """The SVG document for ``dot``, or NoLayout with the one thing to do about it."""
    for program in layout_programs():
        drawn = _drawn(dot, program)
        if drawn is not None:
            return drawn
    kept = stored(dot)
    if kept is not None:
        return kept
    raise NoLayout("install graphviz-pure (python3 run.py lab does) to draw this picture")


def stored(dot: str) -> str | None:
    """The picture that the package ships for just this DOT text, if it does."""
    kept = resources.files("tls13lab.pictures") / "stored" / f"{digest(dot)}.svg"
    return kept.read_text(encoding="utf-8") if kept.is_file() else None


def graphviz_pure() -> str | None:
    """The program of the wheel, beside this Python or on the path, or None."""
    name = "graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure"
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which("graphviz-pure")


def layout_programs() -> list[str]:
    """The programs that can lay out DOT text here, the one to be preferred first."""
    return [program for program in (graphviz_pure(), shutil.which("dot")) if program]


def layout_program() -> str | None:
    """The program that lays out DOT text here, or None."""
    return next(iter(layout_programs()), None)


def run(program: str, dot: str) -> str:
    """What ``program`` makes of the text; an OSError where no process can be started."""
    done = subprocess.run(
        [program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=TIMEOUT, check=True
    )
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def _drawn(dot: str, program: str) -> str | None:
    """The same, or None if that fails: then the next one is to try."""
    try:
        return run(program, dot)
    except (OSError, subprocess.SubprocessError):
        return None
