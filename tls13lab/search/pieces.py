"""Sources of guesses, cut into pieces of work that a worker can do alone.

A piece of a mask is two numbers. A piece of a word list contains its words, because the worker may
not have the file. Each piece has the position ``after`` it, a tuple of numbers that a checkpoint
can store.

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
from tls13lab.search.rules import WordRule
from tls13lab.search.wordfile import WordFile
from tls13lab.search.wordlist import batches
from tls13lab.wire.faults import LocalFault

BATCH = 2**15
"""Guesses that are made at once; few enough to stay in the processor's cache."""
Position = tuple[int, ...]
Wish = Callable[[], int]
"""Returns how many guesses the next piece should have; it is called before each piece."""


class Piece(Protocol):
    """A number of consecutive guesses."""

    @property
    def count(self) -> int:
        """The number of guesses."""

    @property
    def after(self) -> Position:
        """The position after this piece."""

    def guesses(self) -> Iterator[Guesses]:
        """The guesses in batches."""


class Source(Protocol):
    """All guesses of a search, in order."""

    @property
    def total(self) -> int:
        """The number of guesses."""

    def fingerprint(self) -> str:
        """A digest that depends on all guesses and their order."""

    def count_at(self, position: Position) -> int | None:
        """How many guesses come before ``position``; None if it is not a possible position."""

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
        """The pieces in order from ``start`` on; an empty position is the beginning."""


@dataclass(frozen=True, slots=True)
class MaskPiece:
    """The words of a mask with consecutive numbers."""

    mask: Mask = field(repr=False)
    first: int
    count: int
    after: Position

    def guesses(self) -> Iterator[Guesses]:
        for done in range(0, self.count, BATCH):
            yield self.mask.guesses(self.first + done, min(BATCH, self.count - done))


@dataclass(frozen=True, slots=True)
class MaskSource:
    """All words of a mask. Raises LocalFault if there are more than 2^62."""

    mask: Mask

    def __post_init__(self) -> None:
        if self.mask.keyspace > MOST_GUESSES:
            raise LocalFault(
                f"this mask has {self.mask.keyspace:.1e} words, more than can ever be tried: "
                "use a shorter one"
            )

    @property
    def total(self) -> int:
        return self.mask.keyspace

    def fingerprint(self) -> str:
        return hashlib.sha256(repr(("mask", self.mask.places)).encode()).hexdigest()

    def count_at(self, position: Position) -> int | None:
        if not position:
            return 0
        right = len(position) == 1 and 0 <= position[0] <= self.total
        return position[0] if right else None

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
        first = start[0] if start else 0
        while first < self.total:
            count = min(wish(), self.total - first)
            yield MaskPiece(self.mask, first, count, (first + count,))
            first += count


@dataclass(frozen=True, slots=True)
class WordsPiece:
    """Words of a list, and what the rules make of them."""

    words: Guesses = field(repr=False)
    rules: tuple[bytes, ...]
    after: Position

    @property
    def count(self) -> int:
        return len(self.words) * max(1, len(self.rules))

    def guesses(self) -> Iterator[Guesses]:
        if not self.rules:
            yield self.words
            return
        words = [self.words[n] for n in range(len(self.words))]
        first, made = self.words.first * len(self.rules), list[bytes]()
        for text in self.rules:
            apply = WordRule.parse(text).apply
            # An empty line is no word, so it stays empty.
            made += [word and apply(word) for word in words]
            # Few words with several rules are tried together, because large batches are faster.
            if len(made) >= BATCH:
                yield Guesses.of(made, first)
                first, made = first + len(made), []
        if made:
            yield Guesses.of(made, first)


@dataclass(frozen=True)
class WordSource:
    """The lines of a file, changed by each rule. Raises OSError if it cannot be read."""

    path: Path
    rules: tuple[WordRule, ...] = ()

    def __post_init__(self) -> None:
        # Opened now, because a pipe can be read only once.
        self._file  # noqa: B018

    @cached_property
    def _file(self) -> WordFile:
        return WordFile(self.path)

    @property
    def written(self) -> str:
        """The encoding of the list if it had to be converted: UTF-16 or UTF-32."""
        return self._file.written

    @property
    def notes(self) -> list[str]:
        """Sentences about what is not tried, or not as it is in the list."""
        return self._file.notes

    @property
    def total(self) -> int:
        """The number of lines times that of the rules. Reads the whole file."""
        return self._file.lines * self._each

    @property
    def _each(self) -> int:
        """The number of guesses from each line."""
        return max(1, len(self.rules))

    def fingerprint(self) -> str:
        rules = repr([rule.text for rule in self.rules])
        return hashlib.sha256(f"{rules} {self._file.digest}".encode()).hexdigest()

    def count_at(self, position: Position) -> int | None:
        if not position:
            return 0
        if len(position) != 2:
            return None
        offset, line = position
        return line * self._each if self._file.line_at(offset) == line else None

    def pieces(self, start: Position, wish: Wish) -> Iterator[Piece]:
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
    """Some of the lines, without the bytes of the others."""
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
