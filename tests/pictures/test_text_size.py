"""No usual font is wider than what the table leaves room for."""

import pytest

from tests.pictures import measure
from tls13lab.pictures import text_size

FOUND = measure.found()


@pytest.mark.parametrize("name", FOUND)
def test_no_letter_of_a_font_is_wider_than_the_table_says(name: str) -> None:
    for letter, found in measure.widths(FOUND[name]).items():
        room = text_size.MONO if name in measure.MONO else text_size.SANS[letter]
        assert found <= room, letter


def test_the_fonts_that_matplotlib_brings_are_among_them() -> None:
    assert {"DejaVuSans.ttf", "DejaVuSansMono.ttf"} <= set(FOUND)


def test_the_table_is_what_the_widest_have() -> None:
    absent = {*measure.SANS, *measure.MONO} - set(FOUND)
    if absent:
        pytest.skip(f"fonts that are not installed: {', '.join(sorted(absent))}")
    assert measure.widest(FOUND, measure.SANS) == text_size.SANS
    assert set(measure.widest(FOUND, measure.MONO).values()) == {text_size.MONO}
