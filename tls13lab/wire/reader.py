"""Reading the presentation language of TLS. RFC 9846 section 3.

A :class:`Reader` walks over bytes and never past their end: every read names its field, checks its
length, and raises :class:`~tls13lab.wire.faults.DecodeError` with the field's name when the bytes
run out. Given a list of spans it notes each field's place. It does not interpret values.

>>> spans = []
>>> r = Reader(bytes.fromhex("0303" "02" "beef"), spans)
>>> hex(r.u16("version")), r.opaque8("session_id").hex()
('0x303', 'beef')
>>> r.finish()
>>> [(s.path, s.start, s.end) for s in spans]
[('version', 0, 2), ('session_id', 3, 5)]
"""

from tls13lab.wire.faults import DecodeError
from tls13lab.wire.spans import Span


class Reader:
    """A bounded cursor over ``data``; ``path`` prefixes the names of the spans it notes."""

    __slots__ = ("_at", "_data", "_end", "_path", "_spans")

    def __init__(
        self,
        data: bytes,
        spans: list[Span] | None = None,
        path: str = "",
        start: int = 0,
        end: int | None = None,
    ) -> None:
        self._data = data
        self._spans = spans
        self._path = path
        self._at = start
        self._end = len(data) if end is None else end

    @property
    def offset(self) -> int:
        """Where the next byte is, counted from the start of the data."""
        return self._at

    @property
    def left(self) -> int:
        """How many bytes are still to be read."""
        return self._end - self._at

    def _advance(self, length: int, name: str) -> int:
        start = self._at
        if length > self._end - start:
            raise DecodeError(f"{self._full(name)} needs {length} bytes, {self.left} are left")
        self._at = start + length
        return start

    def _full(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _note(self, name: str, start: int) -> None:
        if self._spans is not None:
            self._spans.append(Span(self._full(name), start, self._at))

    def _uint(self, length: int, name: str) -> int:
        start = self._advance(length, name)
        self._note(name, start)
        return int.from_bytes(self._data[start : self._at], "big")

    def u8(self, name: str) -> int:
        """An unsigned integer of 1 byte."""
        return self._uint(1, name)

    def u16(self, name: str) -> int:
        """An unsigned integer of 2 bytes, network order."""
        return self._uint(2, name)

    def u24(self, name: str) -> int:
        """An unsigned integer of 3 bytes."""
        return self._uint(3, name)

    def u32(self, name: str) -> int:
        """An unsigned integer of 4 bytes."""
        return self._uint(4, name)

    def take(self, length: int, name: str) -> bytes:
        """Exactly ``length`` bytes: ``opaque name[length]``."""
        start = self._advance(length, name)
        self._note(name, start)
        return self._data[start : self._at]

    def rest(self, name: str) -> bytes:
        """All bytes that are left, perhaps none."""
        return self.take(self.left, name)

    def opaque8(self, name: str, low: int = 0, high: int = 2**8 - 1) -> bytes:
        """A vector of ``low`` to ``high`` bytes behind a length of 1 byte."""
        return self._opaque(1, name, low, high)

    def opaque16(self, name: str, low: int = 0, high: int = 2**16 - 1) -> bytes:
        """A vector of ``low`` to ``high`` bytes behind a length of 2 bytes."""
        return self._opaque(2, name, low, high)

    def opaque24(self, name: str, low: int = 0, high: int = 2**24 - 1) -> bytes:
        """A vector of ``low`` to ``high`` bytes behind a length of 3 bytes."""
        return self._opaque(3, name, low, high)

    def _opaque(self, prefix: int, name: str, low: int, high: int) -> bytes:
        return self.take(self._vector_length(prefix, name, low, high), name)

    def vector8(self, name: str, low: int = 0, high: int = 2**8 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes behind a length of 1 byte."""
        return self._vector(1, name, low, high)

    def vector16(self, name: str, low: int = 0, high: int = 2**16 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes behind a length of 2 bytes."""
        return self._vector(2, name, low, high)

    def vector24(self, name: str, low: int = 0, high: int = 2**24 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes behind a length of 3 bytes."""
        return self._vector(3, name, low, high)

    def _vector(self, prefix: int, name: str, low: int, high: int) -> "Reader":
        return self.part(self._vector_length(prefix, name, low, high), name)

    def _vector_length(self, prefix: int, name: str, low: int, high: int) -> int:
        start = self._advance(prefix, name)
        length = int.from_bytes(self._data[start : self._at], "big")
        if not low <= length <= high:
            raise DecodeError(f"{self._full(name)} has {length} bytes, not {low} to {high}")
        return length

    def part(self, length: int, name: str) -> "Reader":
        """A reader over the next ``length`` bytes, which this reader then has passed."""
        start = self._advance(length, name)
        self._note(name, start)
        return Reader(self._data, self._spans, self._full(name), start, self._at)

    def finish(self) -> None:
        """All must have been read: "trailing data is forbidden" (section 4.3)."""
        if self._at != self._end:
            raise DecodeError(f"{self._path or 'the message'} has {self.left} bytes left over")
