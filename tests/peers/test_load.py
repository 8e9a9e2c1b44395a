"""Many at once, slow ones, half-open ones, ones that stop anywhere: the honest ones are served."""

import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, PSK, env
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
from tls13lab.messages.handshake import pack
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import MOST_DATA, MOST_TICKETS, TooMuchData, connect
from tls13lab.peers.link import real_environment
from tls13lab.peers.server import GAVE_WAY, Limits
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault

HOST = "127.0.0.1"
SECONDS = 120.0
SERVER = ServerConfig(
    credential=CREDENTIAL,
    psks=(PSK,),
    modes=BOTH,
    tickets=StatelessTickets(TicketKey.new(env().entropy)),
    max_early_data_size=100,
    anti_replay=NoAntiReplay(),
)
CLIENT = ClientConfig(psks=(PSK,), trust=TrustAnyone(), server_name=NAME, modes=BOTH)


def honest(server: Running) -> bool:
    return connect(HOST, server.port, CLIENT, send=b"me too", timeout=SECONDS).received == b"me too"


def early_client() -> ClientConfig:
    pair = Pair(replace(CLIENT, psks=()), SERVER, now_ms=real_environment().now_ms)
    pair.handshake()
    return replace(CLIENT, psks=pair.tickets[:1], early_data=b"early")


SCENES = {
    "full": lambda: replace(CLIENT, psks=()),
    "psk_ke": lambda: ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})),
    "0-RTT": early_client,
}


@pytest.mark.parametrize("name", SCENES)
def test_clients_that_stop_at_every_byte_of_their_first_flight(name: str) -> None:
    config = SCENES[name]()
    flight = Connection.client(config, real_environment()).outgoing()
    with serving(SERVER) as server:
        for end in range(len(flight)):
            with socket.create_connection((HOST, server.port), SECONDS) as one:
                one.sendall(flight[:end])
        reports = server.wait_for(len(flight), SECONDS)
        assert all(one.fault is not None for one in reports)
        assert honest(server)


def test_clients_that_stop_at_every_byte_of_their_second_flight() -> None:
    config = SCENES["psk_ke"]()
    with serving(SERVER) as server:
        end, length = 0, 1
        while end < length:
            client = Connection.client(config, real_environment())
            with socket.create_connection((HOST, server.port), SECONDS) as one:
                one.sendall(client.outgoing())
                while not client.connected:
                    client.receive(one.recv(65536), real_environment())
                second = client.outgoing()
                length = len(second)
                one.sendall(second[:end])
            end += 1
        reports = server.wait_for(length, SECONDS)
        assert all(one.outcome is None for one in reports)
        assert honest(server)


def served(server: Running) -> bool:
    """Whether an honest client was served, and not too slow for the server."""
    try:
        return honest(server)
    except TLSFault:
        return False


def test_many_half_open_ones_are_dropped_in_time_and_an_honest_one_is_served_meanwhile() -> None:
    flight = Connection.client(CLIENT, real_environment()).outgoing()
    limits = Limits(handshake_s=3.0)
    with serving(SERVER, limits=limits) as server, ExitStack() as held:
        for number in range(300):
            one = held.enter_context(socket.create_connection((HOST, server.port), SECONDS))
            one.sendall(flight[: number % len(flight)])
        # On a very busy machine an honest one, too, may need more than 3 s.
        tries = next(number for number in range(1, 50) if served(server))
        reports = server.wait_for(300 + tries, SECONDS)
    late = [one for one in reports if "not done within 3 s" in str(one.fault)]
    assert len(late) == 300 + tries - 1


def test_for_one_more_the_longest_handshake_gives_way() -> None:
    with serving(SERVER, limits=Limits(max_connections=20)) as server, ExitStack() as held:
        first = held.enter_context(socket.create_connection((HOST, server.port), SECONDS))
        for _ in range(19):
            held.enter_context(socket.create_connection((HOST, server.port), SECONDS))
        assert honest(server)
        reports = server.wait_for(2, SECONDS)
        gone = [str(one.fault) for one in reports if one.fault]
        assert gone == [GAVE_WAY]
        port = first.getsockname()[1]
        assert next(one.peer for one in reports if one.fault).endswith(f":{port}")


def test_more_at_once_than_there_are_places_and_all_honest() -> None:
    """Whoever gives way may come again; nobody is left hanging."""
    with serving(SERVER, limits=Limits(max_connections=4)) as server:
        done = []

        def come() -> None:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                with suppress(TLSFault):
                    if honest(server):
                        done.append(True)
                        return

        threads = [threading.Thread(target=come) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == [True] * 16


def test_bytes_that_make_no_data_do_not_end_the_silence() -> None:
    with serving(SERVER, limits=Limits(idle_s=0.5)) as server:
        client = Connection.client(CLIENT, real_environment())
        with socket.create_connection((HOST, server.port), SECONDS) as one:
            one.sendall(client.outgoing())
            while not client.connected:
                client.receive(one.recv(65536), real_environment())
            client.send(bytes(16_000))
            slow = client.outgoing()
            end = time.monotonic() + SECONDS
            with suppress(OSError):
                for at in range(len(slow)):
                    one.sendall(slow[at : at + 1])
                    time.sleep(0.02)
                    if server.reports or time.monotonic() > end:
                        break
        assert "silence for 0.5 s" in str(server.wait_for(1, SECONDS)[0].fault)


def test_a_server_that_sends_tickets_and_data_without_end() -> None:
    ready = threading.Event()
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

        def endless() -> None:
            for many in (True, False):
                one, _ = listener.accept()
                with one, suppress(OSError):
                    server = Connection.server(SERVER)
                    while not server.connected:
                        server.receive(one.recv(65536), real_environment())
                        one.sendall(server.outgoing())
                    for number in range(100 if many else 0):
                        ticket = NewSessionTicket(60, number, b"n", b"t%d" % number)
                        server._sender.send(ContentType.HANDSHAKE, pack(ticket))
                    server.send(b"x" * 5 if many else bytes(MOST_DATA + 100_000))
                    server.close()
                    one.sendall(server.outgoing())
                    if not many:
                        ready.wait(SECONDS)
                        continue
                    # A socket closed with something unread in it takes away what was sent.
                    one.shutdown(socket.SHUT_WR)
                    while one.recv(65536):
                        pass

        thread = threading.Thread(target=endless)
        thread.start()
        report = connect(HOST, port, CLIENT, send=b"hello", timeout=SECONDS)
        assert report.received == b"x" * 5
        assert [one.identity for one in report.tickets][-1] == b"t99"
        assert len(report.tickets) == MOST_TICKETS
        with pytest.raises(TooMuchData):
            connect(HOST, port, CLIENT, send=b"hello", timeout=SECONDS)
        ready.set()
        thread.join()
