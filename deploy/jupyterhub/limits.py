"""A student's limits where no systemd holds them: what the kernel promises for each process.

A local process of JupyterHub has a memory and a processor limit only in name: it is told of them
in its environment, and nothing holds it to them. These spawners set what POSIX has for a process
before it becomes the student's:

- ``RLIMIT_DATA``, the private memory that a process may write to. A cell that asks for more gets
  a MemoryError and its kernel lives on. It holds for *each process*: two kernels may take twice
  as much. On macOS it holds little, on Linux all.
- ``RLIMIT_NPROC``, processes and threads of one account, so that a fork bomb ends at itself. Not
  where all share an account: there it would hold the whole class.
- ``RLIMIT_CORE``, none: a crash does not fill the disk.
- niceness: the hub goes first, and no student can undo it.
- which processors, as many as the limit says: students are dealt out over them. It keeps the
  honest apart; a process may choose others (``sched_setaffinity``).

Not held: the sum over a student's processes, the disk. Use systemd (The Littlest JupyterHub does)
or containers where strangers to one another share a machine.
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
"""Where Linux begins to number people; those below are root and the machine's services."""


def processors() -> list[int]:
    """Those that this process may use; none where the system does not say, as on macOS."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def dealt_out(those: list[int], share: float | None, number: int) -> set[int]:
    """The processors of student ``number``: as many as ``share``, or none said if that is all.

    >>> [dealt_out([0, 1, 2, 3], 2.0, number) for number in (1, 2, 3)]
    [{2, 3}, {0, 1}, {2, 3}]
    """
    wanted = math.ceil(share) if share else len(those)
    if wanted >= len(those):
        return set()
    return {those[(number * wanted + one) % len(those)] for one in range(wanted)}


def lower(kind: int, most: int) -> None:
    """Set a limit for good; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


class LimitedSpawner(HeldPort, LocalProcessSpawner):
    """Sets the limits in the new process, before it runs anything of the student's."""

    processes = Integer(
        0, help="Processes and threads of a student's account; 0 is as many as they like."
    ).tag(config=True)
    niceness = Integer(NICENESS, help="How far a student's processes stand back.").tag(config=True)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """What the new process does first: take the limits, then become the account ``name``."""
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
    """Each student under a Unix account of the same name, which must exist."""

    async def start(self) -> tuple[str, int]:
        """Start, but never as one of the system's own accounts."""
        if pwd.getpwnam(self.user.name).pw_uid < FIRST_PERSON:
            raise PermissionError(f"{self.user.name} is an account of the system, and no student")
        address: tuple[str, int] = await super().start()
        return address


class TrialSpawner(LimitedSpawner, SimpleLocalProcessSpawner):
    """Everybody under the account that runs the hub: for trying out, and for the tests."""
