"""The table's own parser and tap, on bytes that are made by hand."""

import socket
import threading

import pytest

from tests.held_ports import held_port
from tests.interop.tap import LOOPBACK, SECONDS, Tap
from tests.interop.wire import HRR_RANDOM, NotTLS, Observed, observe, offers_psk, protected_sizes

VERSION = (43, b"\x03\x04")
SHARE = (51, b"\x00\x1d\x00\x00")
SELECTED = (41, b"\x00\x00")
BOTH_MODES = (45, b"\x02\x01\x00")
OFFER = (41, b"\x00\x09\x00\x03lab\x00\x00\x00\x00" + b"\x00\x21\x20" + bytes(32))
CCS = b"\x14\x03\x03\x00\x01\x01"


def extensions(*pairs: tuple[int, bytes]) -> bytes:
    block = b"".join(k.to_bytes(2, "big") + len(v).to_bytes(2, "big") + v for k, v in pairs)
    return len(block).to_bytes(2, "big") + block


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def record(content: bytes, kind: int = 22) -> bytes:
    return bytes([kind]) + b"\x03\x03" + len(content).to_bytes(2, "big") + content


def client_hello(*pairs: tuple[int, bytes]) -> bytes:
    fixed = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    return message(1, fixed + extensions(*pairs))


def server_hello(
    *pairs: tuple[int, bytes], random: bytes = bytes(32), suite: int = 0x1301
) -> bytes:
    fixed = b"\x03\x03" + random + b"\x00" + suite.to_bytes(2, "big") + b"\x00"
    return message(2, fixed + extensions(*pairs))


@pytest.mark.parametrize(
    ("answer", "mode", "identity"),
    [
        ([SHARE, VERSION], "full", b""),
        ([SELECTED, SHARE, VERSION], "psk_dhe_ke", b"lab"),
        ([VERSION, SELECTED], "psk_ke", b"lab"),
    ],
)
def test_the_mode_is_in_the_server_hello(
    answer: list[tuple[int, bytes]], mode: str, identity: bytes
) -> None:
    seen = observe(record(client_hello(BOTH_MODES, OFFER)), record(server_hello(*answer)))
    group = None if mode == "psk_ke" else 0x1D
    assert seen == Observed("TLS_AES_128_GCM_SHA256", mode, False, identity, group)


def test_early_data_is_announced_in_the_first_client_hello_only() -> None:
    early, answer = (42, b""), record(server_hello(SELECTED, SHARE, VERSION))
    for first, seen in ((early, True), (SHARE, False)):
        hello = record(client_hello(BOTH_MODES, first, OFFER))
        assert observe(hello, answer).early_data is seen


def test_the_sizes_of_protected_records() -> None:
    stream = record(b"plain") + record(bytes(33), kind=23) + CCS + record(bytes(20), kind=23)
    assert protected_sizes(stream) == [33, 20]
    assert protected_sizes(stream[:-1]) == [33]


def test_a_retry_is_seen_and_the_records_may_be_cut_anywhere() -> None:
    hello = client_hello(BOTH_MODES, OFFER)
    answer = server_hello(SELECTED, SHARE, VERSION)
    from_client = record(hello) + CCS + record(hello[:7]) + record(hello[7:])
    retry = server_hello(SHARE, VERSION, random=HRR_RANDOM)
    from_server = record(retry) + CCS + record(answer[:50]) + record(answer[50:])
    encrypted = record(b"\x02\x00\x00\x01\x00", kind=23)
    seen = observe(from_client, from_server + encrypted)
    assert (seen.retried, seen.mode) == (True, "psk_dhe_ke")
    assert offers_psk(from_client) == [True, True]
    early = record(hello) + record(b"early", kind=23) + record(hello)
    assert observe(early, from_server).retried


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        record(server_hello(SHARE)),
        record(server_hello(VERSION)),
        record(server_hello(SHARE, SHARE, VERSION)),
        record(server_hello(SHARE, VERSION)) * 2,
        record(server_hello(SHARE, VERSION)[:-1]),
        record(b"\x02\x28", kind=21),
    ],
)
def test_what_is_no_tls13_handshake_is_refused(answer: bytes) -> None:
    with pytest.raises(NotTLS):
        observe(record(client_hello(BOTH_MODES, OFFER)), answer)


def test_a_mode_that_was_not_offered_is_refused() -> None:
    only_dhe = (45, b"\x01\x01")
    with pytest.raises(NotTLS, match="psk_ke, which the client did not offer"):
        observe(record(client_hello(only_dhe, OFFER)), record(server_hello(SELECTED, VERSION)))


def test_the_tap_forwards_and_keeps_both_directions() -> None:
    def reverse(listener: socket.socket) -> None:
        accepted, _ = listener.accept()
        with accepted, accepted.makefile("rwb") as stream:
            stream.write(stream.readline()[:-1][::-1])

    with socket.create_server((LOOPBACK, 0)) as listener:
        server = threading.Thread(target=reverse, args=(listener,))
        server.start()
        with (
            Tap(listener.getsockname()[1]) as tap,
            socket.create_connection((LOOPBACK, tap.port), SECONDS) as client,
        ):
            client.sendall(b"hello\n")
            with client.makefile("rb") as stream:
                assert stream.read() == b"olleh"
        server.join(SECONDS)
    (recording,) = tap.recordings
    assert (bytes(recording.from_client), bytes(recording.from_server)) == (b"hello\n", b"olleh")


def test_the_tap_ends_a_connection_that_has_no_server() -> None:
    with (
        held_port() as unused,
        Tap(unused) as tap,
        socket.create_connection((LOOPBACK, tap.port), SECONDS) as client,
    ):
        client.settimeout(SECONDS)
        assert client.recv(1) == b""
    assert tap.recordings == []
