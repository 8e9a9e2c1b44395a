"""Writing the secrets of connections to a key log, for Wireshark and other tools. RFC 9850.

The format of the lines is in :mod:`tls13lab.capture.keylog`.
"""

import errno
import os
from pathlib import Path

from tls13lab.capture.keylog import lines
from tls13lab.handshake.connection import Connection
from tls13lab.wire.faults import LocalFault


class KeyLog:
    """A key log to which connections are added; a new file can be read only by its owner.

    A full disk does not disturb the connections; :meth:`close` reports it. Raises OSError if the
    file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._broken = path, ""
        os.close(self._open())  # a bad path raises OSError now, and not during a connection

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, connection: Connection) -> None:
        """Write the connection's secrets; call it once, after the handshake."""
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
            # A single write, so that the lines of two connections do not mix.
            if os.write(descriptor, lines_) < len(lines_):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Raise LocalFault if the log is incomplete because writing failed."""
        if self._broken:
            raise LocalFault(f"the key log {self._path.name} breaks off: {self._broken}")
