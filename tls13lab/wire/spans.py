"""Named byte spans: which bytes of a message are which field.

A :class:`Span` is what a :class:`~tls13lab.wire.reader.Reader` notes down for each field when it is
asked to. So the names that a student sees in the byte view come from the very decoder that runs the
handshake, and cannot drift from it. It says where a field is, not what its value means.

>>> Span("client_hello.random", 6, 38).length
32
"""

from typing import NamedTuple


class Span(NamedTuple):
    """A field: its dotted path, and its first byte and one past its last, counted from 0."""

    path: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes the field has."""
        return self.end - self.start

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit(".", 1)[-1]


def span_at(spans: list[Span], offset: int) -> Span | None:
    """The narrowest span that covers the byte at ``offset``, or None.

    >>> spans = [Span("a", 0, 4), Span("a.b", 2, 4)]
    >>> span_at(spans, 3).path
    'a.b'
    """
    covering = [span for span in spans if span.start <= offset < span.end]
    return min(covering, key=lambda span: span.length, default=None)
