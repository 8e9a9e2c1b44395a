"""An attack as a graph: stolen and recorded terms at the top, the plaintext at the bottom.

Each node is a term, and each arrow means "is needed for". Stolen terms are octagons, recorded ones
folders, computed ones boxes, and the goal is a box with a double border, so nothing depends on
color. The table has the same steps in words.
"""

from collections.abc import Iterable, Sequence

from tls13lab.adversary.execution import Done
from tls13lab.pictures import dot
from tls13lab.pictures.derivation_text import derivation_rows, how, origin, short_name
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.words import cell
from tls13lab.symbolic.rules import DerivationStep
from tls13lab.symbolic.terms import Term

HEADER = ("step", "what", "from", "how", "bytes")
_GRAPH = {"rankdir": "TB", "nodesep": "0.15", "ranksep": "0.3"}
_NODE = {"fontname": "Helvetica", "fontsize": "11", "style": "filled", "fillcolor": "#ffffff"}
_NODE |= {"margin": "0.08,0.04"}
_EDGE = {"color": "#555555", "arrowsize": "0.7"}
_STYLES = {
    "stolen": {"shape": "octagon", "fillcolor": "#ffc9c9", "penwidth": "2"},
    "recorded": {"shape": "folder", "fillcolor": "#e7f5ff"},
    "known to all": {"shape": "ellipse", "style": "filled,dashed"},
    "computed": {"shape": "box"},
    "read": {"shape": "box", "peripheries": "2", "fillcolor": "#fff3bf", "penwidth": "2"},
}


def attack_tree(steps: Sequence[Done | DerivationStep], goal: str = "the plaintext") -> Picture:
    """The graph of a derivation, with the bytes of the steps that were run.

    ``goal`` is what the alternative text calls the result.
    """
    done = [step if isinstance(step, Done) else Done(step, b"") for step in steps]
    bare = [each.step for each in done]
    source = attack_dot(bare)
    stolen = [short_name(term) for term in _given(bare) if origin(term) == "stolen"]
    alt = f"attack tree: {' and '.join(stolen) or 'nothing'} stolen, {goal} read"
    try:
        svg = dot.svg(source)
    except dot.NoLayout:
        svg = ""
    return Picture(svg, alt, HEADER, derivation_rows(done), source)


def attack_dot(steps: Sequence[DerivationStep]) -> str:
    """The graph as DOT text; a term that several steps need is drawn once."""
    from graphviz import Digraph

    numbers: dict[Term, int] = {}
    for step in steps:
        for term in (*step.premises, step.conclusion):
            numbers.setdefault(term, len(numbers))
    made = {step.conclusion: step for step in steps}
    needed = {premise for step in steps for premise in step.premises}
    graph = Digraph("attack", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for term, number in numbers.items():
        if term in made:
            kind = "computed" if term in needed else "read"
            words = how(made[term])
        else:
            kind = words = origin(term)
        label = cell(short_name(term), words, size=11)
        graph.node(f"n{number}", label, id=f"term-{number}", **_STYLES[kind])
    for step in steps:
        for premise in dict.fromkeys(step.premises):
            graph.edge(f"n{numbers[premise]}", f"n{numbers[step.conclusion]}")
    return str(graph.source)


def _given(steps: Iterable[DerivationStep]) -> tuple[Term, ...]:
    steps = tuple(steps)
    made = {step.conclusion for step in steps}
    used = (premise for step in steps for premise in step.premises)
    return tuple(dict.fromkeys(term for term in used if term not in made))
