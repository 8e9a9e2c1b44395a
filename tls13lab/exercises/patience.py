"""A limit to how long a student's function may run: a loop without end must not take the kernel.

It works in the main thread of systems with POSIX signals, which is where a notebook's cells run on
Linux and macOS. Elsewhere there is no limit, and the kernel's own stop button has to do.

>>> with patience(5):
...     1 + 1
2
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT_S = 5


class RanTooLong(Exception):
    """A function did not come to an end."""


@contextmanager
def patience(seconds: float = LIMIT_S) -> Iterator[None]:
    """Raise RanTooLong in what runs here after so many seconds."""
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(_number: int, _frame: FrameType | None) -> None:
        raise RanTooLong(f"it did not come to an end within {seconds:g} seconds: does a loop?")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
