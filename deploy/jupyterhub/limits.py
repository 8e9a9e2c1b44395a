"""Limits for students' processes without systemd, as the kernel enforces them for each process.

JupyterHub's local spawners only write memory and processor limits to the environment; nothing
enforces them. The spawners here set the limits that POSIX has for a process, before it becomes the
student's:

- ``RLIMIT_DATA``: the private memory that a process may write to. A cell that needs more gets a
  MemoryError, and its kernel survives. The limit is for *each process*: two kernels may use twice
  as much. On Linux it covers everything, on macOS little.
- ``RLIMIT_NPROC``: the processes and threads of one account, so that a fork bomb stops. It is not
  set where all students share an account, because it would limit the whole class.
- ``RLIMIT_CORE``: 0, so that a crash does not fill the disk.
- niceness: the hub has priority, and no student can change that.
- processors: students are spread over the processors, each with as many as the limit says. A
  process may choose others (``sched_setaffinity``), so this only separates well-behaved ones.

There is no limit for all processes of a student together, nor for the disk. If students do not
trust each other, use systemd (as The Littlest JupyterHub does) or containers.
"""

import math
import os
import pwd
import resource
from collections.abc import Callable

from held_port import HeldPort
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner
from traitlets import Integer

NICENESS = 5
FIRST_PERSON = 1000
"""The first user id that Linux gives to a person; lower ones belong to the system."""


def processors() -> list[int]:
    """The processors that this process may use; empty where the system does not say (macOS)."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def dealt_out(those: list[int], share: float | None, number: int) -> set[int]:
    """The processors of student ``number``, as many as ``share``; empty means all.

    >>> [dealt_out([0, 1, 2, 3], 2.0, number) for number in (1, 2, 3)]
    [{2, 3}, {0, 1}, {2, 3}]
    """
    wanted = math.ceil(share) if share else len(those)
    if wanted >= len(those):
        return set()
    return {those[(number * wanted + index) % len(those)] for index in range(wanted)}


def lower(kind: int, most: int) -> None:
    """Lower a limit permanently; a limit that is already lower stays."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


class LimitedSpawner(HeldPort, LocalProcessSpawner):
    """A spawner that sets the limits in the new process before the student's code runs."""

    processes = Integer(
        0, help="Most processes and threads of a student's account; 0 means no limit."
    ).tag(config=True)
    niceness = Integer(NICENESS, help="Niceness of students' processes.").tag(config=True)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """The function that the new process runs first: set the limits, then become ``name``."""
        become = super().make_preexec_fn(name)
        wanted = {resource.RLIMIT_CORE: 0}
        if self.mem_limit:
            wanted[resource.RLIMIT_DATA] = int(self.mem_limit)
        if self.processes:
            wanted[resource.RLIMIT_NPROC] = self.processes
        dealt, niceness = dealt_out(processors(), self.cpu_limit, self.user.id), self.niceness

        def begin() -> None:
            os.nice(niceness)
            if dealt:
                os.sched_setaffinity(0, dealt)
            for kind, most in wanted.items():
                lower(kind, most)
            if become:
                become()

        return begin


class AccountSpawner(LimitedSpawner):
    """A spawner that uses the Unix account with the student's name, which must exist."""

    async def start(self) -> tuple[str, int]:
        """Start the server. Raises PermissionError for accounts of the system."""
        if pwd.getpwnam(self.user.name).pw_uid < FIRST_PERSON:
            raise PermissionError(f"{self.user.name} is an account of the system, not a student's")
        address: tuple[str, int] = await super().start()
        return address


class TrialSpawner(LimitedSpawner, SimpleLocalProcessSpawner):
    """A spawner that uses the hub's own account for everyone, for trials and for the tests."""
