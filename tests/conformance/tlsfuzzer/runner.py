"""Runs tlsfuzzer's scripts from a checkout of it, one after the other, and reads their summaries.

tlsfuzzer is GPL-2.0 and no part of this project. It needs tlslite-ng, in the version that its
``requirements.txt`` names, in the Python that runs it: this one, or that of ``--python``.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.conformance.tlsfuzzer.scripts import NOT_RUN, RESULTS, SCRIPTS, Script
from tests.conformance.tlsfuzzer.servers import SERVERS, serving

PREFIX, SECONDS = "test-tls13-", 1200
ROOT = Path(__file__).parents[3]


@dataclass
class Outcome:
    """One script: how many of its probes passed, which failed as expected, and which did not."""

    name: str
    passed: int
    expected: list[str]
    failed: list[str]
    trouble: str = ""


def read(name: str, printed: str, script: Script) -> Outcome:
    """The outcome in what a script printed."""
    found = re.search(r"^PASS: (\d+)$", printed, re.MULTILINE)
    if found is None:
        lines = printed.strip().splitlines() or ["nothing"]
        return Outcome(name, 0, [], [], f"it printed no summary but {lines[-1]!r}")
    _, _, listed = printed.partition("\nFAILED:\n")
    probes = re.findall(r"^\t'(.*)'$|^\t\"(.*)\"$", listed, re.MULTILINE)
    outcome = Outcome(name, int(found[1]), [], [])
    for probe in (one or other for one, other in probes):
        known = any(fnmatchcase(probe, one) for one in script.expected | script.either)
        (outcome.expected if known else outcome.failed).append(probe)
    for pattern in script.expected:
        if not any(fnmatchcase(probe, pattern) for probe in outcome.expected):
            outcome.failed.append(f"{pattern} (no probe of this name fails any more)")
    return outcome


def run(checkout: Path, names: list[str], python: str) -> Iterator[Outcome]:
    """Run these scripts, or all of TLS 1.3 that are not in NOT_RUN."""
    found = sorted(one.stem.removeprefix(PREFIX) for one in checkout.glob(f"scripts/{PREFIX}*.py"))
    chosen = [one for one in found if (one in names if names else one not in NOT_RUN)]
    for server in SERVERS:
        mine = [one for one in chosen if SCRIPTS.get(one, Script()).server == server]
        if not mine:
            continue
        with tempfile.TemporaryDirectory() as folder, serving(server, Path(folder)) as port:
            for name in mine:
                yield _one(checkout, name, python, port)


def _one(checkout: Path, name: str, python: str, port: int) -> Outcome:
    script = SCRIPTS.get(name, Script())
    command = [python, str(checkout / "scripts" / f"{PREFIX}{name}.py")]
    command += ["-h", "127.0.0.1", "-p", str(port), *script.options]
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONPATH": str(checkout)},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(name, 0, [], [], f"it was not done after {SECONDS} s")
    return read(name, done.stdout, script)


def main(checkout: Path, arguments: list[str]) -> int:
    """Run, print a line a script, record if asked to; the exit code."""
    checkout, python = checkout.resolve(), sys.executable
    if "--python" in arguments:
        place = arguments.index("--python")
        python = arguments[place + 1]
        del arguments[place : place + 2]
    recording = "--record" in arguments
    names = [one.removeprefix(PREFIX) for one in arguments if one != "--record"]
    if not (checkout / "scripts").is_dir():
        print(f"{checkout} is no checkout of tlsfuzzer: it has no scripts.", file=sys.stderr)
        return 2
    done = []
    for outcome in run(checkout, names, python):
        done.append(outcome)
        words = f"{outcome.passed} passed, {len(outcome.expected)} expected to fail"
        print(f"{outcome.name}: {outcome.trouble or words}", flush=True)
        for probe in outcome.failed:
            print(f"  FAILED {probe}")
    bad = [one for one in done if one.failed or one.trouble]
    if recording:
        _record(checkout, [one for one in done if one not in bad])
    print(f"{len(done)} scripts, {len(bad)} with something unexpected")
    return 1 if bad or not done else 0


def _record(checkout: Path, done: list[Outcome]) -> None:
    """Put these figures in the place of earlier ones of the same commits of both."""
    version = _version(checkout)
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    same = (found.get("version"), found.get("lab")) == (version, _commit(ROOT))
    figures = found.get("scripts", {}) if same else {}
    figures |= {one.name: [one.passed, len(one.expected)] for one in done}
    recorded = {"version": version, "lab": _commit(ROOT), "scripts": dict(sorted(figures.items()))}
    RESULTS.write_text(json.dumps(recorded, indent=1) + "\n", "utf-8")


def _commit(folder: Path) -> str:
    """The commit's short name."""
    return _version(folder).partition(" ")[0]


def _version(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "log", "-1", "--format=%h of %cs"]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False
    ).stdout.strip()
