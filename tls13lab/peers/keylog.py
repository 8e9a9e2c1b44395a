"""A key log that connections are added to, for Wireshark and its like. RFC 9850.

What its lines are is in :mod:`tls13lab.capture.keylog`.
"""

import os
from pathlib import Path

from tls13lab.capture.keylog import lines
from tls13lab.handshake.connection import Connection


class KeyLog:
    """A file that key log lines are added to; if it is new, only its owner may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        os.close(self._open())  # a path that cannot be is an OSError now, not in mid-connection

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, connection: Connection) -> None:
        """What is known of the connection so far; call it once, when the handshake is over."""
        text = "".join(f"{line}\n" for line in lines(connection.client_random, connection.secrets))
        if not text:
            return
        descriptor = self._open()
        try:
            # One write, so that the lines of two connections do not run into each other.
            os.write(descriptor, text.encode("ascii"))
        finally:
            os.close(descriptor)
