"""A whole search: pieces of work on many workers, stopped and gone on with, nothing left out.

The workers belong to any ``concurrent.futures.Executor``: threads or processes. One that dies loses
nothing, because what it had not finished is given out again.
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
"""Pieces for each worker at a time: one in work, the others waiting."""
FEWEST = 2_000
MOST = 2**23
"""Guesses of a piece."""
PIECE_S = 0.1
"""Seconds that a piece should take a worker."""
SAVE_S = 10.0
"""Seconds between two checkpoints."""
RETRIES = 5
"""How often in a row workers may die before the search gives up."""


@dataclass(frozen=True)
class Workers:
    """How many there are, and how to start them.

    ``close`` is called when all that is wanted of them is done. ``ends_all`` says that it also ends
    what they were given and have not begun.
    """

    count: int
    start: Callable[[], Executor]
    close: Callable[[], None] = lambda: None
    ends_all: bool = False


THREADS = sys.platform != "emscripten"
"""Whether there are threads and processes; in a browser there are not."""


class AtOnce(Executor):
    """Does what it is given before it gives the answer: for one thread that has no other."""

    def submit(self, do: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """The result is there when this returns."""
        future: Future[Any] = Future()
        try:
            future.set_result(do(*args, **options))
        except Exception as error:
            future.set_exception(error)
        return future


def local_workers(count: int) -> Workers:
    """Processes, or a thread if one is enough; in a browser what asks does the work itself."""
    if not THREADS:
        return Workers(1, AtOnce)
    if count == 1:
        return Workers(1, lambda: ThreadPoolExecutor(1))
    from tls13lab.search.processes import Pool

    pool = Pool(count)
    return Workers(count, pool.start, close=pool.terminate, ends_all=True)


def processors() -> int:
    """How many this process may use.

    A hub that shares a machine among students says in ``CPU_LIMIT`` how many are one student's;
    a worker for each that the machine has would only take memory.
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
    """Processes that are started meanwhile leave Ctrl-C to this one."""
    if not THREADS:
        return nullcontext()
    from tls13lab.search.processes import children_deaf

    return children_deaf()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come: ``count`` guesses without a gap, ``found`` so far."""

    count: int
    found: tuple[Hit, ...]


@dataclass
class Search:
    """Targets, what is tried, and where the search is noted down, if anywhere.

    ``trouble`` says why it could not be, the last time; the search goes on all the same.
    """

    targets: tuple[Target, ...]
    source: Source
    checkpoint: Path | None = None
    finished: bool = field(default=False, init=False)
    trouble: str = field(default="", init=False)
    _state: Checkpoint = field(init=False, repr=False)

    def __post_init__(self) -> None:
        told = hashlib.sha256(repr(self.source.fingerprint()).encode())
        for target in self.targets:
            kind = (target.kind, target.also, target.hash_name, target.epsk_hash, target.identity)
            told.update(repr(kind).encode() + str(target.derivation or "").encode())
            told.update(hashlib.sha256(target.truncated).digest() + target.binder)
        self._state = Checkpoint(told.hexdigest())
        if self.checkpoint is not None:
            self._state = Checkpoint.read(self.checkpoint, told.hexdigest())
        self.total = self.source.total
        if not self._possible(self._state):
            raise LocalFault(
                f"the checkpoint {self.checkpoint} says what no search can have noted, so it was "
                "changed: delete it, or name another one"
            )

    def _possible(self, state: Checkpoint) -> bool:
        """Whether a search can have come there: a place in the list, and PSKs that are right."""
        if state.count != self.source.count_at(state.position):
            return False
        return 0 <= state.count <= self.total and all(
            0 <= hit.target < len(self.targets)
            and 0 <= hit.place < self.total
            and self.targets[hit.target].made_with(hit.word)
            for hit in state.found
        )

    @property
    def progress(self) -> Progress:
        """As it is now."""
        return Progress(self._state.count, self._state.found)

    def save(self) -> None:
        """Note down where it is, or else why that cannot be done."""
        if self.checkpoint is None:
            return
        try:
            self._state.write(self.checkpoint)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"{self.checkpoint}: {error.strerror or error}"

    def forget(self) -> None:
        """Remove the checkpoint: for when a finished search's result has reached its reader."""
        if self.checkpoint is None:
            return
        try:
            self.checkpoint.unlink(missing_ok=True)
        except OSError as error:
            self.trouble = f"{self.checkpoint}: {error.strerror or error}"

    def run(
        self, workers: Workers, stopped: Callable[[], bool] = lambda: False
    ) -> Generator[Progress, None, None]:
        """Go on until all is found or all is tried, telling of each piece that is done.

        It ends early when ``stopped`` says so (asked ten times a second or more), or when nobody
        asks for more: what is in work is finished first, and noted down.
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
            # Also of a search that is done: until its result was delivered, it can be lost.
            self.save()

    def open_targets(self) -> frozenset[int]:
        """Indices of those that no PSK was found for."""
        return frozenset(range(len(self.targets))) - {hit.target for hit in self._state.found}

    @property
    def work(self) -> float:
        """What is left if nothing more is found, counted in guesses at one target."""
        wanted = [self.targets[number] for number in sorted(self.open_targets())]
        return (self.total - self.progress.count) * weight(wanted)

    @property
    def start(self) -> Position:
        """Where it goes on."""
        return self._state.position

    def _all_found(self) -> bool:
        return not self.open_targets()

    def _take(self, piece: Piece, result: Tried) -> None:
        found = list(self._state.found)
        for hit in result.found:
            # The same PSK is tried at once wherever none was found: one identity, many connections.
            fitting = (n for n in self.open_targets() if self.targets[n].made_with(hit.word))
            found += [replace(hit, target=n) for n in sorted(fitting)]
            self._state = replace(self._state, found=tuple(found))
        self._state = replace(
            self._state, position=piece.after, count=self._state.count + result.count
        )


class _Giving:
    """Gives pieces to workers, and their results back in the order of the pieces."""

    def __init__(self, search: Search, workers: Workers) -> None:
        self._workers = workers
        self._search = search
        self._compile = search.work >= MANY
        # A derivation may take a second: then there is no sense in many guesses to a piece.
        slow = any(target.derivation is not None for target in search.targets)
        self._fewest = 1 if slow else FEWEST
        self._rate = self._fewest / PIECE_S
        self._pieces = search.source.pieces(search.start, self._size)
        self._given: deque[tuple[Piece, Future[Tried]]] = deque()
        self._died = 0
        self._executor = workers.start()

    def _size(self) -> int:
        """Guesses that a worker tries in the time that a piece should take."""
        return max(self._fewest, min(MOST, int(self._rate * PIECE_S)))

    def more(self) -> bool:
        """Whether there is work, given out as far as workers want it."""
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
        """Those whose PSK is not found yet; a binder that was recorded twice, once."""
        listed = (self._search.targets[n] for n in sorted(self._search.open_targets()))
        return tuple(dict.fromkeys(replace(one, connection=1, hello=1) for one in listed))

    def done(self) -> Iterator[tuple[Piece, Tried]]:
        """What is ready at the head of the line; waits a little."""
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
            # A machine's speed changes; one piece is not much to go by.
            self._rate += (result.count / max(result.seconds, 1e-6) - self._rate) / 4
            yield piece, result

    def _start_again(self) -> None:
        """New workers for whatever the old ones did not finish."""
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
        """Give out nothing more; what is in work and has no gap before it still counts."""
        if not self._workers.ends_all:
            # Processes that die stumble over what was cancelled, in Python 3.11, with a traceback.
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
