"""Marks a class: judges what is new, enters the verdicts, and lists what needs a person.

Each student is judged in a process of its own, as many at a time as there are processors. What was
judged before, and has not changed since, is not judged again, and what was judged but did not get
into the gradebook is entered; so a marking that was interrupted goes on where it stopped. Points
for which there is no verdict any more are taken out of the gradebook.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursework.build import ASSIGNMENT
from coursework.judge import carrier, sandbox
from coursework.judge.handed_in import others, submissions
from coursework.judge.judging import version
from coursework.judge.records import (
    ENTERED,
    Forged,
    Marked,
    Record,
    forget,
    is_entered,
    load,
    set_entered,
)
from coursework.judge.records import FOLDER as VERDICTS
from coursework.judge.seal import RIGHT, Verdict, the_key
from coursework.source import everything
from deploy import feedback, strays
from deploy.printing import shown

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 7200
"""Seconds after which the judging of one student is given up; its own limits end it long before."""
GOODBYE_S = 5
"""Seconds that a judging gets to end its processes, when it is interrupted."""


@dataclass
class Marking:
    """What was done: the records, which of them are new, and what failed, by student.

    ``notes`` are lines for a person that no record has.
    """

    records: dict[str, Record] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def released(course: Path) -> list[str]:
    """The released notebooks that have tasks. Raises FileNotFoundError if there are none."""
    there = (course / "release" / ASSIGNMENT).glob("*.ipynb")
    names = sorted({path.stem for path in there} & set(everything()))
    if not names:
        raise FileNotFoundError(
            f"nothing is released in {course}: run nbgrader generate_assignment"
        )
    return names


def mark(
    course: Path, names: Iterable[str], tell: Callable[[str, int], None], *, again: bool = False
) -> Marking:
    """Judge these students and enter the verdicts; ``tell`` hears who is done and how many wait.

    ``again`` judges also what has not changed.
    """
    key, notebooks, done = the_key(), released(course), Marking()
    waiting = []
    for name in names:
        try:
            record = load(course, name, key)
        except Forged as forged:
            print(shown(f"{forged}; judged again"), file=sys.stderr)
            record = None
        done.notes += [f"{name}: {one}" for one in strays.of_student(course, name, notebooks)]
        if not again and record is not None and _is_current(record, course, notebooks):
            done.records[name] = record
        else:
            waiting.append(name)
    judges = _Judges(course, notebooks)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        running = {pool.submit(judges.judged, name): name for name in waiting}
        try:
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
        except BaseException:  # somebody interrupts: what is saved is entered the next time
            pool.shutdown(wait=False, cancel_futures=True)
            judges.end()
            raise
    _entered(course, done, key)
    done.notes += [*_without_folder(course), *strays.of_course(course)]
    return done


def _without_folder(course: Path) -> list[str]:
    """Students who were entered into the gradebook, and whose work is no longer there."""
    entered = sorted(path.stem for path in (course / VERDICTS).glob(f"*{ENTERED}"))
    return [
        f"{name}: has points in the gradebook, but no folder in submitted"
        for name in entered
        if not (course / "submitted" / name).is_dir()
    ]


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
    same_files = judged == now and record.files == others(course, record.student)
    return same_files and record.version == version()


class _Judges:
    """Judges students, each in a process of its own; all of these can be ended."""

    def __init__(self, course: Path, notebooks: list[str]) -> None:
        self.course, self.notebooks = course, notebooks
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def judged(self, name: str) -> Record:
        """Judge one student. Raises RuntimeError."""
        course = self.course
        before = submissions(course, name, self.notebooks), others(course, name)
        process = self._start(name)
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RuntimeError(f"it took more than {PATIENCE_S} seconds") from None
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode:
            raise RuntimeError(err.strip()[-300:] or f"exit code {process.returncode}")
        marked = tuple(Marked.from_json(one) for one in json.loads(out))
        judged = {one.notebook: one.submission for one in marked}
        if (judged, others(course, name)) != before:
            raise RuntimeError("the files changed while they were judged")
        return Record(name, version(), marked, before[1])

    def _start(self, name: str) -> subprocess.Popen[str]:
        what = [str(self.course), name, *self.notebooks]
        with self._lock:
            if self._ended:
                raise RuntimeError("interrupted")
            process = subprocess.Popen(
                [sys.executable, "-m", "coursework.judge.judging", *what],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="backslashreplace",
                start_new_session=True,  # a terminal's Ctrl-C is for this process, which ends them
            )
            self._running.add(process)
        return process

    def end(self) -> None:
        """End all that are running, with their students' processes; none begins any more."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        if os.name == "nt":
            process.terminate()
        else:
            process.send_signal(signal.SIGINT)
    try:
        process.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _entered(course: Path, done: Marking, key: bytes) -> None:
    """Let nbgrader enter the verdicts that are not in its gradebook yet, and take out old ones."""
    names = []
    for name in sorted(done.failed):
        if forget(course, name):  # a verdict on files that are no longer these
            for folder in (carrier.FOLDER, feedback.FOLDER):
                shutil.rmtree(course / folder / name / ASSIGNMENT, ignore_errors=True)
            names.append(name)
    for name, record in sorted(done.records.items()):
        there = course / "autograded" / name / ASSIGNMENT
        handed_in = any(one.submission for one in record.marked)
        if is_entered(course, name) and (there.is_dir() or not handed_in):
            continue
        try:
            carrier.write(course, record, key)
            names.append(name)
        except Exception as fault:  # one student's failure must not stop the others
            done.failed[name] = f"not in the gradebook: {type(fault).__name__}: {fault}"
    if not names:
        return
    found = nbgrader_table(course, "enter", *names)
    for name, why in found["wrong"].items():
        before = f"{done.failed[name]}; " if name in done.failed else ""
        done.failed[name] = f"{before}not in the gradebook: {why}"
    for name in names:
        done.notes += [f"{name}: {one}" for one in found["withdrawn"].get(name, ())]
        if name in done.records and name not in done.failed:
            set_entered(course, name)


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
        signed = {
            one.task: one.points
            for marked in (record.marked if record else ())
            for one in marked.verdicts
            if marked.submission
        }
        for task, grade in sorted(told["tasks"].items()):
            has, of = grade["judged"], signed.get(task)
            if has and of is None:
                found.append(f"{name}: task {task}: {has:g} in the gradebook without a verdict")
            elif has is not None and of is not None and has != of:
                found.append(
                    f"{name}: task {task}: the gradebook has {has:g}, the signed verdict {of}: "
                    "run mark again"
                )
    return found


def for_a_person(done: Marking) -> list[str]:
    """What a person should look at, one line each; odd lines are hints and change no mark."""
    said = [f"{name}: {why}" for name, why in sorted(done.failed.items())]
    said += done.notes
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
            "everybody: students' code could read and change this account's files: install "
            "bubblewrap, or mark in a container"
        )
    return list(map(shown, said))


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
