"""From a fresh clone to a lab and to a green run of the tests: seconds, and MB on the disk.

Each command begins in a clone of its own, with no uv on the PATH and with empty caches of uv and
pip, so that all is fetched: the network is in the figures. The clock starts when the command does.
``BEFORE`` was measured in the same way, on two cores, at the last commit that installed with pip
and ran every suite in ``run.py test``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
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
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "VIRTUAL_ENV"))}
        caches = {f"{name}_CACHE_DIR": str(base / name) for name in ("UV", "PIP")}
        self.environment = ours | caches | {"PATH": os.pathsep.join(there)}

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
            return time.perf_counter() - began

    def megabytes(self) -> float:
        """MB of the environment; a file that has several names counts once."""
        files = {
            (said.st_dev, said.st_ino): said.st_size
            for said in (path.lstat() for path in (self.folder / ".venv").rglob("*"))
        }
        return sum(files.values()) / 1e6


def measure() -> list[float]:
    """The figures of this commit, one for each row of ``BEFORE``."""
    found = []
    with tempfile.TemporaryDirectory() as base:
        lab = Clone(Path(base))
        found += [lab.answers(Path(base) / "lab.log"), lab.megabytes()]
    with tempfile.TemporaryDirectory() as base:
        tests = Clone(Path(base))
        installed = tests.run("-c", INSTALL, "test")
        found += [installed, tests.megabytes(), installed + tests.run("run.py", "test")]
    with tempfile.TemporaryDirectory() as base:
        whole = Clone(Path(base))
        found += [whole.run("-c", INSTALL, "all"), whole.megabytes()]
    return found


def table(now: list[float]) -> str:
    """The table of docs/doors.md, with these figures of today."""
    rows = [f"| {TITLE} | before | now |", "|---|---:|---:|"]
    figures = zip(BEFORE.items(), now, strict=True)
    rows += [f"| {row} | {before} | {value:.0f} |" for (row, before), value in figures]
    return "\n".join(rows)
