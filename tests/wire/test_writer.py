"""The writer: exact bytes, and a fault of our own for what does not fit."""

from collections.abc import Callable

import pytest
from hypothesis import given

from tests import strategies as ts
from tls13lab.wire import writer
from tls13lab.wire.faults import LocalFault


@pytest.mark.parametrize(
    ("write", "size"),
    [(writer.uint8, 1), (writer.uint16, 2), (writer.uint24, 3), (writer.uint32, 4)],
)
def test_numbers_are_in_network_order_and_bounded(write: Callable[[int], bytes], size: int) -> None:
    assert write(1) == bytes(size - 1) + b"\x01"
    assert write(256**size - 1) == b"\xff" * size
    for misfit in (256**size, -1):
        with pytest.raises(LocalFault, match=f"does not fit into {size} bytes"):
            write(misfit)


@pytest.mark.parametrize(
    ("write", "size"), [(writer.opaque8, 1), (writer.opaque16, 2), (writer.opaque24, 3)]
)
def test_vectors_stand_behind_their_length_and_are_bounded(
    write: Callable[[bytes], bytes], size: int
) -> None:
    assert write(b"") == bytes(size)
    assert write(b"abc") == bytes(size - 1) + b"\x03abc"
    longest = bytes(256**size - 1)
    assert write(longest) == b"\xff" * size + longest
    with pytest.raises(LocalFault):
        write(longest + b"\x00")


@given(ts.code_lists(0))
def test_lists_of_numbers_have_no_length_in_front(values: tuple[int, ...]) -> None:
    data = writer.uint16s(values)
    assert len(data) == 2 * len(values)
    assert tuple(data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)) == values


def test_one_misfit_spoils_a_list() -> None:
    with pytest.raises(LocalFault):
        writer.uint16s([1, 2**16])
