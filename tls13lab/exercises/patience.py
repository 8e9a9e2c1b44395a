"""A time limit for a student's function, so that an endless loop does not block the kernel.

It works in the main thread of systems with POSIX signals; on Linux and macOS, that is where the
cells of a notebook run. Elsewhere there is no limit, and the user must interrupt the kernel.

>>> with patience(5):
...     1 + 1
2
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT_S = 5.0
"""In a notebook; a marker, whose machine is shared by a whole class, sets it higher."""


class RanTooLong(BaseException):
    """A student's function did not end within ``seconds``.

    It is no Exception, so that ``except Exception`` in an endless loop does not catch it.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not end within {seconds:g} seconds")
        self.seconds = seconds


@contextmanager
def patience(seconds: float | None = None) -> Iterator[None]:
    """Raise RanTooLong in the block after ``seconds`` seconds, by default ``LIMIT_S``.

    Inside another such block it is no longer than what is left of that one.
    """
    limit = LIMIT_S if seconds is None else seconds
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def over(_number: int, _frame: FrameType | None) -> None:
        raise RanTooLong(limit)

    before = signal.signal(signal.SIGALRM, over)
    # Again and again, because a loop with a bare ``except:`` survives the first time.
    began, (outer, again) = time.monotonic(), signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, min(limit, outer or limit), limit / 5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            left = outer - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001), again)
