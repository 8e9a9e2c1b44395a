"""The legal moves of the handshake as a picture: states, and the messages between them.

It is drawn from the table that the handshake obeys (:mod:`tls13lab.handshake.moves`), so it cannot
show a move that the program does not make. RFC 9846 appendix A draws the same two machines by hand;
its states that only send something are left out here, for a move begins with a message that comes.

>>> moves_graph("client").rows[0]
('WAIT_SH', 'HelloRetryRequest', 'WAIT_SH')
"""

from collections.abc import Iterator

from tls13lab.handshake.moves import MOVES, State
from tls13lab.pictures import dot
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.words import cell
from tls13lab.wire.codepoints import HandshakeType

HEADER = ("in the state", "this message may come", "and leads to")
SIDES = ("client", "server")

_GRAPH = {"rankdir": "TB", "nodesep": "0.35", "ranksep": "0.3"}
_NODE = {"fontname": "Helvetica", "fontsize": "12", "shape": "box", "style": "rounded,filled"}
_NODE |= {"fillcolor": "#ffffff", "margin": "0.12,0.06"}
_EDGE = {"fontname": "Helvetica", "fontsize": "11", "color": "#555555", "arrowsize": "0.7"}
_FIRST = {"penwidth": "2"}
_LAST = {"peripheries": "2", "fillcolor": "#e7f5ff"}


def moves_graph(side: str) -> Picture:
    """The messages that a ``client`` or ``server`` may receive in each state.

    Any other message ends the connection. The first state has a thick border; the last, in which
    data flows, has a double border. Raises KeyError for any other side.
    """
    if side not in SIDES:
        raise KeyError(side)
    source = moves_dot(side)
    try:
        svg = dot.svg(source)
    except dot.NoLayout:
        svg = ""
    rows = tuple((short(start), rfc_name(message), short(end)) for start, message, end in _of(side))
    alt = f"the states of a {side}, and the {len(rows)} moves between them"
    return Picture(svg, alt, HEADER, rows, source)


def moves_dot(side: str) -> str:
    """The graph as DOT text; nodes have the id ``state-<name>``.

    Messages with the same start and end share one arrow.
    """
    from graphviz import Digraph

    states = [state for state in State if state.name.startswith(side.upper())]
    graph = Digraph(f"{side} moves", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for state in states:
        special = {states[0]: _FIRST, states[-1]: _LAST}.get(state, {})
        label = cell(short(state), _waiting_for(state), size=12)
        graph.node(state.name, label, id=f"state-{state.name}", **special)
    messages: dict[tuple[State, State], list[str]] = {}
    for start, message, end in _of(side):
        messages.setdefault((start, end), []).append(f" {rfc_name(message)} ")
    for (start, end), names in messages.items():
        label = cell(*names, size=11)
        graph.edge(start.name, end.name, label, id=f"{start.name}--{end.name}")
    return str(graph.source)


def short(state: State) -> str:
    """The name of a state without its side, as in ``WAIT_SH``."""
    return state.name.partition("_")[2]


def rfc_name(message: HandshakeType) -> str:
    """A message's name as the RFC writes it.

    >>> rfc_name(HandshakeType.END_OF_EARLY_DATA), rfc_name(HandshakeType.FINISHED)
    ('EndOfEarlyData', 'Finished')
    """
    return message.name.title().replace("_", "")


def _waiting_for(state: State) -> str:
    return state.value.partition(" ")[2]


def _of(side: str) -> Iterator[tuple[State, HandshakeType, State]]:
    for (start, message), ends in MOVES.items():
        if start.name.startswith(side.upper()):
            yield from ((start, message, end) for end in State if end in ends)
