"""Named byte spans: which bytes of a message belong to which field.

When asked to, a :class:`~tls13lab.wire.reader.Reader` records a :class:`Span` for each field. So
the names that a student sees in the byte view come from the same decoder that runs the handshake,
and cannot disagree with it. A span says where a field is, not what its value means.

>>> Span("client_hello.random", 6, 38).length
32
"""

from typing import NamedTuple


class Span(NamedTuple):
    """A field: its dotted path, and its bytes ``start`` to ``end - 1``, counted from 0."""

    path: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """The length of the field in bytes."""
        return self.end - self.start

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit(".", 1)[-1]
