"""A time limit for a student's function, so that an endless loop does not block the kernel.

It works in the main thread of systems with POSIX signals; on Linux and macOS, that is where the
cells of a notebook run. Elsewhere there is no limit, and the user must interrupt the kernel.

>>> with patience(5):
...     1 + 1
2
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT_S = 5.0
"""In a notebook; a marker, whose machine is shared by a whole class, sets it higher."""


class RanTooLong(Exception):
    """A student's function did not end within the time limit."""


@contextmanager
def patience(seconds: float | None = None) -> Iterator[None]:
    """Raise RanTooLong in the block after ``seconds`` seconds, by default ``LIMIT_S``."""
    limit = LIMIT_S if seconds is None else seconds
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(_number: int, _frame: FrameType | None) -> None:
        raise RanTooLong(f"it did not end within {limit:g} seconds: is there an endless loop?")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
