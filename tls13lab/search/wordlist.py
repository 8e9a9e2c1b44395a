"""Word lists: a word a line, any bytes, any size; read as a stream.

>>> from io import BytesIO
>>> [batch[n] for batch, _ in batches(BytesIO(b"lab\\r\\nhunter2\\n")) for n in range(len(batch))]
[b'lab', b'hunter2']
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO

from tls13lab.search.arrays import np
from tls13lab.search.guesses import Guesses

_WORDS = Path(str(resources.files("tls13lab.search"))) / "words"
COMMON = _WORDS / "common-100000.txt"
"""The list that the lab ships: 100,000 words, the most frequent passwords first."""
USUAL = _WORDS / "usual.rule"
"""Rules for what people do to a word."""
BLOCK = 2**22
"""Bytes read at once."""
LONGEST = 1024
"""Bytes of a word; a longer line is no PSK, and is passed over."""


def batches(file: BinaryIO, offset: int = 0, first: int = 0) -> Iterator[tuple[Guesses, int]]:
    """The words from byte ``offset`` on, which begins line ``first``, with the byte they end at.

    Each line has a number. Empty ones and those that are too long are empty guesses, never tried.
    """
    file.seek(offset)
    rest = b""
    while block := file.read(BLOCK):
        data = rest + block
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > LONGEST + 2:
            # Too long already: all but a stump of this line is forgotten.
            offset += len(rest) - (LONGEST + 2)
            rest = rest[: LONGEST + 2]
        if end:
            offset += end
            lines, count = _lines(data[:end], first)
            first += count
            yield lines, offset
    if rest:
        lines, _ = _lines(rest + b"\n", first)
        yield lines, offset + len(rest)


def count_lines(path: Path) -> int:
    """How many lines a file has; the last need not have an end."""
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
    return count + (last != b"\n")


def _lines(data: bytes, first: int) -> tuple[Guesses, int]:
    """Words of whole lines, and how many lines there are."""
    if np is None:
        return _lists(data, first)
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(array == ord("\n")).astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)
    lengths = ends - starts
    # Lines of Windows end with a carriage return as well.
    lengths -= (lengths > 0) & (array[np.maximum(ends - 1, 0)] == ord("\r"))
    lengths[lengths > LONGEST] = 0
    return Guesses(array, starts, lengths, first), len(ends)


def _lists(data: bytes, first: int) -> tuple[Guesses, int]:
    """The same where there is no NumPy."""
    lines = data.split(b"\n")[:-1]
    whole = Guesses.of_lists(data, [len(line) + 1 for line in lines], first)
    words = [len(line) - line.endswith(b"\r") for line in lines]
    lengths: Any = [length if length <= LONGEST else 0 for length in words]
    return Guesses(whole.data, whole.starts, lengths, first), len(lines)
