"""Word lists of any size, with one word of any bytes on each line; they are read as a stream.

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
"""The lab's own list: 100,000 words, the most frequent passwords first."""
USUAL = _WORDS / "usual.rule"
"""The lab's own rules: how people usually change a word."""
BLOCK = 2**22
"""Bytes that are read at once."""
LONGEST = 1024
"""The longest word in bytes; longer ones are skipped."""
HEX = b"$HEX["


def batches(file: BinaryIO, offset: int = 0, first: int = 0) -> Iterator[tuple[Guesses, int]]:
    """Batches of words, each with the offset at which it ends.

    They begin at byte ``offset``, where line ``first`` begins. Each line has a number. Lines that
    are empty or too long become empty guesses, which are never tried. A line ``$HEX[...]`` stands
    for the bytes in it; hashcat and john write words that are not text in this way.
    """
    file.seek(offset)
    rest = b""
    while block := file.read(BLOCK):
        data = rest + block
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > _longest_line():
            # This line is already too long: keep only the beginning of it.
            offset += len(rest) - _longest_line()
            rest = rest[: _longest_line()]
        if end:
            offset += end
            lines, count = _lines(data[:end], first)
            first += count
            yield lines, offset
    if rest:
        lines, _ = _lines(rest + b"\n", first)
        yield lines, offset + len(rest)


def _longest_line() -> int:
    """The longest line in bytes that may be a word: two digits per byte, and the marks."""
    return 2 * LONGEST + len(HEX + b"]\r") + 1


def is_too_long(line: bytes) -> bool:
    """Whether a line stands for a word that is too long; it has no line feed."""
    word = line.removesuffix(b"\r")
    if len(word) <= _longest_line():
        data, decoded = _decoded(word + b"\n")
        return decoded.get(0, len(data) - 1) > LONGEST
    return True


def _lines(data: bytes, first: int) -> tuple[Guesses, int]:
    """The words of complete lines, and the number of lines."""
    written = data
    data, decoded = _decoded(data)
    if np is None:
        return _lists(written, data, decoded, first)
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(np.frombuffer(written, np.uint8) == ord("\n")).astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)
    lengths = ends - starts
    # Windows ends lines with a carriage return, too.
    lengths -= (lengths > 0) & (array[np.maximum(ends - 1, 0)] == ord("\r"))
    if decoded:
        at = np.searchsorted(starts, np.fromiter(decoded, np.int64, len(decoded)))
        lengths[at] = np.fromiter(decoded.values(), np.int64, len(decoded))
    lengths[lengths > LONGEST] = 0
    return Guesses(array, starts, lengths, first), len(ends)


def _lists(written: bytes, data: bytes, decoded: dict[int, int], first: int) -> tuple[Guesses, int]:
    """The same without NumPy."""
    lines = written.split(b"\n")[:-1]
    whole = Guesses.of_lists(data, [len(line) + 1 for line in lines], first)
    words = [len(line) - line.endswith(b"\r") for line in lines]
    words = [decoded.get(int(start), n) for start, n in zip(whole.starts, words, strict=True)]
    lengths: Any = [length if length <= LONGEST else 0 for length in words]
    return Guesses(whole.data, whole.starts, lengths, first), len(lines)


def _decoded(data: bytes) -> tuple[bytes, dict[int, int]]:
    """The lines with each ``$HEX[...]`` decoded in place, and the new lengths by their starts.

    If there are no hexadecimal digits inside, the line is an ordinary word.
    """
    lengths: dict[int, int] = {}
    changed = bytearray()
    start = -1
    while (start := data.find(HEX, start + 1)) >= 0:
        if start and data[start - 1] != ord("\n"):
            continue
        line = data[start : data.index(b"\n", start)].removesuffix(b"\r")
        try:
            word = bytes.fromhex(line[len(HEX) : -1].decode("ascii"))
        except ValueError:
            continue
        if line.endswith(b"]"):
            changed = changed or bytearray(data)
            changed[start : start + len(word)] = word
            lengths[start] = len(word)
    return (bytes(changed) if lengths else data), lengths
