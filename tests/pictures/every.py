"""Every picture that the package can draw, by the function that draws it: for tests that see all.

A function that returns a picture and is missing here fails a test of ``test_letters``.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from inspect import isfunction, signature
from itertools import permutations

from tests.pictures.test_attacks import PSK, findings
from tests.pictures.test_chances import SETTINGS
from tests.pictures.test_pictures import DHE, KE
from tests.pictures.test_race import LANES
from tests.pictures.test_sequence import FULL, forms
from tls13lab import pictures
from tls13lab.adversary.plan import Shape
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.bit_picture import bit_picture
from tls13lab.pictures.byte_view import named_fields
from tls13lab.pictures.chances import chances
from tls13lab.pictures.compare_picture import compare_picture
from tls13lab.pictures.curves import curves
from tls13lab.pictures.guessing_time import ALPHABETS, LONGEST, guessing_time
from tls13lab.pictures.moves_graph import moves_graph
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.race import race_picture
from tls13lab.pictures.schedule_graph import schedule_graph, theft_graph
from tls13lab.pictures.schedule_layout import DRAWN_MODES
from tls13lab.pictures.sequence import sequence, sequence_of_names
from tls13lab.pictures.timeline import timeline
from tls13lab.widgets.entropy_explorer import REFERENCE
from tls13lab.wire.names import SIDES

VALUES = dict.fromkeys(("psk", "ecdhe", *SCHEDULE), bytes.fromhex("d0") * 32)
CONVERSATIONS = (KE, DHE, FULL)
HELD = ("psk", "client_ecdhe")
SOURCES = {"initial_ecdhe", "ticket_key", "client_ecdhe", "server_ecdhe"}


def _schedules() -> Iterator[Picture]:
    for mode in DRAWN_MODES:
        yield schedule_graph(mode=mode)
        yield schedule_graph("main_secret", mode, VALUES)
        yield schedule_graph(None, mode, VALUES, {"psk", "ticket_key", "client_ecdhe"})
        yield schedule_graph(None, mode, stolen=SOURCES)


def _sequences(names: bool) -> Iterator[Picture]:
    for conversation in CONVERSATIONS:
        for upto in (None, 3, 4):
            for name, picture in forms(conversation, upto).items():
                if name.startswith("names") is names:
                    yield picture


def _timelines() -> Iterator[Picture]:
    found = findings(PSK)
    for stolen_after in (None, 0, 2, 3):
        rows = {"psk_ke": found * 2, "psk_dhe_ke, with a name that is long": found}
        yield timeline(rows, stolen_after, "What the two keys in memory open")


def _bits() -> Iterator[Picture]:
    raw = DHE.steps[0].messages[0]
    return (bit_picture(raw, field, field.length - 1, 7) for field in named_fields(raw))


def _curves() -> Iterator[Picture]:
    points = [(n, n * n) for n in range(1, 8)]
    names = ("imported PSK", "plain PSK", "another of a long name", "the last")
    for many in range(1, len(names) + 1):
        lines = {
            name: [(x, y * k + k) for x, y in points] for k, name in enumerate(names[:many], 1)
        }
        yield curves(lines, "victims", "work, as a multiple", "Work for many victims")


def _times() -> Iterator[Picture]:
    for alphabet in ALPHABETS:
        for who, rate in REFERENCE.items():
            yield from (guessing_time((alphabet, long), rate, who) for long in (1, 8, LONGEST))


DRAWN: Mapping[Callable[..., Picture], Callable[[], Iterator[Picture]]] = {
    attack_tree: lambda: (
        attack_tree(one.steps, "a connection") for one in findings() if one.steps
    ),
    bit_picture: _bits,
    chances: lambda: map(chances, SETTINGS),
    compare_picture: lambda: (compare_picture(*two) for two in permutations((KE, DHE), 2)),
    curves: _curves,
    guessing_time: _times,
    moves_graph: lambda: map(moves_graph, SIDES),
    race_picture: lambda: iter((race_picture(LANES), race_picture(()))),
    schedule_graph: _schedules,
    theft_graph: lambda: (theft_graph(Shape(mode, held=frozenset(HELD))) for mode in DRAWN_MODES),
    sequence: lambda: _sequences(names=False),
    sequence_of_names: lambda: _sequences(names=True),
    timeline: _timelines,
}
"""For each function that draws something examples of what it draws."""


@lru_cache(maxsize=1)
def every() -> Mapping[str, tuple[Picture, ...]]:
    """The pictures, by the name of the function."""
    return {function.__name__: tuple(examples()) for function, examples in DRAWN.items()}


def functions() -> set[Callable[..., Picture]]:
    """All public functions of the room that return a picture."""
    modules = pkgutil.iter_modules(pictures.__path__, f"{pictures.__name__}.")
    return {
        one
        for module in modules
        for name, one in vars(import_module(module.name)).items()
        if isfunction(one) and not name.startswith("_")
        if signature(one).return_annotation is Picture
    }
