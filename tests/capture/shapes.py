"""One TLS connection in many shapes: behind other protocols, in tunnels, fragments and odd links.

Each shape is a capture of the same few records. What they hold is known, so that a reader which
misses some is found out; tests/capture/test_tshark.py asks Wireshark's dissector the same.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tls13lab.capture.files import packets
from tls13lab.capture.writer import CaptureWriter
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.wire.names import Side

Frames = list[bytes]
RAW_IP, ETHERNET = 101, 1
CLIENT, SERVER = ("192.0.2.1", 50_001), "192.0.2.2"


def wire() -> list[tuple[Side, bytes]]:
    """Who sent which record."""
    pair = Pair(*lesson_configs("psk_ke"), "shapes")
    pair.handshake()
    pair.client.send(b"words")
    pair.pump()
    return [(step.sender, step.wire) for step in pair.conversation().steps]


def ip_frames(
    folder: Path, port: int = 4433, before: Iterable[tuple[Side, bytes]] = (), six: bool = False
) -> Frames:
    """The packets of that connection, as IP; ``before`` is what the two say first."""
    path = folder / "plain.pcap"
    path.unlink(missing_ok=True)
    writer = CaptureWriter(path, now=lambda: 1.0)
    ends = (("2001:db8::1", CLIENT[1]), ("2001:db8::2", port)) if six else (CLIENT, (SERVER, port))
    writer.open(1, *ends)
    for sender, data in (*before, *wire()):
        writer.add(1, sender, data)
    writer.close()
    return [packet.data for packet in packets(path)]


def pcap(link: int, frames: Iterable[bytes]) -> bytes:
    """A file of these frames."""
    found = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 2**18, link)
    for number, data in enumerate(frames):
        found += struct.pack("<IIII", 1, number, len(data), len(data)) + data
    return found


def checksum(head: bytes) -> bytes:
    total = sum(struct.unpack(f"!{len(head) // 2}H", head)) % 0xFFFF
    return struct.pack("!H", 0xFFFF - total)


def ipv4(protocol: int, data: bytes, number: int = 1, bits: int = 0) -> bytes:
    """An IPv4 packet; ``bits`` are flags and fragment offset."""
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), number, bits, 64, protocol, 0)
    head += bytes([10, 0, 0, 1, 10, 0, 0, 2])
    return head[:10] + checksum(head) + head[12:] + data


def udp(port: int, data: bytes) -> bytes:
    return ipv4(17, struct.pack("!HHHH", 40_000, port, 8 + len(data), 0) + data)


def ether(kind: int, data: bytes) -> bytes:
    return bytes(5) + b"\x01" + bytes(5) + b"\x02" + struct.pack("!H", kind) + data


def kind_of(packet: bytes) -> int:
    return 0x0800 if packet[0] >> 4 == 4 else 0x86DD


def inner(packet: bytes) -> bytes:
    """As an Ethernet frame."""
    return ether(kind_of(packet), packet)


def _radiotap(packet: bytes) -> bytes:
    # A data frame of a station to its access point, not encrypted: 802.11, LLC, SNAP.
    head = bytes.fromhex("0000080000000000") + bytes.fromhex("08010000") + bytes(18) + bytes(2)
    return head + bytes.fromhex("aaaa03000000") + struct.pack("!H", kind_of(packet)) + packet


TUNNELS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "ethernet": (ETHERNET, inner),
    "VLAN": (ETHERNET, lambda p: ether(0x8100, b"\0\5" + struct.pack("!H", kind_of(p)) + p)),
    "MPLS": (ETHERNET, lambda p: ether(0x8847, bytes.fromhex("00064040 00065140") + p)),
    "PPPoE": (
        ETHERNET,
        lambda p: ether(0x8864, struct.pack("!BBHHH", 17, 0, 1, len(p) + 2, 0x21) + p),
    ),
    "VXLAN": (
        ETHERNET,
        lambda p: inner(udp(4789, bytes.fromhex("0800000000002a00") + inner(p))),
    ),
    "GENEVE": (
        ETHERNET,
        lambda p: inner(
            udp(6081, bytes.fromhex("02006558 00002a00 0102 01 01 00000000") + inner(p))
        ),
    ),
    "GTP-U": (
        RAW_IP,
        lambda p: udp(2152, struct.pack("!BBHI", 0x30, 255, len(p), 1) + p),
    ),
    "GRE": (RAW_IP, lambda p: ipv4(47, struct.pack("!HH", 0, kind_of(p)) + p)),
    "GRE, key, ethernet": (
        RAW_IP,
        lambda p: ipv4(47, bytes.fromhex("2000 6558 00000007") + inner(p)),
    ),
    "IP in IP": (RAW_IP, lambda p: ipv4(4 if p[0] >> 4 == 4 else 41, p)),
    "PPP": (9, lambda p: bytes.fromhex("ff030021") + p),
    "cooked": (113, lambda p: bytes(14) + struct.pack("!H", kind_of(p)) + p),
    "radiotap": (127, _radiotap),
    "frame check sequence": (ETHERNET | 0x2400_0000, lambda p: inner(p) + b"\xde\xad\xbe\xef"),
}
"""By name: the link type, and what is put around an IP packet."""


def fragments(packet: bytes, number: int, size: int = 48) -> Iterator[bytes]:
    """The same IPv4 packet in pieces, the last one first."""
    data = packet[20:]
    pieces = [(at, data[at : at + size]) for at in range(0, len(data), size)]
    for at, piece in reversed(pieces):
        more = 0 if at + size >= len(data) else 0x2000
        head = struct.pack("!HHH", 20 + len(piece), number, more | at // 8)
        head = packet[:2] + head + packet[8:10] + b"\0\0" + packet[12:20]
        yield head[:10] + checksum(head) + head[12:] + piece


def fragments_of_six(packet: bytes, number: int, size: int = 48) -> Iterator[bytes]:
    """The same IPv6 packet in pieces."""
    data = packet[40:]
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        more = int(at + size < len(data))
        head = struct.pack("!BBHI", packet[6], 0, at | more, number)
        length = struct.pack("!H", len(piece) + 8)
        yield packet[:4] + length + bytes([44]) + packet[7:40] + head + piece


def with_options(packet: bytes) -> bytes:
    """An IPv6 packet with hop-by-hop and destination options before its TCP."""
    options = bytes([60, 0, 1, 4, 0, 0, 0, 0]) + bytes([packet[6], 1, 1, 12]) + bytes(12)
    length = struct.pack("!H", len(packet) - 40 + len(options))
    return packet[:4] + length + bytes([0]) + packet[7:40] + options + packet[40:]


BEFORE: dict[str, tuple[int, list[tuple[Side, bytes]]]] = {
    "STARTTLS": (
        25,
        [
            ("server", b"220 mail.example.org ESMTP\r\n"),
            ("client", b"EHLO me\r\n"),
            ("server", b"250-mail.example.org\r\n250 STARTTLS\r\n"),
            ("client", b"STARTTLS\r\n"),
            ("server", b"220 2.0.0 Ready to start TLS\r\n"),
        ],
    ),
    "STARTTLS of POP3": (
        110,
        [("server", b"+OK ready\r\n"), ("client", b"STLS\r\n"), ("server", b"+OK begin\r\n")],
    ),
    "AUTH TLS of FTP": (
        21,
        [("server", b"220 FTP\r\n"), ("client", b"AUTH TLS\r\n"), ("server", b"234 Proceed\r\n")],
    ),
    "StartTLS of LDAP": (
        389,
        [
            ("client", bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"),
            ("server", bytes.fromhex("300c02010178070a010004000400")),
        ],
    ),
    "STARTTLS of XMPP": (
        5222,
        [
            ("client", b"<stream:stream to='example.org'>"),
            ("server", b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            ("client", b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            ("server", b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ],
    ),
    "HTTP CONNECT": (
        8080,
        [
            ("client", b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"),
            ("server", b"HTTP/1.1 200 Connection established\r\n\r\n"),
        ],
    ),
    "SOCKS5": (
        1080,
        [
            ("client", bytes.fromhex("050100")),
            ("server", bytes.fromhex("0500")),
            ("client", bytes.fromhex("05010001c000020201bb")),
            ("server", bytes.fromhex("05000001c0000201c351")),
        ],
    ),
    "SOCKS4": (
        1080,
        [
            ("client", bytes.fromhex("040101bbc000020200")),
            ("server", bytes.fromhex("005a01bbc0000202")),
        ],
    ),
    "the PROXY header": (443, [("client", b"PROXY TCP4 192.0.2.9 192.0.2.2 40000 443\r\n")]),
    "the PROXY header, version 2": (
        443,
        [
            (
                "client",
                b"\r\n\r\n\0\r\nQUIT\n" + bytes.fromhex("2111000cc0000209c00002029c4001bb"),
            )
        ],
    ),
    "SSLRequest of PostgreSQL": (
        5432,
        [("client", bytes.fromhex("0000000804d2162f")), ("server", b"S")],
    ),
    "the greeting of MySQL": (
        3306,
        [
            (
                "server",
                bytes.fromhex("4a0000000a") + b"8.0.40\0" + bytes(40) + b"mysql_native_password\0",
            ),
            ("client", bytes.fromhex("2000000185ae7f000000000121") + bytes(23)),
        ],
    ),
}
"""By what the reader is to call it: the server's port, and what the two say before TLS."""


def every_shape(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    """Name, the server's port, and the capture file."""
    for six in (False, True):
        plain = ip_frames(folder, six=six)
        version = "IPv6" if six else "IPv4"
        for name, (link, around) in TUNNELS.items():
            if name in ("PPP", "PPPoE", "GTP-U") and six:
                continue  # they name the version in their own header
            yield f"{version} in {name}", 4433, pcap(link, map(around, plain))
        cut = fragments_of_six if six else fragments
        pieces = [piece for n, one in enumerate(plain, 1) for piece in cut(one, n)]
        yield f"{version} in fragments", 4433, pcap(RAW_IP, pieces)
        if six:
            yield "IPv6 with options", 4433, pcap(RAW_IP, map(with_options, plain))
    for name, (port, before) in BEFORE.items():
        yield f"behind {name}", port, pcap(RAW_IP, ip_frames(folder, port, before))
