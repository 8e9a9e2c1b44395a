"""Would a test notice? Takes each check of the protocol out, one at a time, and runs the tests.

    .venv/bin/python -m tests.requirements.removed

A check is a ``raise`` in a room that hears the peer. It is replaced by ``pass`` in a copy of the
project; a check that no test misses is printed. Takes about ten minutes; no test runs it.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[2]
ROOMS = ("wire", "messages", "records", "psk", "handshake", "crypto")
TESTS = [f"tests/{room}" for room in ("requirements", "handshake", "records", "messages", "wire")]
TESTS += ["tests/psk", "tests/crypto"]


def checks() -> Iterator[tuple[Path, int, int, int]]:
    """File, first and last line, and indentation of each ``raise``."""
    for room in ROOMS:
        for path in sorted((ROOT / "tls13lab" / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    yield path.relative_to(ROOT), node.lineno, node.end_lineno or 0, node.col_offset


def survives(copy: Path, path: Path, first: int, last: int, column: int) -> bool:
    """Whether all tests pass without this check."""
    original = (ROOT / path).read_text(encoding="utf-8")
    lines = original.splitlines(keepends=True)
    lines[first - 1 : last] = [" " * column + "pass\n"]
    (copy / path).write_text("".join(lines), encoding="utf-8")
    try:
        return passes(copy)
    finally:
        (copy / path).write_text(original, encoding="utf-8")


def passes(copy: Path) -> bool:
    """Whether all tests pass in the copy, in reasonable time."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly"]
    command += ["-p", "no:cacheprovider", *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(only: list[str]) -> int:
    """All checks, or those in files whose names contain a word of ``only``."""
    chosen = [one for one in checks() if not only or any(word in str(one[0]) for word in only)]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "__pycache__"))
        if not passes(copy):
            sys.exit("the tests fail already with every check in its place: mend that first")
        for path, first, last, column in tqdm(chosen, disable=None):
            if survives(copy, path, first, last, column):
                missed += 1
                print(f"{path}:{first} can be taken out, and no test fails")
    print(f"{len(chosen)} checks, {missed} that no test misses")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
