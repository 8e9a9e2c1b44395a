"""What is to be tried, cut into pieces of work that any process anywhere can do alone.

A piece of a mask is two numbers; a piece of a word list carries its words, because the file may not
be where the work is done. Each says where the search goes on after it: its ``after``, a list of
numbers that a checkpoint can keep.

>>> list(MaskSource(Mask.parse("lab?d?d")).pieces((20,), lambda: 50))
[MaskPiece(first=20, count=50, after=(70,)), MaskPiece(first=70, count=30, after=(100,))]
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from tls13lab.search.arrays import np
from tls13lab.search.guesses import Guesses
from tls13lab.search.mask import MOST_GUESSES, Mask
from tls13lab.search.rules import Rule
from tls13lab.search.wordfile import WordFile
from tls13lab.search.wordlist import batches
from tls13lab.wire.faults import LocalFault

BATCH = 2**15
"""Guesses that are made at once: few enough to stay close to the processor."""
Position = tuple[int, ...]
Wish = Callable[[], int]
"""How many guesses the next piece should have: asked before each."""


class Piece(Protocol):
    """A stretch of guesses, by itself."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def after(self) -> Position:
        """Where the search goes on."""

    def guesses(self) -> Iterator[Guesses]:
        """All of them, in batches."""


class Source(Protocol):
    """All that is to be tried."""

    @property
    def total(self) -> int:
        """How many guesses."""

    def fingerprint(self) -> str:
        """Another one for other guesses, or another order of them."""

    def count_at(self, position: Position) -> int | None:
        """How many guesses come before ``position``; None if a search cannot have come there."""

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
        """In order, from ``start`` on; an empty one is the beginning."""


@dataclass(frozen=True, slots=True)
class MaskPiece:
    """Some words of a mask, by number."""

    mask: Mask = field(repr=False)
    first: int
    count: int
    after: Position

    def guesses(self) -> Iterator[Guesses]:
        """Made where they are tried."""
        for done in range(0, self.count, BATCH):
            yield self.mask.guesses(self.first + done, min(BATCH, self.count - done))


@dataclass(frozen=True, slots=True)
class MaskSource:
    """All words of a mask. Raises LocalFault for more than can be counted through."""

    mask: Mask

    def __post_init__(self) -> None:
        if self.mask.keyspace > MOST_GUESSES:
            raise LocalFault(
                f"this mask has {self.mask.keyspace:.1e} words, more than can ever be tried: "
                "use a shorter one"
            )

    @property
    def total(self) -> int:
        """Its words."""
        return self.mask.keyspace

    def fingerprint(self) -> str:
        """Of the sets of all places."""
        return hashlib.sha256(repr(("mask", self.mask.places)).encode()).hexdigest()

    def count_at(self, position: Position) -> int | None:
        """The number of the word that is next."""
        if not position:
            return 0
        right = len(position) == 1 and 0 <= position[0] <= self.total
        return position[0] if right else None

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
        """In the order of their numbers."""
        first = start[0] if start else 0
        while first < self.total:
            count = min(wish(), self.total - first)
            yield MaskPiece(self.mask, first, count, (first + count,))
            first += count


@dataclass(frozen=True, slots=True)
class WordsPiece:
    """Some words of a list, and what the rules make of them."""

    words: Guesses = field(repr=False)
    rules: tuple[bytes, ...]
    after: Position

    @property
    def count(self) -> int:
        """With every rule."""
        return len(self.words) * max(1, len(self.rules))

    def guesses(self) -> Iterator[Guesses]:
        """The words themselves if there are no rules."""
        if not self.rules:
            yield self.words
            return
        words = [self.words[n] for n in range(len(self.words))]
        first, made = self.words.first * len(self.rules), list[bytes]()
        for text in self.rules:
            apply = Rule.parse(text).apply
            # An empty line stays empty: it stands for no word.
            made += [word and apply(word) for word in words]
            # Few words with many rules are tried together: an engine likes many at a time.
            if len(made) >= BATCH:
                yield Guesses.of(made, first)
                first, made = first + len(made), []
        if made:
            yield Guesses.of(made, first)


@dataclass(frozen=True)
class WordSource:
    """The lines of a file, and what the rules make of each. Raises OSError if it cannot be read."""

    path: Path
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        # Read at once: a pipe is there only once.
        self._file  # noqa: B018

    @cached_property
    def _file(self) -> WordFile:
        return WordFile(self.path)

    @property
    def written(self) -> str:
        """How the list is written, if it had to be translated: UTF-16 or UTF-32."""
        return self._file.written

    @property
    def total(self) -> int:
        """Lines, each with every rule. Reads the whole file, at the speed of the disk."""
        return self._file.lines * self._each

    @property
    def _each(self) -> int:
        """Guesses that a line makes."""
        return max(1, len(self.rules))

    def fingerprint(self) -> str:
        """Of all of the file, and of the rules."""
        rules = repr([rule.text for rule in self.rules])
        return hashlib.sha256(f"{rules} {self._file.digest}".encode()).hexdigest()

    def count_at(self, position: Position) -> int | None:
        """How many guesses come before this position; None if it is none of this list."""
        if not position:
            return 0
        if len(position) != 2:
            return None
        offset, line = position
        return line * self._each if self._file.line_at(offset) == line else None

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
        """In the order of the file."""
        texts = tuple(rule.text for rule in self.rules)
        offset, line = start or (self._file.begin, 0)
        with self._file.path.open("rb") as file:
            for lines, end in batches(file, offset, line):
                done = 0
                while done < len(lines):
                    some = max(1, wish() // max(1, len(texts)))
                    part = _part(lines, done, some)
                    done += len(part)
                    offset_after = end if done == len(lines) else _begin(lines, done, end)
                    yield WordsPiece(part, texts, (offset_after, lines.first + done))


def _part(lines: Guesses, begin: int, count: int) -> Guesses:
    """Some of the lines, with their own bytes only."""
    starts, lengths = lines.starts[begin : begin + count], lines.lengths[begin : begin + count]
    low = int(starts[0])
    high = int(starts[-1] + lengths[-1])
    if np is None:
        moved: Any = [start - low for start in starts]
        return Guesses(lines.data[low:high], moved, lengths, lines.first + begin)
    data = np.ascontiguousarray(lines.data[low:high])
    return Guesses(data, starts - low, lengths, lines.first + begin)


def _begin(lines: Guesses, line: int, end: int) -> int:
    """The byte of the file where a line of this batch begins."""
    return end - len(lines.data) + int(lines.starts[line])
