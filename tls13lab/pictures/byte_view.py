"""The bytes of a message with the names of its fields, as the decoder read them.

The spans come from :func:`tls13lab.messages.handshake.unpack`. Bytes can be marked, for example
those that the binder covers, or a byte that was changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.wire.codepoints import ContentType, name_of
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.spans import Span

MOST_BYTES_SHOWN = 24


def fields(raw: bytes) -> list[Span]:
    """The spans of a packed message, in order. Raises a TLSFault."""
    spans: list[Span] = []
    unpack(raw, spans)
    return spans


def leaves(spans: Sequence[Span]) -> list[Span]:
    """The innermost spans, which contain no other span; empty spans are left out."""

    def divided(span: Span) -> bool:
        inside = f"{span.path}."
        return any(
            other.path.startswith(inside) and span.start <= other.start and other.end <= span.end
            for other in spans
        )

    return [span for span in spans if span.length and not divided(span)]


def prefixes(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The bytes from ``start`` to ``end``, which belong to no leaf, as named length fields.

    A length comes right before the field that it measures. If several spans begin there, it is the
    first that the decoder noted; the others are inside it, or follow an empty vector.
    """
    found = []
    for after in sorted({span.start for span in spans if start < span.start <= end}):
        measured = next(span for span in spans if span.start == after)
        found.append(Span(f"length of {measured.path}", start, after))
        start = after
    return found


def named_fields(raw: bytes) -> list[Span]:
    """The fields of a packed message, with length fields: every byte belongs to exactly one.

    Raises a TLSFault if the bytes are not a message.
    """
    spans, fault = read_fields(raw)
    if fault is not None:
        raise fault
    return list(spans)


@lru_cache(maxsize=32)
def read_fields(raw: bytes) -> tuple[tuple[Span, ...], TLSFault | None]:
    """The fields of a packed message as far as it can be read, and the fault, if there is one.

    The bytes that the decoder did not reach are one field, ``bytes``.
    """
    # Cached, because a widget reads the same message again at every change.
    spans: list[Span] = []
    fault = None
    try:
        unpack(raw, spans)
    except TLSFault as wrong:
        fault = wrong
    found: list[Span] = []
    at = 0
    for leaf in leaves(spans):
        found += [*prefixes(spans, at, leaf.start), leaf]
        at = leaf.end
    found += prefixes(spans, at, len(raw))
    at = found[-1].end if found else 0
    if at < len(raw):
        found.append(Span("bytes", at, len(raw)))
    return tuple(found), fault


def binder_marks(hello: bytes) -> dict[str, range]:
    """Marks for :func:`byte_view`: the bytes of a ClientHello that its binders cover, and the rest.

    Truncate() removes the list of binders with its length field (RFC 9846 section 4.3.11.2). Empty
    for a message that offers no PSK.
    """
    message = unpack(hello)
    offered = message.find(OfferedPsks) if isinstance(message, ClientHello) else None
    if offered is None:
        return {}
    end = len(hello) - offered.binders_length
    return {"covered by the binder": range(end), "not covered": range(end, len(hello))}


@dataclass(frozen=True, slots=True)
class ByteView:
    """A table with a row for each field: its place, its bytes in hexadecimal, its name, a mark."""

    rows: tuple[tuple[str, str, str, str], ...]
    header: tuple[str, ...] = ("bytes", "hexadecimal", "field", "mark")

    @property
    def html(self) -> str:
        return html_table(self.header, self.rows, unbroken=1)

    @property
    def text(self) -> str:
        return text_table(self.header, self.rows)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def byte_view(raw: bytes, marks: Mapping[str, range] | None = None, only: str = "") -> ByteView:
    """A packed message, field by field.

    ``marks`` gives names to ranges of bytes. Only fields with ``only`` in their path are shown.
    """
    shown = [span for span in named_fields(raw) if only in span.path]
    return ByteView(tuple(_row(raw, span, marks or {}) for span in shown))


def record_view(wire: bytes) -> ByteView:
    """A record as it crosses the wire: its header and the rest. RFC 9846 sections 5.1, 5.2.

    >>> print(record_view(bytes.fromhex("1703030003aabbcc")).text.splitlines()[-1])
    5-7   | aa bb cc    | ciphertext            |
    """
    outer = name_of(ContentType, wire[0])
    protected = wire[0] == ContentType.APPLICATION_DATA
    spans = [
        Span("content_type", 0, 1),
        Span("legacy_record_version", 1, 3),
        Span("length", 3, 5),
        Span("ciphertext" if protected else "fragment", 5, len(wire)),
    ]
    return ByteView(tuple(_row(wire, span, {outer: range(1)}) for span in spans if span.length))


def _row(raw: bytes, span: Span, marks: Mapping[str, range]) -> tuple[str, str, str, str]:
    data = raw[span.start : span.end]
    shown = data[:MOST_BYTES_SHOWN].hex(" ")
    if len(data) > MOST_BYTES_SHOWN:
        shown += f" ... ({len(data)} bytes)"
    marked = [
        name for name, where in marks.items() if where.start < span.end and span.start < where.stop
    ]
    place = f"{span.start}-{span.end - 1}" if span.length > 1 else str(span.start)
    return (place, shown, span.path, ", ".join(marked))
