"""How a connection ends: a fatal alert is not answered, a close_notify ends one direction only.

RFC 9846 sections 6.1 and 6.2. What is sent is counted on the wire, so an answer too many is seen.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, PSK, env
from tests.interop.tap import Tap
from tls13lab.crypto.certificates import TrustAnyone, TrustPin
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import EarlyDataReceived, Step
from tls13lab.handshake.pair import Pair
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import connect
from tls13lab.peers.link import real_environment
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import AlertDescription, CipherSuite, ContentType
from tls13lab.wire.faults import AlertReceived, LocalFault, PeerFault, UnexpectedMessage

HOST = "127.0.0.1"
SECONDS = 60.0
SERVER = ServerConfig(credential=CREDENTIAL, psks=(PSK,), modes=BOTH)
CLIENT = ClientConfig(psks=(PSK,), trust=TrustAnyone(), server_name=NAME, modes=BOTH)
FATAL = [one for one in AlertDescription if one.name not in ("CLOSE_NOTIFY", "USER_CANCELED")]


def after_hearing(pair: Pair, role: str, alert: int) -> bytes:
    """What ``role`` sends once it was told of a fatal alert, and afterwards asked for more."""
    ends = (pair.client, pair.server)
    speaker, hearer = ends if role == "server" else ends[::-1]
    speaker._sender._emit(ContentType.ALERT, bytes((2, alert)), (), protect=True)
    with pytest.raises(AlertReceived) as caught:
        hearer.receive(speaker.outgoing(), env("after"))
    hearer.abort(caught.value)
    hearer.abort(UnexpectedMessage("a later fault"))
    hearer.abort(LocalFault("one of our own"))
    hearer.close()
    return hearer.outgoing()


@pytest.mark.parametrize("alert", FATAL, ids=lambda one: one.name.lower())
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_fatal_alert_is_answered_with_nothing(role: str, alert: AlertDescription) -> None:
    pair = Pair(CLIENT, SERVER, seed="alerts")
    pair.handshake()
    assert after_hearing(pair, role, alert) == b""


def test_what_waits_when_the_alert_comes_is_not_sent_either() -> None:
    """A ClientHello and an alert that come in one piece: the flight was made, and is dropped."""
    hello = Connection.client(CLIENT, env("client")).outgoing()
    server = Connection.server(SERVER)
    with pytest.raises(AlertReceived):
        server.receive(
            hello + frame(ContentType.ALERT, bytes((2, AlertDescription.HANDSHAKE_FAILURE))),
            env("server"),
        )
    assert server.outgoing() == b""


def test_the_peers_close_notify_leaves_us_our_direction_and_our_alert() -> None:
    pair = Pair(CLIENT, SERVER, seed="one direction")
    pair.handshake()
    pair.client.close()
    pair.server.receive(pair.client.outgoing(), env("after"))
    pair.server.send(b"still here")
    pair.server.abort(LocalFault("and then something broke"))
    with pytest.raises(AlertReceived, match="internal_error"):
        pair.client.receive(pair.server.outgoing(), env("after"))


def _read_all(one: socket.socket) -> bytes:
    data = b""
    with suppress(ConnectionError):
        while more := one.recv(65536):
            data += more
    return data


@pytest.mark.parametrize("when", ["before the ClientHello", "after the server's flight"])
def test_on_a_socket_the_server_sends_nothing_after_a_clients_alert(when: str) -> None:
    with serving(SERVER) as server, socket.create_connection((HOST, server.port), SECONDS) as one:
        one.settimeout(SECONDS)
        if when != "before the ClientHello":
            client = Connection.client(CLIENT, real_environment())
            one.sendall(client.outgoing())
            while not client.connected:  # its own Finished stays where it is
                client.receive(one.recv(65536), real_environment())
        one.sendall(frame(ContentType.ALERT, bytes((2, AlertDescription.UNKNOWN_CA))))
        assert _read_all(one) == b""
        assert isinstance(server.wait_for(1, SECONDS)[0].fault, AlertReceived)


def test_on_a_socket_the_client_sends_nothing_after_a_servers_alert() -> None:
    sent: list[Step] = []
    wrong = replace(CLIENT, psks=(replace(PSK, key=bytes(32)),))
    with serving(SERVER) as server, Tap(server.port) as tap:
        with pytest.raises(AlertReceived):
            connect(HOST, tap.port, wrong, tap=_steps(sent))
        server.wait_for(1, SECONDS)
        assert bytes(tap.recordings[0].from_client) == sent[0].wire
    assert [one.content_type for one in sent] == [ContentType.HANDSHAKE]


def _steps(into: list[Step]) -> Callable[[object], None]:
    return lambda seen: into.append(seen) if isinstance(seen, Step) else None


def test_a_fault_of_the_peers_is_still_told() -> None:
    """The twin: what is found here is told, once."""
    sent: list[Step] = []
    stranger = replace(CLIENT, psks=(), trust=TrustPin(bytes(32)))
    with serving(SERVER) as server, pytest.raises(PeerFault):
        connect(HOST, server.port, stranger, tap=_steps(sent))
    assert [one.content_type for one in sent].count(ContentType.ALERT) == 1


@pytest.mark.parametrize("hello", [False, True], ids=["before any hello", "after the hello"])
@pytest.mark.parametrize("rest", ["half closed", "left open"])
def test_a_client_that_closes_before_its_finished_ends_only_its_connection(
    hello: bool, rest: str
) -> None:
    """A server that waited on would find its socket at its end again and again, and never yield."""
    with serving(SERVER) as server, socket.create_connection((HOST, server.port), SECONDS) as one:
        if hello:
            one.sendall(Connection.client(CLIENT, real_environment()).outgoing())
        one.sendall(frame(ContentType.ALERT, bytes((1, 0))))
        if rest == "half closed":
            one.shutdown(socket.SHUT_WR)
        fault = server.wait_for(1, SECONDS)[0].fault
        assert "closed the connection before the handshake was done" in str(fault)
        _serves(server)


def _serves(server: Running) -> None:
    assert connect(HOST, server.port, CLIENT, send=b"hello").received == b"hello"


# close_notify in the flight of the server's Finished ----------------------------------------------

EARLY = replace(PSK, suite=CipherSuite.TLS_AES_128_GCM_SHA256, max_early_data_size=1000)
QUESTION, ANSWER = b"GET / HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\nthe page"


def answers_at_once(listener: socket.socket, heard: list[bytes], *, stays: bool) -> None:
    """A server that takes early data, answers in its first flight and closes its direction.

    It then reads the client's last flight, or is gone.
    """
    config = ServerConfig(psks=(EARLY,), modes=BOTH, max_early_data_size=1000)
    connection = Connection.server(config)
    with listener.accept()[0] as one:
        one.settimeout(SECONDS)
        got = b""
        while QUESTION not in got:
            for event in connection.receive(one.recv(65536), real_environment()):
                got += event.data if isinstance(event, EarlyDataReceived) else b""
        connection.send_half_rtt(ANSWER)
        connection.close()
        one.sendall(connection.outgoing())
        if stays:
            while not connection.connected:
                connection.receive(one.recv(65536), real_environment())
            heard.append(b"Finished")
            heard.append(_read_all(one))


@pytest.mark.parametrize("stays", [True, False], ids=["reads on", "is gone"])
def test_all_in_the_first_flight_and_closed(stays: bool) -> None:
    heard: list[bytes] = []
    with socket.create_server((HOST, 0)) as listener:
        server = threading.Thread(
            target=answers_at_once, args=(listener, heard), kwargs={"stays": stays}
        )
        server.start()
        client = ClientConfig(psks=(EARLY,), modes=BOTH, early_data=QUESTION)
        report = connect(HOST, listener.getsockname()[1], client, timeout=SECONDS)
        server.join(SECONDS)
    assert report.received == ANSWER
    assert report.outcome.early_data == "accepted"
    assert heard[:1] == ([b"Finished"] if stays else [])


def test_close_notify_before_the_finished_is_still_no_handshake() -> None:
    with socket.create_server((HOST, 0)) as listener:

        def closes() -> None:
            with listener.accept()[0] as one:
                one.recv(65536)
                one.sendall(frame(ContentType.ALERT, bytes((1, 0))))
                _read_all(one)

        server = threading.Thread(target=closes)
        server.start()
        with pytest.raises(TruncatedConnection, match="before the handshake was done"):
            connect(HOST, listener.getsockname()[1], CLIENT, timeout=SECONDS)
        server.join(SECONDS)
