"""A server in a thread of the running program, for notebooks and tests.

An example::

    from tls13lab.handshake.pair import lesson_configs
    from tls13lab.peers.background import serving
    from tls13lab.peers.client import connect

    client, server = lesson_configs("psk_dhe_ke")
    with serving(server) as running:
        report = connect("127.0.0.1", running.port, client, send=b"hello")
        ended = running.wait_for(1)
    assert (report.mode, report.received) == ("psk_dhe_ke", b"hello")
    assert ended[0].echoed == 5
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from tls13lab.handshake.config import ServerConfig
from tls13lab.peers.application import Application, Echo
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import EnvironmentSource, real_environment
from tls13lab.peers.server import CannotListen, Limits, Log, Served, Server

__all__ = ["CannotListen", "Running", "serving"]

LOOPBACK = "127.0.0.1"


class Running:
    """A running server, at ``host`` and ``port``."""

    def __init__(self, server: Server) -> None:
        self.host, self.port = "", 0
        self._server = server
        self._changed = threading.Condition()
        self._ended = 0
        self._done = False
        server.on_end = self._note_end

    @property
    def reports(self) -> tuple[Served, ...]:
        """The last 1000 connections that have ended, in the order in which they ended."""
        with self._changed:
            return tuple(self._server.reports)

    @property
    def config(self) -> ServerConfig:
        """The configuration; a new one applies from the next connection on."""
        return self._server.config

    @config.setter
    def config(self, config: ServerConfig) -> None:
        self._server.config = config

    @property
    def limits(self) -> Limits:
        """The limits on time and number of connections; new ones apply to the next connection."""
        return self._server.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._server.limits = limits

    def wait_for(self, ended: int, timeout: float = 120.0) -> tuple[Served, ...]:
        """Wait until ``ended`` connections have ended, and return the reports.

        Raises TimeoutError after ``timeout`` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._ended >= ended, timeout):
                raise TimeoutError(f"{self._ended} of {ended} connections have ended")
            return tuple(self._server.reports)

    def wait_done(self, timeout: float | None = None) -> bool:
        """Wait until ``stop_after`` connections have ended; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._done, timeout)

    def _note_end(self, report: Served) -> None:
        with self._changed:
            self._server.reports.append(report)
            self._ended += 1
            self._changed.notify_all()

    async def _run(
        self, host: str, port: int, ready: "Future[None]", stop: "Future[asyncio.Event]"
    ) -> None:
        try:
            self.host, self.port = await self._server.start(host, port)
        except CannotListen as fault:
            ready.set_exception(fault)
            return
        asked = asyncio.Event()
        stop.set_result(asked)
        ready.set_result(None)
        done = asyncio.create_task(self._note_done())
        await asked.wait()
        done.cancel()
        await self._server.stop()

    async def _note_done(self) -> None:
        await self._server.done.wait()
        with self._changed:
            self._done = True
            self._changed.notify_all()


@contextmanager
def serving(
    config: ServerConfig,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    limits: Limits | None = None,
    stop_after: int | None = None,
    keylog: KeyLog | None = None,
    log: Log | None = None,
    environment: EnvironmentSource = real_environment,
    application: Callable[[], Application] = Echo,
) -> Iterator[Running]:
    """Run a server while the block lasts; by default an echo server on a free loopback port.

    ``log`` is called in the server's thread. Raises :class:`~tls13lab.peers.server.CannotListen`.
    """
    server = Server(
        config,
        limits=limits,
        stop_after=stop_after,
        keylog=keylog,
        log=log,
        application=application,
        environment=environment,
    )
    running = Running(server)
    ready: Future[None] = Future()
    stop: Future[asyncio.Event] = Future()
    loop = asyncio.new_event_loop()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(running._run(host, port, ready, stop))

    thread = threading.Thread(target=run, name="tls13lab server", daemon=True)
    thread.start()
    try:
        ready.result()
        yield running
    finally:
        if stop.done():
            loop.call_soon_threadsafe(stop.result().set)
        thread.join()
