"""Where captures and key logs come from: a file, a pipe, or standard input, written ``-``.

Each is opened once and read from beginning to end, so a pipe works as well as a file.
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
    """The name of a source in messages."""
    return "standard input" if path == STDIN else path.name


@contextmanager
def opened(path: Path) -> Iterator[Buffered]:
    """Open a source for reading, buffered. Raises OSError."""
    if path == STDIN:
        yield io.BufferedReader(_Unowned(sys.stdin.buffer), _BUFFER)
    else:
        with io.BufferedReader(io.FileIO(path), _BUFFER) as file:
            yield file


def unpacked(file: Buffered) -> Buffered:
    """The file itself or, if it is gzipped, its contents, unpacked while they are read.

    A damaged gzip file ends where the damage begins, as if it broke off there.
    """
    if file.peek(2)[:2] != _GZIP:
        return file
    return io.BufferedReader(cast(io.RawIOBase, _Gzip(fileobj=file)), _BUFFER)


def is_packed(file: Buffered) -> bool:
    """Whether the file is gzipped."""
    return file.peek(2)[:2] == _GZIP


class _Unowned(io.RawIOBase):
    """Standard input, which must stay open when the reader around it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        read = getattr(self._file, "read1", self._file.read)  # does not wait for a full buffer
        data = read(len(into))
        into[: len(data)] = data
        return len(data)


class _Gzip(gzip.GzipFile):
    """A gzip file that ends, without an error, where it cannot be unpacked."""

    def readinto(self, into: Any) -> int:
        try:
            return super().readinto(into)
        except (EOFError, OSError, zlib.error):
            return 0
