"""A capture file of what passes: connections are opened in it as they are heard of."""

from pathlib import Path
from types import TracebackType
from typing import Self

from tls13lab.capture.writer import CaptureWriter
from tls13lab.wire.names import Side

SERVER = ("127.0.0.1", 4433)


class Tape:
    """A context manager, and what :class:`~tests.interop.tap.Tap` calls for each piece of data.

    Connection ``n`` comes from port 50,000 + n. ``when`` is the time of all packets, Unix seconds.
    """

    def __init__(self, path: Path, when: float = 1.0) -> None:
        self._writer = CaptureWriter(path, now=lambda: when)
        self._opened: set[int] = set()

    def __call__(self, connection: int, sender: Side, data: bytes) -> None:
        """Bytes that ``sender``, ``client`` or ``server``, has sent."""
        if connection not in self._opened:
            self._opened.add(connection)
            self._writer.open(connection, ("127.0.0.1", 50_000 + connection), SERVER)
        self._writer.add(connection, sender, data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
