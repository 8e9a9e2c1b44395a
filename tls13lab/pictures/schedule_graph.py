"""The key schedule as a graph, drawn from the schedule table. RFC 9846 section 7.1.

The layout is made once for each mode; lighting up a secret only adds a few lines of style to it,
so that a widget can follow the student's hand. What is lit has a thick border as well as another
ground, and the table beside the picture says it in words.
"""

from collections.abc import Mapping
from functools import lru_cache

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, Row, ancestors, descendants
from tls13lab.pictures import dot
from tls13lab.pictures.picture import Picture, shortened

MODES = ("full", "psk_ke", "psk_dhe_ke")

# What the leaves hold in each mode; a value that is absent is zeros (section 7.1).
_LEAVES = {
    "full": {"psk": "psk = zeros", "ecdhe": "ecdhe"},
    "psk_ke": {"psk": "psk", "ecdhe": "ecdhe = zeros"},
    "psk_dhe_ke": {"psk": "psk", "ecdhe": "ecdhe"},
}


def schedule_dot(mode: str = "psk_dhe_ke") -> str:
    """The table as DOT text: a node for each row and leaf, an edge for each input."""
    import graphviz

    graph = graphviz.Digraph(name="key schedule")
    graph.attr(rankdir="TB", nodesep="0.15", ranksep="0.4", fontname="Helvetica")
    graph.attr("node", fontname="Helvetica", fontsize="11", style="filled", fillcolor="#ffffff")
    graph.attr("edge", fontname="Courier", fontsize="9", color="#444444")
    for leaf in LEAVES:
        label = _LEAVES[mode].get(leaf, leaf)
        graph.node(leaf, label, id=f"node-{leaf}", shape="ellipse")
    for row in SCHEDULE.values():
        border = "2" if row.operation is Operation.EXTRACT else "1"
        graph.node(row.name, row.name, id=f"node-{row.name}", shape="box", penwidth=border)
        for source in row.inputs:
            graph.edge(source, row.name, label=_edge_label(row, source), id=f"{source}--{row.name}")
    return str(graph.source)


def _edge_label(row: Row, source: str) -> str:
    if row.operation is not Operation.EXTRACT:
        return f'"{row.label}"'.replace('"', "'")
    return "salt" if source == row.inputs[0] else "ikm"


@lru_cache(maxsize=8)
def _laid_out(mode: str) -> tuple[str, str]:
    source = schedule_dot(mode)
    return source, dot.svg(source)


def schedule_graph(
    lit: str | None = None,
    mode: str = "psk_dhe_ke",
    values: Mapping[str, bytes] | None = None,
) -> Picture:
    """The schedule; with ``lit``, that secret and all that it depends on stand out.

    ``values`` are secrets by name, to be shown (shortened) in the table.
    """
    source, svg = _laid_out(mode)
    needs = ancestors(lit) if lit else frozenset()
    feeds = descendants(lit) if lit else frozenset()
    style = _style(lit, needs, feeds)
    head, rest = svg.split("<g ", 1)
    alt = f"the key schedule in {mode}"
    if lit:
        alt += f": {lit} depends on {', '.join(sorted(needs)) or 'nothing'}"
    rows = tuple(_row(row, lit, needs, feeds, values or {}) for row in SCHEDULE.values())
    header = ("", "secret", "operation", "inputs", "label", "bound to", "value")
    return Picture(f"{head}{style}<g {rest}", alt, header, rows, f"{source}{lit}")


def _style(lit: str | None, needs: frozenset[str], feeds: frozenset[str]) -> str:
    if lit is None:
        return ""
    shapes = ("path", "polygon", "ellipse")

    def rule(name: str, declarations: str) -> str:
        selectors = ",".join(f'[id="node-{name}"] {shape}' for shape in shapes)
        return f"{selectors}{{{declarations}}}"

    rules = [rule(name, "fill:#fff3bf;stroke-width:3") for name in sorted(needs)]
    rules += [rule(name, "fill:#e7f5ff;stroke-dasharray:4 3") for name in sorted(feeds)]
    rules.append(rule(lit, "fill:#ffc078;stroke-width:5"))
    return f"<style>{''.join(rules)}</style>"


def _row(
    row: Row,
    lit: str | None,
    needs: frozenset[str],
    feeds: frozenset[str],
    values: Mapping[str, bytes],
) -> tuple[str, ...]:
    mark = ""
    if row.name == lit:
        mark = "chosen"
    elif row.name in needs:
        mark = "needed for it"
    elif row.name in feeds:
        mark = "made from it"
    value = shortened(values[row.name]) if row.name in values else ""
    inputs = ", ".join(row.inputs)
    label = f'"{row.label}"' if row.label else ""
    return (mark, row.name, row.operation.value, inputs, label, row.context.value, value)
