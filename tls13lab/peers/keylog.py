"""A key log: the traffic secrets of a connection, for Wireshark and its like. RFC 9850.

One line per secret: its label, the ClientHello's random, the secret. Which secrets have a label is
a column of the schedule table. Whoever has the file reads the connections: that is what it is for.

>>> secrets = {"exporter_secret": b"\\x05\\x06", "main_secret": b"\\x07\\x08"}
>>> list(lines(bytes(2), secrets))
['EXPORTER_SECRET 0000 0506']
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.handshake.connection import Connection


def lines(client_random: bytes, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The lines for those of the secrets that have a label, in the table's order."""
    for row in SCHEDULE.values():
        if row.keylog and row.name in secrets:
            yield f"{row.keylog} {client_random.hex()} {secrets[row.name].hex()}"


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
