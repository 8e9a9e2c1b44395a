"""Joining the fragments of IP datagrams. RFC 791 section 3.2, RFC 8200 section 4.5.

>>> pieces = Fragments()
>>> pieces.add(("a", "b", 1, 6), 8, False, b"world", 6) is None
True
>>> pieces.add(("a", "b", 1, 6), 0, True, b"hello.. ", 6)
(6, b'hello.. world')
"""

from collections import OrderedDict
from collections.abc import Hashable

MOST_DATAGRAMS = 256
MOST_BYTES = 2**16
"""The most bytes of a datagram: what the length field of its header allows."""
MOST_PIECES = 2**10


class Fragments:
    """Datagrams that are not complete yet; the one that waited longest is given up first."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, dict[int, tuple[bytes, bool, int]]] = OrderedDict()
        self._given_up = 0

    @property
    def lost(self) -> int:
        """How many fragments belong to datagrams that were given up or are not complete."""
        return self._given_up + sum(map(len, self._waiting.values()))

    def add(
        self, datagram: Hashable, offset: int, more: bool, data: bytes, protocol: int
    ) -> tuple[int, bytes] | None:
        """Add a fragment, ``offset`` in bytes; the protocol and data of a complete datagram."""
        pieces = self._waiting.setdefault(datagram, {})
        self._waiting.move_to_end(datagram)
        pieces[offset] = (data, more, protocol)
        whole = bytearray()
        for start in sorted(pieces):
            part, follows, _ = pieces[start]
            if start > len(whole):
                break
            whole[start:] = part
            if not follows:
                del self._waiting[datagram]
                return pieces[0][2], bytes(whole)
        if len(self._waiting) > MOST_DATAGRAMS or len(pieces) > MOST_PIECES:
            _, gone = self._waiting.popitem(last=len(pieces) > MOST_PIECES)
            self._given_up += len(gone)
        return None
