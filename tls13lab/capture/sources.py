"""Where captures and key logs come from: a file, a pipe, or standard input, written ``-``.

Each is opened once and read from beginning to end, so a pipe works as well as a file.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

STDIN = Path("-")
Buffered: TypeAlias = "io.BufferedReader[Any]"
_BUFFER = 2**20


def named(path: Path) -> str:
    """The name of a source in messages; bytes that are not UTF-8 are shown as ``\\xff``."""
    if path == STDIN:
        return "standard input"
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


@contextmanager
def opened(path: Path) -> Iterator[Buffered]:
    """Open a source for reading, buffered. Raises OSError."""
    if path == STDIN:
        yield io.BufferedReader(_Unowned(sys.stdin.buffer), _BUFFER)
    else:
        with io.BufferedReader(io.FileIO(path), _BUFFER) as file:
            yield file


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
