"""Reading the presentation language of TLS. RFC 9846 section 3.

A :class:`Reader` moves a cursor over bytes and never reads past their end. Every read names its
field and checks the length; when too few bytes are left, it raises
:class:`~tls13lab.wire.faults.DecodeError` with that name. If it was given a list of spans, it also
records where each field is. It does not interpret values.

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
    """A bounded cursor over ``data[start:end]``.

    Each field is appended to ``spans`` as it is read, under its name with ``path`` in front. Every
    read raises DecodeError if too few bytes are left. For a vector, ``low`` and ``high`` are the
    least and the greatest length in bytes, and any other length raises DecodeError, too.
    """

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
        """The position of the next byte, counted from the start of ``data``."""
        return self._at

    @property
    def left(self) -> int:
        """How many bytes are left to read."""
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

    def u32(self, name: str) -> int:
        """An unsigned integer of 4 bytes."""
        return self._uint(4, name)

    def take(self, length: int, name: str) -> bytes:
        """``opaque name[length]``: exactly ``length`` bytes."""
        start = self._advance(length, name)
        self._note(name, start)
        return self._data[start : self._at]

    def rest(self, name: str) -> bytes:
        """All remaining bytes; there may be none."""
        return self.take(self.left, name)

    def opaque8(self, name: str, low: int = 0, high: int = 2**8 - 1) -> bytes:
        """``opaque name<low..high>`` with a length prefix of 1 byte."""
        return self._opaque(1, name, low, high)

    def opaque16(self, name: str, low: int = 0, high: int = 2**16 - 1) -> bytes:
        """``opaque name<low..high>`` with a length prefix of 2 bytes."""
        return self._opaque(2, name, low, high)

    def opaque24(self, name: str, low: int = 0, high: int = 2**24 - 1) -> bytes:
        """``opaque name<low..high>`` with a length prefix of 3 bytes."""
        return self._opaque(3, name, low, high)

    def _opaque(self, prefix: int, name: str, low: int, high: int) -> bytes:
        return self.take(self._vector_length(prefix, name, low, high), name)

    def vector8(self, name: str, low: int = 0, high: int = 2**8 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes with a length prefix of 1 byte."""
        return self._vector(1, name, low, high)

    def vector16(self, name: str, low: int = 0, high: int = 2**16 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes with a length prefix of 2 bytes."""
        return self._vector(2, name, low, high)

    def vector24(self, name: str, low: int = 0, high: int = 2**24 - 1) -> "Reader":
        """A reader over a vector of ``low`` to ``high`` bytes with a length prefix of 3 bytes."""
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
        """A reader over the next ``length`` bytes; this reader continues after them."""
        start = self._advance(length, name)
        self._note(name, start)
        return Reader(self._data, self._spans, self._full(name), start, self._at)

    def finish(self) -> None:
        """Raise DecodeError if bytes are left: "trailing data is forbidden" (section 4.3)."""
        if self._at != self._end:
            raise DecodeError(f"{self._path or 'the message'} has {self.left} bytes left over")
