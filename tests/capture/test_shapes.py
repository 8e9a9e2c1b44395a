"""The same connection is found in every shape, and what is passed over is counted."""

import gzip
import os
import struct
import threading
from pathlib import Path

import pytest

from tests.capture.shapes import (
    BEFORE,
    ETHERNET,
    RAW_IP,
    ether,
    every_shape,
    fragments,
    inner,
    ip_frames,
    ipv4,
    pcap,
    udp,
    wire,
)
from tls13lab.capture.fragments import MOST_DATAGRAMS, Fragments
from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord, Incomplete, Item, Opened
from tls13lab.capture.writer import CaptureWriter
from tls13lab.wire.names import Side

TLS_WITHIN = [(sender, data) for sender, data in wire()]


def read(folder: Path, content: bytes) -> tuple[list[Item], Notes]:
    path, notes = folder / "shape.pcap", Notes()
    path.write_bytes(content)
    return list(read_capture(path, notes)), notes


def sent(items: list[Item]) -> list[tuple[Side, bytes]]:
    return [(one.sender, one.wire) for one in items if isinstance(one, CapturedRecord)]


def test_the_same_records_come_out_of_every_shape(tmp_path: Path) -> None:
    names = []
    for name, _, content in every_shape(tmp_path):
        items, notes = read(tmp_path, content)
        assert sent(items) == TLS_WITHIN, name
        assert not [one for one in items if isinstance(one, Incomplete)], name
        assert notes.lines() == [], name
        names.append(name)
    assert len(names) >= 35


@pytest.mark.parametrize("name", BEFORE)
def test_what_was_spoken_before_is_named(tmp_path: Path, name: str) -> None:
    port, before = BEFORE[name]
    items, _ = read(tmp_path, pcap(RAW_IP, ip_frames(tmp_path, port, before)))
    (opened,) = (one for one in items if isinstance(one, Opened))
    assert opened.behind == name.partition(",")[0]
    assert opened.server.endswith(f":{port}")


def test_a_client_behind_a_proxy_need_not_have_opened_the_connection(tmp_path: Path) -> None:
    """As where a program dials out, and is then spoken to as the server."""
    swap: dict[Side, Side] = {"client": "server", "server": "client"}
    path = tmp_path / "turned.pcap"
    writer = CaptureWriter(path, now=lambda: 1.0)
    writer.open(1, ("192.0.2.1", 50_001), ("192.0.2.2", 7000))
    writer.add(1, "client", b"HELLO, I AM A SERVER\r\n")
    for sender, data in wire():
        writer.add(1, swap[sender], data)
    writer.close()
    items = list(read_capture(path))
    assert items[0] == Opened(1, "192.0.2.2:7000", "192.0.2.1:50001", "another protocol")
    assert sent(items) == TLS_WITHIN


def test_what_is_passed_over_is_counted_and_named(tmp_path: Path) -> None:
    frames = [
        *map(inner, (udp(53, b"a question"), udp(53, b"an answer"), udp(5000, bytes(300)))),
        ether(0x0806, bytes(28)),
        inner(ipv4(1, b"\x08\0" + bytes(20))),
        ether(0x9999, b"who knows"),
        *map(inner, list(fragments(ipv4(17, bytes(100)), 7))[:2]),
        *map(inner, ip_frames(tmp_path, 80, [("client", b"GET / HTTP/1.1\r\n\r\n")])[:4]),
    ]
    items, notes = read(tmp_path, pcap(ETHERNET, frames))
    assert items == []
    assert dict(notes.passed_over) == {
        "packets of UDP": 3,
        "packets of ARP": 1,
        "packets of ICMP": 1,
        "packets of EtherType 0x9999": 1,
        "IP fragments that never became whole": 2,
        "TCP connections without TLS": 1,
    }
    assert notes.lines() == [
        "skipped: 3 packets of UDP, 1 packet of ARP, 1 packet of ICMP, "
        "1 packet of EtherType 0x9999, 2 IP fragments that never became whole, "
        "1 TCP connection without TLS"
    ]
    _, notes = read(tmp_path, pcap(230, [b"nobody knows this link"]))
    assert notes.lines() == ["skipped: 1 packet of link type 230"]


def test_an_error_message_that_quotes_a_packet_is_none(tmp_path: Path) -> None:
    quoting = ipv4(1, bytes.fromhex("0303000000000000") + ip_frames(tmp_path)[3])
    items, notes = read(tmp_path, pcap(RAW_IP, [quoting]))
    assert (items, dict(notes.passed_over)) == ([], {"packets of ICMP": 1})


def test_fragments_wait_in_bounded_memory() -> None:
    pieces = Fragments()
    for number in range(3 * MOST_DATAGRAMS):
        assert pieces.add(number, 8, False, b"x", 6) is None
    assert pieces.lost == 3 * MOST_DATAGRAMS
    assert pieces.add(2, 0, True, b"12345678", 6) is None  # the other half was given up
    for offset in range(8, 2**14, 8):
        pieces.add("endless", offset, True, b"12345678", 6)
    assert len(pieces._waiting) <= MOST_DATAGRAMS


@pytest.mark.parametrize("packed", [False, True])
def test_a_pipe_serves_as_well_as_a_file(tmp_path: Path, packed: bool) -> None:
    content = pcap(RAW_IP, ip_frames(tmp_path))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        pipe.write_bytes(gzip.compress(content) if packed else content)

    writing = threading.Thread(target=write)
    writing.start()
    items = list(read_capture(pipe))
    writing.join()
    assert sent(items) == TLS_WITHIN


@pytest.mark.parametrize(("magic", "order"), [(0xA1B2C3D4, ">"), (0xA1B23C4D, "<")])
def test_byte_orders_and_nanoseconds(tmp_path: Path, magic: int, order: str) -> None:
    content = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 2**18, RAW_IP)
    for data in ip_frames(tmp_path):
        content += struct.pack(f"{order}IIII", 1, 0, len(data), len(data)) + data
    items, _ = read(tmp_path, content)
    assert sent(items) == TLS_WITHIN


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_of_two_sections_with_every_kind_of_packet_block(tmp_path: Path, order: str) -> None:
    """Simple packets and the obsolete ones, interfaces of two links, a block nobody knows."""
    other = "<" if order == ">" else ">"
    content = b""
    for number, data in enumerate(ip_frames(tmp_path)):
        if number in (0, 5):
            now = order if number else other
            content += block(now, 0x0A0D0D0A, struct.pack(f"{now}IHHq", 0x1A2B3C4D, 1, 0, -1))
            content += block(now, 1, struct.pack(f"{now}HHI", RAW_IP, 0, 0))
            content += block(now, 1, struct.pack(f"{now}HHI", ETHERNET, 0, 0))
            content += block(now, 0x0BAD, b"a block of another's own")
        size = (len(data), len(data))
        match number % 3:
            case 0:
                content += block(now, 3, struct.pack(f"{now}I", len(data)) + data)
            case 1:
                content += block(now, 2, struct.pack(f"{now}HHIIII", 0, 0, 0, 0, *size) + data)
            case _:
                framed = inner(data)
                sizes = (len(framed), len(framed))
                content += block(now, 6, struct.pack(f"{now}IIIII", 1, 0, 0, *sizes) + framed)
    items, notes = read(tmp_path, content)
    assert sent(items) == TLS_WITHIN
    assert notes.lines() == []
