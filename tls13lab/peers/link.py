"""A connection on a socket, over asyncio's streams: what client and server both need.

A :class:`Link` turns bytes from the socket into events, and sends the bytes that the connection
wants to send. It sends before it reads again, and all buffers are limited. So if a peer never
reads, we wait, but use no more memory. Errors are :class:`~tls13lab.wire.faults.TLSFault`.
"""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress

from tls13lab.handshake.config import Environment
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import Event
from tls13lab.peers.recorder import Tape
from tls13lab.wire.faults import LocalFault, TLSFault

BUFFER = 2**16
"""The most bytes that are read at once; asyncio buffers at most twice as many more."""
LINGER_S = 1.0
LINGER_BYTES = 2**20

EnvironmentSource = Callable[[], Environment]


def real_environment() -> Environment:
    """The machine's clock, and its source of random bytes."""
    return Environment(time.time_ns() // 1_000_000, os.urandom)


class Timeout(LocalFault):
    """The peer took too long."""


class Link:
    """``connection`` on the two streams of a socket; ``tape`` records the bytes of both sides."""

    def __init__(
        self,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        environment: EnvironmentSource = real_environment,
        tape: Tape | None = None,
    ) -> None:
        self.connection = connection
        self._tape = tape
        self._reader, self._writer = reader, writer
        self._environment = environment
        self.ended = False

    async def receive(self) -> list[Event]:
        """Wait for bytes and return the events. Raises the fault that ended the connection.

        If the peer broke a rule, the alert is sent before the fault is raised. The end of the
        stream sets ``ended``; after close_notify it is no fault and gives no event.
        """
        try:
            data = await self._reader.read(BUFFER)
        except OSError:  # a reset is treated like an end without close_notify
            data = b""
        if not data:
            self.ended = True
            self.connection.receive_eof()
            return []
        self._heard(data)
        try:
            return self.connection.receive(data, self._environment())
        except TLSFault as fault:
            await self.fail(fault)
            raise

    def _heard(self, data: bytes) -> None:
        if self._tape is not None:
            self._tape("client" if self.connection.role == "server" else "server", data)

    async def flush(self) -> None:
        """Send the bytes that wait, and wait if the peer is slow. Raises TruncatedConnection."""
        try:
            self.write()
            await self._writer.drain()
        except OSError:
            self.ended = True
            raise TruncatedConnection("the peer closed the transport during sending") from None

    def write(self) -> None:
        """Send the bytes that wait without waiting for the peer, if there cannot be too many."""
        data = self.connection.outgoing()
        if data and self._tape is not None:
            self._tape(self.connection.role, data)
        self._writer.write(data)

    async def fail(self, fault: TLSFault) -> None:
        """Send the fault's alert, unless an alert has already ended the connection."""
        self.connection.abort(fault)
        with suppress(TLSFault):
            await self.flush()

    async def close(self, *, linger: bool = False) -> None:
        """Close the socket. With ``linger``, first read for up to ``LINGER_S`` seconds.

        If a socket is closed while unread bytes wait, the system sends a reset, and the peer may
        see that instead of our last alert. So after an alert, we read until the peer has closed.
        """
        if linger and not self.ended:
            with suppress(OSError, TimeoutError, RuntimeError):
                async with asyncio.timeout(LINGER_S):
                    self._writer.write_eof()
                    for _ in range(LINGER_BYTES // BUFFER):
                        data = await self._reader.read(BUFFER)
                        if not data:
                            break
                        self._heard(data)
        self._writer.close()
        try:
            async with asyncio.timeout(LINGER_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()
