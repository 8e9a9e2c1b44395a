"""The schedule table as DOT text. RFC 9846 section 7.1.

A box for each row, in the frame of its stage; an edge for each input, labelled with what the table
says. A leaf is drawn once for each use, so that zeros stand where they go in. The text is written
with the standard library alone, so that a stored picture can be found wherever Python runs.
"""

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, Row

MODES = ("full", "psk_ke", "psk_dhe_ke")

PLACE_OF_A_VALUE = "12345678..1234"
"""Stands in each node of a layout that has room for values."""

# A value that is absent is Hash.length zero bytes (section 7.1).
_ABSENT = {"full": "psk", "psk_ke": "ecdhe", "psk_dhe_ke": ""}
_SHAPES = {"psk": "cylinder", "ecdhe": "hexagon", "zeros": "ellipse"}

_HEAD = """\
digraph "key schedule" {
  rankdir=TB nodesep=0.12 ranksep=0.32 fontname=Helvetica fontsize=12
  node [fontname=Helvetica fontsize=11 style=filled fillcolor="#ffffff" margin="0.06,0.03"
    height=0.4 width=0.5]
  edge [fontname=Courier fontsize=9 color="#555555" arrowsize=0.7]
"""


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
    value = f"\\n{PLACE_OF_A_VALUE}" if room_for_values else ""
    parts = [_HEAD]
    for stage in (row.name for row in SCHEDULE.values() if row.operation is Operation.EXTRACT):
        parts.append(_stage(stage, mode, value))
    for row in SCHEDULE.values():
        for source in row.inputs:
            parts += [_leaf(source, row, mode, value)] if source in LEAVES else []
            parts.append(_edge(source, row))
    return "".join(parts) + "}\n"


def _stage(stage: str, mode: str, value: str) -> str:
    rows = [row for row in SCHEDULE.values() if stage_of(row.name) == stage]
    # What leads on to the next stage comes first, below its origin: that is the spine.
    rows.sort(key=lambda row: not _leads_on(row))
    return (
        f'  subgraph "cluster_{stage}" {{ label="{_heading(stage, mode)}" labeljust=r\n'
        '    style="rounded,filled" fillcolor="#f3f5f7" color="#8a949e"\n'
        + "".join(_box(row, value) for row in rows)
        + "  }\n"
    )


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


def _box(row: Row, value: str) -> str:
    heavy = " penwidth=2" if row.operation is Operation.EXTRACT else ""
    spine = " group=spine" if _leads_on(row) or heavy else ""
    label = f"{_in_two_lines(row.name)}{value}"
    return f'    "{row.name}" [id="node-{row.name}" shape=box label="{label}"{heavy}{spine}]\n'


def _in_two_lines(name: str) -> str:
    """A long name, broken after the underscore that makes the wider line narrowest."""
    if len(name) <= 16:
        return name
    breaks = [at + 1 for at, letter in enumerate(name) if letter == "_"]
    at = min(breaks, key=lambda at: max(at, len(name) - at))
    return f"{name[:at]}\\n{name[at:]}"


def _leaf(leaf: str, row: Row, mode: str, value: str) -> str:
    node = leaf_node(leaf, row.name)
    label = f"{leaf} = zeros" if is_zeros(leaf, mode) and leaf != "zeros" else leaf
    # Zeros are no secret: their border is dashed, whatever they stand in for.
    style = ' style="filled,dashed"' if is_zeros(leaf, mode) else ""
    shape = _SHAPES[leaf]
    # Below the lid of the cylinder there must be room for the words.
    margin = ' margin="0.1,0.08"' if shape == "cylinder" else ""
    value = "" if is_zeros(leaf, mode) else value
    return f'  "{node}" [id="node-{node}" shape={shape} label="{label}{value}"{style}{margin}]\n'


def _edge(source: str, row: Row) -> str:
    label = f'\\"{row.label}\\"'
    if row.operation is Operation.EXTRACT:
        label = "salt" if source == row.inputs[0] else "input key"
    start = leaf_node(source, row.name) if source in LEAVES else source
    spine = " weight=50" if row.operation is Operation.EXTRACT or _leads_on(row) else ""
    edge = f'id="{source}--{row.name}" label=" {label} "{spine}'
    return f'  "{start}" -> "{row.name}" [{edge}]\n'
