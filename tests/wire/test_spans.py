"""Spans: the narrowest field at an offset."""

import pytest

from tls13lab.wire.spans import Span, span_at

SPANS = [Span("hello", 4, 10), Span("hello.list", 6, 10), Span("hello.list.empty", 8, 8)]


@pytest.mark.parametrize(
    ("offset", "path"),
    [(3, None), (4, "hello"), (5, "hello"), (6, "hello.list"), (8, "hello.list"), (10, None)],
)
def test_the_narrowest_span_wins_and_ends_are_exclusive(offset: int, path: str | None) -> None:
    found = span_at(SPANS, offset)
    assert (found and found.path) == path


def test_length_and_name() -> None:
    assert (SPANS[1].length, SPANS[1].name, SPANS[0].name) == (4, "list", "hello")
