"""A server that echoes: many connections at a time, none of which can hurt another.

Each connection is one task with a deadline on its handshake and on its silences, bounded buffers,
and a place among at most ``max_connections``. For one more, the one that has been shaking hands
longest gives way: an honest client is done in a moment, and those that hold their places without
ever finishing cannot keep it out. If all are connected, the new one is turned away unheard. Bytes
that make no data, such as one of a record every minute, do not count as an end of the silence.
Whatever goes wrong in a connection ends in its report. What the server does with data is to send it
back, or what its ``application`` says; a KeyUpdate is answered by the connection itself.

This is asyncio; :func:`tls13lab.peers.background.serving` is for everyone else.
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
    """The address or the port is not to be had."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may take: seconds for the handshake, and without data; and how many may."""

    handshake_s: float = 10.0
    idle_s: float = 60.0
    max_connections: int = 1024


@dataclass(frozen=True, slots=True)
class Served:
    """What became of one connection; ``outcome`` is None if there was no handshake.

    ``fault`` is what ended it, if anything did; ``echoed`` counts the bytes that were sent back.
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
"""Is told of a connection when its handshake is done, and again if it then ends in a fault."""

GAVE_WAY = "its handshake had lasted longest when another client needed the place"
"""Why a connection ended that was pushed out; :class:`Served` has it as its fault."""

_NO_HANDSHAKE = "the client closed the connection before the handshake was done"

REPORTS = 1000
"""How many reports are kept."""


class Server:
    """Listens from :meth:`start` to :meth:`stop`. A new ``config`` counts from the next connection.

    ``stop_after`` is a number of connections: when they have ended, ``done`` is set.
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
        # In the order in which they came.
        self._shaking: dict[asyncio.Task[None], None] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._unheard: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; gives the address and the port, which matters if ``port`` was 0.

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
        """Listen no more, say close_notify to all who are connected, and wait for their ends."""
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
        """A task that was cancelled before it ran has closed nothing and told nobody."""
        writer.close()
        if task in self._unheard:
            self._unheard.discard(task)
            address = writer.get_extra_info("peername") or ("?", 0)
            peer = _printable(address[0], address[1])
            self.on_end(Served(peer, fault=LocalFault(GAVE_WAY)))

    def _make_room(self) -> bool:
        """Whether the place of the longest handshake could be had."""
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
        """One connection, whatever happens in it."""
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
        talk = _Talk(link, report, self.limits, self._after_handshake, self._application())
        linger = False
        try:
            await talk.run()
        except asyncio.CancelledError as told:
            why = GAVE_WAY if GAVE_WAY in told.args else "the server was stopped"
            talk.report = replace(talk.report, fault=LocalFault(why))
            link.connection.close()
            link.write()
            raise
        except TLSFault as fault:
            linger = not isinstance(fault, AlertReceived | Timeout)
            talk.report = replace(talk.report, fault=fault)
        except Exception as error:
            # A fault of the lab's own must not take the other clients down; but it is not hidden.
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

    def _after_handshake(self, talk: "_Talk") -> None:
        task = asyncio.current_task()
        if task is not None:
            self._shaking.pop(task, None)
        if self._keylog is not None:
            self._keylog.add(talk.link.connection)
        if self._log is not None:
            self._log(talk.report)

    def _end(self, talk: "_Talk") -> None:
        report = talk.report
        if report.outcome is None and self._keylog is not None:
            self._keylog.add(talk.link.connection)
        if report.fault is not None and self._log is not None:
            self._log(report)
        self.on_end(report)


class _Talk:
    """One connection's handshake and what follows."""

    def __init__(
        self,
        link: Link,
        report: Served,
        limits: Limits,
        done: "Callable[[_Talk], None]",
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
                        # Nothing more can come (6.1), so a Finished cannot either.
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
        """Take in what came, send back what there is to send back; whether it was more than air."""
        connection = self.link.connection
        before = connection.connected
        events = await self.link.receive()
        if connection.connected and not before:
            self.report = replace(self.report, outcome=connection.outcome)
            self._done(self)
        for event in events:
            match event:
                case EarlyDataReceived(data):
                    # It may be a replay, and whoever sent it has not shown that it is there. So
                    # the answer waits until the handshake is done.
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
            isinstance(one, DataReceived) and one.data for one in events
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
    return "there is no such address here"


def _printable(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
