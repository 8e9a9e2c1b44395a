"""The picture of the moves shows the table's moves, each once, and no other."""

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import store
from tls13lab.handshake.moves import MOVES, State
from tls13lab.pictures.detours import detours
from tls13lab.pictures.moves_graph import moves_graph, rfc_name, short
from tls13lab.wire.faults import NotAllowed
from tls13lab.wire.names import SIDES, Side

EVERY = {
    (short(start), rfc_name(message), short(end))
    for (start, message), ends in MOVES.items()
    for end in ends
}


def test_both_tables_are_all_of_the_moves() -> None:
    rows = [row for side in SIDES for row in moves_graph(side).rows]
    assert len(rows) == sum(map(len, MOVES.values())) == 18
    assert set(rows) == EVERY


@pytest.mark.parametrize("side", SIDES)
def test_the_drawing_has_every_state_and_every_message(side: Side) -> None:
    svg = moves_graph(side).svg
    drawn = set(re.findall(r'data-part="state-(\w+)"', svg))
    assert drawn == {state.name for state in State if state.name.startswith(side.upper())}
    words = set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    for start, message, end in moves_graph(side).rows:
        assert {start, message, end} <= words


def test_an_arrow_joins_what_the_table_joins() -> None:
    svg = "".join(moves_graph(side).svg for side in SIDES)
    arrows = re.findall(r'data-part="(\w+)--(\w+)--(\w+)"', svg)
    moves = [(a.name, m.name, b.name) for (a, m), several in MOVES.items() for b in several]
    assert sorted(arrows) == sorted(moves)


spans = st.integers(0, 9).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 2, 12)))


@given(st.lists(spans, max_size=4, unique=True))
def test_ways_on_the_right_do_not_cross(several: list[tuple[int, int]]) -> None:
    ways = detours(several)
    right = [one for one in ways if not one.left]
    for one, other in permutations(right, 2):
        # A way enters or leaves its box past the lanes that are further inside.
        for place in (one.start, one.end):
            inside = other.lane < one.lane
            assert not (inside and other.start < place < other.end), (one, other)
    assert len({(one.left, one.start) for one in ways}) == len(ways)


@pytest.mark.parametrize("side", SIDES)
def test_the_stored_picture_is_this_one(side: Side) -> None:
    stored = (store.FOLDER / f"moves-of-a-{side}.svg").read_text("utf-8")
    assert stored == moves_graph(side).svg, "python -m tests.pictures.store"


def test_there_is_no_third_side() -> None:
    with pytest.raises(NotAllowed, match="there is no side 'judge': use client or server"):
        moves_graph("judge")  # type: ignore[arg-type]
