"""Start a search for a PSK, watch it, stop it, go on: the engine of ``tls13lab crack`` as a panel.

It attacks a recording, never a live host. The search runs in a thread of its own, so that the
notebook stays usable meanwhile; in a browser, which has no threads, between other things.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tls13lab.pictures.picture import html_table, text_table
from tls13lab.search.pieces import Source
from tls13lab.search.runner import THREADS, Progress, Search, local_workers
from tls13lab.search.target import Target, readable
from tls13lab.widgets.panel import Panel

HEADER = ("the search", "")
READY, RUNNING, STOPPED, DONE = "ready", "running", "stopped", "done"
SHOW_S = 0.1
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True)
class CrackView:
    """What there is to say of a search: ``tried`` of ``total`` guesses, in ``seconds``."""

    targets: tuple[Target, ...] = field(repr=False)
    total: int
    state: str = READY
    tried: int = 0
    seconds: float = 0.0
    found: tuple[tuple[int, bytes], ...] = ()

    def at(self, progress: Progress, seconds: float, state: str) -> "CrackView":
        """As far as the search has come."""
        found = tuple(sorted((hit.target, hit.word) for hit in progress.found))
        return replace(self, state=state, tried=progress.count, seconds=seconds, found=found)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """In words."""
        rate = f"{self.tried / self.seconds:,.0f} a second" if self.seconds > 0 else "not known yet"
        words = dict(self.found)
        return (
            ("state", self.state),
            ("guesses tried", f"{self.tried:,} of {self.total:,}"),
            ("speed", rate),
            *(
                (
                    f"PSK of identity {readable(target.identity)}",
                    readable(words[number]) if number in words else "not found",
                )
                for number, target in enumerate(self.targets)
            ),
        )

    def html(self) -> str:
        """A table."""
        return html_table(HEADER, self.rows)

    def text(self) -> str:
        """The same as plain text."""
        return text_table(HEADER, self.rows)


class CrackPanel(Panel):
    """Start and stop, a bar, and what was found. A stopped search goes on where it was."""

    def __init__(
        self,
        targets: tuple[Target, ...],
        source: Source,
        clock: Callable[[], float] = time.monotonic,
        threads: bool = THREADS,
    ) -> None:
        import ipywidgets

        self.search, self._clock = Search(targets, source), clock
        self.view = CrackView(targets, self.search.total)
        self._spent = 0.0
        self._threads = threads
        self._thread: threading.Thread | None = None
        self._steps: Iterator[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop = threading.Event()
        self.start_button = ipywidgets.Button(description="Start", tooltip="Start, or go on")
        self.stop_button = ipywidgets.Button(description="Stop", tooltip="Stop", disabled=True)
        self.bar = ipywidgets.IntProgress(min=0, max=1000, description="Tried:")
        row = ipywidgets.HBox([self.start_button, self.stop_button, self.bar])
        super().__init__([row], lambda: (self.view.html(), self.view.text()))
        self.start_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())

    def start(self) -> None:
        """Begin, or go on; nothing if it runs already or is done."""
        if self._steps is not None or self.view.state == DONE:
            return
        self._stop.clear()
        self.start_button.disabled, self.stop_button.disabled = True, False
        self._steps = self._run()
        if self._threads:
            self._thread = threading.Thread(target=self._to_the_end, daemon=True)
            self._thread.start()
        else:
            self._task = asyncio.ensure_future(self._in_between())

    def stop(self) -> None:
        """Ask it to stop; what is in work is finished first."""
        self._stop.set()

    def wait(self) -> None:
        """Until it has stopped, or is done."""
        thread = self._thread
        if thread is not None:
            thread.join()
        elif not self._threads:
            self._to_the_end()

    def _to_the_end(self) -> None:
        for _ in self._steps or ():
            pass

    async def _in_between(self) -> None:
        """The same, a step at a time, with room for the buttons after each."""
        for _ in self._steps or ():
            await asyncio.sleep(0)

    def _run(self) -> Iterator[None]:
        began = self._clock()
        shown = began
        self._show(self._spent, RUNNING)
        try:
            for _ in self.search.run(local_workers(1), self._stop.is_set):
                now = self._clock()
                if now - shown >= SHOW_S:
                    self._show(self._spent + now - began, RUNNING)
                    shown = now
                yield
        finally:
            self._spent += self._clock() - began
            self._thread = self._steps = None
            done = self.search.finished
            self.start_button.disabled, self.stop_button.disabled = done, True
            self._show(self._spent, DONE if done else STOPPED)

    def _show(self, seconds: float, state: str) -> None:
        self.view = self.view.at(self.search.progress, seconds, state)
        self.bar.value = round(1000 * self.view.tried / max(1, self.view.total))
        self.refresh()
