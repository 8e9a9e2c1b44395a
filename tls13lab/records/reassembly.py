"""Handshake messages out of record fragments. RFC 9846 section 5.1.

A message may be spread over records, and a record may hold several; but a message may not stretch
over a change of keys, nor have another type of record in its midst.

>>> messages = Reassembler()
>>> messages.feed(bytes.fromhex("0500"))
>>> messages.next() is None, messages.pending
(True, True)
>>> messages.feed(bytes.fromhex("0000"))
>>> messages.next().hex(), messages.pending
('05000000', False)
"""

from tls13lab.wire.faults import DecodeError

HEADER_LENGTH = 4
MAX_MESSAGE = 2**17
"""The longest handshake message taken in, in bytes: no ClientHello is longer, and no sane chain."""


class Reassembler:
    """Collects fragments until a message is whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    @property
    def pending(self) -> bool:
        """Whether a message has begun, or waits to be taken."""
        return bool(self._bytes)

    def feed(self, fragment: bytes) -> None:
        """Take in the content of one handshake record."""
        self._bytes += fragment

    def next(self) -> bytes | None:
        """The next whole message, with its type and length, or None."""
        if len(self._bytes) < HEADER_LENGTH:
            return None
        end = HEADER_LENGTH + int.from_bytes(self._bytes[1:4], "big")
        if end > MAX_MESSAGE:
            raise DecodeError(f"a handshake message of {end} bytes is longer than {MAX_MESSAGE}")
        if len(self._bytes) < end:
            return None
        raw = bytes(self._bytes[:end])
        del self._bytes[:end]
        return raw
