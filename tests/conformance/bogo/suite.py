"""Runs BoGo against the lab: finds its runner, starts it, reads what it prints.

The runner is a Go program out of BoringSSL's sources and no part of this project; ``install.sh``
builds it on Debian.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tests.conformance.bogo.differences import DIFFERENCES, Difference
from tests.conformance.bogo.flags import LOG
from tests.conformance.bogo.waiting import waiting

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
CONFIG, RESULTS = HERE / "config.json", HERE / "results.json"
HOW = (
    "BoGo's runner is not here: build it with tests/conformance/install.sh (Debian 12, as root), "
    "or let TLS13LAB_BOGO name a folder that holds it and its keys"
)
STUB = '#!/bin/sh\ncase "$*" in *-is-handshaker-supported*) echo No; exit 0;; esac\nexit 89\n'
"""A shim that can do nothing, for the list of all tests."""


class NotInstalled(Exception):
    """There is no runner; the text says how to get one."""


@dataclass
class Report:
    """What became of each test, by its name, and what the shim wrote about the flags."""

    passed: set[str] = field(default_factory=set)
    unimplemented: set[str] = field(default_factory=set)
    differing: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    flags: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)

    @property
    def ran(self) -> set[str]:
        """All tests that were started."""
        return self.passed | self.unimplemented | self.differing | set(self.failed)


def installed() -> Path:
    """The folder with ``runner`` and its keys; raises NotInstalled."""
    folder = Path(os.environ.get("TLS13LAB_BOGO", ROOT / "build" / "bogo"))
    if not (folder / "runner").is_file():
        raise NotInstalled(HOW)
    return folder


def disabled() -> dict[str, str]:
    """The patterns of tests that are not run, and why."""
    reasons: dict[str, str] = json.loads(CONFIG.read_text("utf-8"))["DisabledTests"]
    return reasons


def difference(name: str) -> Difference | None:
    """The known difference that a test shows, if any."""
    for one in DIFFERENCES:
        if any(fnmatchcase(name, pattern) for pattern in one.names):
            return one
    return None


def run(names: Iterable[str] = (), workers: int = 2) -> Report:
    """Run the tests that match any of ``names``, or all that are not disabled."""
    with tempfile.TemporaryDirectory() as folder:
        shim, log, at = (Path(folder) / name for name in ("shim", "log", "waiting"))
        start = [sys.executable, "-ISE", str(HERE / "__main__.py"), str(at)]
        shim.write_text(f'#!/bin/sh\nexec {shlex.join(start)} "$@"\n', "utf-8")
        with waiting(at, ROOT, {LOG: str(log)}):
            printed = _runner(shim, names, workers)
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
    report = read(printed)
    for line in lines:
        role, _, flag = line.partition(" ")
        if flag:
            report.flags[flag] += 1
        else:
            report.roles[role] += 1
    return report


def all_names(*, include_disabled: bool = False) -> set[str]:
    """The name of every test that would be run."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder) / "shim"
        shim.write_text(STUB, "ascii")
        return read(_runner(shim, (), 2, include_disabled=include_disabled)).unimplemented


def _runner(
    shim: Path,
    names: Iterable[str],
    workers: int,
    *,
    include_disabled: bool = False,
) -> str:
    folder = installed()
    shim.chmod(0o700)
    command = [str(folder / "runner"), "-pipe", "-allow-unimplemented", "-num-workers"]
    command += [str(workers), "-shim-path", str(shim), "-shim-config", str(CONFIG)]
    command += ["-resource-dir", str(folder / "keys")]
    command += ["-include-disabled"] if include_disabled else []
    if names := list(names):
        command += ["-test", ";".join(names)]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if not re.search(r"^(PASSED|FAILED|UNIMPLEMENTED) \(", done.stdout, re.MULTILINE):
        raise RuntimeError(f"BoGo's runner ran nothing: {(done.stderr or done.stdout)[-300:]}")
    return done.stdout


def read(printed: str) -> Report:
    """The report in what the runner printed."""
    report = Report()
    parts = re.split(r"^(PASSED|FAILED|UNIMPLEMENTED) \((.*)\)$", printed, flags=re.MULTILINE)
    for outcome, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        known = difference(name)
        if outcome == "UNIMPLEMENTED":
            report.unimplemented.add(name)
        elif outcome == "FAILED" and known is not None and known.said in text:
            report.differing.add(name)
        elif outcome == "FAILED":
            report.failed[name] = text.strip()
        elif known is not None:
            report.failed[name] = "it passes, and stands among the differences"
        else:
            report.passed.add(name)
    return report
