"""Record what crosses a socket into a capture file, as an eavesdropper beside it would."""

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import Any

from tls13lab.capture.files import CaptureError
from tls13lab.capture.writer import CaptureWriter

Tape = Callable[[str, bytes], None]
"""Is given what ``client`` or ``server`` put on the wire, in order."""


class Recorder:
    """Writes any number of connections into one new file. Use it as a context manager.

    Raises :class:`~tls13lab.capture.files.CaptureError` if the file is there already, and
    on leaving if it could not be written to the end.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._writer = CaptureWriter(path, now)
        self._numbers = count(1)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        # What went wrong before is of more interest than what it left of the recording.
        with suppress(CaptureError) if kind else nullcontext():
            self._writer.close()

    def connection(self, client: Any, server: Any) -> "ConnectionTape":
        """A connection between two socket addresses."""
        number = next(self._numbers)
        self._writer.open(number, _address(client), _address(server))
        return ConnectionTape(self._writer, number)


class ConnectionTape:
    """One connection's tape; call :meth:`end` when it is over."""

    def __init__(self, writer: CaptureWriter, number: int) -> None:
        self._writer, self._number = writer, number

    def add(self, sender: str, data: bytes) -> None:
        """Bytes that crossed the wire."""
        self._writer.add(self._number, sender, data)

    def end(self) -> None:
        """Nothing more will."""
        self._writer.end(self._number)


def _address(name: Any) -> tuple[str, int]:
    """Host and port of a socket's name; an IPv6 scope is of no interest to a capture."""
    host, port = (name or ("0.0.0.0", 0))[:2]
    return str(host).partition("%")[0], int(port)
