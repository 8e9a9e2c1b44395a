"""CPace over a socket, before TLS: two ends that share a password agree on an external PSK.

Each end sends one message, preceded by its length in two bytes, on a separate TCP connection; the
draft leaves the transport open. Afterwards, any program can use the PSK in TLS: this lab's client
or server, or a real OpenSSL. An example::

    with answering(b"sternchen", "printer", only_for="alice") as service:
        mine = call(LOOPBACK, service.port, b"sternchen", "alice", "printer")
        theirs = service.wait()
    assert mine == theirs

After the run, an end does not know yet whether the other had the same password; the TLS handshake
will show it. So an end that answers must count each run as a guess until a TLS connection succeeds
with its PSK, and must limit the number of runs. :class:`Answering` allows one.
"""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.x25519_group import SIZE
from tls13lab.peers.client import Unreachable
from tls13lab.peers.link import Timeout
from tls13lab.peers.server import CannotListen
from tls13lab.psk.cpace import MOST_AD, CpaceRun, Role, begin, names
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.pake import external_psk
from tls13lab.wire.faults import DecodeError
from tls13lab.wire.writer import opaque16

LOOPBACK = "127.0.0.1"
LONGEST = SIZE + MOST_AD + 4
"""The most bytes of a message: a share, associated data, and their lengths."""


def call(
    host: str,
    port: int,
    word: bytes,
    me: str,
    other: str,
    *,
    entropy: Entropy = os.urandom,
    timeout: float = 10.0,
) -> ExternalPsk:
    """Run CPace as the initiator, and return the PSK; ``timeout`` is in seconds, for each wait.

    ``word`` is the password, ``me`` and ``other`` are the names of the two ends. Raises
    :class:`~tls13lab.peers.client.Unreachable`, :class:`~tls13lab.peers.link.Timeout`, and the
    faults of :meth:`~tls13lab.psk.cpace.CpaceRun.finish`.
    """
    party = begin(Role.INITIATOR, word, entropy, CI=names(me.encode(), other.encode()))
    try:
        connection = socket.create_connection((host, port), timeout)
    except OSError as error:
        raise Unreachable(f"{host}:{port}: {error.strerror or error}") from None
    with connection:
        _send(connection, party)
        return external_psk(party.finish(_receive(connection)))


class Answering:
    """A responder that listens on the loopback port ``port``, and answers one run."""

    def __init__(self, listener: socket.socket, done: "Future[ExternalPsk]") -> None:
        self.port: int = listener.getsockname()[1]
        self._done = done

    def wait(self, timeout: float | None = None) -> ExternalPsk:
        """Wait for the PSK. Raises the fault that ended the run, or TimeoutError."""
        return self._done.result(timeout)


@contextmanager
def answering(
    word: bytes,
    me: str,
    only_for: str,
    *,
    port: int = 0,
    entropy: Entropy = os.urandom,
    timeout: float = 10.0,
) -> Iterator[Answering]:
    """Run a responder in a thread while the block lasts; by default on a free loopback port.

    ``me`` and ``only_for`` are the names of this end and of the caller. It waits for a caller as
    long as the block lasts, and then ``timeout`` seconds for the caller's message. Raises
    :class:`~tls13lab.peers.server.CannotListen`.
    """
    party = begin(Role.RESPONDER, word, entropy, CI=names(only_for.encode(), me.encode()))
    try:
        listener = socket.create_server((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        raise CannotListen(f"cannot listen on {LOOPBACK}:{port}: {error}") from None
    with listener, ThreadPoolExecutor(1) as executor:
        done = executor.submit(_answer, listener, party, timeout)
        service = Answering(listener, done)
        try:
            yield service
        finally:
            if not done.done():
                _wake(service.port)


def _answer(listener: socket.socket, party: CpaceRun, timeout: float) -> ExternalPsk:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(timeout)
        agreed = party.finish(_receive(connection))
        _send(connection, party)
        return external_psk(agreed)


def _wake(port: int) -> None:
    """End a thread that waits for a caller, by connecting and sending nothing."""
    with suppress(OSError):
        socket.create_connection((LOOPBACK, port), 1.0).close()


def _send(connection: socket.socket, party: CpaceRun) -> None:
    try:
        connection.sendall(opaque16(party.message))
    except TimeoutError:
        raise Timeout("the other end did not read the message during CPace") from None
    except OSError:
        raise DecodeError("the other end closed the connection during CPace") from None


def _receive(connection: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(connection, 2), "big")
    if length > LONGEST:
        raise DecodeError(f"a CPace message has at most {LONGEST} bytes here, not {length}")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    """Read exactly ``length`` bytes. Raises Timeout or DecodeError."""
    data = b""
    while len(data) < length:
        try:
            more = connection.recv(length - len(data))
        except TimeoutError:
            raise Timeout("the other end sent nothing during CPace") from None
        except OSError:
            more = b""
        if not more:
            raise DecodeError("the other end closed the connection during CPace")
        data += more
    return data
