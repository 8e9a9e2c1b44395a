"""Spans: a field's length and name."""

from tls13lab.wire.spans import Span


def test_length_and_name() -> None:
    inner, outer = Span("hello.list", 6, 10), Span("hello", 4, 10)
    assert (inner.length, inner.name, outer.name) == (4, "list", "hello")
