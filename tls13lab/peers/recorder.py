"""Recording the bytes that go through a socket in a capture file, as an eavesdropper would."""

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import Any

from tls13lab.capture.files import CaptureError
from tls13lab.capture.writer import CaptureWriter
from tls13lab.wire.names import Side

Tape = Callable[[Side, bytes], None]
"""A function that is called with the sender, ``client`` or ``server``, and the bytes it sent."""


class Recorder:
    """Records any number of connections in one new file. Use it as a context manager.

    Raises :class:`~tls13lab.capture.files.CaptureError` if the file exists already, and at the end
    if the recording is incomplete.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self._writer = CaptureWriter(path, now)
        self._numbers = count(1)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        # An earlier error matters more than an incomplete recording, so it is not replaced.
        with suppress(CaptureError) if kind else nullcontext():
            self.close()

    def close(self) -> None:
        """End the recording. Raises CaptureError if it is incomplete."""
        self._writer.close()

    def connection(self, client: Any, server: Any) -> "ConnectionTape":
        """Begin to record a connection between two socket addresses."""
        number = next(self._numbers)
        self._writer.open(number, _address(client), _address(server))
        return ConnectionTape(self._writer, number)


class ConnectionTape:
    """The recording of one connection; call :meth:`end` at its end."""

    def __init__(self, writer: CaptureWriter, number: int) -> None:
        self._writer, self._number = writer, number

    def add(self, sender: Side, data: bytes) -> None:
        """Record bytes that ``sender`` (``client`` or ``server``) sent."""
        self._writer.add(self._number, sender, data)

    def end(self) -> None:
        self._writer.end(self._number)


def _address(name: Any) -> tuple[str, int]:
    """Host and port of a socket's address, without an IPv6 scope, which captures do not have."""
    host, port = (name or ("0.0.0.0", 0))[:2]
    return str(host).partition("%")[0], int(port)
