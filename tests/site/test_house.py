"""The picture of the house shows the program's imports, and is the one that is stored."""

import re

import pytest

from pages import house
from pages.api_pages import rooms
from tests.conftest import missing
from tls13lab.pictures import dot


@pytest.fixture(scope="module")
def imports() -> house.Imports:
    return house.imports()


def test_every_room_has_its_words() -> None:
    assert set(house.WHAT) == set(rooms()) | {"lesson"}


def test_arrows_lead_to_all_that_a_room_imports_and_nowhere_else(imports: house.Imports) -> None:
    arrows: dict[str, set[str]] = {room: set() for room in imports}
    for importer, imported in house.drawn(imports):
        arrows[importer].add(imported)
    shown = {room: frozenset(others) for room, others in arrows.items()}
    for room in imports:
        assert shown[room] <= imports[room]
        assert house.reached(room, shown) == house.reached(room, imports)


def test_the_adversary_that_listens_does_not_reach_the_handshake(imports: house.Imports) -> None:
    assert not {"handshake", "peers"} & house.reached("adversary", imports)
    assert "handshake" in house.reached("impostor", imports)


def test_what_is_stored_is_current() -> None:
    if dot.pygraphviz() is None:
        missing("PyGraphviz is not installed")
    stored = house.PICTURE.read_text(encoding="utf-8")
    assert stored == house.house_svg(), "draw it anew: python -m pages.house"
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", stored)
    assert set(house.WHAT) <= set(drawn)
