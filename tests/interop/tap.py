"""A tap on loopback: it forwards connections to a port and keeps a copy of both directions.

It understands nothing of what it forwards. One thread does everything, so what was recorded when a
client has its answer is at least what made that answer.
"""

import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tls13lab.wire.names import Side

LOOPBACK = "127.0.0.1"
SECONDS = 120.0
BUFFER = 2**18


@dataclass
class Recording:
    """The bytes of one connection."""

    from_client: bytearray = field(default_factory=bytearray)
    from_server: bytearray = field(default_factory=bytearray)


@dataclass
class _Leg:
    """One direction of a connection."""

    to: socket.socket
    copy: bytearray
    sender: Side
    connection: int


class Tap:
    """A context manager: connect to ``port`` instead of to the server's.

    ``tape``, if given, is told of each piece of data as it passes: which connection, counted from
    1, ``client`` or ``server``, and the bytes; and of each connection's end, with no bytes.
    """

    def __init__(
        self, server_port: int, tape: Callable[[int, Side, bytes], None] | None = None
    ) -> None:
        self._server_port, self._tape = server_port, tape
        self.recordings: list[Recording] = []
        self.port = 0

    def __enter__(self) -> Self:
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="tap", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wake.send(b"x")
        self._thread.join(SECONDS)
        self._selector.close()
        for one in (self._listener, self._wake, self._woken, *self._sockets):
            one.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._forward(key)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        self._sockets.append(client)
        client.settimeout(SECONDS)
        try:
            server = socket.create_connection((LOOPBACK, self._server_port), SECONDS)
        except OSError:
            client.close()
            return
        self._sockets.append(server)
        recording = Recording()
        self.recordings.append(recording)
        number = len(self.recordings)
        legs: tuple[tuple[socket.socket, socket.socket, bytearray, Side], ...] = (
            (client, server, recording.from_client, "client"),
            (server, client, recording.from_server, "server"),
        )
        for one, other, copy, sender in legs:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # One thread serves both directions, so neither may have to wait for its reader.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            self._selector.register(one, selectors.EVENT_READ, _Leg(other, copy, sender, number))

    def _forward(self, key: selectors.SelectorKey) -> None:
        assert isinstance(key.fileobj, socket.socket)
        leg: _Leg = key.data
        try:
            data = key.fileobj.recv(65536)
            leg.copy += data
            if self._tape is not None:
                self._tape(leg.connection, leg.sender, data)
            if data:
                leg.to.sendall(data)
                return
            leg.to.shutdown(socket.SHUT_WR)
        except OSError:  # one side is gone: whoever is left will see the end
            with suppress(OSError):
                leg.to.shutdown(socket.SHUT_RDWR)
        self._selector.unregister(key.fileobj)
