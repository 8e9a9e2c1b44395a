"""TCP segments out of a capture file: pcap or pcapng, whoever made it, gzipped or not.

The files are scapy's business. Of each packet only the fields of a few headers are needed. They are
taken here directly: scapy's own dissection of whole packets takes about 30 times as long.

IPv6 extension headers and IP fragments are passed over: TCP on a real path uses neither.
"""

import gzip
import io
import logging
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tls13lab.wire.faults import LocalFault

LONGEST_PACKET = 2**18
"""Bytes of a packet, at most: on the loopback interface they are longer than on any cable."""

FIN, SYN, RST, ACK = 1, 2, 4, 16
_IPV4, _IPV6, _TCP = 0x0800, 0x86DD, 6
_VLAN = (0x8100, 0x88A8)
_GZIP = b"\x1f\x8b"

# Link types (the numbers are libpcap's): where the EtherType is, and where the packet begins.
_ETHERTYPE_AT = {1: (12, 14), 113: (14, 16), 276: (0, 20)}  # Ethernet, Linux cooked v1 and v2
_RAW_IP = (12, 14, 101, 228, 229)
_LOOPBACK = (0, 108)  # BSD: 4 bytes of address family before the packet


class CaptureError(LocalFault):
    """This is no capture file, or cannot be used as one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One TCP segment. ``cut`` is how many bytes of its data the capture left out."""

    source: tuple[str, int]
    target: tuple[str, int]
    sequence: int
    flags: int
    data: bytes = field(repr=False)
    cut: int = 0


class _Bounded(io.BufferedReader):
    """A file that is never read in pieces larger than a packet can be."""

    refused = False

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > LONGEST_PACKET + 4096:
            self.refused = True
            raise OSError
        return super().read(size)


def _unpacked(path: Path) -> io.RawIOBase:
    """The file; one that gzip made, unpacked as it is read.

    scapy would unpack it, too, but with no bound on a block: a small file could fill the memory.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(io.RawIOBase, _Gzip(path) if packed else io.FileIO(path))


class _Gzip(gzip.GzipFile):
    """A damaged stream ends where the damage begins, as a file does that breaks off."""

    def readinto(self, into: Any) -> int:
        try:
            return super().readinto(into)
        except (EOFError, OSError, zlib.error):
            return 0


@contextmanager
def at_home() -> Iterator[None]:
    """While scapy is imported, its cache is kept within the environment, not in the user's home."""
    names = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    before = {name: os.environ.get(name) for name in names}
    for name in names:
        os.environ[name] = str(Path(sys.prefix) / "share" / "scapy" / name.lower())
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def scapy_utils() -> Any:
    """scapy's file formats, imported when they are needed: that takes about half a second.

    Raises CaptureError where scapy is not installed.
    """
    try:
        with at_home():
            from scapy import error

            # It tells the log about each oddity of a file, and of the machine while it is imported;
            # here the caller is told, once.
            error.log_scapy.setLevel(logging.CRITICAL)
            from scapy import utils
    except ImportError:
        raise CaptureError(
            "captures are read and written with scapy, which is missing: run: python3 run.py lab"
        ) from None
    return utils


def packets(path: Path) -> Iterator[tuple[int, bytes, int]]:
    """(link type, captured bytes, bytes on the wire) of each packet. Raises CaptureError, OSError.

    A file that breaks off within a packet just ends there.
    """
    utils = scapy_utils()
    with _Bounded(_unpacked(path)) as file:
        if file.peek(2)[:2] == _GZIP:
            raise CaptureError(f"{path.name} is compressed twice: unpack it first")
        try:
            reader = utils.RawPcapReader(file)
        except utils.Scapy_Exception:
            raise CaptureError(f"{path.name} is neither a pcap nor a pcapng file") from None
        while True:
            try:
                data, about = reader._read_packet(size=LONGEST_PACKET)
            except EOFError:
                if file.refused:
                    raise CaptureError(f"{path.name} has a block longer than any packet") from None
                return
            except Exception as fault:
                # Damaged blocks make scapy raise errors of many kinds.
                raise CaptureError(f"{path.name} is damaged: {fault}") from None
            link = about.linktype if hasattr(about, "linktype") else reader.linktype
            yield link, data, about.wirelen or len(data)


def segments(path: Path) -> Iterator[Segment]:
    """The TCP segments of a capture, in the order in which they were captured."""
    for link, data, length in packets(path):
        found = segment_in(link, data, length)
        if found is not None:
            yield found


def segment_in(link: int, data: bytes, length: int | None = None) -> Segment | None:
    """The TCP segment in a packet; None for anything else. Never raises.

    ``length`` is how long the packet was on the wire, if that is more than was captured.
    """
    at = _ip_at(link, data)
    if at is None or len(data) <= at:
        return None
    version = data[at] >> 4
    if version == 4:
        return _ipv4(data[at:], (length or len(data)) - at)
    return _ipv6(data[at:], (length or len(data)) - at) if version == 6 else None


def _ip_at(link: int, data: bytes) -> int | None:
    """Where the IP header begins."""
    if link in _RAW_IP:
        return 0
    if link in _LOOPBACK:
        return 4
    if link not in _ETHERTYPE_AT:
        return None
    type_at, at = _ETHERTYPE_AT[link]
    kind = int.from_bytes(data[type_at : type_at + 2], "big")
    while kind in _VLAN and at + 4 <= len(data):
        kind = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 4
    return at if kind in (_IPV4, _IPV6) else None


def _ipv4(packet: bytes, length: int) -> Segment | None:
    """``length`` is the packet's on the wire, for where its own header does not say."""
    header = (packet[0] & 15) * 4
    if len(packet) < 20 or header < 20 or packet[9] != _TCP:
        return None
    if int.from_bytes(packet[6:8], "big") & 0x3FFF:  # more fragments, or not the first
        return None
    # Zero where the network card was to cut the packet up.
    total = int.from_bytes(packet[2:4], "big") or length
    addresses = [".".join(map(str, packet[at : at + 4])) for at in (12, 16)]
    return _tcp(packet[header:total], total - header, *addresses)


def _ipv6(packet: bytes, length: int) -> Segment | None:
    if len(packet) < 40 or packet[6] != _TCP:
        return None
    inside = int.from_bytes(packet[4:6], "big") or length - 40
    addresses = [f"[{_groups(packet[at : at + 16])}]" for at in (8, 24)]
    return _tcp(packet[40 : 40 + inside], inside, *addresses)


def _groups(address: bytes) -> str:
    import ipaddress

    return str(ipaddress.IPv6Address(address))


def _tcp(packet: bytes, length: int, source: str, target: str) -> Segment | None:
    """``length`` is the segment's, as the IP header has it."""
    if len(packet) < 20:
        return None
    header = (packet[12] >> 4) * 4
    if header < 20 or header > length:
        return None
    data = packet[header:]
    return Segment(
        (source, int.from_bytes(packet[0:2], "big")),
        (target, int.from_bytes(packet[2:4], "big")),
        int.from_bytes(packet[4:8], "big"),
        packet[13],
        data,
        length - header - len(data),
    )
