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

PREFIX, SECONDS = "test-tls13-", 7200
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


def files(checkout: Path) -> set[str]:
    """The scripts of TLS 1.3 that a checkout has."""
    return {one.stem.removeprefix(PREFIX) for one in checkout.glob(f"scripts/{PREFIX}*.py")}


def rows(checkout: Path) -> list[str]:
    """The names in the table of what can be run: scripts of TLS 1.3 that are not in NOT_RUN."""
    found = files(checkout)
    again = {name for name, script in SCRIPTS.items() if script.file in found}
    return sorted((found | again) - set(NOT_RUN))


def run(checkout: Path, chosen: list[str], python: str) -> Iterator[Outcome]:
    """Run these rows of the table, server by server."""
    for server in SERVERS:
        mine = [one for one in chosen if SCRIPTS.get(one, Script()).server == server]
        if not mine:
            continue
        with tempfile.TemporaryDirectory() as folder, serving(server, Path(folder)) as port:
            for name in mine:
                yield _one(checkout, name, python, port)


def _one(checkout: Path, name: str, python: str, port: int) -> Outcome:
    script = SCRIPTS.get(name, Script())
    command = [python, str(checkout / "scripts" / f"{PREFIX}{script.file or name}.py")]
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
    """Run, print a line a script, record if asked to; the exit code.

    A recorder that was interrupted goes on where it was: it runs what has no figure yet of the
    same commits.
    """
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
    had = _figures(checkout) if recording else {}
    chosen = [one for one in rows(checkout) if (one in names if names else one not in had)]
    done = []
    for outcome in run(checkout, chosen, python):
        done.append(outcome)
        words = f"{outcome.passed} passed, {len(outcome.expected)} expected to fail"
        print(f"{outcome.name}: {outcome.trouble or words}", flush=True)
        for probe in outcome.failed:
            print(f"  FAILED {probe}")
        if recording and not (outcome.failed or outcome.trouble):
            _record(checkout, outcome)
    bad = [one for one in done if one.failed or one.trouble]
    print(f"{len(done)} scripts, {len(bad)} with something unexpected")
    return 1 if bad or not done else 0


def _figures(checkout: Path) -> dict[str, list[int]]:
    """What was recorded of the same commits of both."""
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    same = (found.get("version"), found.get("lab")) == (_version(checkout), _commit(ROOT))
    figures: dict[str, list[int]] = found["scripts"] if same else {}
    return figures


def _record(checkout: Path, outcome: Outcome) -> None:
    """Add these figures, in the place of those of other commits."""
    figures = _figures(checkout) | {outcome.name: [outcome.passed, len(outcome.expected)]}
    recorded = {
        "version": _version(checkout),
        "lab": _commit(ROOT),
        "files": sorted(files(checkout)),
        "scripts": dict(sorted(figures.items())),
    }
    RESULTS.write_text(json.dumps(recorded, indent=1) + "\n", "utf-8")


def _commit(folder: Path) -> str:
    """The commit's short name."""
    return _version(folder).partition(" ")[0]


def _version(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "log", "-1", "--format=%h of %cs"]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False
    ).stdout.strip()
