"""Records on the wire: a header of 5 bytes and a fragment. RFC 9846 section 5.1.

A :class:`RecordBuffer` takes bytes as the network delivers them and returns complete records.
Nothing is decrypted here.

>>> buffer = RecordBuffer()
>>> buffer.feed(bytes.fromhex("1503030002"))
>>> buffer.next() is None
True
>>> buffer.feed(bytes.fromhex("0100"))
>>> record = buffer.next()
>>> record.content_type.name, record.fragment.hex()
('ALERT', '0100')
"""

from typing import NamedTuple

from tls13lab.wire.codepoints import LEGACY_VERSION, ContentType
from tls13lab.wire.faults import RecordOverflow, UnexpectedMessage
from tls13lab.wire.writer import opaque16, uint8, uint16

HEADER_LENGTH = 5
MAX_PLAINTEXT = 2**14
"""The most content that a record may have, in bytes."""
MAX_CIPHERTEXT = 2**14 + 256
"""The longest fragment of a protected record, in bytes (5.2)."""

_TYPES = {int(content_type): content_type for content_type in ContentType}
_APPLICATION_DATA = ContentType.APPLICATION_DATA  # looked up once: it is asked of every record


class Record(NamedTuple):
    """One record: its outer type, its header (5 bytes) and its fragment."""

    content_type: ContentType
    header: bytes
    fragment: bytes


def frame(content_type: ContentType, fragment: bytes, version: int = LEGACY_VERSION) -> bytes:
    """The bytes of a record: ``fragment`` with a header in front, 5 bytes longer."""
    return uint8(content_type) + uint16(version) + opaque16(fragment)


class RecordBuffer:
    """Collects bytes until a record is complete; its length is the number of bytes it holds."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._bytes)

    def feed(self, data: bytes) -> None:
        """Append bytes from the network."""
        self._bytes += data

    def next(self) -> Record | None:
        """Remove and return the first record, or return None if it is not complete yet.

        Raises UnexpectedMessage for an unknown content type, RecordOverflow for a record that is
        too long.
        """
        raw = self.next_bytes()
        if raw is None:
            return None
        return Record(_TYPES[raw[0]], raw[:HEADER_LENGTH], raw[HEADER_LENGTH:])

    def next_bytes(self) -> bytes | None:
        """The same, with the header and the fragment in one piece."""
        if len(self._bytes) < HEADER_LENGTH:
            # The first byte alone may show that the peer does not speak TLS.
            if self._bytes:
                self._content_type()
            return None
        content_type = self._content_type()
        end = HEADER_LENGTH + self._fragment_length(content_type)
        if len(self._bytes) < end:
            return None
        raw = bytes(self._bytes[:end])
        del self._bytes[:end]
        return raw

    def _content_type(self) -> ContentType:
        content_type = _TYPES.get(self._bytes[0])
        if content_type is None:
            raise UnexpectedMessage(f"unknown record type {self._bytes[0]}: is this TLS?")
        return content_type

    def _fragment_length(self, content_type: ContentType) -> int:
        # legacy_record_version "MUST be ignored for all purposes" (5.1).
        length = int.from_bytes(self._bytes[3:5], "big")
        protected = content_type is _APPLICATION_DATA
        limit = MAX_CIPHERTEXT if protected else MAX_PLAINTEXT
        if length > limit:
            raise RecordOverflow(f"a record of {length} bytes is longer than {limit}")
        return length
