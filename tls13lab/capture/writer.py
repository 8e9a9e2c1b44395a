"""Writing a recording as a capture file that other tools can read.

The bytes are those that went through a socket. The TCP segments around them are made up, because
the real ones cannot be seen from there. They have what tools look for: addresses, a TCP handshake,
sequence numbers, checksums, and an end.
"""

import ipaddress
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tls13lab.capture.files import CaptureError
from tls13lab.capture.packets import ACK, FIN, SYN
from tls13lab.wire.names import Side

MOST_DATA = 16_384
"""The most bytes of data in one segment."""
_RAW_IP = 101
_SUFFIXES = (".pcap", ".pcapng")
_MOST_PACKET = 2**18
_PCAP_HEAD = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _MOST_PACKET, _RAW_IP)


@dataclass
class _TcpStream:
    """A connection that is being written: addresses and next sequence number of each side."""

    ends: dict[str, tuple[str, int]]
    next: dict[str, int] = field(default_factory=lambda: {"client": 1_000, "server": 2_000})


class CaptureWriter:
    """Writes a new .pcap or .pcapng file that only its owner may read.

    ``now`` returns Unix time in seconds. Raises CaptureError for any other suffix, and if the file
    exists already. A full disk does not disturb the connections; :meth:`close` reports it.
    """

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        if path.suffix not in _SUFFIXES:
            raise CaptureError(f"the name of a recording must end in {' or '.join(_SUFFIXES)}")
        self._now = now
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CaptureError(f"{path.name} already exists: name a new file") from None
        self._file = os.fdopen(file, "wb")
        self._as_block = path.suffix == ".pcapng"
        self._name, self._broken = path.name, ""
        self._streams: dict[int, _TcpStream] = {}
        if self._as_block:
            section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
            interface = struct.pack("<HHI", _RAW_IP, 0, _MOST_PACKET)
            self._put(_block(0x0A0D0D0A, section) + _block(1, interface))
        else:
            self._put(_PCAP_HEAD)

    def open(self, connection: int, client: tuple[str, int], server: tuple[str, int]) -> None:
        """Begin a connection between two addresses, each a host and a port."""
        stream = self._streams[connection] = _TcpStream({"client": client, "server": server})
        first: tuple[tuple[Side, int], ...] = (("client", SYN), ("server", SYN | ACK))
        for sender, flags in first:
            self._write(stream, sender, flags, b"")
            stream.next[sender] += 1
        self._write(stream, "client", ACK, b"")

    def add(self, connection: int, sender: Side, data: bytes) -> None:
        """Write bytes that ``sender`` (``client`` or ``server``) sent."""
        stream = self._streams.get(connection)
        for start in range(0, len(data) if stream else 0, MOST_DATA):
            part = data[start : start + MOST_DATA]
            assert stream is not None
            self._write(stream, sender, ACK, part)
            stream.next[sender] = (stream.next[sender] + len(part)) % 2**32

    def end(self, connection: int) -> None:
        """End a connection, with a FIN from both sides."""
        stream = self._streams.pop(connection, None)
        for sender in ("client", "server") if stream else ():
            assert stream is not None
            self._write(stream, sender, FIN | ACK, b"")
            stream.next[sender] = (stream.next[sender] + 1) % 2**32

    def close(self) -> None:
        """End open connections and close the file. Raises CaptureError if it is incomplete."""
        for connection in list(self._streams):
            self.end(connection)
        try:
            self._file.close()
        except OSError as error:
            self._broken = self._broken or str(error.strerror)
        if self._broken:
            raise CaptureError(f"the recording {self._name} breaks off: {self._broken}")

    def _write(self, stream: _TcpStream, sender: Side, flags: int, data: bytes) -> None:
        other = "server" if sender == "client" else "client"
        raw = _packet(
            stream.ends[sender],
            stream.ends[other],
            stream.next[sender],
            stream.next[other] if flags & ACK else 0,
            flags,
            data,
        )
        time = int(self._now() * 1_000_000)
        if self._as_block:
            about = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(raw), len(raw))
            self._put(_block(6, about + raw))
        else:
            about = struct.pack("<IIII", *divmod(time, 1_000_000), len(raw), len(raw))
            self._put(about + raw)

    def _put(self, data: bytes) -> None:
        if self._broken:
            return
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            self._broken = str(error.strerror)


def _block(kind: int, body: bytes) -> bytes:
    """A block of a pcapng file: its length is written at both ends."""
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _packet(
    source: tuple[str, int],
    target: tuple[str, int],
    sequence: int,
    acknowledged: int,
    flags: int,
    data: bytes,
) -> bytes:
    """A TCP segment in an IP packet. RFC 791, RFC 8200, RFC 9293 section 3.1."""
    ends = [ipaddress.ip_address(host) for host, _ in (source, target)]
    hosts = b"".join(end.packed for end in ends)
    ports = (source[1], target[1])
    head = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, 0x50, flags, 8192, 0, 0)
    pseudo = hosts + struct.pack("!II", len(head) + len(data), 6)
    head = head[:16] + _checksum(pseudo + head + data) + head[18:]
    if ends[0].version == 6:
        return struct.pack("!IHBB", 6 << 28, len(head) + len(data), 6, 64) + hosts + head + data
    length = 20 + len(head) + len(data)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, length, 1, 0, 64, 6, 0) + hosts
    return ip[:10] + _checksum(ip) + ip[12:] + head + data


def _checksum(data: bytes) -> bytes:
    """The Internet checksum, RFC 1071."""
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    total = sum(words) % 0xFFFF
    return struct.pack("!H", 0xFFFF - total)
