"""A panel to start, watch, stop and resume a search for a PSK, with the engine of ``crack``.

It attacks a recording, never a live host.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import escape

from tls13lab.pictures import ink
from tls13lab.pictures.grid import sheet
from tls13lab.pictures.picture import text_table
from tls13lab.search.pieces import Source
from tls13lab.search.runner import THREADS, Search, SearchProgress, local_workers
from tls13lab.search.target import Target, readable
from tls13lab.widgets.in_steps import InSteps
from tls13lab.widgets.panel import Panel

HEADER = ("the search", "")
READY, RUNNING, STOPPED, DONE = "ready", "running", "stopped", "done"
NOT_FOUND = {
    READY: "not sought yet",
    RUNNING: "being sought",
    STOPPED: "not found so far",
    DONE: "not found",
}


@dataclass(frozen=True)
class CrackView:
    """The state of a search: ``tried`` of ``total`` guesses, in ``seconds`` seconds."""

    targets: tuple[Target, ...] = field(repr=False)
    total: int
    state: str = READY
    tried: int = 0
    seconds: float = 0.0
    found: tuple[tuple[int, bytes], ...] = ()

    def at(self, progress: SearchProgress, seconds: float, state: str) -> "CrackView":
        """The view after this progress."""
        found = tuple(sorted((hit.target, hit.word) for hit in progress.found))
        return replace(self, state=state, tried=progress.count, seconds=seconds, found=found)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The state as the rows of a table."""
        return (
            ("state", self.state),
            ("guesses tried", f"{self.tried:,} of {self.total:,}"),
            ("speed", self._speed),
            *((f"PSK of identity {name}", found or self._not) for name, found in self._results),
        )

    @property
    def _speed(self) -> str:
        return f"{self.tried / self.seconds:,.0f} a second" if self.seconds > 0 else "not known yet"

    @property
    def _not(self) -> str:
        """What stands in the place of a PSK that was not found."""
        return NOT_FOUND[self.state]

    @property
    def _results(self) -> tuple[tuple[str, str], ...]:
        """Of each target its identity, and the PSK if it was found."""
        words = dict(self.found)
        return tuple(
            (readable(target.identity), readable(words[number]) if number in words else "")
            for number, target in enumerate(self.targets)
        )

    def html(self) -> str:
        look = ink.KEPT if self.state == DONE else ink.PLAIN
        lines = (
            (f"found: {found}", ink.OPENED, f"the PSK of identity {name}")
            if found
            else (self._not, look, f"the PSK of identity {name}")
            for name, found in self._results
        )
        said = f"{self.state}: {self.tried:,} of {self.total:,} guesses tried, {self._speed}"
        if not self.tried:
            said = f"{self.state}: {self.total:,} guesses to try"
        return f"<p>The search is {escape(said)}.</p>{sheet(lines)}"

    def text(self) -> str:
        return text_table(HEADER, self.rows)


class CrackPanel(Panel):
    """Start and stop buttons, a progress bar, and the results; a stopped search can go on."""

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
        self._state, self._seconds = READY, 0.0
        self.work = InSteps(self._run, self._show, threads, clock)
        self.start_button = ipywidgets.Button(description="Start", tooltip="Start, or go on")
        self.stop_button = ipywidgets.Button(description="Stop", tooltip="Stop", disabled=True)
        self.bar = ipywidgets.IntProgress(min=0, max=1000, description="Tried:")
        row = ipywidgets.HBox([self.start_button, self.stop_button, self.bar])
        row.layout.flex_flow = "row wrap"
        super().__init__([row], lambda: (self.view.html(), self.view.text()))
        self.needs_python = "The search"
        self.start_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())

    def start(self) -> None:
        """Start or resume the search; nothing happens if it is running or done."""
        if self.work.running or self._state == DONE:
            return
        self.start_button.disabled, self.stop_button.disabled = True, False
        self._state = RUNNING
        self.work.begin()

    def stop(self) -> None:
        """Ask the search to stop; it finishes the guesses it has begun first."""
        self.work.stop()

    def wait(self) -> None:
        """Wait until the search has stopped or is done."""
        self.work.wait()

    def _run(self, stopped: Callable[[], bool]) -> Iterator[None]:
        spent, began = self._seconds, self._clock()
        try:
            for _ in self.search.run(local_workers(1), stopped):
                self._seconds = spent + self._clock() - began
                yield
        finally:
            self._seconds = spent + self._clock() - began
            done = self.search.finished
            self._state = DONE if done else STOPPED
            self.start_button.disabled, self.stop_button.disabled = done, True

    def _show(self) -> None:
        self.view = self.view.at(self.search.progress, self._seconds, self._state)
        self.bar.value = round(1000 * self.view.tried / max(1, self.view.total))
        self.refresh()
