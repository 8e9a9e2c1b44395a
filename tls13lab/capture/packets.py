"""From packets to TCP segments, through IP, its fragments, and tunnels.

Only a few fields of each header are needed, and they are read directly. A packet that is not TCP is
searched for an IP packet inside (:mod:`~tls13lab.capture.link_layers`), and counted as skipped if
there is none. RFC 791, RFC 8200, RFC 9293.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv6Address
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from tls13lab.capture.files import Packet, packets
from tls13lab.capture.fragments import Fragments
from tls13lab.capture.link_layers import ip_in_frame, look_for_ip
from tls13lab.capture.notes import Notes

FIN, SYN, RST, ACK = 1, 2, 4, 16
_TCP, _AH, _FRAGMENT = 6, 51, 44
_EXTENSIONS = (0, 43, 60, 135, 139, 140)
"""IPv6 extension headers whose second byte gives their length (units of 8 bytes, less one)."""
_NAMES = {1: "ICMP", 2: "IGMP", 17: "UDP", 50: "ESP", 58: "ICMPv6", 59: "nothing", 132: "SCTP"}
_QUOTING = (1, 58)  # an ICMP error quotes the packet that caused it
_DEEPEST = 8
_IPV4_HEADER = Struct("!BxHHHxB2x4s4s")
_TCP_HEADER = Struct("!2s2sIIBB")

Address = tuple[str, int]


class Segment(NamedTuple):
    """One TCP segment. ``cut`` is how many bytes of its data were not captured."""

    source: Address
    target: Address
    sequence: int
    flags: int
    data: bytes
    cut: int = 0
    acknowledged: int = 0


def segments(path: Path, notes: Notes | None = None) -> Iterator[Segment]:
    """The TCP segments of a capture, in the order in which they were captured.

    Raises CaptureError, OSError. What is not TCP is counted in ``notes``.
    """
    notes = Notes() if notes is None else notes
    return segments_in(packets(path, notes), notes)


def segments_in(stream: Iterable[Packet], notes: Notes) -> Iterator[Segment]:
    """The TCP segments in a stream of packets, as :func:`segments` gives those of a file."""
    fragments = Fragments()
    for link, data, length in stream:
        at = ip_in_frame(link, data, length, notes)
        if at >= 0:
            found = _in_ip(data, at, length, notes, fragments)
            if found is not None:
                yield found
    if fragments.lost:
        notes.pass_over("IP fragments that never became whole", fragments.lost)


def segment_in(link: int, data: bytes, length: int | None = None) -> Segment | None:
    """The TCP segment in a packet; None for anything else. Never raises.

    ``length`` is how many bytes the packet had on the wire, if that is more than was captured.
    """
    return next(segments_in([Packet(link, data, length or len(data))], Notes()), None)


def _in_ip(
    data: bytes, at: int, length: int, notes: Notes, fragments: Fragments, depth: int = 0
) -> Segment | None:
    """The segment in the IP packet at ``at``; the frame had ``length`` bytes on the wire."""
    if depth == _DEEPEST:
        notes.pass_over("packets in too many nested tunnels")
        return None
    version = data[at] >> 4 if at < len(data) else 0
    if version == 4 and at + 20 <= len(data):
        protocol, inside, end, piece, source, target = _ipv4(data, at, length)
    elif version == 6 and at + 40 <= len(data):
        protocol, inside, end, piece = _ipv6(data, at, length)
        source, target = data[at + 8 : at + 24], data[at + 24 : at + 40]
    else:
        notes.pass_over("packets that are not IP or break off in the IP header")
        return None
    if piece is not None:
        whole = fragments.add((source, target, *piece[:2]), *piece[2:], data[inside:end], protocol)
        if whole is None:
            return None
        protocol, data = whole
        inside, end, length = 0, len(data), len(data)
    if protocol == _TCP:
        return _tcp(data, inside, end, source, target, notes)
    # The payload may be IP again, and nothing of the outer headers is needed.
    deeper = -1 if protocol in _QUOTING else look_for_ip(data, inside, min(length, end))
    if deeper >= 0:
        return _in_ip(data, deeper, min(length, end), notes, fragments, depth + 1)
    notes.pass_over(f"packets of {_NAMES.get(protocol, f'IP protocol {protocol}')}")
    return None


_Piece = tuple[int, int, int, bool]
"""A fragment: the datagram's identification and protocol, the offset, and whether more follow."""


def _ipv4(data: bytes, at: int, length: int) -> tuple[int, int, int, _Piece | None, bytes, bytes]:
    """The protocol, the payload's beginning and end (on the wire), the fragment, the addresses."""
    first, total, number, bits, protocol, source, target = _IPV4_HEADER.unpack_from(data, at)
    piece = None
    if bits & 0x3FFF:  # more fragments, or not the first
        piece = (number, protocol, (bits & 0x1FFF) * 8, bool(bits & 0x2000))
    # A total length of zero means that the network card was to cut this packet into segments.
    end = at + total if total else length
    return protocol, at + max(20, (first & 15) * 4), end, piece, source, target


def _ipv6(data: bytes, at: int, length: int) -> tuple[int, int, int, _Piece | None]:
    inside, kind = at + 40, data[at + 6]
    total = int.from_bytes(data[at + 4 : at + 6], "big")
    end = inside + total if total else length
    piece = None
    while inside + 8 <= len(data):
        if kind in _EXTENSIONS:
            kind, inside = data[inside], inside + 8 + 8 * data[inside + 1]
        elif kind == _AH:
            kind, inside = data[inside], inside + 8 + 4 * data[inside + 1]
        elif kind == _FRAGMENT and piece is None:
            bits = int.from_bytes(data[inside + 2 : inside + 4], "big")
            if bits & 0xFFF9:
                number = int.from_bytes(data[inside + 4 : inside + 8], "big")
                return data[inside], inside + 8, end, (number, 0, bits & 0xFFF8, bool(bits & 1))
            kind, inside = data[inside], inside + 8
        else:
            break
    return kind, inside, end, piece


@lru_cache(2**14)
def _address(host: bytes, port: bytes) -> Address:
    text = ".".join(map(str, host)) if len(host) == 4 else f"[{IPv6Address(host)}]"
    return text, int.from_bytes(port, "big")


def _tcp(
    data: bytes, at: int, end: int, source: bytes, target: bytes, notes: Notes
) -> Segment | None:
    """The segment that begins at ``at`` and, on the wire, ended at ``end``."""
    inside = at
    if at + 20 <= len(data):
        ports = _TCP_HEADER.unpack_from(data, at)
        source_port, target_port, sequence, acknowledged, offset, flags = ports
        inside += (offset >> 4) * 4
    if inside < at + 20 or inside > end:
        notes.pass_over("TCP packets that break off in the TCP header")
        return None
    return Segment(
        _address(source, source_port),
        _address(target, target_port),
        sequence,
        flags,
        data[inside:end],
        0 if end <= len(data) else end - max(inside, len(data)),
        acknowledged,
    )
