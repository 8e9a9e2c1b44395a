"""A key log that connections are added to, for Wireshark and its like. RFC 9850.

What its lines are is in :mod:`tls13lab.capture.keylog`.
"""

import errno
import os
from pathlib import Path

from tls13lab.capture.keylog import lines
from tls13lab.handshake.connection import Connection
from tls13lab.wire.faults import LocalFault


class KeyLog:
    """A file that key log lines are added to; if it is new, only its owner may read it.

    If it cannot be written on, on a full disk, no connection is disturbed: :meth:`close` says so.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._broken = path, ""
        os.close(self._open())  # a path that cannot be is an OSError now, not in mid-connection

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, connection: Connection) -> None:
        """What is known of the connection so far; call it once, when the handshake is over."""
        text = "".join(f"{line}\n" for line in lines(connection.client_random, connection.secrets))
        if not text or self._broken:
            return
        try:
            self._append(text.encode("ascii"))
        except OSError as error:
            self._broken = str(error.strerror)

    def _append(self, lines_: bytes) -> None:
        descriptor = self._open()
        try:
            # One write, so that the lines of two connections do not run into each other.
            if os.write(descriptor, lines_) < len(lines_):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Raises LocalFault if the log could not be written to the end."""
        if self._broken:
            raise LocalFault(f"the key log {self._path.name} breaks off: {self._broken}")
