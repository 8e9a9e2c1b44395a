"""Peers that break off, are silent, or never end: each is answered and hurts no other."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, PSK, env
from tests.held_ports import held_port
from tls13lab.crypto.certificates import TrustAnyone, TrustPin
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.pair import lesson_configs
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import Unreachable, connect
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import Timeout, real_environment
from tls13lab.peers.server import Limits, Served
from tls13lab.wire.faults import AlertReceived, UnknownCA

HOST = "127.0.0.1"
SECONDS = 120.0
SERVER = ServerConfig(credential=CREDENTIAL, psks=(PSK,), modes=BOTH)
CLIENT = ClientConfig(psks=(PSK,), trust=TrustAnyone(), server_name=NAME, modes=BOTH)


class ByHand:
    """A client of which the test says every move."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), SECONDS)
        self.connection = Connection.client(CLIENT, real_environment())

    def push(self) -> None:
        self.socket.sendall(self.connection.outgoing())

    def shake(self) -> None:
        self.push()
        while not self.connection.connected:
            self.connection.receive(self.socket.recv(65536), real_environment())
        self.push()

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@contextmanager
def by_hand(port: int) -> Iterator[ByHand]:
    client = ByHand(port)
    try:
        yield client
    finally:
        client.socket.close()


def still_serves(server: Running) -> bool:
    return connect(HOST, server.port, CLIENT, send=b"still there?").received == b"still there?"


def reason(server: Running) -> str:
    return str(server.wait_for(1, SECONDS)[0].fault)


def test_garbage_gets_an_alert() -> None:
    with serving(SERVER) as server, socket.create_connection((HOST, server.port), SECONDS) as one:
        one.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert one.recv(100) == bytes.fromhex("15 0303 0002 02 0a")
        assert one.recv(100) == b""
        one.close()
        assert "is this TLS?" in reason(server)
        assert still_serves(server)


def test_an_alert_is_not_lost_though_the_client_goes_on_sending() -> None:
    """Closing with unread bytes would send a reset, which overtakes the alert."""
    with serving(SERVER) as server, by_hand(server.port) as client:
        client.socket.sendall(b"\x00" + bytes(500_000))
        assert client.socket.recv(100)[:1] == b"\x15"


@pytest.mark.parametrize("when", ["before the handshake", "after it"])
@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_client_that_breaks_off(when: str, how: str) -> None:
    with serving(SERVER) as server, by_hand(server.port) as client:
        if when == "after it":
            client.shake()
            client.connection.send(b"x" * 100)
        client.push()
        client.reset() if how == "reset" else client.socket.close()
        assert "the peer closed the transport" in reason(server)
        assert still_serves(server)


def test_a_half_sent_hello_and_a_silence_after_the_handshake() -> None:
    limits = Limits(handshake_s=0.2, idle_s=0.2)
    with serving(SERVER, limits=limits) as server, by_hand(server.port) as client:
        client.socket.sendall(client.connection.outgoing()[:50])
        assert "handshake was not done within 0.2 s" in reason(server)
    limits = replace(limits, handshake_s=SECONDS)
    with serving(SERVER, limits=limits) as server, by_hand(server.port) as client:
        client.shake()
        assert "silence for 0.2 s" in reason(server)
        events = []
        while data := client.socket.recv(65536):
            events += client.connection.receive(data, real_environment())
        assert [type(one).__name__ for one in events] == ["PeerClosed"]
        assert str(server.reports[0]).endswith("ended: there was silence for 0.2 s")


def test_a_client_that_sends_and_never_reads_is_not_buffered_without_end() -> None:
    with serving(SERVER, limits=Limits(idle_s=0.5)) as server, by_hand(server.port) as client:
        client.shake()
        client.connection.send(bytes(20_000_000))
        with pytest.raises(OSError):  # noqa: PT011 - the system chooses which
            client.push()
        assert "silence" in reason(server)
        assert server.reports[0].echoed < 20_000_000


def test_one_client_too_many_is_turned_away_and_later_let_in() -> None:
    with serving(SERVER, limits=Limits(max_connections=1)) as server:
        with by_hand(server.port) as first:
            first.shake()
            with pytest.raises(TruncatedConnection):
                connect(HOST, server.port, CLIENT)
        server.wait_for(1, SECONDS)
        retry(lambda: still_serves(server))


def retry(work: Callable[[], bool]) -> None:
    """The first connection's place is free a moment after its report."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with suppress(TruncatedConnection):
            assert work()
            return
    raise AssertionError("it never worked")


def test_stopping_says_close_notify_to_who_is_connected() -> None:
    with held_port() as port:
        stopped_while_connected(port)
        with pytest.raises(Unreachable, match="nothing is listening there"):
            connect(HOST, port, CLIENT)


def stopped_while_connected(port: int) -> None:
    with serving(SERVER, port=port) as server:
        client = ByHand(server.port)
        client.shake()
        client.connection.send(b"one echo, so that the server is done with the handshake")
        client.push()
        data = client.socket.recv(65536)
    with client.socket:
        while more := client.socket.recv(65536):
            data += more
        events = client.connection.receive(data, real_environment())
    assert type(events[-1]).__name__ == "PeerClosed"
    assert str(server.reports[0]).endswith("ended: the server was stopped")


def test_a_fault_of_the_servers_own_is_one_connections_end() -> None:
    broken = True

    def environment() -> Environment:
        if broken:
            raise ZeroDivisionError
        return real_environment()

    seen: list[Served] = []
    with serving(SERVER, environment=environment, log=seen.append) as server:
        with pytest.raises(AlertReceived, match="internal_error"):
            connect(HOST, server.port, CLIENT)
        assert "internal error (ZeroDivisionError)" in reason(server)
        broken = False
        assert still_serves(server)
    assert [one.fault is None for one in seen] == [False, True]


def test_after_its_last_connection_a_server_lets_nobody_in() -> None:
    with serving(SERVER, stop_after=1) as server:
        assert not server.wait_done(0)
        assert still_serves(server)
        assert server.wait_done(SECONDS)
        with pytest.raises((Unreachable, TruncatedConnection)):
            connect(HOST, server.port, CLIENT)
        with pytest.raises(TimeoutError, match="1 of 2"):
            server.wait_for(2, 0)


def test_an_exception_in_the_block_stops_the_server() -> None:
    with held_port() as port:
        with pytest.raises(KeyError), serving(SERVER, port=port):
            raise KeyError
        with pytest.raises(Unreachable):
            connect(HOST, port, CLIENT)


# --- servers that a client may meet --------------------------------------------------------------


@contextmanager
def answering(*answers: bytes, hold: bool = False) -> Iterator[int]:
    """A server that answers the first bytes with ``answers`` and closes, or holds on."""
    release = threading.Event()
    with socket.create_server((HOST, 0)) as listener:

        def run() -> None:
            one, _ = listener.accept()
            with one:
                for answer in answers:
                    one.recv(65536)
                    one.sendall(answer)
                if hold:
                    release.wait(SECONDS)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            release.set()
            thread.join()


def test_a_server_that_says_nothing_and_one_that_hangs_up() -> None:
    with answering(hold=True) as port, pytest.raises(Timeout, match=r"within 0\.5 s"):
        connect(HOST, port, CLIENT, timeout=0.5)
    with answering(b"") as port, pytest.raises(TruncatedConnection, match="before the handshake"):
        connect(HOST, port, CLIENT, timeout=SECONDS)


def test_a_server_that_closes_in_good_order_before_the_handshake() -> None:
    with (
        answering(bytes.fromhex("15030300020100")) as port,
        pytest.raises(TruncatedConnection, match="before the handshake"),
    ):
        connect(HOST, port, CLIENT, timeout=SECONDS)


def test_an_echo_that_is_too_short_is_told_and_not_waited_for_for_ever() -> None:
    with serving(SERVER) as server:
        report = connect(HOST, server.port, CLIENT, send=b"four", expect=5, timeout=4)
    assert (report.received, report.in_time) == (b"four", False)


def test_a_key_log_keeps_what_a_failed_handshake_came_to(tmp_path: Path) -> None:
    early, late, served = (tmp_path / name for name in ("early", "late", "served"))
    with answering(b"") as port, pytest.raises(TruncatedConnection):
        connect(HOST, port, CLIENT, keylog=KeyLog(early), timeout=SECONDS)
    assert early.read_text() == ""
    with serving(SERVER, keylog=KeyLog(served)) as server:
        stranger = replace(CLIENT, psks=(), trust=TrustPin(bytes(32)))
        with pytest.raises(UnknownCA):
            connect(HOST, server.port, stranger, keylog=KeyLog(late), environment=env)
        server.wait_for(1, SECONDS)
    # The client got as far as the handshake keys; the server had computed all.
    assert [line.split()[0] for line in late.read_text().splitlines()] == [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    ]
    assert set(late.read_text().splitlines()) < set(served.read_text().splitlines())


@pytest.mark.parametrize("host", ["a b", "x" * 300, "a\0b", "nowhere.invalid"])
def test_hosts_that_cannot_be(host: str) -> None:
    with pytest.raises(Unreachable, match="no such host"):
        connect(host, 1, CLIENT, timeout=SECONDS)


def test_connect_works_where_a_loop_runs_as_in_a_notebook() -> None:
    client, config = lesson_configs("psk_ke")

    async def cell() -> str:
        with serving(config) as server:
            return connect(HOST, server.port, client).mode

    assert asyncio.run(cell()) == "psk_ke"
