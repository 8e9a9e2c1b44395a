"""An attack drawn: what was stolen and what was recorded at the top, the plaintext at the bottom.

Each node is a term, each arrow says "is needed for". What was stolen is an octagon, what was
recorded a folder, what was computed a box, and what was asked for a box with a double border; so
nothing hangs on colour. The table beside the picture has the same steps in words.
"""

from collections.abc import Iterable, Sequence

from tls13lab.adversary.execution import Done
from tls13lab.pictures import dot
from tls13lab.pictures.derivation_text import derivation_rows, how, origin, short_name
from tls13lab.pictures.picture import Picture
from tls13lab.symbolic.rules import Step
from tls13lab.symbolic.terms import Term

HEADER = ("step", "what", "from", "how", "bytes")
_HEAD = """\
digraph attack {
  rankdir=TB nodesep=0.15 ranksep=0.3
  node [fontname=Helvetica fontsize=11 style=filled fillcolor="#ffffff" margin="0.08,0.04"]
  edge [fontname=Helvetica fontsize=9 color="#555555" arrowsize=0.7]
"""
_STYLES = {
    "stolen": 'shape=octagon fillcolor="#ffc9c9" penwidth=2',
    "recorded": 'shape=folder fillcolor="#e7f5ff"',
    "known to all": 'shape=ellipse style="filled,dashed"',
    "computed": "shape=box",
    "read": 'shape=box peripheries=2 fillcolor="#fff3bf" penwidth=2',
}


def attack_tree(steps: Sequence[Done | Step], goal: str = "the plaintext") -> Picture:
    """The derivation, with its bytes where it was run; the last term nothing needs is the goal."""
    done = [one if isinstance(one, Done) else Done(one, b"") for one in steps]
    bare = [one.step for one in done]
    source = attack_dot(bare)
    stolen = [short_name(term) for term in _given(bare) if origin(term) == "stolen"]
    alt = f"attack tree: {' and '.join(stolen) or 'nothing'} stolen, {goal} read"
    try:
        svg = dot.svg(source)
    except dot.NoLayout:
        svg = ""
    return Picture(svg, alt, HEADER, derivation_rows(done), source)


def attack_dot(steps: Sequence[Step]) -> str:
    """The same as DOT text; a term that many steps need is drawn once."""
    numbers: dict[Term, int] = {}
    for step in steps:
        for term in (*step.premises, step.conclusion):
            numbers.setdefault(term, len(numbers))
    made = {step.conclusion: step for step in steps}
    needed = {premise for step in steps for premise in step.premises}
    parts = [_HEAD]
    for term, number in numbers.items():
        if term in made:
            kind = "computed" if term in needed else "read"
            words = how(made[term])
        else:
            kind = words = origin(term)
        label = f"{short_name(term)}\\n{words}".replace('"', '\\"')
        parts.append(f'  n{number} [id="term-{number}" label="{label}" {_STYLES[kind]}]\n')
    for step in steps:
        target = numbers[step.conclusion]
        parts += [f"  n{numbers[one]} -> n{target}\n" for one in dict.fromkeys(step.premises)]
    return "".join(parts) + "}\n"


def _given(steps: Iterable[Step]) -> tuple[Term, ...]:
    steps = tuple(steps)
    made = {step.conclusion for step in steps}
    used = (premise for step in steps for premise in step.premises)
    return tuple(dict.fromkeys(term for term in used if term not in made))
