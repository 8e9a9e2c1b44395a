"""The schedule table as DOT text. RFC 9846 section 7.1.

A box for each row, in the frame of its stage; an edge for each input, labelled with what the table
says. A leaf is drawn once for each use, so that zeros stand where they go in. The text is written
without a layout program, so that a stored drawing can be found wherever Python runs.
"""

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, Row
from tls13lab.pictures.words import cell

MODES = ("full", "psk_ke", "psk_dhe_ke")

PLACE_OF_A_VALUE = "12345678..1234"
"""Stands in each node of a layout that has room for values."""

# A value that is absent is Hash.length zero bytes (section 7.1). In a certificate with a PSK (RFC
# 9973) both values are there: to the schedule it is psk_dhe_ke.
_ABSENT = {"full": "psk", "psk_ke": "ecdhe", "psk_dhe_ke": "", "cert_with_extern_psk": ""}
_SHAPES = {"psk": "cylinder", "ecdhe": "hexagon", "zeros": "ellipse"}

_GRAPH = {"rankdir": "TB", "nodesep": "0.12", "ranksep": "0.32", "fontname": "Helvetica"}
_GRAPH |= {"fontsize": "12"}
_NODE = {"fontname": "Helvetica", "fontsize": "11", "style": "filled", "fillcolor": "#ffffff"}
_NODE |= {"margin": "0.08,0.04", "height": "0.4", "width": "0.5"}
_EDGE = {"fontname": "Courier", "fontsize": "9", "color": "#555555", "arrowsize": "0.7"}
_STAGE = {"style": "rounded,filled", "fillcolor": "#f3f5f7", "color": "#8a949e", "labeljust": "r"}


def is_zeros(leaf: str, mode: str) -> bool:
    """Whether a leaf holds zeros in this mode."""
    return leaf == "zeros" or leaf == _ABSENT[mode]


def stage_of(name: str) -> str:
    """The extraction in whose stage a row stands.

    >>> stage_of("res_binder_key"), stage_of("early_derived_secret"), stage_of("main_secret")
    ('early_secret', 'early_secret', 'main_secret')
    """
    row = SCHEDULE[name]
    return name if row.operation is Operation.EXTRACT else stage_of(row.inputs[0])


def leaf_node(leaf: str, row: str) -> str:
    """The node that a leaf has at one of its uses."""
    return f"{leaf}.{row}"


def schedule_dot(mode: str = "psk_dhe_ke", *, room_for_values: bool = False) -> str:
    """The whole graph; nodes have the id ``node-<name>``, edges ``<input>--<name>``."""
    from graphviz import Digraph

    value = (PLACE_OF_A_VALUE,) if room_for_values else ()
    graph = Digraph("key schedule", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for stage in (row.name for row in SCHEDULE.values() if row.operation is Operation.EXTRACT):
        heading = cell(_heading(stage, mode), size=12)
        with graph.subgraph(name=f"cluster_{stage}", graph_attr=_STAGE | {"label": heading}) as one:
            for row in _rows_of(stage):
                one.node(row.name, **_box(row, value))
    for row in SCHEDULE.values():
        for source in row.inputs:
            start = source
            if source in LEAVES:
                start = leaf_node(source, row.name)
                graph.node(start, **_leaf(source, row, mode, value))
            graph.edge(start, row.name, **_edge(source, row))
    return str(graph.source)


def _rows_of(stage: str) -> list[Row]:
    rows = [row for row in SCHEDULE.values() if stage_of(row.name) == stage]
    # What leads on to the next stage comes first, below its origin: that is the spine.
    return sorted(rows, key=lambda row: not _leads_on(row))


def _heading(stage: str, mode: str) -> str:
    entering = [one for one in SCHEDULE[stage].inputs if one in LEAVES and one != "zeros"]
    if not entering:
        what = "nothing new enters"
    elif is_zeros(entering[0], mode):
        what = f"zeros in the place of {entering[0]}"
    else:
        what = f"{entering[0]} enters"
    return f"{stage.removesuffix('_secret')} stage: {what}"


def _leads_on(row: Row) -> bool:
    return any(row.name in other.inputs for other in SCHEDULE.values())


def _box(row: Row, value: tuple[str, ...]) -> dict[str, str]:
    extract = row.operation is Operation.EXTRACT
    return {
        "id": f"node-{row.name}",
        "shape": "box",
        "label": cell(*_in_two_lines(row.name), *value, size=11),
        **({"penwidth": "2"} if extract else {}),
        **({"group": "spine"} if extract or _leads_on(row) else {}),
    }


def _in_two_lines(name: str) -> tuple[str, ...]:
    """A long name, broken after the underscore that makes the wider line narrowest."""
    if len(name) <= 16:
        return (name,)
    breaks = [at + 1 for at, letter in enumerate(name) if letter == "_"]
    at = min(breaks, key=lambda at: max(at, len(name) - at))
    return name[:at], name[at:]


def _leaf(leaf: str, row: Row, mode: str, value: tuple[str, ...]) -> dict[str, str]:
    zeros = is_zeros(leaf, mode)
    words = f"{leaf} = zeros" if zeros and leaf != "zeros" else leaf
    return {
        "id": f"node-{leaf_node(leaf, row.name)}",
        "shape": _SHAPES[leaf],
        "label": cell(words, *(() if zeros else value), size=11),
        # Zeros are no secret: their border is dashed, whatever they stand in for.
        **({"style": "filled,dashed"} if zeros else {}),
        # Below the lid of the cylinder there must be room for the words.
        **({"margin": "0.1,0.08"} if _SHAPES[leaf] == "cylinder" else {}),
    }


def _edge(source: str, row: Row) -> dict[str, str]:
    extract = row.operation is Operation.EXTRACT
    words = f'"{row.label}"'
    if extract:
        words = "salt" if source == row.inputs[0] else "input key"
    return {
        "id": f"{source}--{row.name}",
        "label": cell(f" {words} ", size=9, mono=True),
        **({"weight": "50"} if extract or _leads_on(row) else {}),
    }
