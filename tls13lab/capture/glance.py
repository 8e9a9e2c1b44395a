"""A quick look at a hello: the few fields that show what a connection is. RFC 9846 section 4.2.

The decoder in :mod:`tls13lab.messages` checks every byte, and with many connections that takes most
of the time. This one only follows the lengths; a test compares the two. It reads the hellos of any
version, and leaves the contents of extensions as bytes.

>>> glance(bytes.fromhex("0200002c 0303") + bytes(32) + bytes.fromhex("00 1301 00 0004 002a0000"))
Glance(version=771, suite=4865, extensions={42: b''})
"""

from functools import lru_cache
from typing import NamedTuple

from tls13lab.wire.codepoints import HandshakeType

_CLIENT, _SERVER = int(HandshakeType.CLIENT_HELLO), int(HandshakeType.SERVER_HELLO)
RANDOM = slice(6, 38)
"""Where the random is in a packed hello."""


class Glance(NamedTuple):
    """``version`` is legacy_version; ``suite`` is the chosen one, or 0 for a ClientHello."""

    version: int
    suite: int
    extensions: dict[int, bytes]


@lru_cache(maxsize=8)
def glance(raw: bytes) -> Glance | None:
    """Read a packed ClientHello or ServerHello; None for other bytes, or if a length is wrong."""
    if len(raw) < 42 or raw[0] not in (_CLIENT, _SERVER):
        return None
    version, at = int.from_bytes(raw[4:6], "big"), 39 + raw[38]
    suite = 0
    if raw[0] == _CLIENT:
        at += 2 + int.from_bytes(raw[at : at + 2], "big")
        at += 1 + raw[at] if at < len(raw) else 1
    else:
        suite = int.from_bytes(raw[at : at + 2], "big")
        at += 3
    extensions = _extensions(raw, at)
    return None if extensions is None else Glance(version, suite, extensions)


def _extensions(raw: bytes, at: int) -> dict[int, bytes] | None:
    """The extensions by type, None if a length is wrong. In TLS 1.2, the field may be absent."""
    found: dict[int, bytes] = {}
    if at == len(raw):
        return found
    end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
    if end != len(raw):
        return None
    at += 2
    while at < end:
        inside = at + 4
        after = inside + int.from_bytes(raw[at + 2 : inside], "big")
        if after > end:
            return None
        found[raw[at] << 8 | raw[at + 1]] = raw[inside:after]
        at = after
    return found
