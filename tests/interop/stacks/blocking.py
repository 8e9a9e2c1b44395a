"""Echo servers and clients out of a library's connections: blocking sockets, a thread for each.

The sockets time out in the system, not in Python, since a library reads their descriptors itself.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.interop.stacks.stack import (
    Client,
    Context,
    Heard,
    Library,
    PeerFailed,
    Server,
    Setup,
    Talker,
)
from tests.interop.tap import LOOPBACK, SECONDS

PIECE = 40_000
"""Bytes that a client sends before it reads: more than two records."""


class BlockingStack:
    """A :class:`~tests.interop.stacks.stack.Stack` made of a library."""

    def __init__(self, library: Library) -> None:
        self.name, self.version = library.name, library.version
        self._library = library

    @contextmanager
    def serve(self, setup: Setup) -> Iterator[Server]:
        context = self._library.context("server", setup)
        server = _Server(context, setup)
        try:
            yield server
        finally:
            server.stop()
            context.close()

    @contextmanager
    def client(self, setup: Setup) -> Iterator[Client]:
        context = self._library.context("client", setup)
        try:
            yield _Client(context, setup)
        finally:
            context.close()

    def close(self) -> None:
        return


def _ready(plain: socket.socket) -> int:
    """The descriptor, blocking and with the system's own timeouts."""
    plain.setblocking(True)
    patience = struct.pack("ll", int(SECONDS), 0)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain.fileno()


def _cut_short() -> bytes:
    raise PeerFailed("the server closed the connection before all had come back")


class _Server:
    def __init__(self, context: Context, setup: Setup) -> None:
        self._context, self._setup = context, setup
        self._early_data = setup.early_data > 0
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.complaint = ""
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def refuse_early_data(self) -> None:
        self._early_data = False

    def _start(self, work: object, *arguments: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            if self._stopping:
                plain.close()
                return
            self._start(self._echo, plain)

    def _echo(self, plain: socket.socket) -> None:
        with plain:
            try:
                self._talk(plain)
            except PeerFailed as error:
                self.complaint = str(error)

    def _talk(self, plain: socket.socket) -> None:
        talker = self._context.accept(_ready(plain), early_data=self._early_data)
        try:
            talker.handshake()
            if talker.early:
                talker.send(talker.early)
            self._echo_all(talker)
        finally:
            talker.close()

    def _echo_all(self, talker: Talker) -> None:
        first = True
        while data := talker.receive():
            if first and self._setup.update_keys:
                talker.update_keys()
            first = False
            talker.send(data)

    def stop(self) -> None:
        # A last, empty connection wakes the thread everywhere; closing a socket may not.
        self._stopping = True
        socket.create_connection((LOOPBACK, self.port), SECONDS).close()
        for thread in self._threads:
            thread.join(SECONDS)
        self._listener.close()


class _Client:
    def __init__(self, context: Context, setup: Setup) -> None:
        self._context, self._setup = context, setup
        self._session: object | None = None

    def visit(self, port: int, data: bytes, *, resume: bool, early: bytes) -> Heard:
        try:
            plain = socket.create_connection((LOOPBACK, port), SECONDS)
        except OSError as error:
            raise PeerFailed(f"nobody listens: {error}") from error
        with plain:
            session = self._session if resume else None
            talker = self._context.connect(_ready(plain), session, early)
            try:
                return self._talk(talker, data, early)
            finally:
                talker.close()

    def _talk(self, talker: Talker, data: bytes, early: bytes) -> Heard:
        talker.handshake()
        accepted: bool = talker.early_accepted
        if self._setup.update_keys:
            talker.update_keys()
        # Piece by piece: who writes does not read, and the server's answers need their room.
        received = bytearray()
        to_send = data if accepted else early + data
        for start in range(0, len(to_send), PIECE):
            piece = to_send[start : start + PIECE]
            talker.send(piece)
            wanted = len(early) + start + len(piece) if accepted else start + len(piece)
            while len(received) < wanted:
                received += talker.receive() or _cut_short()
        self._session = talker.session()
        return Heard(bytes(received), accepted)
