"""Marks a class: judges what is new, enters the verdicts, and lists what needs a person.

Each student is judged in a process of its own, as many at a time as there are processors. What was
judged before, and has not changed since, is not judged again; so a marking that was interrupted
goes on where it stopped.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursework.build import ASSIGNMENT
from coursework.judge import carrier, sandbox
from coursework.judge.judging import version
from coursework.judge.records import Forged, Marked, Record, load, submissions
from coursework.judge.seal import RIGHT, Verdict, the_key
from coursework.source import everything

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 3600
"""Seconds after which the judging of one student is given up; its own limits end it long before."""


@dataclass
class Marking:
    """What was done: the records, which of them are new, and what failed, by student."""

    records: dict[str, Record] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def released(course: Path) -> list[str]:
    """The released notebooks that have tasks. Raises FileNotFoundError if there are none."""
    there = (course / "release" / ASSIGNMENT).glob("*.ipynb")
    names = sorted({path.stem for path in there} & set(everything()))
    if not names:
        raise FileNotFoundError(
            f"nothing is released in {course}: run nbgrader generate_assignment"
        )
    return names


def mark(course: Path, names: Iterable[str], tell: Callable[[str, int], None]) -> Marking:
    """Judge these students and enter the verdicts; ``tell`` hears who is done and how many wait."""
    key, notebooks, done = the_key(), released(course), Marking()
    waiting = []
    for name in names:
        try:
            record = load(course, name, key)
        except Forged as forged:
            print(f"{forged}; judged again", file=sys.stderr)
            record = None
        if record is not None and _is_current(record, course, notebooks):
            done.records[name] = record
        else:
            waiting.append(name)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        running = {pool.submit(_judged, course, name, notebooks): name for name in waiting}
        for left, one in enumerate(as_completed(running), 1):
            name = running[one]
            try:
                record = one.result()
                record.save(course, key)
                done.records[name] = record
                done.new.append(name)
            except Exception as error:  # one student's failure must not stop the others
                done.failed[name] = f"could not be judged: {error}"
            tell(name, len(waiting) - left)
    _entered(course, done, key)
    return done


def everyone(course: Path) -> list[Record]:
    """The records of all students who are in ``submitted``, as far as they were judged."""
    key, found = the_key(), []
    for folder in sorted((course / "submitted").glob("*")):
        try:
            record = load(course, folder.name, key)
        except Forged:  # said when it was met
            continue
        if record is not None:
            found.append(record)
    return found


def _is_current(record: Record, course: Path, notebooks: list[str]) -> bool:
    judged = {one.notebook: one.submission for one in record.marked}
    now = submissions(course, record.student, notebooks)
    return judged == now and record.version == version()


def _judged(course: Path, name: str, notebooks: list[str]) -> Record:
    """Judge one student in a process of its own."""
    before = submissions(course, name, notebooks)
    done = subprocess.run(
        [sys.executable, "-m", "coursework.judge.judging", str(course), name, *notebooks],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-300:] or f"exit code {done.returncode}")
    marked = tuple(Marked.from_json(one) for one in json.loads(done.stdout))
    if {one.notebook: one.submission for one in marked} != before:
        raise RuntimeError("the files changed while they were judged")
    return Record(name, version(), marked)


def _entered(course: Path, done: Marking, key: bytes) -> None:
    """Let nbgrader enter the verdicts that are not in its gradebook yet."""
    names = []
    for name, record in sorted(done.records.items()):
        there = course / "autograded" / name / ASSIGNMENT
        if any(one.submission for one in record.marked) and (
            name in done.new or not there.is_dir()
        ):
            carrier.write(course, record, key)
            names.append(name)
    if names:
        wrong = nbgrader_table(course, "enter", *names)
        done.failed |= {name: f"not in the gradebook: {why}" for name, why in wrong.items()}


def nbgrader_table(course: Path, what: str, *names: str) -> dict[str, Any]:
    """Run nbgrader's part in a process of its own. Raises RuntimeError with its last words."""
    # nbgrader looks on the PATH for a program of its own environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [sys.executable, "-m", "coursework.judge.table", what, str(course), *names],
        cwd=course,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    # nbgrader may have printed something before.
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def disagreements(course: Path, points: Mapping[str, Any]) -> list[str]:
    """Where the gradebook's points from the judge are not those of the signed verdicts."""
    key, found = the_key(), []
    for name, told in sorted(points.items()):
        record = load(course, name, key)
        for marked in record.marked if record else ():
            for one in marked.verdicts:
                has = told["tasks"].get(one.task, {}).get("judged")
                if marked.submission and has is not None and has != one.points:
                    found.append(
                        f"{name}: task {one.task}: the gradebook has {has:g}, the signed verdict "
                        f"{one.points}: run mark again"
                    )
    return found


def for_a_person(done: Marking) -> list[str]:
    """What a person should look at, one line each; odd lines are hints and change no mark."""
    said = [f"{name}: {why}" for name, why in sorted(done.failed.items())]
    for name, record in sorted(done.records.items()):
        for marked in record.marked:
            said += [f"{name}: {marked.notebook}: {note}" for note in marked.notes]
            said += [
                f"{name}: {marked.notebook}: task {one.task}: {one.note}"
                for one in marked.verdicts
                if one.note
            ]
            said += [
                f"{name}: {marked.notebook}: odd: cell {hint.cell} {hint.why}: {hint.line}"
                for hint in marked.hints
            ]
    said += _same_answers(done.records.values())
    if not sandbox.strong():
        said.append(
            "everybody: students' code could read this account's files: install bubblewrap, or "
            "mark in a container"
        )
    return said


def _same_answers(records: Iterable[Record]) -> list[str]:
    """Wrong answers that no common mistake explains, and that somebody else gave, too."""
    givers: dict[tuple[str, str], list[tuple[str, Verdict]]] = defaultdict(list)
    for record in records:
        for marked in record.marked:
            for one in marked.verdicts:
                if one.answer:
                    givers[one.task, one.answer].append((record.student, one))
    said = []
    for (number, _), them in sorted(givers.items()):
        copied = [name for name, one in them if one.verdict != RIGHT and not one.known]
        others = [name for name, _ in them if name not in copied]
        if copied and len(them) > 1:
            whose = f"the answer of {', '.join(others)}" if others else "one answer"
            said.append(f"{', '.join(copied)}: odd: task {number}: {whose}, with other keys")
    return said
