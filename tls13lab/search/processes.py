"""Worker processes of a search. They ignore Ctrl-C, and end when they are no longer needed.

They also end when the main process was killed and could not stop them.

On every system, a worker is a new Python process (*spawn*), because a fork would copy threads and
locks.
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
    """A number of processes, which can be started more than once."""

    def __init__(self, count: int) -> None:
        self._count, self._context = count, _Remembering()

    def start(self) -> Executor:
        """Start new processes."""
        return ProcessPoolExecutor(self._count, mp_context=self._context, initializer=_begin)

    def terminate(self) -> None:
        """End all processes at once, without waiting for work such as compiling."""
        self._context.terminate()


class _Remembering(SpawnContext):
    """Starts processes, and can end those that it started."""

    def __init__(self) -> None:
        super().__init__()
        self._children: list[SpawnProcess] = []

    def Process(self, *args: Any, **options: Any) -> SpawnProcess:  # type: ignore[override]
        child = SpawnProcess(*args, **options)
        self._children.append(child)
        return child

    def terminate(self) -> None:
        """End those that are still running."""
        for child in self._children:
            if child.is_alive():
                child.terminate()


def _begin() -> None:
    """Ignore Ctrl-C, which is for the main process, and end when that process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def children_deaf() -> Iterator[None]:
    """Let processes that are started in this block ignore Ctrl-C from their very beginning.

    They inherit a blocked signal. In this process, the signal is delivered afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The first child also starts this tracker, which would unblock the signal.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
