"""Client and server over real sockets on loopback, and clients that behave badly."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, PSK
from tests.held_ports import held_port
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_KE, ClientConfig, ServerConfig
from tls13lab.peers.background import CannotListen, serving
from tls13lab.peers.client import Unreachable, connect
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.server import Limits
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.wire.faults import AlertReceived, TLSFault

HOST = "127.0.0.1"
SERVER = ServerConfig(credential=CREDENTIAL, psks=(PSK,), modes=BOTH, tickets=StatefulTickets())
CLIENT = ClientConfig(trust=TrustAnyone(), server_name=NAME, modes=BOTH)


def test_full_then_resumed_in_both_modes_then_the_ticket_is_used_up() -> None:
    with serving(SERVER) as server:
        first = connect(HOST, server.port, CLIENT, send=b"hello")
        assert (first.mode, first.received, len(first.tickets)) == ("full", b"hello", 2)
        one, two = first.tickets
        again = connect(HOST, server.port, replace(CLIENT, psks=(one,)))
        assert again.resumed
        only_ke = replace(CLIENT, psks=(two,), modes=frozenset({PSK_KE}))
        assert connect(HOST, server.port, only_ke).mode == "psk_ke"
        assert connect(HOST, server.port, replace(CLIENT, psks=(one,))).mode == "full"
        reports = server.wait_for(4)
    assert [str(one).split()[1] for one in reports] == ["full", "psk_dhe_ke", "psk_ke", "full"]


def test_a_megabyte_and_a_key_update_come_back() -> None:
    data = bytes(range(256)) * 4096
    with serving(SERVER) as server:
        report = connect(
            HOST, server.port, replace(CLIENT, psks=(PSK,)), send=data, update_keys=True
        )
        assert report.received == data
        assert report.key_updates == 1
        assert server.wait_for(1)[0].echoed == len(data)


def test_many_at_once_and_bad_ones_among_them() -> None:
    garbage = [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff", b"", bytes(100)]
    held: list[socket.socket] = []
    with serving(SERVER, limits=Limits(handshake_s=30)) as server:
        for junk in garbage:
            one = socket.create_connection((HOST, server.port))
            one.sendall(junk)
            held.append(one)

        def visit(number: int) -> bytes:
            text = b"client %d" % number
            return connect(HOST, server.port, replace(CLIENT, psks=(PSK,)), send=text).received

        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(visit, range(50)))
        assert answers == [b"client %d" % number for number in range(50)]
        for one in held:
            one.close()


def test_a_silent_client_is_dropped_in_time() -> None:
    with (
        serving(SERVER, limits=Limits(handshake_s=0.2)) as server,
        socket.create_connection((HOST, server.port)) as silent,
    ):
        assert "handshake was not done" in str(server.wait_for(1)[0])
        silent.settimeout(120)
        assert silent.recv(100)[:1] in (b"", b"\x15")


def test_a_wrong_key_is_told_by_an_alert_on_both_sides() -> None:
    liar = replace(CLIENT, psks=(replace(PSK, key=bytes(32)),))
    with serving(SERVER) as server:
        with pytest.raises(AlertReceived) as caught:
            connect(HOST, server.port, liar)
        assert caught.value.alert.name == "DECRYPT_ERROR"
        fault = server.wait_for(1)[0].fault
        assert isinstance(fault, TLSFault)
        assert type(fault).__name__ == "BinderMismatch"


def test_nobody_there_and_a_port_that_is_taken() -> None:
    with held_port() as port:
        with (
            serving(SERVER, port=port),
            pytest.raises(CannotListen, match="cannot listen"),
            serving(SERVER, port=port),
        ):
            pass
        with pytest.raises(Unreachable):
            connect(HOST, port, CLIENT, timeout=120)


def test_a_server_that_is_no_tls_server_and_one_that_hangs_up() -> None:
    for answer in (b"SSH-2.0-OpenSSH_9\r\n", b""):
        with socket.create_server((HOST, 0)) as listener:

            def serve(listener: socket.socket = listener, answer: bytes = answer) -> None:
                one, _ = listener.accept()
                with one:
                    one.recv(5000)
                    one.sendall(answer)

            thread = threading.Thread(target=serve)
            thread.start()
            with pytest.raises(TLSFault):
                connect(HOST, listener.getsockname()[1], CLIENT, timeout=120)
            thread.join()


def test_a_key_log_has_a_line_for_each_secret_that_has_a_label(tmp_path: Path) -> None:
    path = tmp_path / "keys.log"
    with serving(SERVER) as server:
        report = connect(HOST, server.port, CLIENT, keylog=KeyLog(path))
    lines = [line.split() for line in path.read_text().splitlines()]
    labels = {label for label, _, _ in lines}
    assert labels == {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    }
    assert {random for _, random, _ in lines} == {report.client_random.hex()}
    secret = report.secrets["client_application_traffic_secret_0"].hex()
    assert ["CLIENT_TRAFFIC_SECRET_0", report.client_random.hex(), secret] in lines
    assert path.stat().st_mode & 0o077 == 0


def test_a_server_stops_after_its_connections() -> None:
    with serving(SERVER, stop_after=2) as server:
        for _ in range(2):
            connect(HOST, server.port, CLIENT)
        assert server.wait_done(10)


@pytest.mark.parametrize(("client_alpn", "again"), [((), True), ((b"h2",), False)])
def test_rejected_early_data_goes_again_only_under_its_own_protocol(
    client_alpn: tuple[bytes, ...], again: bool
) -> None:
    """RFC 9846 4.3.10: "unless the negotiated connection selects the same ALPN protocol"."""
    server = replace(SERVER, alpn=(b"h2",), max_early_data_size=100)
    with serving(server) as running:
        ticket = connect(HOST, running.port, CLIENT).tickets[0]
        client = replace(CLIENT, psks=(ticket,), alpn=client_alpn, early_data=b"early")
        # It takes no early data any more.
        running.config = replace(server, max_early_data_size=0)
        report = connect(HOST, running.port, client, send=b"late")
    assert report.outcome.early_data == "rejected"
    assert report.received == (b"earlylate" if again else b"late")
