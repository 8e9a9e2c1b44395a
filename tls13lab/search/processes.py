"""Worker processes of a search: started anew, deaf to Ctrl-C, and ended when nobody needs them.

Nobody needs them either when the process that gave out the work was killed and could not say so.

A worker is a new Python process on every system (*spawn*): a fork would copy threads and locks.
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import parent_process, resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Thread
from typing import Any


class Pool:
    """So many processes, started as often as they are needed."""

    def __init__(self, count: int) -> None:
        self._count, self._context = count, _Remembering()

    def start(self) -> Executor:
        """New ones."""
        return ProcessPoolExecutor(self._count, mp_context=self._context, initializer=_begin)

    def terminate(self) -> None:
        """What they are still at, such as compiling, takes a second that nobody wants to wait."""
        self._context.terminate()


class _Remembering(SpawnContext):
    """Starts processes, and ends those that it started."""

    def __init__(self) -> None:
        super().__init__()
        self._children: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]
        child = SpawnProcess(*args, **options)
        self._children.append(child)
        return child

    def terminate(self) -> None:
        """All of them that still run."""
        for child in self._children:
            if child.is_alive():
                child.terminate()


def _begin() -> None:
    """Ctrl-C is for the process that gives out the work, and without that there is none to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def children_deaf() -> Iterator[None]:
    """The same for processes that are started now, from their very first moment.

    They inherit that the signal is blocked; here it is delivered afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Whoever starts the first child starts this as well, and unblocks the signal.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
