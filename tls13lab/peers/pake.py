"""CPace over a socket, before TLS: two ends that share a word leave with an external PSK.

One message each way, each behind its length in two bytes, on a TCP connection of its own; the draft
leaves the transport open. The TLS connection comes after it, under the PSK, by whichever program:
this lab's client or server, or a real OpenSSL. An example::

    with answering(b"sternchen", "printer", only_for="alice") as service:
        mine = call(LOOPBACK, service.port, b"sternchen", "alice", "printer")
        theirs = service.wait()
    assert mine == theirs

Whether the other end had the word too is not known yet: TLS will say. So an end that answers counts
a run as a guess until a TLS connection under its PSK came about, and bounds how many it grants;
:class:`Answering` grants one.
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
from tls13lab.psk.cpace import MOST_AD, Party, Role, begin, names
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.pake import external_psk
from tls13lab.wire.faults import DecodeError
from tls13lab.wire.writer import opaque16

LOOPBACK = "127.0.0.1"
LONGEST = SIZE + MOST_AD + 4
"""Bytes of a message that are read: a share, associated data and their lengths."""


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
    """The initiator's run, from beginning to end; ``timeout`` in seconds is for each wait.

    Raises :class:`~tls13lab.peers.client.Unreachable`, :class:`~tls13lab.peers.link.Timeout`, and
    what :meth:`~tls13lab.psk.cpace.Party.finish` raises.
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
    """A responder that listens on ``port`` of this machine. It answers one run."""

    def __init__(self, listener: socket.socket, done: "Future[ExternalPsk]") -> None:
        self.port: int = listener.getsockname()[1]
        self._done = done

    def wait(self, timeout: float | None = None) -> ExternalPsk:
        """The PSK, once a run is done; raises what ended the run, or TimeoutError."""
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
    """The responder, in a thread, while the block lasts; by default on a free port.

    It waits for a caller as long as the block lasts, and then ``timeout`` seconds for its message.
    Raises :class:`~tls13lab.peers.server.CannotListen`.
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


def _answer(listener: socket.socket, party: Party, timeout: float) -> ExternalPsk:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(timeout)
        agreed = party.finish(_receive(connection))
        _send(connection, party)
        return external_psk(agreed)


def _wake(port: int) -> None:
    """End a thread that waits for a caller: by a call that says nothing, as on every system."""
    with suppress(OSError):
        socket.create_connection((LOOPBACK, port), 1.0).close()


def _send(connection: socket.socket, party: Party) -> None:
    try:
        connection.sendall(opaque16(party.message))
    except TimeoutError:
        raise Timeout("the other end does not take the message") from None
    except OSError:
        raise DecodeError("the other end closed the connection during CPace") from None


def _receive(connection: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(connection, 2), "big")
    if length > LONGEST:
        raise DecodeError(f"a CPace message has at most {LONGEST} bytes here, not {length}")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    """So many bytes, or a fault."""
    data = b""
    while len(data) < length:
        try:
            more = connection.recv(length - len(data))
        except TimeoutError:
            raise Timeout("the other end said nothing during CPace") from None
        except OSError:
            more = b""
        if not more:
            raise DecodeError("the other end closed the connection during CPace")
        data += more
    return data
