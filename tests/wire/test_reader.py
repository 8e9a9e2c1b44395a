"""The reader: what the writer wrote comes back, and nothing else ever gets past a bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as ts
from tls13lab.wire import writer
from tls13lab.wire.faults import DecodeError
from tls13lab.wire.reader import Reader
from tls13lab.wire.spans import Span

UINTS = {"u8": 1, "u16": 2, "u32": 4}
PREFIXES = {"opaque8": 1, "opaque16": 2, "opaque24": 3}
VECTORS = {"vector8": 1, "vector16": 2, "vector24": 3}
WRITERS = {
    "u8": writer.uint8,
    "u16": writer.uint16,
    "u32": writer.uint32,
}
OPAQUE_WRITERS = {
    "opaque8": writer.opaque8,
    "opaque16": writer.opaque16,
    "opaque24": writer.opaque24,
}

Field = tuple[str, int | bytes]

number_fields: st.SearchStrategy[Field] = st.one_of(
    *(st.tuples(st.just(method), st.integers(0, 256**size - 1)) for method, size in UINTS.items())
)
opaque_fields: st.SearchStrategy[Field] = st.tuples(
    st.sampled_from(sorted(PREFIXES)), st.binary(max_size=40)
)
fields = st.lists(number_fields | opaque_fields, min_size=1, max_size=8)


def write(field: Field) -> bytes:
    method, value = field
    if isinstance(value, bytes):
        return OPAQUE_WRITERS[method](value)
    return WRITERS[method](value)


def read_all(reader: Reader, wanted: list[Field]) -> list[int | bytes]:
    values = [getattr(reader, method)(f"field{i}") for i, (method, _) in enumerate(wanted)]
    reader.finish()
    return values


@given(fields)
def test_what_was_written_is_read_back(wanted: list[Field]) -> None:
    data = b"".join(map(write, wanted))
    assert read_all(Reader(data), wanted) == [value for _, value in wanted]


@given(fields, st.data())
def test_truncated_data_is_a_decode_error(wanted: list[Field], draw: st.DataObject) -> None:
    data = b"".join(map(write, wanted))
    short = data[: draw.draw(st.integers(0, len(data) - 1))]
    with pytest.raises(DecodeError):
        read_all(Reader(short), wanted)


@given(fields, ts.some_bytes)
def test_trailing_data_is_a_decode_error(wanted: list[Field], more: bytes) -> None:
    data = b"".join(map(write, wanted)) + more
    with pytest.raises(DecodeError, match=f"{len(more)} bytes left over"):
        read_all(Reader(data), wanted)


@given(fields)
def test_spans_say_where_each_field_is(wanted: list[Field]) -> None:
    data = b"".join(map(write, wanted))
    spans: list[Span] = []
    read_all(Reader(data, spans, path="m"), wanted)
    assert [span.path for span in spans] == [f"m.field{i}" for i in range(len(wanted))]
    at = 0
    for span, field in zip(spans, wanted, strict=True):
        method, value = field
        # Of a vector the content is noted, not the length in front of it.
        assert span.start == at + PREFIXES.get(method, 0)
        at = span.end
        found = data[span.start : span.end]
        assert found == (
            value if isinstance(value, bytes) else value.to_bytes(UINTS[method], "big")
        )
    assert at == len(data)


calls = st.one_of(
    st.tuples(st.sampled_from(sorted(UINTS)), st.just(())),
    st.tuples(st.just("take"), st.tuples(st.integers(0, 12))),
    st.tuples(st.just("part"), st.tuples(st.integers(0, 12))),
    st.tuples(st.just("rest"), st.just(())),
    st.tuples(
        st.sampled_from(sorted(PREFIXES) + sorted(VECTORS)),
        st.tuples(st.integers(0, 5), st.integers(0, 2**16)),
    ),
)


@given(st.binary(max_size=24), st.lists(calls, max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_no_call_reads_out_of_bounds_or_fails_otherwise(
    padded: bytes, todo: list[tuple[str, tuple[int, ...]]], start: int, cut: int
) -> None:
    start = min(start, len(padded))
    end = max(start, len(padded) - cut)
    spans: list[Span] = []
    reader = Reader(padded, spans, "", start, end)
    for method, arguments in todo:
        before, call = reader.offset, getattr(reader, method)
        try:
            result = call(*arguments, "x") if method in ("take", "part") else call("x", *arguments)
        except DecodeError:
            break
        assert before <= reader.offset <= end
        if isinstance(result, Reader):
            assert result.offset + result.left == reader.offset
        if isinstance(result, bytes):
            assert result == padded[reader.offset - len(result) : reader.offset]
    assert 0 <= reader.left == end - reader.offset
    assert all(start <= span.start <= span.end <= end for span in spans)


@pytest.mark.parametrize("method", [*PREFIXES, *VECTORS])
@pytest.mark.parametrize(("length", "fits"), [(1, False), (2, True), (4, True), (5, False)])
def test_bounds_of_a_vector_are_inclusive(method: str, length: int, fits: bool) -> None:
    size = (PREFIXES | VECTORS)[method]
    data = length.to_bytes(size, "big") + bytes(length)
    reader = Reader(data)
    if fits:
        getattr(reader, method)("x", 2, 4)
        assert reader.left == 0
    else:
        with pytest.raises(DecodeError, match=f"x has {length} bytes, not 2 to 4"):
            getattr(reader, method)("x", 2, 4)


@pytest.mark.parametrize("method", [*PREFIXES, *VECTORS])
def test_longest_length_prefix_passes_the_default_bounds(method: str) -> None:
    size = (PREFIXES | VECTORS)[method]
    with pytest.raises(DecodeError, match=f"needs {256**size - 1} bytes, 3 are left"):
        getattr(Reader(b"\xff" * size + bytes(3)), method)("x")


def test_inner_reader_cannot_leave_its_vector() -> None:
    outer = Reader(bytes.fromhex("02aabbcc"), path="hello")
    inner = outer.vector8("list")
    assert inner.u8("a") == 0xAA
    assert inner.left == 1
    with pytest.raises(DecodeError, match=r"hello\.list\.b needs 2 bytes, 1 are left"):
        inner.u16("b")
    with pytest.raises(DecodeError, match=r"hello\.list has 1 bytes left over"):
        inner.finish()
    assert outer.u8("last") == 0xCC


def test_inner_spans_stand_in_the_outer_message() -> None:
    spans: list[Span] = []
    inner = Reader(bytes.fromhex("ff02aabb"), spans, "m", start=1).vector8("list")
    assert inner.take(2, "pair").hex() == "aabb"
    assert spans == [Span("m.list", 2, 4), Span("m.list.pair", 2, 4)]


def test_finish_without_a_name_speaks_of_the_message() -> None:
    with pytest.raises(DecodeError, match="the message has 1 bytes left over"):
        Reader(b"\x00").finish()


def test_rest_may_be_empty() -> None:
    reader = Reader(b"ab")
    assert reader.rest("all") == b"ab"
    assert reader.rest("none") == b""
    reader.finish()
