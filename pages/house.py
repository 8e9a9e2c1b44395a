"""A picture of the rooms and their imports, made from the program itself.

``python -m pages.house`` draws it in ``docs/images/house.svg``; a test fails if it is out of date.
An arrow means "imports". Where one room also reaches another through a third, only the longer path
is drawn, so the picture has about 30 arrows instead of 130.
"""

from collections.abc import Iterable, Mapping

import grimp
from graphviz import Digraph

from pages.lessons import ROOT
from tls13lab.pictures import dot
from tls13lab.pictures.words import cell

PICTURE = ROOT / "docs" / "images" / "house.svg"
PACKAGE = "tls13lab"

WHAT = {
    "lesson": "what notebooks import",
    "cli": "the command line",
    "exercises": "tasks and checks",
    "widgets": "instruments",
    "pictures": "SVG and HTML",
    "evidence": "claims done on bytes",
    "impostor": "attacks by speaking",
    "probe": "questions to a server",
    "adversary": "attacks by listening",
    "search": "binder search",
    "peers": "sockets, real OpenSSL",
    "handshake": "client and server",
    "vectors": "RFC 8448, captures",
    "capture": "pcap, key logs",
    "psk": "tickets, binders",
    "records": "record protection",
    "messages": "decode and encode",
    "symbolic": "who can derive what",
    "crypto": "the schedule table",
    "wire": "bytes, faults, alerts",
}
"""Each room in a few words; CONTRIBUTING.md has a sentence about each."""

# The kinds of rooms. Shape and colour carry the same information.
_PARTS = {
    "attack": ({"adversary", "search", "impostor"}, {"shape": "octagon", "fillcolor": "#ffe3e3"}),
    "claim": ({"symbolic", "evidence"}, {"shape": "hexagon", "fillcolor": "#fff3bf"}),
    "lesson": (
        {"lesson", "widgets", "exercises", "pictures"},
        {"style": "rounded,filled", "fillcolor": "#e7f5ff"},
    ),
}
_GRAPH = {"rankdir": "TB", "nodesep": "0.2", "ranksep": "0.35"}
_NODE = {"fontname": "Helvetica", "fontsize": "12", "shape": "box", "style": "filled"}
_NODE |= {"fillcolor": "#ffffff", "margin": "0.08,0.05"}
_EDGE = {"color": "#555555", "arrowsize": "0.7"}

Imports = Mapping[str, frozenset[str]]


def imports() -> Imports:
    """The rooms that each room imports, from any of its files."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    found: dict[str, set[str]] = {room: set() for room in WHAT}
    for module in graph.modules:
        importer = room_of(module)
        for imported in graph.find_modules_directly_imported_by(module):
            if importer in found and room_of(imported) in WHAT:
                found[importer].add(room_of(imported))
    return {room: frozenset(others - {room}) for room, others in found.items()}


def room_of(module: str) -> str:
    """The room of a module.

    >>> room_of("tls13lab.wire.reader")
    'wire'
    """
    return f"{module}.".split(".")[1]


def reached(room: str, through: Imports) -> frozenset[str]:
    """All rooms that a room imports, directly or indirectly."""
    found: set[str] = set()
    waiting = set(through[room])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting |= through[other]
    return frozenset(found)


def drawn(through: Imports) -> Iterable[tuple[str, str]]:
    """The imports that have no longer path, as pairs of rooms.

    >>> sorted(drawn({"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}))
    [('a', 'b'), ('b', 'c')]
    """
    for room, others in through.items():
        farther = frozenset[str]().union(*(reached(other, through) for other in others))
        yield from ((room, other) for other in sorted(others - farther))


def house_dot() -> str:
    """The picture as DOT text."""
    graph = Digraph("house", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for room, what in WHAT.items():
        style = next((style for rooms, style in _PARTS.values() if room in rooms), {})
        graph.node(room, cell(room, what, size=12), **style)
    for importer, imported in drawn(imports()):
        graph.edge(importer, imported)
    return str(graph.source)


def house_svg() -> str:
    """The picture, drawn by PyGraphviz. Raises NoLayout if that is not installed."""
    command = dot.pygraphviz()
    if command is None:
        raise dot.NoLayout("install PyGraphviz: other versions of Graphviz draw differently")
    return dot.run(command, house_dot())


if __name__ == "__main__":
    PICTURE.write_text(house_svg(), encoding="utf-8", newline="\n")
