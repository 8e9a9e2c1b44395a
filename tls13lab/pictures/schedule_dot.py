"""The schedule table as DOT text. RFC 9846 section 7.1.

Each row is a box in the frame of its stage, and each input an edge with a label from the table. A
leaf is drawn once for each use, next to where it is used. Writing the text needs no layout program,
so a stored drawing for it can be found wherever Python runs.
"""

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, Row
from tls13lab.pictures.words import cell
from tls13lab.wire.names import Mode

MODES: tuple[Mode, ...] = ("full", "psk_ke", "psk_dhe_ke")

PLACE_OF_A_VALUE = "12345678..1234"
"""A placeholder in each node of a layout with room for values."""

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


def is_zeros(leaf: str, mode: Mode) -> bool:
    """Whether a leaf is zeros in this mode."""
    return leaf == "zeros" or leaf == _ABSENT[mode]


def stage_of(name: str) -> str:
    """The HKDF-Extract row that begins the stage of a row.

    >>> stage_of("res_binder_key"), stage_of("early_derived_secret"), stage_of("main_secret")
    ('early_secret', 'early_secret', 'main_secret')
    """
    row = SCHEDULE[name]
    return name if row.operation is Operation.EXTRACT else stage_of(row.inputs[0])


def leaf_node(leaf: str, row: str) -> str:
    """The name of the node for one use of a leaf."""
    return f"{leaf}.{row}"


def schedule_dot(mode: Mode = "psk_dhe_ke", *, room_for_values: bool = False) -> str:
    """The whole graph; nodes have the id ``node-<name>``, edges ``<input>--<name>``."""
    from graphviz import Digraph

    value = (PLACE_OF_A_VALUE,) if room_for_values else ()
    graph = Digraph("key schedule", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for stage in (row.name for row in SCHEDULE.values() if row.operation is Operation.EXTRACT):
        heading = cell(_heading(stage, mode), size=12)
        frame = _STAGE | {"label": heading}
        with graph.subgraph(name=f"cluster_{stage}", graph_attr=frame) as cluster:
            for row in _rows_of(stage):
                cluster.node(row.name, **_box(row, value))
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
    # The row that leads to the next stage comes first, so that it is drawn below the stage's start.
    return sorted(rows, key=lambda row: not _leads_on(row))


def _heading(stage: str, mode: Mode) -> str:
    entering = [name for name in SCHEDULE[stage].inputs if name in LEAVES and name != "zeros"]
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
    """A name on one or two lines, split after an underscore so that the wider line is narrowest."""
    if len(name) <= 16:
        return (name,)
    breaks = [at + 1 for at, letter in enumerate(name) if letter == "_"]
    at = min(breaks, key=lambda at: max(at, len(name) - at))
    return name[:at], name[at:]


def _leaf(leaf: str, row: Row, mode: Mode, value: tuple[str, ...]) -> dict[str, str]:
    zeros = is_zeros(leaf, mode)
    words = f"{leaf} = zeros" if zeros and leaf != "zeros" else leaf
    return {
        "id": f"node-{leaf_node(leaf, row.name)}",
        "shape": _SHAPES[leaf],
        "label": cell(words, *(() if zeros else value), size=11),
        # Zeros are not secret: their border is dashed, whatever they replace.
        **({"style": "filled,dashed"} if zeros else {}),
        # There must be room for the words below the top of the cylinder.
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
