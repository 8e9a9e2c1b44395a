"""Where captures and key logs come from: a file, a pipe, or standard input, which is ``-``.

Each is opened once and read from its beginning to its end, so that a pipe serves as well as a file.
"""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

STDIN = Path("-")
Buffered: TypeAlias = "io.BufferedReader[Any]"
_BUFFER = 2**20
_GZIP = b"\x1f\x8b"


def named(path: Path) -> str:
    """What a sentence calls it."""
    return "standard input" if path == STDIN else path.name


@contextmanager
def opened(path: Path) -> Iterator[Buffered]:
    """The bytes, buffered. Raises OSError."""
    if path == STDIN:
        yield io.BufferedReader(_Unowned(sys.stdin.buffer), _BUFFER)
    else:
        with io.BufferedReader(io.FileIO(path), _BUFFER) as file:
            yield file


def unpacked(file: Buffered) -> Buffered:
    """The same; what gzip made is unpacked as it is read.

    A damaged stream ends where the damage begins, as a file does that breaks off.
    """
    if file.peek(2)[:2] != _GZIP:
        return file
    return io.BufferedReader(cast(io.RawIOBase, _Gzip(fileobj=file)), _BUFFER)


def is_packed(file: Buffered) -> bool:
    """Whether gzip made it."""
    return file.peek(2)[:2] == _GZIP


class _Unowned(io.RawIOBase):
    """Standard input, which is not ours to close."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:
        """What has come so far, as pipes are read."""
        read = getattr(self._file, "read1", self._file.read)  # what has come, without waiting
        data = read(len(into))
        into[: len(data)] = data
        return len(data)


class _Gzip(gzip.GzipFile):
    """What cannot be unpacked is the end."""

    def readinto(self, into: Any) -> int:
        try:
            return super().readinto(into)
        except (EOFError, OSError, zlib.error):
            return 0
