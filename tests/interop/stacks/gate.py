"""A gate before a socket: what comes in waits until it is opened.

NSS reads whenever it has written. With a quick server its handshake could be past the moment for
early data before the data is given to it; behind a gate it cannot.
"""

import os
import socket
import threading
from contextlib import suppress

from tests.interop.tap import LOOPBACK, SECONDS


class Gate:
    """``descriptor`` is a socket to use instead of the given one."""

    def __init__(self, descriptor: int) -> None:
        self._far = socket.socket(fileno=os.dup(descriptor))
        with socket.create_server(
            (LOOPBACK, 0)
        ) as listener:  # a library may ask for the peer's address
            self._near = socket.create_connection(listener.getsockname(), SECONDS)
            self._near.setblocking(True)
            self._inner, _ = listener.accept()
        self.descriptor = self._near.fileno()
        self._opened = threading.Event()
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._outwards, self._inwards)
        ]
        for thread in self._threads:
            thread.start()

    def open(self) -> None:
        self._opened.set()

    def _outwards(self) -> None:
        _copy(self._inner, self._far)

    def _inwards(self) -> None:
        self._opened.wait()
        _copy(self._far, self._inner)

    def close(self) -> None:
        """To be called when the library has closed its copy: what it wrote is then passed on."""
        self._near.close()
        self._threads[0].join(SECONDS)
        self.open()
        self._threads[1].join(SECONDS)
        self._inner.close()
        self._far.close()


def _copy(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)
