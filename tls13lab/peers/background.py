"""A server beside the program that asks for it: in a thread, for notebooks and tests.

An example::

    from tls13lab.handshake.pair import lesson_configs
    from tls13lab.peers.background import serving
    from tls13lab.peers.client import connect

    client, server = lesson_configs("psk_dhe_ke")
    with serving(server) as running:
        report = connect("127.0.0.1", running.port, client, send=b"hello")
    assert (report.mode, report.received) == ("psk_dhe_ke", b"hello")
    assert running.reports[0].echoed == 5
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial

from tls13lab.handshake.config import ServerConfig
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import EnvironmentSource, real_environment
from tls13lab.peers.server import Limits, Log, Served, Server
from tls13lab.wire.faults import LocalFault

LOOPBACK = "127.0.0.1"


class CannotListen(LocalFault):
    """The address or the port is not to be had."""


class Running:
    """A server that runs; ``host`` and ``port`` are where."""

    def __init__(self, server: Server, host: str, port: int, stop: Callable[[], object]) -> None:
        self.host, self.port = host, port
        self._server, self._stop_signal = server, stop
        self._ended = 0
        self._changed = threading.Condition()
        self._done = False

    @property
    def reports(self) -> tuple[Served, ...]:
        """The connections that have ended, in the order of their ends (the last 1000)."""
        return tuple(self._server.reports)

    @property
    def config(self) -> ServerConfig:
        """The configuration; a new one counts from the next connection on."""
        return self._server.config

    @config.setter
    def config(self, config: ServerConfig) -> None:
        self._server.config = config

    def wait_for(self, ended: int, timeout: float = 10.0) -> tuple[Served, ...]:
        """The reports, once at least ``ended`` connections have ended; else raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._ended >= ended, timeout):
                raise TimeoutError(f"only {self._ended} connections have ended")
            return self.reports

    def wait_done(self, timeout: float | None = None) -> bool:
        """Whether the server has served all of its ``stop_after`` connections, after waiting."""
        with self._changed:
            return self._changed.wait_for(lambda: self._done, timeout)

    def _note_end(self, report: Served) -> None:
        with self._changed:
            self._ended += 1
            self._changed.notify_all()

    def _note_done(self) -> None:
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
) -> Iterator[Running]:
    """Serve from here to the end of the ``with`` block; raises CannotListen."""
    ready: Future[Running] = Future()

    async def work() -> None:
        server = Server(
            config,
            limits=limits,
            stop_after=stop_after,
            keylog=keylog,
            log=log,
            on_end=lambda report: running._note_end(report),
            environment=environment,
        )
        loop = asyncio.get_running_loop()
        try:
            address, bound = await server.start(host, port)
        except (OSError, OverflowError) as error:
            ready.set_exception(CannotListen(f"cannot listen on {host} port {port}: {error}"))
            return
        stopping = asyncio.Event()
        stop = partial(loop.call_soon_threadsafe, stopping.set)
        running = Running(server, address, bound, stop)
        ready.set_result(running)
        done = asyncio.create_task(server.done.wait())
        done.add_done_callback(lambda _: running._note_done())
        await stopping.wait()
        done.cancel()
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(work(),), daemon=True)
    thread.start()
    running = ready.result()
    try:
        yield running
    finally:
        running._stop_signal()
        thread.join()
