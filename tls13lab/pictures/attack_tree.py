"""An attack as a graph: stolen and recorded terms at the top, the plaintext at the bottom.

Each node is a term, and each arrow means "is needed for". Stolen terms are octagons, recorded ones
folders, computed ones boxes, and the goal is a box with a double border; a word says the same, so
nothing depends on color. The nodes are parts whose tips hold the step, its bytes and its section.
The table has the same steps in words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from tls13lab.adversary.execution import Done
from tls13lab.pictures import dot, ink
from tls13lab.pictures.derivation_text import derivation_rows, how, origin, short_name
from tls13lab.pictures.picture import Picture, shortened
from tls13lab.pictures.words import cell, in_lines
from tls13lab.symbolic.rules import DerivationStep
from tls13lab.symbolic.terms import Term

HEADER = ("step", "what", "from", "how", "bytes")
_WIDEST = 180
"""The most pixels for a line in a node, if it can be broken."""
_GRAPH = {"rankdir": "TB", "nodesep": "0.15", "ranksep": "0.3"}
_NODE = {"fontname": "Helvetica", "fontsize": str(ink.SMALL), "margin": "0.08,0.05"}
_EDGE = {"color": ink.QUIET, "arrowsize": "0.8"}


def _style(shape: str, look: ink.Look, **more: str) -> dict[str, str]:
    style = "filled,dashed" if look.dashes else "filled"
    colours = {"style": style, "fillcolor": look.fill, "color": look.stroke}
    return {"shape": shape, **colours, "penwidth": f"{look.width:g}", **more}


_STYLES = {
    "stolen": _style("octagon", ink.STOLEN),
    "recorded": _style("folder", ink.RECORDED),
    "known to all": _style("ellipse", ink.ABSENT),
    "worked out": _style("box", ink.OPENED, penwidth="1.5"),
    "read": _style("box", ink.OPENED, peripheries="2"),
}
_NUMBERED = re.compile(r'<g id="term(?:&#45;|-)(\d+)" class="node">\s*<title>[^<]*</title>')
_TITLE = re.compile(r"<title>(?:attack|n\d+(?:&#45;|-)(?:&gt;|>)n\d+)</title>\s*")


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
        svg = _with_parts(dot.svg(source), done)
    except dot.NoLayout:
        svg = ""
    return Picture(svg, alt, HEADER, derivation_rows(done), source, shrinks=False)


def attack_dot(steps: Sequence[DerivationStep]) -> str:
    """The graph as DOT text; a term that several steps need is drawn once."""
    from graphviz import Digraph

    numbers, kinds = _numbers(steps), _kinds(steps)
    made = {step.conclusion: step for step in steps}
    graph = Digraph("attack", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for term, number in numbers.items():
        words = _operation(how(made[term])) if term in made else ()
        sign = () if kinds[term] == "worked out" else (kinds[term],)
        names = in_lines(short_name(term), _WIDEST, ink.SMALL)
        label = cell(*names, *words, *sign, size=ink.SMALL)
        graph.node(f"n{number}", label, id=f"term-{number}", **_STYLES[kinds[term]])
    for step in steps:
        for premise in dict.fromkeys(step.premises):
            graph.edge(f"n{numbers[premise]}", f"n{numbers[step.conclusion]}")
    return str(graph.source)


def _operation(words: str) -> tuple[str, ...]:
    """What a step does, on one line or two; a label stays whole.

    >>> _operation('HKDF-Expand-Label "key" [7.3]')
    ('HKDF-Expand-Label', '"key" [7.3]')
    """
    what, quote, label = words.partition(' "')
    return (what, f'"{label}') if quote else in_lines(words, _WIDEST, ink.SMALL)


def _numbers(steps: Sequence[DerivationStep]) -> Mapping[Term, int]:
    """The terms in the order in which they are met, each with its number in the drawing."""
    every = (term for step in steps for term in (*step.premises, step.conclusion))
    return {term: number for number, term in enumerate(dict.fromkeys(every))}


def _kinds(steps: Sequence[DerivationStep]) -> Mapping[Term, str]:
    """For each term where it comes from: the names of ``_STYLES``."""
    needed = {premise for step in steps for premise in step.premises}
    kinds = {step.conclusion: "worked out" for step in steps}
    kinds |= {step.conclusion: "read" for step in steps if step.conclusion not in needed}
    return kinds | {term: origin(term) for term in _given(steps)}


def _with_parts(svg: str, done: Sequence[Done]) -> str:
    """The drawing with its size in pixels instead of points, and its nodes as parts."""
    svg = re.sub(r'(<svg width="\d+)pt(" height="\d+)pt"', r'\1\2"', svg, count=1)
    steps = [each.step for each in done]
    kinds, made = _kinds(steps), {each.step.conclusion: each for each in done}
    terms = {str(number): term for term, number in _numbers(steps).items()}

    def as_part(found: re.Match[str]) -> str:
        term = terms[found[1]]
        tip = "\n".join(filter(None, _tip(term, kinds[term], made.get(term))))
        about = f'id="term-{found[1]}" class="node part" data-part="{escape(short_name(term))}"'
        return f"<g {about}><title>{escape(tip)}</title>"

    return _NUMBERED.sub(as_part, _TITLE.sub("", svg))


def _tip(term: Term, kind: str, done: Done | None) -> Iterable[str]:
    yield short_name(term)
    if done is None:
        yield kind
        return
    what, _, section = how(done.step).rpartition(" [")
    yield f"{what}({', '.join(map(short_name, done.step.premises))})"
    yield kind
    yield shortened(done.value) if done.value else ""
    section = section.removesuffix("]")
    yield section if section.startswith("RFC") else f"RFC 9846 section {section}"


def _given(steps: Iterable[DerivationStep]) -> tuple[Term, ...]:
    steps = tuple(steps)
    made = {step.conclusion for step in steps}
    used = (premise for step in steps for premise in step.premises)
    return tuple(dict.fromkeys(term for term in used if term not in made))
