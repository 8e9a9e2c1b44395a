"""From a fresh clone to a lab and to a green run of the tests: seconds, and MB on the disk.

Each command begins in a clone of its own, with no uv on the PATH, an empty home and empty caches,
so that all is fetched: the network is in the figures. The clock starts when the command does. A
figure is told as soon as it is known, because a command that fails ends it all.
``BEFORE`` is what was noted of commit 5b98041, which installed with pip and ran every suite in
``run.py test``: by hand, on two cores, and it is not measured again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.lab_server import jupyter

ROOT = Path(__file__).resolve().parent.parent
TITLE = "from a fresh clone"
BEFORE = {
    "`run.py lab` answers, seconds": 91,
    "its environment, MB": 655,
    "`run.py test` has installed, seconds": 230,
    "its environment, MB (`test`)": 1400,
    "`run.py test` is green, seconds": 1610,
    "`run.py test --all` has installed, seconds": 230,
    "its environment, MB (`--all`)": 1400,
}
INSTALL = "import sys, installing; installing.install(sys.argv[1])"


class Clone:
    """A clone of this project, under ``base``, on a machine where nothing was installed before."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(self.folder)], check=True)
        # The Python that made the environment in which this runs, if it runs in one.
        self.python = str(getattr(sys, "_base_executable", sys.executable))
        there = os.environ.get("PATH", os.defpath).split(os.pathsep)
        there = [one for one in there if not shutil.which("uv", path=one)]
        own = ("JUPYTER", "PYTHON", "VIRTUAL_ENV", "XDG_")
        ours = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        empty = {"HOME": "home", "PIP_CACHE_DIR": "pip", "UV_CACHE_DIR": "uv"}
        empty = {name: str(base / folder) for name, folder in empty.items()}
        (base / "home").mkdir()
        self.environment = ours | empty | {"PATH": os.pathsep.join(there)}

    def run(self, *arguments: str) -> float:
        """Seconds that this Python takes with these arguments; it must succeed."""
        began = time.perf_counter()
        done = subprocess.run(
            [self.python, *arguments], cwd=self.folder, env=self.environment, stdout=sys.stderr
        )
        if done.returncode != 0:
            raise SystemExit(f"bench.doors: {' '.join(arguments)} failed in a fresh clone")
        return time.perf_counter() - began

    def answers(self, log: Path) -> float:
        """Seconds until the server of ``run.py lab`` answers."""
        command = [self.python, "run.py", "lab", "--no-browser"]
        began = time.perf_counter()
        with jupyter(command, self.folder, self.environment, log):
            seconds = time.perf_counter() - began
        self.run("run.py", "trust")  # the lab does so beside itself; it must not outlive the folder
        return seconds

    def megabytes(self) -> float:
        """MB of the environment; a file that has several names counts once."""
        files = {
            (said.st_dev, said.st_ino): said.st_size
            for said in (path.lstat() for path in (self.folder / ".venv").rglob("*"))
        }
        return sum(files.values()) / 1e6


@contextmanager
def clone() -> Iterator[Clone]:
    """A clone in a folder that goes away."""
    with tempfile.TemporaryDirectory() as base:
        yield Clone(Path(base))


def measured() -> Iterator[float]:
    """The figures of this commit, one for each row of ``BEFORE``."""
    with clone() as lab:
        yield lab.answers(lab.folder.parent / "lab.log")
        yield lab.megabytes()
    with clone() as tests:
        yield (installed := tests.run("-c", INSTALL, "test"))
        yield tests.megabytes()
        yield installed + tests.run("run.py", "test")
    with clone() as whole:
        yield whole.run("-c", INSTALL, "all")
        yield whole.megabytes()


def measure() -> list[float]:
    """All of them."""
    found = []
    for row, figure in zip(BEFORE, measured(), strict=True):
        print(f"bench.doors: {row}: {figure:.0f}", file=sys.stderr, flush=True)
        found.append(figure)
    return found


def everything() -> dict[str, float]:
    """Seconds until the whole of ``run.py test --all`` is green, installing included."""
    with clone() as whole:
        return {"`run.py test --all` is green": whole.run("run.py", "test", "--all")}


def table(now: list[float]) -> str:
    """The table of docs/doors.md, with these figures of today."""
    rows = [f"| {TITLE} | before | now |", "|---|---:|---:|"]
    figures = zip(BEFORE.items(), now, strict=True)
    rows += [f"| {row} | {before} | {value:.0f} |" for (row, before), value in figures]
    return "\n".join(rows)
