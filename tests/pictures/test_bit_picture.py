"""The picture of a field's bytes and bits: every one is a part, and says what it is."""

import re

import pytest

from tests.pictures.test_pictures import DHE
from tls13lab.pictures.bit_picture import MOST_ROWS, PER_ROW, bit_picture
from tls13lab.pictures.byte_view import named_fields
from tls13lab.wire.spans import Span

HELLO = DHE.steps[0].messages[0]


def parts(svg: str) -> list[str]:
    return re.findall(r'data-part="([^"]+)"', svg)


@pytest.mark.parametrize("field", named_fields(HELLO), ids=lambda field: field.path)
def test_each_byte_of_a_field_and_each_bit_is_a_part(field: Span) -> None:
    for byte in {0, field.length - 1}:
        found = parts(bit_picture(HELLO, field, byte, 3).svg)
        assert found[:-8] == [f"byte-{n}" for n in range(field.length)]
        assert found[-8:] == [f"bit-{7 - n}" for n in range(8)]


def test_of_a_long_field_what_is_around_the_byte() -> None:
    raw, most = bytes(500), PER_ROW * MOST_ROWS
    sizes = set()
    for byte in (0, 1, 23, 24, 250, 499):
        picture = bit_picture(raw, Span("long", 0, 500), byte, 0)
        shown = [name for name in parts(picture.svg) if name.startswith("byte")]
        assert f"byte-{byte}" in shown
        assert len(shown) in (most, most - 4)  # 500 bytes are 62 rows and a half
        assert f"{len(shown)} of the field" in picture.svg
        sizes.add(picture.svg[:120])
    assert len(sizes) == 1


def test_what_changes_is_said() -> None:
    picture = bit_picture(b"\xd5\x00", Span("two", 0, 2), 0, 2)
    assert picture.alt == "byte 0, d5, becomes d1 when bit 2 is changed"
    assert picture.rows == (("before", "d5", "11010101"), ("after", "d1", "11010001"))
    assert "bit 2: 1 becomes 0\nits value in the byte is 4" in picture.svg
    assert picture.svg.count("becomes") == 1
