"""Capture files, pcap and pcapng: packets and embedded secrets, as a stream.

The formats are specified in draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. For each packet,
this gives the link type, the bytes, and the length that it had on the wire. Times, names and
comments are skipped. Reading ends where a file breaks off or has an impossible length, and the
notes say so.

Scapy did this before. It did not give the embedded secrets, was used through a private function,
and took half a second to import. The tests still compare with it.
"""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tls13lab.capture.keylog import split
from tls13lab.capture.notes import Notes
from tls13lab.capture.sources import Buffered, named, opened
from tls13lab.capture.unpacking import bytes_after, damage_in, is_packed, unpacked
from tls13lab.wire.faults import LocalFault

LONGEST_PACKET = 2**18
"""The most bytes of a packet; those on the loopback interface are longer than on any cable."""
LONGEST_BLOCK = 2**26
"""The most bytes of any other block, such as the embedded secrets of many connections."""

_PCAP = {
    bytes.fromhex(digits): (order, extra)
    # Microseconds, nanoseconds, and a variant of 1999 with 8 more bytes before each packet.
    for digits, order, extra in (
        ("a1b2c3d4", ">", 0),
        ("d4c3b2a1", "<", 0),
        ("a1b23c4d", ">", 0),
        ("4d3cb2a1", "<", 0),
        ("a1b2cd34", ">", 8),
        ("34cdb2a1", "<", 8),
    )
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDERS = {bytes.fromhex("1a2b3c4d"): ">", bytes.fromhex("4d3c2b1a"): "<"}
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET, _SECRETS = 1, 2, 3, 6, 10
_LEAST = {_INTERFACE: 20, _OLD_PACKET: 32, _SIMPLE_PACKET: 16, _PACKET: 32, _SECRETS: 20}
_TLS_KEY_LOG = 0x544C534B
_LINK_TYPE = 0xFFFF  # above it are bits that say how long the frame check sequence is


class CaptureError(LocalFault):
    """This is not a capture file, or not one that can be used."""


class Packet(NamedTuple):
    """A captured packet: link type, bytes, and the length in bytes that it had on the wire."""

    link: int
    data: bytes
    length: int


class _Torn(Exception):
    """The file cannot be read further; the text says why, and is empty if it just breaks off."""


def packets(path: Path, notes: Notes | None = None) -> Iterator[Packet]:
    """Each packet of a pcap or pcapng file, gzipped or not. Raises CaptureError, OSError.

    Embedded secrets go into ``notes``, and a remark if the file breaks off.
    """
    notes = Notes() if notes is None else notes
    with opened(path) as whole:
        file = unpacked(whole)
        if file is not whole and is_packed(file):
            raise CaptureError(f"{named(path)} is compressed twice: unpack it first")
        magic = file.read(4)
        if len(magic) < 4 and damage_in(file):
            raise CaptureError(f"{named(path)} cannot be unpacked: {damage_in(file)}")
        if magic in _PCAP:
            found = _pcap(file, *_PCAP[magic])
        elif magic == _SECTION:
            found = _Sections(file, notes).packets()
        else:
            raise CaptureError(f"{named(path)} is neither a pcap nor a pcapng file")
        seen = 0
        try:
            for packet in found:
                seen += 1
                yield packet
        except _Torn as torn:
            if not seen and str(torn):
                raise CaptureError(f"{named(path)} is damaged: {torn}") from None
            how = f"is damaged after packet {seen}: {torn}"
            cut = f"breaks off after packet {seen}"
            notes.torn = f"{named(path)} {how if str(torn) else cut}"
        if damage_in(file):
            notes.torn = f"{named(path)}, after packet {seen}: {damage_in(file)}"
        if more := bytes_after(file):
            notes.pass_over("bytes after the gzip data", more)


def _exactly(file: Buffered, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise _Torn
    return data


def _pcap(file: Buffered, order: str, extra: int) -> Iterator[Packet]:
    (link,) = struct.unpack(f"{order}I", _exactly(file, 20)[16:])
    read, head, size = file.read, struct.Struct(f"{order}8xII"), 16 + extra
    while len(about := read(size)) == size:
        captured, length = head.unpack_from(about)
        if captured > LONGEST_PACKET:
            raise _Torn("the next packet claims to be longer than any packet")
        data = read(captured)
        if len(data) < captured:
            raise _Torn
        yield Packet(link & _LINK_TYPE, data, max(length, captured))
    if about:
        raise _Torn


class _Sections:
    """A pcapng file. Each section has its own byte order and its own interfaces."""

    def __init__(self, file: Buffered, notes: Notes) -> None:
        self._file, self._notes = file, notes
        self._order = ">"
        self._head, self._packet = struct.Struct(">II"), struct.Struct(">I8xII")
        self._links: list[tuple[int, int]] = []  # link type, and the most bytes of a packet

    def packets(self) -> Iterator[Packet]:
        """All packets; the file must be just after the type of the first block."""
        self._begin_section()
        read, links = self._file.read, self._links
        while head := read(8):
            if len(head) < 8:
                raise _Torn
            if head[:4] == _SECTION:
                self._begin_section(head[4:])
                links = self._links
                continue
            kind, length = self._head.unpack(head)
            body = self._body(kind, length)
            if kind == _PACKET:
                interface, captured, size = self._packet.unpack_from(body)
                if 20 + captured > length - 12:
                    raise _Torn("the next packet is longer than its block")
                link = links[interface] if interface < len(links) else self._link(interface)
                yield Packet(link[0], body[20 : 20 + captured], max(size, captured))
            elif kind == _OLD_PACKET:
                yield self._old(body, length)
            elif kind == _SIMPLE_PACKET:
                yield self._simple(body, length)
            elif kind == _INTERFACE:
                self._links.append(struct.unpack_from(f"{self._order}HxxI", body))
            elif kind == _SECRETS:
                self._secrets(body)

    def _begin_section(self, length: bytes = b"") -> None:
        length = length or _exactly(self._file, 4)
        magic = _exactly(self._file, 4)
        order = _BYTE_ORDERS.get(magic)
        if order is None:
            raise _Torn("a section does not say its byte order")
        self._order, self._links = order, []
        self._head, self._packet = struct.Struct(f"{order}II"), struct.Struct(f"{order}I8xII")
        self._body(0, struct.unpack(f"{order}I", length)[0] - 4)

    def _body(self, kind: int, length: int) -> bytes:
        """The rest of a block: its body, and its length once more at the end."""
        packet = kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET)
        if length > (LONGEST_PACKET + 4096 if packet else LONGEST_BLOCK):
            what = "packet" if packet else "block"
            raise _Torn(f"the next block claims to be longer than any {what}")
        if length < _LEAST.get(kind, 12):
            raise _Torn("the next block claims to be shorter than it can be")
        return _exactly(self._file, (length + 3 & ~3) - 8)

    def _old(self, body: bytes, length: int) -> Packet:
        interface, captured, size = struct.unpack_from(f"{self._order}H2x8xII", body)
        if 20 + captured > length - 12:
            raise _Torn("the next packet is longer than its block")
        return Packet(self._link(interface)[0], body[20 : 20 + captured], max(size, captured))

    def _simple(self, body: bytes, length: int) -> Packet:
        (size,) = struct.unpack_from(f"{self._order}I", body)
        link, most = self._link(0)
        return Packet(link, body[4 : min(4 + min(size, most or size), length - 12)], size)

    def _link(self, interface: int) -> tuple[int, int]:
        if interface >= len(self._links):
            raise _Torn("the next packet is from an interface that the file does not describe")
        return self._links[interface]

    def _secrets(self, body: bytes) -> None:
        kind, length = struct.unpack_from(f"{self._order}II", body.ljust(8, b"\0"))
        if kind == _TLS_KEY_LOG:
            self._notes.keylog.add(split(io.BytesIO(body[8 : 8 + length])))
        else:
            self._notes.pass_over("blocks of secrets that are not TLS's")
