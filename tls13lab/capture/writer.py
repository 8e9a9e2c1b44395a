"""A recording as a capture file that every tool reads: TCP segments made up around the bytes.

What is recorded is what crossed a socket; the segments are not those that crossed the network. They
have what tools look at: addresses, a handshake, sequence numbers, checksums, an end.
"""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tls13lab.capture.packets import ACK, FIN, SYN, CaptureError, at_home, scapy_utils

MOST_DATA = 16_384
"""Bytes of data in one segment."""
_RAW_IP = 101
_SUFFIXES = (".pcap", ".pcapng")


@dataclass
class _Talk:
    """One connection being written: addresses, and the next sequence number of each side."""

    ends: dict[str, tuple[str, int]]
    next: dict[str, int] = field(default_factory=lambda: {"client": 1_000, "server": 2_000})


class CaptureWriter:
    """Writes a new .pcap or .pcapng, which only its owner may read. ``now`` gives Unix seconds.

    Raises CaptureError for another suffix, and for a file that is there already. A file that cannot
    be written on, on a full disk, disturbs no connection: :meth:`close` says so.
    """

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        if path.suffix not in _SUFFIXES:
            raise CaptureError(f"name a recording with {' or '.join(_SUFFIXES)} at its end")
        utils = scapy_utils()
        with at_home():
            from scapy.layers import inet, inet6
        self._inet, self._inet6, self._now = inet, inet6, now
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise CaptureError(f"{path.name} is there already: name a new file") from None
        if path.suffix == ".pcap":
            self._writer: Any = utils.RawPcapWriter(str(path), linktype=_RAW_IP)
        else:
            self._writer = utils.RawPcapNgWriter(str(path))
            self._writer.linktype = _RAW_IP
        self._name, self._broken = path.name, ""
        self._writer.write_header(None)
        self._talks: dict[int, _Talk] = {}

    def open(self, connection: int, client: tuple[str, int], server: tuple[str, int]) -> None:
        """A connection begins, between these addresses."""
        talk = self._talks[connection] = _Talk({"client": client, "server": server})
        for sender, flags in (("client", SYN), ("server", SYN | ACK)):
            self._write(talk, sender, flags, b"")
            talk.next[sender] += 1
        self._write(talk, "client", ACK, b"")

    def add(self, connection: int, sender: str, data: bytes) -> None:
        """Bytes that ``sender``, ``client`` or ``server``, put on the wire."""
        talk = self._talks.get(connection)
        for start in range(0, len(data) if talk else 0, MOST_DATA):
            part = data[start : start + MOST_DATA]
            assert talk is not None
            self._write(talk, sender, ACK, part)
            talk.next[sender] = (talk.next[sender] + len(part)) % 2**32

    def end(self, connection: int) -> None:
        """The connection is over."""
        talk = self._talks.pop(connection, None)
        for sender in ("client", "server") if talk else ():
            assert talk is not None
            self._write(talk, sender, FIN | ACK, b"")
            talk.next[sender] = (talk.next[sender] + 1) % 2**32

    def close(self) -> None:
        """End what is open, and the file. Raises CaptureError if it could not be written."""
        for connection in list(self._talks):
            self.end(connection)
        try:
            self._writer.close()
        except OSError as error:
            self._broken = self._broken or str(error.strerror)
        if self._broken:
            raise CaptureError(f"the recording {self._name} breaks off: {self._broken}")

    def _write(self, talk: _Talk, sender: str, flags: int, data: bytes) -> None:
        if self._broken:
            return
        other = "server" if sender == "client" else "client"
        (source, source_port), (target, target_port) = talk.ends[sender], talk.ends[other]
        if ipaddress.ip_address(source).version == 4:
            packet: Any = self._inet.IP(src=source, dst=target)
        else:
            packet = self._inet6.IPv6(src=source, dst=target)
        packet /= self._inet.TCP(
            sport=source_port,
            dport=target_port,
            flags=flags,
            seq=talk.next[sender],
            ack=talk.next[other] if flags & ACK else 0,
        )
        raw = bytes(packet / data)
        seconds = self._now()
        try:
            # pcap wants the microseconds apart, pcapng takes them from the seconds.
            self._writer.write_packet(raw, sec=seconds, usec=int(seconds % 1 * 1_000_000))
            self._writer.flush()
        except OSError as error:
            self._broken = str(error.strerror)
