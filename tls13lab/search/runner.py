"""A whole search: pieces of work for many workers; it can be stopped and continued.

The workers belong to a ``concurrent.futures.Executor``: threads or processes. If a worker dies, its
unfinished piece is given out again, so no guess is left out.
"""

import hashlib
import math
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tls13lab.search.checkpoint import Checkpoint
from tls13lab.search.engine import MANY, Hit, Tried, tried, weight
from tls13lab.search.pieces import Piece, Position, Source
from tls13lab.search.target import Target
from tls13lab.wire.faults import LocalFault

EACH = 3
"""Pieces that each worker has at a time: one in progress, the others waiting."""
FEWEST = 2_000
MOST = 2**23
"""Limits on the number of guesses in a piece."""
PIECE_S = 0.1
"""Seconds that a piece should take a worker."""
SAVE_S = 10.0
"""Seconds between two checkpoints."""
RETRIES = 5
"""How often in a row workers can die before the search gives up."""


@dataclass(frozen=True)
class Workers:
    """The number of workers, and how to start them.

    ``close`` is called at the end. ``ends_all`` means that it also cancels work that has not begun.
    """

    count: int
    start: Callable[[], Executor]
    close: Callable[[], None] = lambda: None
    ends_all: bool = False


THREADS = sys.platform != "emscripten"
"""Whether threads and processes exist; in a browser, they do not."""


class AtOnce(Executor):
    """An executor that does the work within ``submit``, where there is only one thread."""

    def submit(self, do: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(do(*args, **options))
        except Exception as error:
            future.set_exception(error)
        return future


def local_workers(count: int) -> Workers:
    """This number of processes; a thread if it is 1; in a browser, the caller's own thread."""
    if not THREADS:
        return Workers(1, AtOnce)
    if count == 1:
        return Workers(1, lambda: ThreadPoolExecutor(1))
    from tls13lab.search.processes import Pool

    pool = Pool(count)
    return Workers(count, pool.start, close=pool.terminate, ends_all=True)


def processors() -> int:
    """The number of processors that this process may use.

    On a hub, ``CPU_LIMIT`` is each student's share of the machine's processors; more workers would
    only use memory.
    """
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    try:
        share = float(os.environ.get("CPU_LIMIT", ""))
    except ValueError:
        return there
    return math.ceil(share) if 0 < share < there else there


def _deaf_children() -> AbstractContextManager[None]:
    """A context in which new processes ignore Ctrl-C."""
    if not THREADS:
        return nullcontext()
    from tls13lab.search.processes import children_deaf

    return children_deaf()


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """The progress of a search: the first ``count`` guesses were tried, and ``found`` so far."""

    count: int
    found: tuple[Hit, ...]


@dataclass
class Search:
    """Targets, a source of guesses, and the checkpoint file, if there is one.

    Raises LocalFault for a checkpoint of another search, or one that was changed. ``trouble`` says
    why the checkpoint could not be written the last time; the search continues all the same.
    """

    targets: tuple[Target, ...]
    source: Source
    checkpoint: Path | None = None
    finished: bool = field(default=False, init=False)
    trouble: str = field(default="", init=False)
    _state: Checkpoint = field(init=False, repr=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(repr(self.source.fingerprint()).encode())
        for target in self.targets:
            kind = (target.kind, target.also, target.hash_name, target.epsk_hash, target.identity)
            digest.update(repr(kind).encode() + str(target.derivation or "").encode())
            digest.update(hashlib.sha256(target.truncated).digest() + target.binder)
        self._state = Checkpoint(digest.hexdigest())
        if self.checkpoint is not None:
            self._state = Checkpoint.read(self.checkpoint, digest.hexdigest())
        self.total = self.source.total
        if not self._possible(self._state):
            raise LocalFault(
                f"the checkpoint {self.checkpoint} is not possible, so it was changed: delete it, "
                "or name another one"
            )

    def _possible(self, state: Checkpoint) -> bool:
        """Whether a search can have this state: its position exists, and its PSKs are right."""
        if state.count != self.source.count_at(state.position):
            return False
        return 0 <= state.count <= self.total and all(
            0 <= hit.target < len(self.targets)
            and 0 <= hit.place < self.total
            and self.targets[hit.target].made_with(hit.word)
            for hit in state.found
        )

    @property
    def progress(self) -> SearchProgress:
        return SearchProgress(self._state.count, self._state.found)

    def save(self) -> None:
        """Write the checkpoint; if that fails, set ``trouble``."""
        if self.checkpoint is None:
            return
        try:
            self._state.write(self.checkpoint)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"{self.checkpoint}: {error.strerror or error}"

    def forget(self) -> None:
        """Delete the checkpoint, once the result of a finished search has been delivered."""
        if self.checkpoint is None:
            return
        try:
            self.checkpoint.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = f"{self.checkpoint}: {error.strerror or error}"

    def run(
        self, workers: Workers, stopped: Callable[[], bool] = lambda: False
    ) -> Generator[SearchProgress, None, None]:
        """Search until all PSKs are found or all guesses tried; yields the progress of each piece.

        It ends early when ``stopped`` returns True (it is called at least ten times a second), or
        when the generator is closed. Pieces in progress are then finished and saved.
        """
        giving = _Giving(self, workers)
        saved = time.monotonic()
        try:
            while not self._all_found() and giving.more():
                for piece, result in giving.done():
                    self._take(piece, result)
                    yield self.progress
                if stopped():
                    return
                if time.monotonic() - saved > SAVE_S:
                    self.save()
                    saved = time.monotonic()
            self.finished = True
        finally:
            for piece, result in giving.end():
                self._take(piece, result)
            # A finished search is saved, too: its result can be lost until it is delivered.
            self.save()

    def open_targets(self) -> frozenset[int]:
        """The indices of the targets for which no PSK was found yet."""
        return frozenset(range(len(self.targets))) - {hit.target for hit in self._state.found}

    @property
    def work(self) -> float:
        """The work that is left if nothing more is found, in guesses at one target."""
        wanted = [self.targets[number] for number in sorted(self.open_targets())]
        return (self.total - self.progress.count) * weight(wanted)

    @property
    def start(self) -> Position:
        """The position at which the search continues."""
        return self._state.position

    def _all_found(self) -> bool:
        return not self.open_targets()

    def _take(self, piece: Piece, result: Tried) -> None:
        found = list(self._state.found)
        for hit in result.found:
            # The PSK is tried at once on all other open targets: one PSK, several connections.
            fitting = (n for n in self.open_targets() if self.targets[n].made_with(hit.word))
            found += [replace(hit, target=n) for n in sorted(fitting)]
            self._state = replace(self._state, found=tuple(found))
        self._state = replace(
            self._state, position=piece.after, count=self._state.count + result.count
        )


class _Giving:
    """Gives pieces to workers, and returns their results in the order of the pieces."""

    def __init__(self, search: Search, workers: Workers) -> None:
        self._workers = workers
        self._search = search
        self._compile = search.work >= MANY
        # A derivation can take a second, so a piece may be a single guess.
        slow = any(target.derivation is not None for target in search.targets)
        self._fewest = 1 if slow else FEWEST
        self._rate = self._fewest / PIECE_S
        self._pieces = search.source.pieces(search.start, self._size)
        self._given: deque[tuple[Piece, Future[Tried]]] = deque()
        self._died = 0
        self._executor = workers.start()

    def _size(self) -> int:
        """The number of guesses that a worker can try in the time for one piece."""
        return max(self._fewest, min(MOST, int(self._rate * PIECE_S)))

    def more(self) -> bool:
        """Give out pieces until all workers have enough; whether any piece is unfinished."""
        while len(self._given) < EACH * self._workers.count:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._given.append((piece, self._submit(piece)))
        return bool(self._given)

    def _submit(self, piece: Piece) -> Future[Tried]:
        with _deaf_children():
            return self._executor.submit(tried, self._wanted(), piece, compile=self._compile)

    def _wanted(self) -> tuple[Target, ...]:
        """The open targets; a binder that was recorded twice is tried once."""
        listed = (self._search.targets[n] for n in sorted(self._search.open_targets()))
        return tuple(dict.fromkeys(replace(each, connection=1, hello=1) for each in listed))

    def done(self) -> Iterator[tuple[Piece, Tried]]:
        """The finished pieces at the front of the queue; waits up to 0.1 s."""
        wait([future for _, future in self._given], timeout=0.1, return_when=FIRST_COMPLETED)
        while self._given and self._given[0][1].done():
            piece, future = self._given[0]
            try:
                result = future.result()
            except BrokenExecutor:
                self._start_again()
                return
            self._given.popleft()
            self._died = 0
            # The speed varies, so a single piece changes the estimate only a little.
            self._rate += (result.count / max(result.seconds, 1e-6) - self._rate) / 4
            yield piece, result

    def _start_again(self) -> None:
        """Start new workers, and give them what the old ones did not finish."""
        self._died += 1
        if self._died > RETRIES:
            raise LocalFault(
                "the workers die as soon as they start: try --workers 1, or close other programs "
                "if memory is short"
            )
        self._executor.shutdown(wait=False)
        self._executor = self._workers.start()
        self._given = deque(
            (piece, future if _finished(future) else self._submit(piece))
            for piece, future in self._given
        )

    def end(self) -> Iterator[tuple[Piece, Tried]]:
        """Give out no more pieces; those in progress count if no piece before them is missing."""
        if not self._workers.ends_all:
            # In Python 3.11, dying processes print a traceback about work that was cancelled.
            for _, future in self._given:
                future.cancel()
        limit = time.monotonic() + 5 * PIECE_S
        while self._given:
            piece, future = self._given.popleft()
            if not (future.running() or future.done()) or future.cancelled():
                break
            wait([future], timeout=max(0.0, limit - time.monotonic()))
            if not _finished(future):
                break
            yield piece, future.result()
        self._executor.shutdown(wait=False)
        self._workers.close()


def _finished(future: Future[Tried]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
