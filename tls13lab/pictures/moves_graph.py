"""The legal moves of the handshake as a picture: states, and the messages between them.

It is drawn from the table that the handshake obeys (:mod:`tls13lab.handshake.moves`), so it cannot
show a move that the program does not make. RFC 9846 appendix A draws the same two machines by hand;
its states that only send something are left out here, because every move starts with a message
that was received.

States stand below one another. A message that leads to the next state is an arrow between the two;
one that skips states goes around them (:mod:`~tls13lab.pictures.detours`); one that changes nothing
is a loop.

>>> moves_graph("client").rows[0]
('WAIT_SH', 'HelloRetryRequest', 'WAIT_SH')
"""

from collections.abc import Iterator

from tls13lab.handshake.moves import MOVES, State
from tls13lab.pictures import ink
from tls13lab.pictures.detours import Detour, detours
from tls13lab.pictures.meanings import section
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.wire.codepoints import HandshakeType
from tls13lab.wire.names import SIDES, Side, one_of

HEADER = ("in the state", "this message may come", "and leads to")
_COLOURS: dict[Side, str] = {"client": ink.CLIENT, "server": ink.SERVER}
_APPENDIX: dict[Side, str] = {"client": "RFC 9846 appendix A.1", "server": "RFC 9846 appendix A.2"}

_LEFT, _WIDE, _HIGH, _PITCH, _TOP = 230, 300, 54, 100, 56
_RIGHT, _MIDDLE = _LEFT + _WIDE, _LEFT + _WIDE / 2
_LANE, _LANES_LEFT, _LANES_RIGHT = 44, _LEFT - 110, _RIGHT + 170
"""The distance of lanes beside the states, and where the first one is on each side."""
_LOOP = 26


def moves_graph(side: Side) -> Picture:
    """The messages that a ``client`` or ``server`` may receive in each state.

    Any other message ends the connection. The first state has a thick border; the last, in which
    data flows, has a double border. Raises NotAllowed for any other side.
    """
    one_of(side, SIDES, "side")
    rows = tuple((short(start), rfc_name(message), short(end)) for start, message, end in _of(side))
    alt = f"the states of a {side}, and the {len(rows)} moves between them"
    return Picture(_drawn(side), alt, HEADER, rows)


def short(state: State) -> str:
    """The name of a state without its side, as in ``WAIT_SH``."""
    return state.name.partition("_")[2]


def rfc_name(message: HandshakeType) -> str:
    """A message's name as the RFC writes it.

    >>> rfc_name(HandshakeType.END_OF_EARLY_DATA), rfc_name(HandshakeType.FINISHED)
    ('EndOfEarlyData', 'Finished')
    """
    return message.name.title().replace("_", "")


Move = tuple[State, HandshakeType, State]


def _of(side: Side) -> Iterator[Move]:
    for (start, message), ends in MOVES.items():
        if start.name.startswith(side.upper()):
            yield from ((start, message, end) for end in State if end in ends)


def _drawn(side: Side) -> str:
    states = [state for state in State if state.name.startswith(side.upper())]
    places = {state: number for number, state in enumerate(states)}
    moves = list(_of(side))
    lengths = [places[end] - places[start] for start, _, end in moves]
    skips = [move for move, length in zip(moves, lengths, strict=True) if length > 1]
    around = detours([(places[start], places[end]) for start, _, end in skips])
    parts = [
        text(
            20, 32, f"Messages that a {side} may receive", ink.TITLE, "start", 'font-weight="bold"'
        ),
        *(_state(state, side, _top(place)) for state, place in places.items()),
        *(_detour(move, side, way) for move, way in zip(skips, around, strict=True)),
    ]
    for move, length in zip(moves, lengths, strict=True):
        if length == 1:
            parts.append(_arrow(move, side, _top(places[move[0]])))
    for state, place in places.items():
        loops = [move for move in moves if move[0] is move[2] is state]
        parts += [_loop(move, side, _top(place), at, len(loops)) for at, move in enumerate(loops)]
    return document(ink.WIDTH, _top(len(states) - 1) + _HIGH + 20, parts)


def _top(place: int) -> int:
    return _TOP + _PITCH * place


def _state(state: State, side: Side, y: int) -> str:
    first, last = state.name.endswith(("START", "WAIT_SH")), state.name.endswith("CONNECTED")
    look = ink.Look(ink.GROUND, _COLOURS[side], 4 if first else 1.5)
    shapes = [box(_LEFT, y, _WIDE, _HIGH, look, 'rx="8"')]
    if last:
        shapes.append(box(_LEFT + 4, y + 4, _WIDE - 8, _HIGH - 8, look, 'rx="5"'))
    about = state.value.partition(" ")[2]
    own = [(message, end) for start, message, end in _of(side) if start is state]
    tip = [
        f"{short(state)}: the {side} {about}",
        *(f"{rfc_name(message)}, then {short(end)}" for message, end in own),
        "any other message ends the connection",
        _APPENDIX[side],
    ]
    words = [
        text(_MIDDLE, y + 23, short(state), ink.BODY, more='font-weight="bold"'),
        text(_MIDDLE, y + 42, about, ink.SMALL),
    ]
    return part(f"state-{state.name}", tip, *shapes, *words)


def _move(move: Move, side: Side, path: str, head: str, label: str) -> str:
    """The part of one move: its line, its arrow head, and its message's name."""
    start, message, end = move
    tip = (
        f"{rfc_name(message)} comes",
        f"in {short(start)}, and leads to {short(end)}",
        f"RFC 9846 section {section(message.name.lower())}",
        _APPENDIX[side],
    )
    line = f'<path d="{path}" fill="none" stroke="{ink.QUIET}" stroke-width="1.5"/>'
    arrow = f'<path d="{head}" fill="{ink.QUIET}"/>'
    return part(f"{start.name}--{message.name}--{end.name}", tip, line, arrow, label)


def _arrow(move: Move, side: Side, y: int) -> str:
    """Down to the next state."""
    begin, end = y + _HIGH + 2, y + _PITCH - 3
    label = text(_MIDDLE + 12, (begin + end) / 2 + 4, rfc_name(move[1]), ink.SMALL, "start")
    head = f"M{_MIDDLE},{end} l-5,-9 h10 z"
    return _move(move, side, f"M{_MIDDLE},{begin} V{end - 8}", head, label)


def _loop(move: Move, side: Side, y: int, at: int, count: int) -> str:
    """Out of a state to the left and back into it."""
    middle = y + _HIGH * (2 * at + 1) / (2 * count)
    path = f"M{_LEFT},{middle - 7:g} h-{_LOOP} v14 h{_LOOP - 10}"
    head = f"M{_LEFT - 3},{middle + 7:g} l-9,-5 v10 z"
    label = text(_LEFT - _LOOP - 8, middle + 4.5, rfc_name(move[1]), ink.SMALL, "end")
    return _move(move, side, path, head, label)


def _detour(move: Move, side: Side, way: Detour) -> str:
    """Around the states between, on the right or on the left."""
    sign, edge = (-1, _LEFT) if way.left else (1, _RIGHT)
    lane = (_LANES_LEFT if way.left else _LANES_RIGHT) + sign * _LANE * way.lane
    begin, end = (_top(place) + _HIGH * port for place, port in (way.start, way.end))
    path = f"M{edge},{begin:g} H{lane} V{end:g} H{edge + sign * 10}"
    head = f"M{edge + sign * 3},{end:g} l{sign * 9},-5 v10 z"
    anchor = "end" if way.left else "start"
    label = text(edge + sign * 10, begin - 5, rfc_name(move[1]), ink.SMALL, anchor)
    return _move(move, side, path, head, label)
