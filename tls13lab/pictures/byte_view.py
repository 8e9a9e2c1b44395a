"""A message's bytes with the names of its fields, as the decoder read them.

The spans come from :func:`tls13lab.messages.handshake.unpack`. Bytes can be marked: those that the
binder covers, say, or the one that was changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tls13lab.messages.handshake import unpack
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.wire.spans import Span

MOST_BYTES_SHOWN = 24


def fields(raw: bytes) -> list[Span]:
    """The spans of a packed message, in their order."""
    spans: list[Span] = []
    unpack(raw, spans)
    return spans


def leaves(spans: Sequence[Span]) -> list[Span]:
    """The spans that no other span divides further; empty ones are left out."""

    def divided(span: Span) -> bool:
        inside = f"{span.path}."
        return any(
            one.path.startswith(inside) and span.start <= one.start and one.end <= span.end
            for one in spans
        )

    return [span for span in spans if span.length and not divided(span)]


def prefixes(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The bytes from ``start`` to ``end``, which belong to no leaf, as named length fields.

    A length stands right before what it measures: the outermost span that begins where it ends.
    """
    found = []
    for after in sorted({span.start for span in spans if start < span.start <= end}):
        measured = min((one for one in spans if one.start == after), key=lambda one: len(one.path))
        found.append(Span(f"length of {measured.path}", start, after))
        start = after
    return found


def named_fields(raw: bytes) -> list[Span]:
    """A packed message cut into fields, length fields included: every byte is in just one."""
    spans = fields(raw)
    found: list[Span] = []
    at = 0
    for leaf in leaves(spans):
        found += [*prefixes(spans, at, leaf.start), leaf]
        at = leaf.end
    return found + prefixes(spans, at, len(raw))


@dataclass(frozen=True, slots=True)
class ByteView:
    """Rows of (bytes from-to, hexadecimal, field, mark)."""

    rows: tuple[tuple[str, str, str, str], ...]
    header: tuple[str, ...] = ("bytes", "hexadecimal", "field", "mark")

    @property
    def html(self) -> str:
        """A table."""
        return html_table(self.header, self.rows)

    @property
    def text(self) -> str:
        """The same as plain text."""
        return text_table(self.header, self.rows)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def byte_view(raw: bytes, marks: Mapping[str, range] | None = None, only: str = "") -> ByteView:
    """A packed message, field by field.

    ``marks`` names ranges of bytes; ``only`` keeps the fields whose path contains it.
    """
    shown = [span for span in named_fields(raw) if only in span.path]
    return ByteView(tuple(_row(raw, span, marks or {}) for span in shown))


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
