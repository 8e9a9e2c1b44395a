"""The picture of the moves shows the table's moves, each once, and no other."""

import re
from html import unescape

import pytest

from tls13lab.handshake.moves import MOVES, State
from tls13lab.pictures.moves_graph import SIDES, moves_dot, moves_graph, rfc_name, short

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
def test_the_drawing_has_every_state_and_every_message(side: str) -> None:
    svg = unescape(moves_graph(side).svg)
    drawn = set(re.findall(r'id="state-(\w+)"', svg))
    assert drawn == {state.name for state in State if state.name.startswith(side.upper())}
    words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    for start, message, end in moves_graph(side).rows:
        assert {start, end} <= set(words)
        assert any(message == word.replace("\xa0", " ").strip() for word in words)


def test_an_arrow_joins_what_the_table_joins() -> None:
    arrows = set(re.findall(r"^\t(\w+) -> (\w+) \[", "".join(map(moves_dot, SIDES)), re.M))
    ends = {(a.name, b.name) for (a, _), several in MOVES.items() for b in several}
    assert arrows == ends


def test_there_is_no_third_side() -> None:
    with pytest.raises(KeyError):
        moves_graph("judge")
