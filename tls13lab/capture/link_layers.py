"""Finding the IP packet in a captured frame, whatever link or tunnel carries it.

For the usual links, the header says where IP begins. Any other frame is *searched*: bytes are taken
for an IP header if they have its form, its length field fits, and its checksum is right. So one
page of code finds IP in MPLS, PPPoE, GRE, VXLAN, GENEVE, GTP-U, in unencrypted 802.11 frames, and
on links that this lab has never heard of.

>>> frame = bytes(12) + bytes.fromhex("8847 00010140") + bytes.fromhex(
...     "4500001400000000 4006 7ce2 7f000001 7f000001".replace(" ", ""))
>>> ip_in_frame(1, frame, len(frame))
18
"""

import re
import struct

from tls13lab.capture.notes import Notes

IPV4, IPV6 = 0x0800, 0x86DD
_VLAN = (0x8100, 0x88A8, 0x9100)
_NAMES = {0x0806: "ARP", 0x8035: "RARP", 0x88CC: "LLDP", 0x888E: "EAPOL", 0x88E5: "MACsec"}
_LEAST_TYPE = 0x600  # a smaller value is a length, not an EtherType

# By link type (libpcap's numbers): the offsets of the EtherType and of the packet.
_ETHERTYPE_AT = {1: (12, 14), 113: (14, 16), 276: (0, 20)}  # Ethernet, Linux cooked v1 and v2
_RAW_IP = (12, 14, 101, 228, 229)
_LOOPBACK = (0, 108)  # BSD: 4 bytes of address family before the packet

MOST_LOOKED_THROUGH = 320
"""How many bytes are searched for a header: GENEVE may put 260 before the frame that it carries."""
_MAYBE = re.compile(rb"(?=[\x45-\x4f\x60-\x6f])")
_INSIDE = {4, 6, 17, 41, 47, 51, 137, 0, 43, 44, 60}
"""Protocols that may be in a header found by searching: TCP, and those that can carry it."""
_PADDING, _TRAILER = 46, 8
"""The most bytes that a link adds after a packet: padding if it is short, and a trailer."""


def ip_in_frame(link: int, data: bytes, length: int, notes: Notes | None = None) -> int:
    """The offset of the IP header in bytes, or -1; then ``notes`` record what the frame is.

    ``length`` is how many bytes the frame had on the wire.
    """
    if link in _RAW_IP:
        return 0
    if link in _LOOPBACK:
        return 4
    if link not in _ETHERTYPE_AT:
        at = look_for_ip(data, 0, length)
        if at < 0 and notes is not None:
            notes.pass_over(f"packets of link type {link}")
        return at
    type_at, at = _ETHERTYPE_AT[link]
    kind = int.from_bytes(data[type_at : type_at + 2], "big")
    while kind in _VLAN and at + 4 <= len(data):
        kind = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 4
    if kind in (IPV4, IPV6):
        return at
    at = -1 if kind in _NAMES else look_for_ip(data, at, length)
    if at < 0 and notes is not None:
        other = "LLC" if kind < _LEAST_TYPE else f"EtherType 0x{kind:04x}"
        notes.pass_over(f"packets of {_NAMES.get(kind, other)}")
    return at


def look_for_ip(data: bytes, start: int, length: int) -> int:
    """The offset of the first IP packet at or after ``start``, or -1.

    ``length`` is how many bytes the frame had on the wire.
    """
    for found in _MAYBE.finditer(data, start, min(len(data), start + MOST_LOOKED_THROUGH)):
        at = found.start()
        fits = _is_ipv4 if data[at] >> 4 == 4 else _is_ipv6
        if fits(data, at, length - at):
            return at
    return -1


def _is_ipv4(data: bytes, at: int, left: int) -> bool:
    header = (data[at] & 15) * 4
    if at + header > len(data) or data[at + 9] not in _INSIDE:
        return False
    spare = left - int.from_bytes(data[at + 2 : at + 4], "big")
    if not 0 <= spare <= _PADDING + _TRAILER:
        return False
    total = sum(struct.unpack_from(f"!{header // 2}H", data, at))
    # If the network card is to compute the checksum, the capture still has zeros there.
    return total % 0xFFFF == 0 or data[at + 10 : at + 12] == b"\0\0"


def _is_ipv6(data: bytes, at: int, left: int) -> bool:
    if at + 40 > len(data) or data[at + 6] not in _INSIDE:
        return False
    return 0 <= left - 40 - int.from_bytes(data[at + 4 : at + 6], "big") <= _TRAILER
