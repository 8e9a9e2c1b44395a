"""However TCP cut the bytes up: the same records come out, and what is missing is told."""

from collections.abc import Iterator

import pytest

from tls13lab.capture.packets import ACK, FIN, SYN, Segment, segment_in, segments
from tls13lab.capture.reader import read_capture, reassemble
from tls13lab.capture.reassembly import Half
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.vectors import recorded

CAPTURE = recorded.load("full").path
CLIENT, SERVER = ("127.0.0.1", 50_000), ("127.0.0.1", 4433)


def cut_up(stream: list[Segment], size: int) -> Iterator[Segment]:
    """The same bytes in segments of at most ``size``; a FIN stays on the last one."""
    for one in stream:
        for at in range(0, max(1, len(one.data)), size):
            last = at + size >= len(one.data)
            flags = one.flags if last else one.flags & ~FIN
            data = one.data[at : at + size]
            yield Segment(one.source, one.target, (one.sequence + at) % 2**32, flags, data)


def sent(items: list[Item], sender: str) -> list[bytes]:
    return [x.wire for x in items if isinstance(x, CapturedRecord) and x.sender == sender]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 1000])
@pytest.mark.parametrize("syn", [True, False])
def test_segments_of_any_size_give_the_same_records(size: int, syn: bool) -> None:
    stream = [one for one in segments(CAPTURE) if syn or not one.flags & SYN]
    items = list(reassemble(cut_up(stream, size)))
    whole = list(read_capture(CAPTURE))
    assert items[0] == whole[0]
    assert not [one for one in items if isinstance(one, Incomplete)]
    for sender in ("client", "server"):
        assert sent(items, sender) == sent(whole, sender)
        assert len(sent(items, sender)) > 3


def test_a_connection_that_ends_before_it_shows_what_it_is_is_left_out() -> None:
    stream = [
        Segment(CLIENT, SERVER, 0, SYN, b""),
        Segment(CLIENT, SERVER, 1, ACK | FIN, b"\x16\x03"),
        Segment(SERVER, CLIENT, 9, ACK | FIN, b""),
    ]
    assert list(reassemble(stream)) == []


def test_a_gap_from_before_the_announcement_is_told() -> None:
    hello = bytes.fromhex("1603030004 02000000")
    stream = [
        Segment(CLIENT, SERVER, 0, SYN, b""),
        Segment(SERVER, CLIENT, 0, SYN | ACK, b""),
        Segment(CLIENT, SERVER, 1, ACK, b"\x16", cut=8),
        Segment(SERVER, CLIENT, 1, ACK, hello),
    ]
    items = list(reassemble(stream))
    assert [type(one) for one in items[:1] + items[-1:]] == [Opened, Closed]
    gaps = [one.why for one in items if isinstance(one, Incomplete) and one.sender == "client"]
    assert gaps == ["packets were cut short when they were captured"]
    assert sent(items, "server") == [hello]


def test_what_claims_a_place_after_the_end_is_not_waited_for() -> None:
    half = Half()
    half.begin(100)
    assert half.add(110, b"of another connection") == b""
    half.end(105)
    assert half.add(100, b"hello") == b"hello"
    assert (half.finished, half.waiting) == (True, False)


def test_segments_in_reverse_order_are_put_together() -> None:
    half = Half()
    half.begin(2**32 - 500)
    for at in range(1000, 0, -1):
        assert half.add((2**32 - 500 + at) % 2**32, bytes([at % 256])) == b""
    assert half.add(2**32 - 500, b"\x00") == bytes(at % 256 for at in range(1001))


@pytest.mark.parametrize("version", [4, 6])
def test_a_header_without_a_length_takes_the_packet_s_own(version: int) -> None:
    """As network cards leave it that cut packets up themselves."""
    tcp = bytes.fromhex("c351 1151 00000001 00000000 5010 ffff 00000000")
    head = bytes.fromhex("45000000 00000000 40060000 7f000001 7f000001")
    if version == 6:
        head = bytes.fromhex("60000000 0000 06 40") + bytes(32)
    packet = head + tcp + b"0123456789"
    whole = segment_in(101, packet)
    assert whole is not None
    assert (whole.data, whole.cut) == (b"0123456789", 0)
    short = segment_in(101, packet[:-4], len(packet))
    assert short is not None
    assert (short.data, short.cut) == (b"012345", 4)
