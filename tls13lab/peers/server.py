"""A server for many connections at a time, none of which can harm another.

Each connection is a task of its own, with limited buffers, a time limit for the handshake, and a
limit on the time without data. Only complete application data counts: a client that sends one byte
of a record every minute is cut off like one that sends nothing.

There are at most ``max_connections``. When one more arrives, the connection whose handshake has
lasted longest is closed. An honest client finishes its handshake in a moment, so clients that never
finish cannot keep it out. If all handshakes are finished, the new connection is refused.

Whatever goes wrong in a connection is in its report. The server sends all data back unless its
``application`` does something else. This file uses asyncio; for other programs there is
:func:`tls13lab.peers.background.serving`.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import (
    DataReceived,
    EarlyDataReceived,
    HandshakeCompleted,
    KeysUpdated,
    PeerClosed,
)
from tls13lab.peers.application import Application, Echo
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import BUFFER, EnvironmentSource, Link, Timeout, real_environment
from tls13lab.peers.recorder import Recorder
from tls13lab.wire.faults import AlertReceived, LocalFault, TLSFault


class CannotListen(LocalFault):
    """The server cannot listen on this address and port."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most seconds for a handshake and without data, and the most connections at a time."""

    handshake_s: float = 10.0
    idle_s: float = 60.0
    max_connections: int = 1024


@dataclass(frozen=True, slots=True)
class Served:
    """The report on one connection; ``outcome`` is None if its handshake failed.

    ``fault`` is the fault that ended it, if there was one. ``echoed`` is how many bytes were sent
    back.
    """

    peer: str
    outcome: Outcome | None = None
    fault: TLSFault | None = None
    echoed: int = 0
    key_updates: int = 0

    def __str__(self) -> str:
        if self.outcome is None:
            return f"{self.peer} failed: {self.fault}"
        if self.fault is not None:
            return f"{self.peer} ended: {self.fault}"
        outcome = self.outcome
        words = [self.peer, outcome.mode, outcome.suite.name]
        if outcome.psk_kind is not None:
            words.append(f"{outcome.psk_kind.value} PSK")
        if outcome.retried:
            words.append("after HelloRetryRequest")
        if outcome.early_data != "none":
            because = f": {outcome.early_data_refusal}" if outcome.early_data_refusal else ""
            words.append(f"early data {outcome.early_data}{because}")
        return " ".join(words)


Log = Callable[[Served], None]
"""Called after a connection's handshake, and again if the connection then ends with a fault."""

GAVE_WAY = "its handshake had lasted longest when another client needed the place"
"""The fault of a connection that was closed to make room for another."""

_NO_HANDSHAKE = "the client closed the connection before the handshake was done"

REPORTS = 1000
"""How many reports are kept."""


class Server:
    """Listens from :meth:`start` to :meth:`stop`; a new ``config`` applies to later connections.

    After ``stop_after`` connections have ended, ``done`` is set.
    """

    def __init__(
        self,
        config: ServerConfig,
        *,
        limits: Limits | None = None,
        stop_after: int | None = None,
        keylog: KeyLog | None = None,
        log: Log | None = None,
        environment: EnvironmentSource = real_environment,
        recorder: Recorder | None = None,
        application: Callable[[], Application] = Echo,
    ) -> None:
        self.config = config
        self._application = application
        self._recorder = recorder
        self.limits = limits or Limits()
        self.reports: deque[Served] = deque(maxlen=REPORTS)
        self.done = asyncio.Event()
        self._left = stop_after
        self._keylog = keylog
        self.on_end: Log = self.reports.append
        self._log = log
        self._environment = environment
        self._tasks: set[asyncio.Task[None]] = set()
        # Those whose handshake is not finished, in the order in which they came.
        self._shaking: dict[asyncio.Task[None], None] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._unheard: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen, and return the address and the port (a free one if ``port`` is 0).

        Raises :class:`CannotListen`.
        """
        try:
            self._listener = await asyncio.start_server(
                self._accept, host, port, limit=BUFFER, backlog=1024
            )
        except (OSError, ValueError, OverflowError) as error:
            where = _printable(host, port)
            raise CannotListen(f"cannot listen on {where}: {_reason(error)}") from None
        address = self._listener.sockets[0].getsockname()
        return address[0], address[1]

    async def stop(self) -> None:
        """Stop listening, send close_notify on all connections, and wait until they have ended."""
        if self._listener is not None:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._leaving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        full = len(self._tasks) >= self.limits.max_connections
        if self._left == 0 or (full and not self._make_room()):
            writer.transport.abort()
            return
        if self._left is not None:
            self._left -= 1
            if self._left == 0 and self._listener is not None:
                self._listener.close()
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        self._shaking[task] = None
        task.add_done_callback(self._forget)
        self._unheard.add(task)
        task.add_done_callback(partial(self._bury, writer))

    def _bury(self, writer: asyncio.StreamWriter, task: asyncio.Task[None]) -> None:
        """Close and report a connection whose task was cancelled before it could run."""
        writer.close()
        if task in self._unheard:
            self._unheard.discard(task)
            address = writer.get_extra_info("peername") or ("?", 0)
            peer = _printable(address[0], address[1])
            self.on_end(Served(peer, fault=LocalFault(GAVE_WAY)))

    def _make_room(self) -> bool:
        """End the connection whose handshake has lasted longest; False if there is none."""
        oldest = next(iter(self._shaking), None)
        if oldest is None:
            return False
        self._forget(oldest)
        self._leaving.add(oldest)
        oldest.add_done_callback(self._leaving.discard)
        oldest.cancel(GAVE_WAY)
        return True

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._shaking.pop(task, None)
        if self._left == 0 and not self._tasks:
            self.done.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, whatever happens in it."""
        task = asyncio.current_task()
        if task is not None:
            self._unheard.discard(task)
        address = writer.get_extra_info("peername") or ("?", 0)
        report = Served(_printable(address[0], address[1]))
        tape = None
        if self._recorder is not None:
            tape = self._recorder.connection(address, writer.get_extra_info("sockname"))
        link = Link(
            Connection.server(self.config),
            reader,
            writer,
            self._environment,
            tape.add if tape else None,
        )
        talk = _ServerTalk(link, report, self.limits, self._after_handshake, self._application())
        linger = False
        try:
            await talk.run()
        except asyncio.CancelledError as cancelled:
            why = GAVE_WAY if GAVE_WAY in cancelled.args else "the server was stopped"
            talk.report = replace(talk.report, fault=LocalFault(why))
            link.connection.close()
            link.write()
            raise
        except TLSFault as fault:
            linger = not isinstance(fault, AlertReceived | Timeout)
            talk.report = replace(talk.report, fault=fault)
        except Exception as error:
            # A bug in the lab must not affect other clients, but it must not be hidden either.
            ours = LocalFault(f"internal error ({type(error).__name__}): please report it")
            await link.fail(ours)
            talk.report = replace(talk.report, fault=ours)
        finally:
            try:
                self._end(talk)
            finally:
                await link.close(linger=linger)
                if tape is not None:
                    tape.end()

    def _after_handshake(self, talk: "_ServerTalk") -> None:
        task = asyncio.current_task()
        if task is not None:
            self._shaking.pop(task, None)
        if self._keylog is not None:
            self._keylog.add(talk.link.connection)
        if self._log is not None:
            self._log(talk.report)

    def _end(self, talk: "_ServerTalk") -> None:
        report = talk.report
        if report.outcome is None and self._keylog is not None:
            self._keylog.add(talk.link.connection)
        if report.fault is not None and self._log is not None:
            self._log(report)
        self.on_end(report)


class _ServerTalk:
    """The handshake and the data of one connection."""

    def __init__(
        self,
        link: Link,
        report: Served,
        limits: Limits,
        done: "Callable[[_ServerTalk], None]",
        application: Application,
    ) -> None:
        self.link, self.report = link, report
        self._limits, self._done, self._application = limits, done, application
        self._early = b""

    async def run(self) -> None:
        limits, connection = self._limits, self.link.connection
        try:
            async with asyncio.timeout(limits.handshake_s):
                while not connection.connected:
                    await self._step()
                    if connection.closed and not connection.connected:
                        # Nothing more can come after close_notify (6.1), and so no Finished.
                        raise TruncatedConnection(_NO_HANDSHAKE)
        except TimeoutError:
            late = f"the handshake was not done within {limits.handshake_s:g} s"
            raise Timeout(late) from None
        while not connection.closed:
            try:
                async with asyncio.timeout(limits.idle_s):
                    while not await self._step():
                        pass
            except TimeoutError:
                connection.close()
                self.link.write()
                raise Timeout(f"there was silence for {limits.idle_s:g} s") from None

    async def _step(self) -> bool:
        """Process the bytes that came and send the answer; whether there was data, or the end."""
        connection = self.link.connection
        before = connection.connected
        events = await self.link.receive()
        if connection.connected and not before:
            self.report = replace(self.report, outcome=connection.outcome)
            self._done(self)
        for event in events:
            match event:
                case EarlyDataReceived(data):
                    # It may be a replay: only the client's Finished proves that a client is there.
                    # So the answer waits until the handshake is done.
                    self._early += data
                case HandshakeCompleted() if self._early:
                    self._answer(self._early, early=True)
                case DataReceived(data) if data and not self._application.done:
                    self._answer(data, early=False)
                case KeysUpdated():
                    self.report = replace(self.report, key_updates=self.report.key_updates + 1)
                case PeerClosed():
                    connection.close()
        await self.link.flush()
        return connection.closed or any(
            isinstance(event, DataReceived) and event.data for event in events
        )

    def _answer(self, data: bytes, *, early: bool) -> None:
        answer = self._application.receive(data, self.report, early=early)
        self.report = replace(self.report, echoed=self.report.echoed + len(answer))
        if answer:
            self.link.connection.send(answer)
        if self._application.done:
            self.link.connection.close()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno and not isinstance(error, socket.gaierror):
        return os.strerror(error.errno)
    return "this machine has no such address"


def _printable(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
