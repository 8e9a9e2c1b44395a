"""CPace over loopback, and TLS 1.3 under its key: our two ends, and a real OpenSSL at one."""

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from tests.held_ports import held_port
from tests.interop.tap import Tap
from tests.interop.wire import observe
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, ServerConfig
from tls13lab.impostor.one_guess import ask_service
from tls13lab.peers.background import serving
from tls13lab.peers.client import Unreachable, connect
from tls13lab.peers.link import Timeout
from tls13lab.peers.openssl import OpenSSLFailed, OpenSSLPsk, OpenSSLServer, s_client
from tls13lab.peers.pake import LONGEST, LOOPBACK, answering, call
from tls13lab.peers.server import CannotListen
from tls13lab.psk.cpace import lv_cat, names
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import AlertReceived, DecodeError, IllegalParameter, TLSFault

WORD = b"sternchen"
ONLY_DHE = frozenset({PSK_DHE_KE})


def agreed(theirs: bytes = WORD, mine: bytes = WORD) -> tuple[ExternalPsk, ExternalPsk]:
    """What the responder and the initiator have after a run."""
    with answering(theirs, "printer", "alice") as service:
        initiator = call(LOOPBACK, service.port, mine, "alice", "printer")
        return service.wait(60), initiator


def client(psk: ExternalPsk) -> ClientConfig:
    return ClientConfig(psks=(psk,), modes=ONLY_DHE)


def of_openssl(psk: ExternalPsk) -> OpenSSLPsk:
    return OpenSSLPsk(psk.identity.decode(), psk.key)


# With our client and our server -------------------------------------------------------------------


def test_one_word_at_both_ends_and_tls_under_its_key() -> None:
    theirs, mine = agreed()
    assert theirs == mine
    assert theirs.key == mine.key
    assert len(mine.key) == 64
    with serving(ServerConfig(psks=(theirs,), modes=ONLY_DHE)) as server:
        report = connect(LOOPBACK, server.port, client(mine), send=b"hello")
    assert (report.mode, report.received) == ("psk_dhe_ke", b"hello")


def test_each_run_has_a_key_and_an_identity_of_its_own() -> None:
    (first, _), (second, _) = agreed(), agreed()
    assert first.key != second.key
    assert first.identity != second.identity


def test_with_another_word_the_run_ends_well_and_tls_does_not() -> None:
    theirs, mine = agreed(mine=b"Sternchen")
    assert theirs.identity == mine.identity, "what was said is the same at both ends"
    with (
        serving(ServerConfig(psks=(theirs,), modes=ONLY_DHE)) as server,
        pytest.raises(AlertReceived, match="decrypt_error"),
    ):
        connect(LOOPBACK, server.port, client(mine))


@pytest.mark.parametrize(("me", "other"), [("mallory", "printer"), ("alice", "door")])
def test_with_another_name_there_is_no_common_key(me: str, other: str) -> None:
    with answering(WORD, "printer", "alice") as service:
        mine = call(LOOPBACK, service.port, WORD, me, other)
        assert service.wait(60).key != mine.key


# With OpenSSL -------------------------------------------------------------------------------------


@pytest.mark.openssl
def test_our_client_and_an_openssl_server() -> None:
    theirs, mine = agreed()
    with OpenSSLServer(psk=of_openssl(theirs)) as server, Tap(server.port) as tap:
        report = connect(LOOPBACK, tap.port, client(mine), send=b"hello\n")
        assert (report.mode, report.received) == ("psk_dhe_ke", b"olleh\n")
    assert (
        observe(bytes(tap.recordings[0].from_client), bytes(tap.recordings[0].from_server)).mode
        == "psk_dhe_ke"
    )


@pytest.mark.openssl
def test_an_openssl_client_and_our_server() -> None:
    theirs, mine = agreed()
    with serving(ServerConfig(psks=(theirs,), modes=ONLY_DHE)) as server:
        assert s_client(server.port, psk=of_openssl(mine), send=b"hello\n").received == b"hello\n"
        outcome = server.wait_for(1)[0].outcome
    assert outcome is not None
    assert outcome.mode == "psk_dhe_ke"


@pytest.mark.openssl
def test_openssl_refuses_the_key_of_another_word() -> None:
    theirs, mine = agreed(mine=b"stern")
    with OpenSSLServer(psk=of_openssl(theirs)) as server, pytest.raises(AlertReceived):
        connect(LOOPBACK, server.port, client(mine))
    with serving(ServerConfig(psks=(theirs,))) as ours, pytest.raises(OpenSSLFailed) as failed:
        s_client(ours.port, psk=of_openssl(mine))
    assert failed.value.alert == 51, "decrypt_error"


# Bad peers ----------------------------------------------------------------------------------------


def framed(message: bytes) -> bytes:
    return len(message).to_bytes(2, "big") + message


BAD = {
    "nothing": (b"", DecodeError),
    "half a message": (framed(lv_cat(bytes(32), b""))[:20], DecodeError),
    "too long": (framed(bytes(LONGEST + 1)), DecodeError),
    "a point of small order": (framed(lv_cat(bytes(32), b"")), IllegalParameter),
    "http": (b"GET / HTTP/1.1\r\n\r\n", DecodeError),
}
bad = pytest.mark.parametrize(("sent", "fault"), BAD.values(), ids=BAD)


@bad
def test_a_bad_caller(sent: bytes, fault: type[TLSFault]) -> None:
    with (
        answering(WORD, "printer", "alice") as service,
        socket.create_connection((LOOPBACK, service.port)) as caller,
    ):
        caller.sendall(sent)
        with suppress(OSError):  # it may have hung up already
            caller.shutdown(socket.SHUT_WR)
        with pytest.raises(fault):
            service.wait(60)
        assert rest(caller) == b"", "it gets no answer"


def rest(connection: socket.socket) -> bytes:
    """What comes until the other end closes, or breaks off."""
    data = b""
    with suppress(ConnectionResetError):
        while more := connection.recv(1000):
            data += more
    return data


@contextmanager
def one_call(do: Callable[[socket.socket], object]) -> Iterator[int]:
    """A server that does this to its one caller; the port."""
    with socket.create_server((LOOPBACK, 0)) as listener, ThreadPoolExecutor(1) as executor:

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                do(connection)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                rest(connection)

        done = executor.submit(work)
        yield listener.getsockname()[1]
        done.result(60)


@bad
def test_a_bad_answer(sent: bytes, fault: type[TLSFault]) -> None:
    with one_call(lambda connection: connection.sendall(sent)) as port, pytest.raises(fault):
        call(LOOPBACK, port, WORD, "alice", "printer")


def test_an_answer_that_does_not_come() -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as silent,
        pytest.raises(Timeout, match="sent nothing"),
    ):
        call(LOOPBACK, silent.getsockname()[1], WORD, "alice", "printer", timeout=0.2)


def test_nobody_there() -> None:
    with held_port() as port, pytest.raises(Unreachable):
        call(LOOPBACK, port, WORD, "alice", "printer")


def test_nobody_calls_and_the_block_ends() -> None:
    with answering(WORD, "printer", "alice") as service:
        pass
    with pytest.raises(DecodeError, match="closed"):
        service.wait(60)


def test_a_port_that_is_taken() -> None:
    with (
        answering(WORD, "printer", "alice") as service,
        pytest.raises(CannotListen, match=str(service.port)),
        answering(WORD, "door", "alice", port=service.port),
    ):
        pass


# An impostor on the network -----------------------------------------------------------------------


class OnTheNetwork:
    """A printer behind two ports, one for CPace and one for TLS, as an impostor meets it."""

    def __init__(self, word: bytes) -> None:
        self._word = word
        self._psk: ExternalPsk | None = None

    def answer(self, message: bytes) -> bytes:
        with (
            answering(self._word, "printer", "alice") as service,
            socket.create_connection((LOOPBACK, service.port)) as caller,
        ):
            caller.sendall(framed(message))
            answer = rest(caller)
            self._psk = service.wait(60)
        return answer[2:]

    def connects(self, config: ClientConfig) -> bool:
        assert self._psk is not None
        with serving(ServerConfig(psks=(self._psk,), modes=ONLY_DHE)) as server:
            try:
                return (
                    connect(LOOPBACK, server.port, config, send=b"let me in").mode == "psk_dhe_ke"
                )
            except TLSFault:
                return False


@pytest.mark.parametrize("guess", [WORD, b"123456"])
def test_one_guess_a_run_over_sockets(guess: bytes) -> None:
    CI = names(b"alice", b"printer")
    assert ask_service(guess, CI, OnTheNetwork(WORD), os.urandom) is (guess == WORD)
