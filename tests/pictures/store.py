"""Store the drawings of the lessons' graphs, so that reading and trying needs no layout program.

``python -m tests.pictures.store`` writes them anew, with PyGraphviz; a test says when that is due.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

from tls13lab.adversary.plan import GOALS, SINGLE_LEAKS, Shape, plan
from tls13lab.capture.keylog import ROWS
from tls13lab.pictures import dot
from tls13lab.pictures.attack_tree import attack_dot
from tls13lab.pictures.moves_graph import moves_graph
from tls13lab.wire.names import PSK_MODES, SIDES

FOLDER = Path(dot.__file__).parent / "stored"
LEAKS = {name: {name} for name in SINGLE_LEAKS} | {"keylog": set(ROWS.values())}


def shapes() -> Iterator[tuple[str, Shape]]:
    """Every kind of connection that the adversary tells apart, with what to call it."""
    yield "full", Shape("full")
    for mode, early in product(PSK_MODES, (False, True)):
        name = f"{mode}{'-early' if early else ''}"
        yield name, Shape(mode, early)
        yield f"{name}-ticket", Shape(mode, early, ticket=True)
        # A ticket's issuer that was recorded too had a full handshake: see Eavesdropper.
        yield f"{name}-resumed", Shape(mode, early, ticket=True, initial="full")
    # Looks like psk_dhe_ke: what is shown beside the PSK opens nothing.
    yield "cert_with_extern_psk", Shape("cert_with_extern_psk")


def attacks() -> Iterator[tuple[str, str]]:
    """The same of each way in which something is read, whatever was stolen."""
    thefts = [one for size in range(1, len(LEAKS) + 1) for one in combinations(LEAKS, size)]
    for (name, shape), theft, goal in product(shapes(), thefts, GOALS):
        held = frozenset().union(*(LEAKS[one] for one in theft))
        steps = plan(replace(shape, held=held), goal, every=True)
        if steps:
            yield f"attack-{name}-{goal}-by-{'-'.join(theft)}", attack_dot(steps)
    # In the lesson on the model it is enough to read one side.
    one_side = plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data")
    yield "attack-psk_ke-client_data-by-psk", attack_dot(one_side)


def moves() -> dict[str, str]:
    """File name and content of the pictures of each side's moves, for the documentation."""
    return {f"moves-of-a-{side}.svg": moves_graph(side).svg for side in SIDES}


def sources() -> dict[str, str]:
    """Name and DOT text of all that is stored; of what looks the same the first."""
    first: dict[str, str] = {}
    for name, source in attacks():
        first.setdefault(source, name)
    return {name: source for source, name in first.items()}


def current() -> dict[str, str]:
    """File name and content of all that is stored."""
    command = dot.pygraphviz()
    if command is None:
        raise dot.NoLayout("install PyGraphviz: other versions of Graphviz draw differently")
    drawn = {f"{name}.svg": dot.run(command, source) for name, source in sources().items()}
    return drawn | moves() | {dot.INDEX: index()}


def index() -> str:
    """Which drawing is of which DOT text."""
    told = {dot.digest(source): f"{name}.svg" for name, source in sources().items()}
    return json.dumps(told, indent=1) + "\n"


if __name__ == "__main__":
    drawn = current()
    for old in FOLDER.iterdir():
        old.unlink()
    for name, text in drawn.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
