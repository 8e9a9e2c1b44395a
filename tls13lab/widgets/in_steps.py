"""Work that takes seconds, behind a widget's buttons: started, stopped, and shown as it goes.

It runs in a thread of its own, so that the notebook stays usable meanwhile; in a browser, which has
no threads, between other things.

>>> seen = []
>>> def work(stopped):
...     for number in range(3):
...         seen.append(number)
...         yield
>>> running = InSteps(work, lambda: seen.append("shown"), threads=False)
>>> running.begin()
>>> running.wait()
>>> seen
['shown', 0, 1, 2, 'shown']
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tls13lab.search.runner import THREADS

SHOW_S = 0.1
"""Seconds between two looks at how far it is."""
Work = Callable[[Callable[[], bool]], Iterator[None]]
"""Steps, with a short time between two; it asks whether it is to stop."""


class InSteps:
    """``work`` is begun anew each time; ``show`` is called now and then, and when it has ended."""

    def __init__(
        self,
        work: Work,
        show: Callable[[], None],
        threads: bool = THREADS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._show, self._threads, self._clock = work, show, threads, clock
        self._thread: threading.Thread | None = None
        self._steps: Iterator[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    @property
    def running(self) -> bool:
        """Whether the work has begun and not ended."""
        return self._steps is not None

    def begin(self) -> None:
        """Start, unless it is running."""
        if self.running:
            return
        self._stop.clear()
        self._steps = self._run()
        self._show()  # here and not in the thread, so that a click is answered at once
        if self._threads:
            self._thread = threading.Thread(target=self._to_the_end, daemon=True)
            self._thread.start()
            return
        with suppress(RuntimeError):  # outside a notebook there is no loop: then somebody waits
            self._task = asyncio.get_running_loop().create_task(self._in_between())

    def stop(self) -> None:
        """Ask it to stop after the step that is under way."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until it has stopped or is done."""
        thread = self._thread
        if thread is not None:
            thread.join()
        elif not self._threads:
            self._to_the_end()

    def _to_the_end(self) -> None:
        for _ in self._steps or ():
            pass

    async def _in_between(self) -> None:
        """Run it step by step, and let the buttons react after each step."""
        for _ in self._steps or ():
            await asyncio.sleep(0)

    def _run(self) -> Iterator[None]:
        shown = self._clock()
        try:
            for _ in self._work(self._stop.is_set):
                if self._clock() - shown >= SHOW_S:
                    self._show()
                    shown = self._clock()
                yield
        finally:
            self._steps = None
            self._show()  # in the thread; who waits for it sees what this shows
