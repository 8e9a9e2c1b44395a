"""A class at a hub: ``python -m bench.hub --students 20``.

JupyterHub by its committed configuration, on loopback, all under one account; so many students log
in at the same moment, each waits for a server and runs a whole notebook in it. All of them must
finish without an error. Memory is PSS: pages that several share count once, divided among them.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from coursework.build import build
from tests.deploy.hub_server import Hub, descendants, start_hub
from tests.deploy.hub_student import Student

NOTEBOOK_SECONDS = 600.0
SAMPLE_SECONDS = 5.0
MOST = 60
MIB = 1 << 20


@dataclass(frozen=True)
class Told:
    """What one student saw, in seconds since all began."""

    name: str
    notebook: str
    server_s: float
    done_s: float
    cells: int


def pss(processes: list[psutil.Process]) -> float:
    """Their memory in MiB, shared pages divided among all who share them."""
    total = 0
    for one in processes:
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / MIB


def busy_seconds(processes: list[psutil.Process]) -> float:
    """What they used of the processors: on a busy machine as on an idle one."""
    times = [one.cpu_times() for one in processes]
    used = (one.user + one.system + one.children_user + one.children_system for one in times)
    return float(sum(used))


def kernels(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run notebooks; the others are the students' servers."""
    return [one for one in processes if "ipykernel_launcher" in one.cmdline()]


def by_student(hub: Hub) -> dict[str, list[psutil.Process]]:
    """The hub's processes by the student whose they are; the hub's own under no name."""
    found: dict[str, list[psutil.Process]] = {"": [psutil.Process(hub.pid)]}
    for one in descendants(hub.pid):
        try:
            name = one.environ().get("TLS13LAB_STUDENT", "")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        found.setdefault(name, []).append(one)
    return found


class Watch(threading.Thread):
    """Looks every few seconds at how much all of them take together; keeps the most."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(daemon=True)
        self.hub, self.most, self.over = hub, 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            everyone = [psutil.Process(self.hub.pid), *descendants(self.hub.pid)]
            self.most = max(self.most, pss(everyone))


def attend(hub: Hub, name: str, notebook: str, begin: threading.Barrier) -> Told:
    """One student, from the login to the last cell; raises if any cell does."""
    student = Student(hub, name)
    begin.wait()
    start = time.monotonic()
    student.log_in()
    student.wait_for_server()
    server = time.monotonic() - start
    ran = student.run(notebook)
    if ran.errors:
        raise RuntimeError(f"{name}, {notebook}: {ran.errors}")
    return Told(name, notebook, server, time.monotonic() - start, ran.cells)


def hold_class(hub: Hub, notebooks: list[str], students: int) -> dict[str, float]:
    """All students at once; the figures."""
    begin, watch = threading.Barrier(students), Watch(hub)
    watch.start()
    with ThreadPoolExecutor(students) as pool:
        jobs = [
            pool.submit(attend, hub, f"student{i:02}", notebooks[i % len(notebooks)], begin)
            for i in range(students)
        ]
        told = [job.result(timeout=NOTEBOOK_SECONDS) for job in jobs]
    watch.over.set()
    watch.join()
    # All servers and kernels are still there: nobody logged out.
    processes = by_student(hub)
    memory = {name: pss(those) for name, those in processes.items()}
    of_students = [memory[one.name] for one in told]
    of_kernels = [pss(kernels(processes[one.name])) for one in told]
    busy = [busy_seconds(processes[one.name]) for one in told]
    return {
        "students": students,
        "cells run": sum(one.cells for one in told),
        "server up, s, median": statistics.median(one.server_s for one in told),
        "server up, s, last": max(one.server_s for one in told),
        "notebook done, s, median": statistics.median(one.done_s for one in told),
        "notebook done, s, last": max(one.done_s for one in told),
        "MiB a student, median": statistics.median(of_students),
        "MiB a student, most": max(of_students),
        "MiB of that a kernel, median": statistics.median(of_kernels),
        "processor seconds a student, median": statistics.median(busy),
        "processor seconds a student, most": max(busy),
        "MiB of hub, proxy and culler": memory[""],
        "MiB in all, at the end": sum(memory.values()),
        "MiB in all, most seen": max(watch.most, sum(memory.values())),
    }


def measure(students: int = 20, notebook: str = "") -> dict[str, float]:
    """The figures for a class; ``notebook`` for all, or the ten in turn."""
    folder = Path(tempfile.mkdtemp(prefix="tls13lab-hub-"))
    try:
        build("student", folder / "student", lambda _: None)
        names = sorted(one.stem for one in (folder / "student").glob("*.ipynb"))
        with start_hub(folder / "state", folder / "student") as hub:
            return hold_class(hub, [notebook] if notebook else names, students)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.hub", description=__doc__)
    parser.add_argument("--students", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--notebook", default="", help="one for all; without it the ten in turn")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    if not 1 <= given.students <= MOST:
        parser.error(f"from 1 to {MOST} students")
    figures = measure(given.students, given.notebook)
    if given.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36} {value:10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
