"""Impersonation and replay completed against a real OpenSSL, with stolen things alone."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.theft import Theft
from tls13lab.capture.reader import read_capture
from tls13lab.crypto.certificates import load_credential
from tls13lab.handshake.config import ServerConfig
from tls13lab.impostor.replay import first_flight
from tls13lab.impostor.stand_in import StolenPsk, false_client, false_server
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import (
    OpenSSLFailed,
    OpenSSLPsk,
    OpenSSLServer,
    OpenSSLUnavailable,
    find_openssl,
    make_certificate,
    s_client,
)
from tls13lab.peers.recorder import Recorder
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.records.framing import RecordBuffer
from tls13lab.search.engine import tried
from tls13lab.search.pieces import WordSource
from tls13lab.search.target import targets
from tls13lab.search.wordlist import COMMON
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import CipherSuite, ContentType
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import PskMode

from tests.conftest import missing  # isort: skip

pytestmark = pytest.mark.openssl
KEY = bytes(range(32))
THEIRS = OpenSSLPsk("lab", KEY)
STOLEN = StolenPsk(b"lab", KEY, PskKind.EXTERNAL, "sha256")
BOTH: tuple[PskMode, ...] = ("psk_dhe_ke", "psk_ke")


def protected(flight: bytes) -> bool:
    """Whether a protected record follows the ClientHello: early data."""
    buffer = RecordBuffer()
    buffer.feed(flight)
    records = iter(buffer.next, None)
    return any(record.content_type == ContentType.APPLICATION_DATA for record in records)


@pytest.fixture(autouse=True)
def openssl() -> None:
    try:
        find_openssl()
    except OpenSSLUnavailable as reason:
        missing(str(reason))


def test_a_stolen_psk_stands_in_for_the_server_of_s_client() -> None:
    with serving(false_server(STOLEN)) as impostor:
        assert s_client(impostor.port, psk=THEIRS, send=b"a secret\n").received == b"a secret\n"


def test_a_stolen_psk_stands_in_for_the_client_of_s_server() -> None:
    with OpenSSLServer(psk=THEIRS) as server:
        assert connect("127.0.0.1", server.port, false_client(STOLEN), send=b"hi\n").received


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_a_psk_found_in_a_recording_stands_in_for_both(mode: str) -> None:
    """From a file alone: a word list finds the PSK, and with it the adversary is either end."""
    (target,) = targets(read_capture(recorded.load(f"weak-{mode}").path))
    (piece,) = WordSource(COMMON).pieces((), lambda: 10**6)
    (hit,) = tried((target,), piece, compile=False).found
    stolen = StolenPsk(target.identity, hit.word, target.kind, target.hash_name)
    theirs = OpenSSLPsk("printer", b"sternchen")
    with serving(false_server(stolen)) as impostor:
        assert s_client(impostor.port, psk=theirs, send=b"a secret\n").received == b"a secret\n"
    with OpenSSLServer(psk=theirs) as server:
        assert connect("127.0.0.1", server.port, false_client(stolen), send=b"hi\n").received


def test_a_wrong_psk_does_neither() -> None:
    wrong = replace(STOLEN, key=bytes(32))
    with serving(false_server(wrong)) as impostor, pytest.raises(OpenSSLFailed):
        s_client(impostor.port, psk=THEIRS)
    with OpenSSLServer(psk=THEIRS) as server, pytest.raises(TLSFault):
        connect("127.0.0.1", server.port, false_client(wrong))


def test_a_stolen_ticket_key_stands_in_for_the_server_that_sealed_with_it(tmp_path: Path) -> None:
    """The client trusts only the first server's certificate; the ticket key alone will do."""
    session = tmp_path / "session"
    key = TicketKey(bytes(16), KEY)
    files = make_certificate(tmp_path)
    honest = ServerConfig(
        credential=load_credential(files.leaf.read_bytes(), files.key.read_bytes()),
        tickets=StatelessTickets(key),
    )
    with serving(honest) as server:
        s_client(server.port, save_session=session, cafile=files.ca)
    impostor = ServerConfig(tickets=StatelessTickets(key))
    with serving(impostor) as server:
        run = s_client(server.port, session=session, cafile=files.ca, send=b"a secret\n")
        assert run.received == b"a secret\n"
        assert server.wait_for(1)[0].outcome.mode == "psk_dhe_ke"  # type: ignore[union-attr]
    other = ServerConfig(tickets=StatelessTickets(TicketKey(bytes(16), bytes(32))))
    with serving(other) as server, pytest.raises(OpenSSLFailed):
        s_client(server.port, session=session, cafile=files.ca)


def test_a_stolen_certificate_key_stands_in_for_the_server(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    stolen = load_credential(files.leaf.read_bytes(), files.key.read_bytes())
    with serving(false_server(credential=stolen)) as impostor:
        assert s_client(impostor.port, cafile=files.ca, send=b"a secret\n").received
    (tmp_path / "other").mkdir()
    other = make_certificate(tmp_path / "other")
    not_it = load_credential(other.leaf.read_bytes(), other.key.read_bytes())
    with serving(false_server(credential=not_it)) as impostor, pytest.raises(OpenSSLFailed):
        s_client(impostor.port, cafile=files.ca)


# Replay ------------------------------------------------------------------------------------------


@pytest.fixture
def recorded_flight(tmp_path: Path) -> Iterator[tuple[int, bytes, OpenSSLServer]]:
    """An OpenSSL server without protection, and a first flight with early data that it took."""
    suite = CipherSuite.TLS_AES_128_GCM_SHA256
    psk = ExternalPsk(b"lab", KEY, suite=suite, max_early_data_size=100)
    config = replace(false_client(STOLEN), psks=(psk,), early_data=b"pay once\n")
    capture = tmp_path / "flight.pcapng"
    options = {"psk": THEIRS, "early_data": 100, "suites": [suite.name]}
    with OpenSSLServer(**options, anti_replay=False) as server:  # type: ignore[arg-type]
        with Recorder(capture, now=lambda: 1.0) as recorder:
            report = connect("127.0.0.1", server.port, config, expect=0, recorder=recorder)
        assert report.outcome.early_data == "accepted"
        server.wait_for(b"pay once\n")
        yield server.port, first_flight(read_capture(capture), 1), server


def test_a_recorded_first_flight_is_taken_again(
    recorded_flight: tuple[int, bytes, OpenSSLServer],
) -> None:
    port, flight, server = recorded_flight
    assert protected(flight)
    before = server.output.count(b"pay once")
    with socket.create_connection(("127.0.0.1", port), 10) as again:
        again.sendall(flight)
        assert again.recv(1000)  # its ServerHello
    server.wait_for(b"pay once", times=before + 1)


def test_nothing_of_the_theft_is_in_the_replay(
    recorded_flight: tuple[int, bytes, OpenSSLServer],
) -> None:
    """Who replays reads nothing: the early data in the flight is still sealed."""
    _, flight, _ = recorded_flight
    assert b"pay once" not in flight
    assert KEY not in flight


def test_the_eavesdropper_needs_the_psk_for_what_the_replay_does_without(tmp_path: Path) -> None:
    del tmp_path
    from tls13lab.vectors import recorded

    capture = recorded.load("early_data-psk_ke")
    *_, finding = eavesdrop(read_capture(capture.path), Theft(), "early_data")
    assert finding.verdict == "kept"
    assert protected(first_flight(read_capture(capture.path), 2))
