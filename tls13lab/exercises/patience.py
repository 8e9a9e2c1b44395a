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
from dataclasses import dataclass
from types import FrameType

LIMIT_S = 5.0
"""In a notebook; a marker sets it higher, to what its course allows for a whole task."""
BY_THE_CLOCK = 12
"""So many times its limit a block may last by the clock: it may wait, or the machine be busy."""


class RanTooLong(BaseException):
    """A student's function did not end within ``seconds``.

    It is no Exception, so that ``except Exception`` in an endless loop does not catch it.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not end within {seconds:g} seconds")
        self.seconds = seconds


@dataclass(slots=True)
class _Block:
    """The handler of the alarms in a block; the block may be inside another one.

    ``began`` is the clock and ``worked`` this thread's processor time when it began, in seconds.
    """

    limit: float
    outside: "_Block | None"
    began: float
    worked: float
    ended: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Raise RanTooLong if the time is over."""
        if self.outside is not None:
            self.outside(number, frame)
        if self.ended:
            return
        if time.thread_time() - self.worked >= self.limit:
            raise RanTooLong(self.limit)
        if time.monotonic() - self.began >= self.limit * BY_THE_CLOCK:
            raise RanTooLong(self.limit * BY_THE_CLOCK)


@contextmanager
def patience(seconds: float | None = None) -> Iterator[None]:
    """Raise RanTooLong in the block after ``seconds`` seconds, by default ``LIMIT_S``.

    They are seconds of this thread's processor time, so that work beside it makes no right answer
    too slow; by the clock, the limit is :data:`BY_THE_CLOCK` times that. A block inside another one
    also ends when that one does.
    """
    limit = LIMIT_S if seconds is None else seconds
    in_main = threading.current_thread() is threading.main_thread()
    possible = hasattr(signal, "setitimer") and hasattr(time, "thread_time")
    if not (in_main and possible):
        yield
        return

    before = signal.getsignal(signal.SIGALRM)
    outside = before if isinstance(before, _Block) else None
    block = _Block(limit, outside, time.monotonic(), time.thread_time())
    signal.signal(signal.SIGALRM, block)
    first, again = signal.getitimer(signal.ITIMER_REAL)
    # Again and again, because a loop with a bare ``except:`` survives the first time.
    signal.setitimer(signal.ITIMER_REAL, min(limit, first or limit), min(limit / 5, again or limit))
    try:
        try:
            yield
        finally:  # an alarm may come even here; what follows is done all the same
            block.ended = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if first:
            left = first - (time.monotonic() - block.began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001), again)
