"""A connection on a socket: what both roles need, over asyncio's streams. No echo, no policy.

A :class:`Link` reads bytes and gives events, and sends what the connection wants sent. It sends
before it reads on, and the streams' buffers are bounded, so a peer that never reads makes us wait
and not grow. Its errors are :class:`~tls13lab.wire.faults.TLSFault`, each one sentence.
"""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress

from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.events import Event
from tls13lab.peers.recorder import Tape
from tls13lab.wire.faults import LocalFault, TLSFault

BUFFER = 2**16
"""Bytes read at once; asyncio holds at most twice as many more before it stops reading."""
LINGER_S = 1.0
LINGER_BYTES = 2**20

EnvironmentSource = Callable[[], Environment]


def real_environment() -> Environment:
    """The machine's clock and random bytes."""
    return Environment(time.time_ns() // 1_000_000, os.urandom)


class Timeout(LocalFault):
    """The peer took longer than we wait."""


class Link:
    """``connection`` on the two streams of a socket; a ``tape`` records what crosses it."""

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
        """Wait for bytes; what happened. Raises the fault that ended the connection.

        Before a fault of the peer's comes out, its alert is on its way. After close_notify the end
        of the transport gives no event and sets ``ended``.
        """
        try:
            data = await self._reader.read(BUFFER)
        except OSError:  # a reset says no more than an end without close_notify
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
        """Send what waits, and wait while the peer is slow to take it."""
        try:
            self.write()
            await self._writer.drain()
        except OSError:
            self.ended = True
            raise TruncatedConnection(
                "the peer closed the transport while it was sent to"
            ) from None

    def write(self) -> None:
        """Send what waits, without waiting: for the side that bounds its own data."""
        data = self.connection.outgoing()
        if data and self._tape is not None:
            self._tape(self.connection.role, data)
        self._writer.write(data)

    async def fail(self, fault: TLSFault) -> None:
        """Send the fault's alert, unless an alert has ended the connection: see ``abort``."""
        self.connection.abort(fault)
        with suppress(TLSFault):
            await self.flush()

    async def close(self, *, linger: bool = False) -> None:
        """Close the socket. With ``linger`` first read on for a moment.

        Closing a socket on which unread bytes wait makes the system send a reset, which can
        overtake an alert that is on its way; so after an alert one reads until the peer is gone.
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
