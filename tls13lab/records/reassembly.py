"""Handshake messages put together from record fragments. RFC 9846 section 5.1.

A message may span several records, and a record may hold several messages. But a message must not
span a key change, and records of other types must not come between its fragments. Callers check
both with :attr:`Reassembler.pending`.

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
"""The longest handshake message accepted, in bytes: longer than any sensible certificate chain."""


class Reassembler:
    """Collects fragments until a message is complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    @property
    def pending(self) -> bool:
        """Whether it holds any bytes: part of a message, or messages not yet taken."""
        return bool(self._bytes)

    def feed(self, fragment: bytes) -> None:
        """Append the content of one handshake record."""
        self._bytes += fragment

    def next(self) -> bytes | None:
        """Remove and return the first message, or return None if it is not complete yet.

        The message includes its 4 bytes of type and length. Raises DecodeError if it is longer
        than :data:`MAX_MESSAGE`.
        """
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
