"""What a theft opens, as names of the parts of the schedule's picture. RFC 9846 section 7.1.

The model decides it: everything that follows from the recording and from what was stolen.

>>> loss = loss_of(Shape("psk_dhe_ke", early_data=True, held=frozenset({"psk"})))
>>> sorted(loss.records), "handshake_secret" in loss.opened
(['early data'], False)
"""

from collections.abc import Collection
from dataclasses import dataclass

from tls13lab.adversary.plan import GIVEN, SINGLE_LEAKS, Shape, connections, term_of, this
from tls13lab.crypto.schedule import LEAVES, SCHEDULE
from tls13lab.pictures.schedule_layout import RECORDS, is_zeros
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC
from tls13lab.symbolic.terms import Term
from tls13lab.wire.names import Mode

LEAKS = frozenset((*SINGLE_LEAKS, *GIVEN, *SCHEDULE))
"""What can be stolen: a leak that the adversary knows of, or any secret of the schedule."""
SOURCES = {
    "psk": ("ticket_key", "epsk", "initial_ecdhe"),
    "ecdhe": ("client_ecdhe", "server_ecdhe"),
}
"""Leaks that are no part of the schedule themselves, under the input that they lead to."""


@dataclass(frozen=True, slots=True)
class Loss:
    """``stolen`` was taken; from it follow ``opened`` secrets and readable ``records``.

    ``early_data`` says whether there was any early data.
    """

    stolen: frozenset[str]
    opened: frozenset[str]
    records: frozenset[str]
    early_data: bool


def shape_of(stolen: Collection[str], mode: Mode) -> Shape:
    """A connection in this mode from which this was stolen. Raises KeyError for another leak."""
    for name in stolen:
        if name not in LEAKS:
            raise KeyError(name)
    ticket = not {"ticket_key", "initial_ecdhe"}.isdisjoint(stolen)
    return Shape(
        mode,
        early_data=mode != "full",
        ticket=ticket,
        imported="epsk" in stolen and not ticket,
        initial="full" if "initial_ecdhe" in stolen else "",
        held=frozenset(stolen),
    )


@remembered(256)
def loss_of(shape: Shape) -> Loss:
    """Everything that follows from what is held of a connection of this shape."""
    connection = this(shape)
    names = (*(leaf for leaf in LEAVES if not is_zeros(leaf, shape.mode)), *SCHEDULE)
    secrets = {name: connection.secret(name) for name in names}
    contents = _contents(connection)
    held = [term_of(shape, name) for name in sorted(shape.held)]
    recorded = [*PUBLIC, *(term for each in connections(shape) for term in each.wire)]
    # Here all secrets are in play, also those that no record needs, such as the exporters.
    in_play = (*recorded, *held, *secrets.values(), *contents.values())
    known = World(in_play, RULES.values()).saturate([*held, *recorded])
    opened = {name for name, term in secrets.items() if term in known}
    return Loss(
        stolen=shape.held,
        opened=frozenset(opened - shape.held),
        records=frozenset(name for name, term in contents.items() if term in known),
        early_data=shape.early_data,
    )


def _contents(connection: SymbolicConnection) -> dict[str, Term]:
    """What is in the records, by their names in the picture."""
    terms = (
        connection.early,
        connection.server_flight,
        connection.client_flight,
        connection.client_data,
        connection.server_data,
    )
    return dict(zip(RECORDS, terms, strict=True))
