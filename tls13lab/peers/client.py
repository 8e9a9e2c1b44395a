"""A client on a socket: connect, send, read the echo, collect the tickets, close.

The server may send tickets at any time after the handshake. To get them all without waiting for
a fixed time, the client closes its own side and reads until the server has closed, too (RFC 9846
section 6.1: close_notify ends one direction only).

An example (``serving`` is in :mod:`tls13lab.peers.background`)::

    with serving(server_config) as server:
        report = connect("127.0.0.1", server.port, client_config, send=b"hello")
    assert report.received == b"hello"
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ClientConfig
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import (
    DataReceived,
    Event,
    KeysUpdated,
    PeerClosed,
    Tap,
    TicketReceived,
)
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import BUFFER, EnvironmentSource, Link, Timeout, real_environment
from tls13lab.peers.recorder import Recorder
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import Mode

MOST_TICKETS = 16
"""How many tickets are kept, the newest; a server may send any number of them."""
MOST_DATA = 2**24
"""How many more bytes than expected a server may send before the client gives up."""
CLOSING_S = 2.0
"""How many seconds the client waits for a server that does not answer its close_notify."""

T = TypeVar("T")


class Unreachable(LocalFault):
    """No TCP connection to the server could be made."""


class TooMuchData(LocalFault):
    """The server sent far more data than was expected."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a connection.

    ``received`` is all application data, and ``tickets`` are in the order in which they came.
    ``in_time`` is False if fewer bytes came than expected, because the server closed early or the
    time was up. ``secrets`` are the connection's, under the names of the schedule table.
    """

    outcome: Outcome
    received: bytes
    tickets: tuple[ResumptionPsk, ...]
    key_updates: int
    in_time: bool
    client_random: bytes
    secrets: Mapping[str, bytes] = field(repr=False)

    @property
    def mode(self) -> Mode:
        """``full``, ``psk_ke``, ``psk_dhe_ke`` or ``cert_with_extern_psk``."""
        return self.outcome.mode

    @property
    def resumed(self) -> bool:
        """Whether the PSK came from a ticket."""
        return self.outcome.resumed


def connect(
    host: str,
    port: int,
    config: ClientConfig,
    *,
    send: bytes = b"",
    expect: int | None = None,
    update_keys: bool = False,
    timeout: float = 10.0,
    keylog: KeyLog | None = None,
    environment: EnvironmentSource = real_environment,
    tap: Tap | None = None,
    recorder: Recorder | None = None,
) -> Report:
    """Make one connection from beginning to end; this also works inside a running event loop.

    Sends the configuration's early data, then ``send``, and waits for ``expect`` bytes, by default
    as many as were sent (an echo). Early data that the server rejected is sent again as ordinary
    data, if the application protocol is still the same (RFC 9846 section 4.3.10: "the client
    application MAY opt to retransmit"). With ``update_keys``, the client first updates its keys and
    asks the server to do so, too. ``timeout`` is in seconds; it applies to connecting, to the
    handshake, and to each wait for data after it.

    Raises a :class:`~tls13lab.wire.faults.TLSFault`: :class:`Unreachable`, the server's fault or
    its alert, :class:`~tls13lab.peers.link.Timeout`, TruncatedConnection, or :class:`TooMuchData`.
    """
    early = config.early_data
    wanted = len(early) + len(send) if expect is None else expect
    alpn = config.psks[0].alpn if config.psks else None
    talk = _ClientTalk(early, alpn, send, wanted, update_keys, timeout)
    return _run(_connect(host, port, config, talk, keylog, environment, tap, recorder))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; in a new thread if an event loop is running, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _connect(
    host: str,
    port: int,
    config: ClientConfig,
    talk: "_ClientTalk",
    keylog: KeyLog | None,
    environment: EnvironmentSource,
    tap: Tap | None,
    recorder: Recorder | None,
) -> Report:
    # First, because this fails if the configuration has nothing to offer.
    connection = Connection.client(config, environment(), tap)
    try:
        async with asyncio.timeout(talk.timeout):
            reader, writer = await asyncio.open_connection(host, port, limit=BUFFER)
    except TimeoutError:
        raise Unreachable(f"{host} port {port} did not answer in {talk.timeout:g} s") from None
    except (OSError, ValueError) as error:
        raise Unreachable(f"cannot connect to {host} port {port}: {_reason(error)}") from None
    tape = None
    if recorder is not None:
        ends = (writer.get_extra_info(name) for name in ("sockname", "peername"))
        tape = recorder.connection(*ends)
    link = Link(connection, reader, writer, environment, tape.add if tape else None)
    try:
        await talk.handshake(link)
        if keylog is not None:
            keylog.add(connection)
        await talk.exchange(link)
        await talk.close(link)
    finally:
        if keylog is not None and not connection.connected:
            keylog.add(connection)
        await link.close()
        if tape is not None:
            tape.end()
    return talk.report(connection)


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror | ValueError):
        return "no such host"
    if isinstance(error, OSError) and error.errno and not isinstance(error, ConnectionRefusedError):
        return os.strerror(error.errno)
    return "nothing is listening there"


class _ClientTalk:
    """The data that the client sends and receives on one connection."""

    def __init__(
        self,
        early: bytes,
        early_alpn: bytes | None,
        send: bytes,
        wanted: int,
        update_keys: bool,
        timeout: float,
    ) -> None:
        self.timeout = timeout
        self._early, self._early_alpn = early, early_alpn
        self._send, self._wanted, self._update_keys = send, wanted, update_keys
        self._received = bytearray()
        self._tickets: deque[ResumptionPsk] = deque(maxlen=MOST_TICKETS)
        self._key_updates = 0
        self._peer_closed = False
        self._in_time = True

    def _note(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case DataReceived(data):
                    self._received += data
                    if len(self._received) > self._wanted + MOST_DATA:
                        raise TooMuchData("the server sends far more data than expected")
                case TicketReceived(psk):
                    self._tickets.append(psk)
                case KeysUpdated():
                    self._key_updates += 1
                case PeerClosed():
                    self._peer_closed = True

    async def handshake(self, link: Link) -> None:
        try:
            async with asyncio.timeout(self.timeout):
                await link.flush()
                while not link.connection.connected:
                    self._note(await link.receive())
                    if not link.connection.connected and (self._peer_closed or link.ended):
                        raise TruncatedConnection(_NO_HANDSHAKE)
                    await link.flush()
        except TimeoutError:
            raise Timeout(f"the handshake was not done within {self.timeout:g} s") from None
        except TruncatedConnection:
            # A server may send all its data and its close_notify together with its Finished. That
            # ends only its own direction (6.1), so our last flight is still sent. If the server has
            # already gone and cannot take it, none of its data was lost.
            if not (link.connection.connected and self._peer_closed):
                raise TruncatedConnection(_NO_HANDSHAKE) from None

    async def exchange(self, link: Link) -> None:
        if self._update_keys:
            link.connection.update_keys(request=True)
        outcome = link.connection.outcome
        if self._early and outcome.early_data != "accepted":
            if outcome.early_data == "none" or outcome.alpn == self._early_alpn:
                link.connection.send(self._early)
            else:
                self._wanted -= len(self._early)
        if self._send:
            link.connection.send(self._send)
        # Not awaited, because an echo server stops reading until its own bytes are read.
        link.write()
        while len(self._received) < self._wanted and not self._peer_closed:
            try:
                async with asyncio.timeout(self.timeout):
                    self._note(await link.receive())
            except TimeoutError:
                self._in_time = False
                return
            link.write()
        self._in_time = len(self._received) >= self._wanted

    async def close(self, link: Link) -> None:
        link.connection.close()
        link.write()
        # All expected data has come, so an end without close_notify cuts nothing off.
        with suppress(TimeoutError, TruncatedConnection):
            async with asyncio.timeout(min(CLOSING_S, self.timeout)):
                while not self._peer_closed:
                    self._note(await link.receive())

    def report(self, connection: Connection) -> Report:
        return Report(
            outcome=connection.outcome,
            received=bytes(self._received),
            tickets=tuple(self._tickets),
            key_updates=self._key_updates,
            in_time=self._in_time,
            client_random=connection.client_random,
            secrets=dict(connection.secrets),
        )


_NO_HANDSHAKE = "the server closed the connection before the handshake was done"
