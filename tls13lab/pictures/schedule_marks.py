"""What is said of each part of the schedule's picture: chosen, needed, stolen, kept, and so on.

>>> from tls13lab.pictures.loss import loss_of, shape_of
>>> marks = of_theft(loss_of(shape_of({"psk"}, "psk_dhe_ke")), "psk_dhe_ke")
>>> [marks.words[name] for name in ("psk", "early_secret", "client's data")]
['stolen', 'worked out', 'kept secret']
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, ancestors, descendants
from tls13lab.pictures import ink
from tls13lab.pictures.loss import SOURCES, Loss
from tls13lab.pictures.schedule_layout import FLIGHTS, POINTS, RECORDS, is_zeros, transcript
from tls13lab.wire.names import Mode

CHOSEN, NEEDED, MADE = "chosen", "needed for it", "made from it"
STOLEN, WORKED_OUT, READ, KEPT = "stolen", "worked out", "read", "kept secret"
RECORDED, KNOWN = "recorded", "known to all"
LOOKS = {
    CHOSEN: ink.CHOSEN,
    NEEDED: ink.NEEDED,
    MADE: ink.MADE,
    STOLEN: ink.STOLEN,
    WORKED_OUT: ink.OPENED,
    READ: ink.OPENED,
    KEPT: ink.KEPT,
    RECORDED: ink.RECORDED,
    KNOWN: ink.ABSENT,
}
SIGNS = frozenset((STOLEN, WORKED_OUT, READ, KEPT, RECORDED, KNOWN))
"""Marks that stand in the box itself. The others are in the legend, each with its own border."""


@dataclass(frozen=True, slots=True)
class Marks:
    """``words`` by part; ``strong`` and ``dashed`` are edges (input, row), ``bound`` are rows whose
    line from the transcript is strong. ``sources`` are stolen things outside the schedule, under
    the input that they lead to.
    """

    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    strong: frozenset[tuple[str, str]] = frozenset()
    dashed: frozenset[tuple[str, str]] = frozenset()
    bound: frozenset[str] = frozenset()
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


NOTHING = Marks()


def of_choice(lit: str) -> Marks:
    """For a chosen secret or input: what it needs, with its messages, and what is made from it."""
    needs, feeds = ancestors(lit), descendants(lit)
    rows = [SCHEDULE[name] for name in {lit, *needs} if name in SCHEDULE]
    messages = {message for row in rows for message in transcript(row.context)}
    words = dict.fromkeys((*needs, *messages), NEEDED) | dict.fromkeys(feeds, MADE)
    made = {
        (source, row.name)
        for row in SCHEDULE.values()
        for source in row.inputs
        if row.name in feeds and source in feeds | {lit}
    }
    return Marks(
        words | {lit: CHOSEN},
        frozenset((source, row.name) for row in rows for source in row.inputs),
        frozenset(made),
        frozenset(row.name for row in rows if row.context in POINTS),
    )


def of_theft(loss: Loss, mode: Mode) -> Marks:
    """For a theft: what was stolen, what follows from it, and what becomes of the records."""
    zeros = [leaf for leaf in LEAVES if is_zeros(leaf, mode)]
    known = loss.stolen | loss.opened | set(zeros)
    words = dict.fromkeys(zeros, KNOWN) | dict.fromkeys(("ClientHello", "ServerHello"), RECORDED)
    for name in RECORDS:
        words[name] = READ if name in loss.records else KEPT
        if name in loss.records:
            words |= dict.fromkeys(FLIGHTS.get(name, ()), READ)
    if not loss.early_data:
        del words["early data"]
    words |= dict.fromkeys(loss.opened, WORKED_OUT)
    words |= {name: STOLEN for name in loss.stolen if name not in zeros}
    rows = [row for row in SCHEDULE.values() if row.name in loss.opened]
    return Marks(
        words,
        frozenset((one, row.name) for row in rows for one in row.inputs if known >= {*row.inputs}),
        bound=frozenset(row.name for row in rows if row.context in POINTS),
        sources={
            leaf: tuple(name for name in names if name in loss.stolen)
            for leaf, names in SOURCES.items()
            if not is_zeros(leaf, mode)
        },
    )
