"""A batch of guesses: their bytes in one array, and where each guess begins.

>>> batch = Guesses.of([b"secret", b"lab"], first=10)
>>> len(batch), batch[1], batch.first
(2, b'lab', 10)
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from tls13lab.search.arrays import np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class Guesses:
    """Guesses of any length. ``first`` is the number of the first one in the whole search.

    Without NumPy, ``data`` is bytes, and ``starts`` and ``lengths`` are lists.
    """

    data: "npt.NDArray[np.uint8]" = field(repr=False)
    starts: "npt.NDArray[np.int64]" = field(repr=False)
    lengths: "npt.NDArray[np.int64]" = field(repr=False)
    first: int = 0

    @classmethod
    def of(cls, words: Iterable[bytes], first: int = 0) -> "Guesses":
        """A batch of these words."""
        listed = list(words)
        if np is None:
            return cls.of_lists(b"".join(listed), [len(word) for word in listed], first)
        lengths = np.fromiter((len(word) for word in listed), np.int64, len(listed))
        starts = np.cumsum(lengths) - lengths
        return cls(np.frombuffer(b"".join(listed), np.uint8), starts, lengths, first)

    @classmethod
    def of_lists(cls, data: Any, lengths: Any, first: int) -> "Guesses":
        """The same without NumPy: words of these lengths, one after the other in ``data``."""
        return cls(data, [0, *accumulate(lengths)][:-1], lengths, first)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> bytes:
        begin = int(self.starts[index])
        return bytes(self.data[begin : begin + int(self.lengths[index])])

    def of_length(self, length: int) -> tuple[Any, "Guesses"]:
        """The indices of the guesses of this length in bytes, and these guesses, without copying.

        >>> places, fitting = Guesses.of([b"secret", b"lab", b"tls"]).of_length(3)
        >>> list(map(int, places)), [fitting[0], fitting[1]]
        ([1, 2], [b'lab', b'tls'])
        """
        if np is None:
            places = [at for at, each in enumerate(self.lengths) if each == length]
            starts, lengths = [self.starts[at] for at in places], [length] * len(places)
            return places, Guesses(self.data, starts, lengths)
        where = np.flatnonzero(self.lengths == length)
        return where, Guesses(self.data, self.starts[where], self.lengths[where])

    def part(self, begin: int, count: int) -> "Guesses":
        """``count`` of the guesses from index ``begin`` on, without copying."""
        end = begin + count
        return Guesses(
            self.data, self.starts[begin:end], self.lengths[begin:end], self.first + begin
        )
