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
"""Bytes of a word; a longer one is no PSK, and is passed over."""
HEX = b"$HEX["


def batches(file: BinaryIO, offset: int = 0, first: int = 0) -> Iterator[tuple[Guesses, int]]:
    """The words from byte ``offset`` on, which begins line ``first``, with the byte they end at.

    Each line has a number. Empty ones and those that are too long are empty guesses, never tried.
    A line ``$HEX[...]`` stands for the bytes in it, as hashcat and john write what is no text.
    """
    file.seek(offset)
    rest = b""
    while block := file.read(BLOCK):
        data = rest + block
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > _longest_line():
            # Too long already: all but a stump of this line is forgotten.
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
    """Bytes of a line that may be a word: two digits a byte, and what stands around them."""
    return 2 * LONGEST + len(HEX + b"]\r") + 1


def _lines(data: bytes, first: int) -> tuple[Guesses, int]:
    """Words of whole lines, and how many lines there are."""
    written = data
    data, decoded = _decoded(data)
    if np is None:
        return _lists(written, data, decoded, first)
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(np.frombuffer(written, np.uint8) == ord("\n")).astype(np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)
    lengths = ends - starts
    # Lines of Windows end with a carriage return as well.
    lengths -= (lengths > 0) & (array[np.maximum(ends - 1, 0)] == ord("\r"))
    if decoded:
        at = np.searchsorted(starts, np.fromiter(decoded, np.int64, len(decoded)))
        lengths[at] = np.fromiter(decoded.values(), np.int64, len(decoded))
    lengths[lengths > LONGEST] = 0
    return Guesses(array, starts, lengths, first), len(ends)


def _lists(written: bytes, data: bytes, decoded: dict[int, int], first: int) -> tuple[Guesses, int]:
    """The same where there is no NumPy."""
    lines = written.split(b"\n")[:-1]
    whole = Guesses.of_lists(data, [len(line) + 1 for line in lines], first)
    words = [len(line) - line.endswith(b"\r") for line in lines]
    words = [decoded.get(int(start), n) for start, n in zip(whole.starts, words, strict=True)]
    lengths: Any = [length if length <= LONGEST else 0 for length in words]
    return Guesses(whole.data, whole.starts, lengths, first), len(lines)


def _decoded(data: bytes) -> tuple[bytes, dict[int, int]]:
    """The lines with what ``$HEX[...]`` stands for at its beginning, and by start their lengths.

    What has no hexadecimal digits inside is a word as it stands.
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
