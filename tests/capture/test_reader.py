"""Captures read back: whatever order, overlap or link the packets came in, and what is missing."""

import gzip
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.capture.files import CaptureError, packets
from tls13lab.capture.packets import ACK, FIN, RST, SYN, Segment, segment_in, segments
from tls13lab.capture.reader import read_capture, reassemble
from tls13lab.capture.reassembly import Half
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.capture.writer import CaptureWriter
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import Side

CLIENT, SERVER = ("127.0.0.1", 50_000), ("127.0.0.1", 4433)
HELLO = frame(ContentType.HANDSHAKE, b"\x01 a hello, nearly")
DATA = frame(ContentType.APPLICATION_DATA, b"ciphertext" * 10)


def wire() -> list[tuple[Side, bytes]]:
    pair = Pair(*lesson_configs("psk_ke"), "captured")
    pair.handshake()
    pair.client.send(b"words")
    pair.pump()
    return [(step.sender, step.wire) for step in pair.conversation().steps]


def written(path: Path, *connections: list[tuple[Side, bytes]]) -> Path:
    writer = CaptureWriter(path, now=lambda: 1_767_225_600.5)
    for number, _ in enumerate(connections, 1):
        writer.open(number, ("127.0.0.1", 50_000 + number), SERVER)
    longest = max(len(one) for one in connections)
    for at in range(longest):
        for number, one in enumerate(connections, 1):
            for sender, record in one[at : at + 1]:
                writer.add(number, sender, record)
    writer.close()
    return path


def records(items: list[Item], connection: int = 1) -> list[tuple[Side, bytes]]:
    return [
        (one.sender, one.wire)
        for one in items
        if isinstance(one, CapturedRecord) and one.connection == connection
    ]


def gaps(items: list[Item]) -> dict[str, str]:
    return {one.sender: one.why for one in items if isinstance(one, Incomplete)}


# Files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_what_was_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"two{suffix}", wire(), wire())
    items = list(read_capture(path))
    assert records(items, 1) == records(items, 2) == wire()
    assert items[0] == Opened(1, "127.0.0.1:50001", "127.0.0.1:4433")
    assert sum(isinstance(one, Closed) for one in items) == 2
    assert not gaps(items)
    assert path.stat().st_mode & 0o077 == 0


def test_a_recording_never_replaces_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", wire())
    with pytest.raises(CaptureError, match="already"):
        CaptureWriter(path, now=lambda: 0.0)
    with pytest.raises(CaptureError, match="pcapng"):
        CaptureWriter(tmp_path / "a.txt", now=lambda: 0.0)


def test_addresses_of_ipv6(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "six.pcapng", now=lambda: 1.0)
    writer.open(1, ("::1", 50_000), ("::1", 443))
    writer.add(1, "client", HELLO)
    writer.close()
    first = next(read_capture(tmp_path / "six.pcapng"))
    assert first == Opened(1, "[::1]:50000", "[::1]:443")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x0a\x0d\x0d\x0a" * 9, bytes(100)])
def test_what_is_no_capture_is_turned_away(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.pcap"
    path.write_bytes(content)
    with pytest.raises(CaptureError):
        list(read_capture(path))


def test_a_block_that_claims_to_be_huge_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcapng", wire())
    raw = bytearray(path.read_bytes())
    block = raw.index(struct.pack("<I", 6))  # the first enhanced packet block
    raw[block + 4 : block + 8] = struct.pack("<I", 2**31)
    path.write_bytes(raw + bytes(2**20))
    with pytest.raises(CaptureError, match="longer than any packet"):
        list(read_capture(path))


def test_a_file_may_be_gzipped(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcapng", wire())
    packed = tmp_path / "a.pcapng.gz"
    whole = gzip.compress(path.read_bytes())
    packed.write_bytes(whole)
    assert list(read_capture(packed)) == list(read_capture(path))
    packed.write_bytes(gzip.compress(whole))
    with pytest.raises(CaptureError, match="twice"):
        list(read_capture(packed))
    for length in range(2, len(whole), 211):
        packed.write_bytes(whole[:length])
        with suppress(CaptureError):  # where not even the file's first bytes are whole
            items = list(read_capture(packed))
            assert records(items) == wire()[: len(records(items))]


def test_a_block_that_claims_to_be_huge_is_not_unpacked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcapng", wire())
    raw = bytearray(path.read_bytes())
    block = raw.index(struct.pack("<I", 6))
    raw[block + 4 : block + 8] = struct.pack("<I", 2**31)
    path.write_bytes(gzip.compress(bytes(raw) + bytes(2**20)))
    with pytest.raises(CaptureError, match="longer than any packet"):
        list(read_capture(path))


def test_a_packet_that_claims_to_be_huge_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", wire())
    raw = bytearray(path.read_bytes())
    raw[24 + 8 : 24 + 12] = struct.pack("<I", 2**31)
    path.write_bytes(raw + bytes(2**20))
    with pytest.raises(CaptureError, match="longer than any packet"):
        list(read_capture(path))


def test_a_file_that_breaks_off_says_so(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", wire())
    whole = path.read_bytes()
    for length in range(24, len(whole), 97):
        path.write_bytes(whole[:length])
        items = list(read_capture(path))
        assert records(items) == wire()[: len(records(items))]
        assert not items or gaps(items)


# Links ------------------------------------------------------------------------------------------


def ip_packet(path: Path) -> bytes:
    return next(s for s in _raw(path) if len(s) > 60)


def _raw(path: Path) -> Iterator[bytes]:
    return (data for _, data, _ in packets(path))


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (101, b""),
        (228, b""),
        (0, b"\x02\0\0\0"),
        (1, bytes(12) + b"\x08\0"),
        (1, bytes(12) + b"\x81\0\0\x05\x08\0"),
        (1, bytes(12) + b"\x88\xa8\0\x05\x81\0\0\x05\x08\0"),
        (113, bytes(14) + b"\x08\0"),
        (276, b"\x08\0" + bytes(18)),
    ],
)
def test_every_link_leads_to_the_same_segment(tmp_path: Path, link: int, head: bytes) -> None:
    path = written(tmp_path / "a.pcap", wire())
    packet = ip_packet(path)
    expected = segment_in(101, packet)
    assert expected is not None
    assert expected.data == wire()[0][1]
    assert segment_in(link, head + packet) == expected
    assert segment_in(link, head + packet[:-7]).cut == 7  # type: ignore[union-attr]
    # A link that nobody knows is looked through.
    assert segment_in(147, head + packet) == expected


@given(st.integers(0, 300), st.binary(max_size=200))
def test_no_packet_raises(link: int, data: bytes) -> None:
    segment_in(link, data)


# Streams ----------------------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=200), st.integers(0, 2**32 - 1), st.data())
def test_any_order_and_overlap_gives_the_same_bytes(
    text: bytes, first: int, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text)), max_size=8)) | {len(text)})
    pieces = [
        (max(0, start - data.draw(st.integers(0, 5))), end)
        for start, end in zip([0, *cuts], cuts, strict=False)
    ]
    pieces += data.draw(st.lists(st.sampled_from(pieces), max_size=4))
    half = Half()
    half.begin(first)
    got = b"".join(
        half.add((first + start) % 2**32, text[start:end])
        for start, end in data.draw(st.permutations(pieces))
    )
    assert got == text
    assert not half.waiting


def test_a_hole_that_never_fills_is_reported() -> None:
    half = Half()
    half.begin(0)
    for at in range(5000):
        half.add(10 + at, b"x")
    assert "missing" in half.gap
    assert half.add(0, b"0123456789") == b""


def conversation(*parts: tuple[str, int, int, bytes]) -> list[Segment]:
    ends = {"client": (CLIENT, SERVER), "server": (SERVER, CLIENT)}
    return [Segment(*ends[who], seq, flags, data) for who, seq, flags, data in parts]


SYNS = (("client", 99, SYN, b""), ("server", 499, SYN | ACK, b""))


def test_late_duplicate_and_reordered_segments() -> None:
    half = len(HELLO) // 2
    items = list(
        reassemble(
            conversation(
                *SYNS,
                SYNS[0],
                ("client", 100 + half, ACK, HELLO[half:]),
                ("client", 100, ACK, HELLO[:half]),
                ("client", 100, ACK, HELLO),
                ("server", 500, ACK, DATA),
                ("client", 100 + len(HELLO), ACK | FIN, b""),
                ("server", 500 + len(DATA), ACK | FIN, b""),
                ("client", 101 + len(HELLO), ACK, b""),
            )
        )
    )
    assert records(items) == [("client", HELLO), ("server", DATA)]
    assert items[-1] == Closed(1)
    assert not gaps(items)


def test_a_capture_that_begins_late_says_so() -> None:
    for first in ("client", "server"):
        items = list(reassemble(conversation((first, 7, ACK, DATA), ("client", 900, ACK, DATA))))
        assert items[0] == Opened(1, "127.0.0.1:50000", "127.0.0.1:4433")
        assert gaps(items) == dict.fromkeys(
            ("client", "server"), "the capture begins after the connection did"
        )
        assert not records(items)


def test_without_a_syn_a_client_hello_is_a_good_beginning() -> None:
    items = list(reassemble(conversation(("client", 7, ACK, HELLO), ("server", 9, ACK, DATA))))
    assert records(items) == [("client", HELLO), ("server", DATA)]


def test_a_lost_packet_is_missed() -> None:
    items = list(
        reassemble(
            conversation(
                *SYNS,
                ("client", 100, ACK, HELLO),
                ("server", 500 + len(DATA), ACK, DATA),
                ("server", 500 + 2 * len(DATA), FIN | ACK, b""),
                ("client", 100 + len(HELLO), RST, b""),
            )
        )
    )
    assert records(items) == [("client", HELLO)]
    assert gaps(items) == {"server": "bytes after the first 0 are missing"}


def test_a_packet_cut_short_is_missed() -> None:
    stream = conversation(*SYNS, ("client", 100, ACK, HELLO))
    stream.append(Segment(SERVER, CLIENT, 500, ACK, DATA[:50], cut=60))
    assert gaps(list(reassemble(stream)))["server"] == (
        "packets were cut short when they were captured"
    )


def test_what_is_not_tls_is_left_out_and_a_port_may_be_used_again() -> None:
    other = conversation(*SYNS, ("client", 100, ACK, b"GET / HTTP/1.1\r\n"))
    again = conversation(
        ("client", 9_999, SYN, b""),
        ("server", 8_999, SYN | ACK, b""),
        ("client", 10_000, ACK, HELLO),
    )
    assert list(reassemble(other)) == []
    items = list(reassemble([*other, *again, *conversation(("client", 42, SYN, b""))]))
    assert records(items) == [("client", HELLO)]
    assert [one.connection for one in items if isinstance(one, Opened)] == [1]


def test_records_that_turn_into_something_else_end_the_recording() -> None:
    stream = conversation(*SYNS, ("client", 100, ACK, HELLO + b"\xff" * 20))
    items = list(reassemble(stream))
    assert records(items) == [("client", HELLO)]
    assert "not a record" in gaps(items)["client"]


def test_segments_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcapng", wire())
    flags = [segment.flags for segment in segments(path)]
    assert flags[:3] == [SYN, SYN | ACK, ACK]
    assert flags[-2:] == [FIN | ACK, FIN | ACK]
