"""Ask the model: can this goal be derived from the recording and the leaks, and how?

A :class:`Shape` describes a connection as far as the model cares about it, so connections of the
same shape are computed once. The answer is a derivation, which
:mod:`~tls13lab.adversary.execution` runs. Here, a leaked PSK is enough in psk_ke, but in psk_dhe_ke
it takes a private key as well:

>>> shape = Shape("psk_ke", held=frozenset({"psk"}))
>>> [step.rule for step in plan(shape, "application_data")][0]
'early_secret'
>>> plan(replace(shape, mode="psk_dhe_ke"), "application_data")
()
>>> missing(replace(shape, mode="psk_dhe_ke"), "application_data")
('client_ecdhe', 'server_ecdhe')
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.symbolic.connection import ZEROS, SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES, DerivationStep
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.scenes import IDENTITY, PUBLIC, TICKET_KEY, resumed
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.symbolic.vocabulary import Leak, Leaks
from tls13lab.wire.names import Mode

Goal = Literal["application_data", "early_data", "psk"]
"""What an eavesdropper can be asked for."""
GOALS: tuple[Goal, ...] = get_args(Goal)
Asked = Literal[Goal, "next_psk"]
"""What the model is asked: also for the PSKs of tickets, which open later connections."""
ASKED: tuple[Asked, ...] = get_args(Asked)
EPSK = name("epsk")
GIVEN = {"ticket_key": TICKET_KEY, "epsk": EPSK}
SINGLE_LEAKS: Leaks = ("psk", "ticket_key", "client_ecdhe", "server_ecdhe", "initial_ecdhe")


@dataclass(frozen=True, slots=True)
class Shape:
    """A connection as the model sees it, without any bytes.

    ``held`` contains the names of the leaks that fit, and of known secrets in the schedule table.
    ``ticket`` says whether the identity looks like a ticket. ``initial`` is the mode of the
    connection that may have issued the ticket, empty if none was recorded. ``imported`` says
    whether the PSK was imported from an external PSK (RFC 9258).
    """

    mode: Mode
    early_data: bool = False
    ticket: bool = False
    imported: bool = False
    binder_key: str = "ext_binder_key"
    initial: Mode | Literal[""] = ""
    held: frozenset[str] = frozenset()


@remembered(256)
def connections(shape: Shape) -> tuple[SymbolicConnection, ...]:
    """The connection as terms; before it the one that issued its ticket, if there may be one."""
    if shape.mode == "full":
        return (SymbolicConnection("this", "full"),)
    if shape.ticket and shape.initial:
        issuer = SymbolicConnection("initial", shape.initial, psk=None, ticket_key=TICKET_KEY)
        this = resumed("this", shape.mode, issuer)
        return issuer, replace(this, early_data=shape.early_data, binder_key=shape.binder_key)
    psk = imported(EPSK) if shape.imported else name("psk")
    # From outside, nobody can see whether a ticket is stateless. It is assumed to be.
    plain = SymbolicConnection(
        "this", shape.mode, psk, IDENTITY, shape.binder_key, shape.early_data
    )
    if not shape.ticket:
        return (plain,)
    issuer = SymbolicConnection("initial", "full", ticket_key=TICKET_KEY)
    return (replace(plain, psk=issuer.ticket_psk(), identity=issuer.ticket()),)


def imported(epsk: Term) -> Term:
    """The term of the PSK that is imported from ``epsk`` for this identity. RFC 9258."""
    return apply("ipskx", apply("epskx", ZEROS, epsk), IDENTITY)


def this(shape: Shape) -> SymbolicConnection:
    """The connection in question, as opposed to the one that issued its ticket."""
    return connections(shape)[-1]


def term_of(shape: Shape, held: str) -> Term:
    """The term for the name of a leak, or for the name of a secret in the schedule table."""
    every = connections(shape)
    if held == "psk":
        return every[-1].secret("psk")
    if held in GIVEN:
        return GIVEN[held]
    if held == "initial_ecdhe":
        return every[0].name("client_ecdhe")
    return every[-1].secret(held) if held in SCHEDULE else every[-1].name(held)


def targets(shape: Shape, goal: Asked) -> tuple[Term, ...]:
    """The terms that a goal asks for; any of them is enough."""
    connection = this(shape)
    if goal == "application_data":
        return connection.client_data, connection.server_data
    if goal == "early_data":
        return (connection.early,) if shape.early_data else ()
    if goal == "next_psk":
        return (connection.secret("resumption_secret"),)
    return (connection.secret("psk"),) if shape.mode != "full" else ()


@remembered(1024)
def knowledge(shape: Shape) -> Knowledge:
    """All terms that can be derived from the recording and what is held."""
    recorded = [*PUBLIC, *(term for each in connections(shape) for term in each.wire)]
    asked = [term for goal in ASKED for term in targets(shape, goal)]
    held = [term_of(shape, leak) for leak in sorted(shape.held)]
    # Leaked terms come first, so that they are used as they are and not derived again.
    return World([*recorded, *asked, *held], RULES.values()).saturate([*held, *recorded])


@remembered(4096)
def plan(shape: Shape, goal: Asked, *, every: bool = False) -> tuple[DerivationStep, ...]:
    """The steps that derive the first reachable term of the goal, or with ``every`` all of them.

    Empty if no term can be derived, or if the goal itself leaked.
    """
    known = knowledge(shape)
    found = [term for term in targets(shape, goal) if term in known]
    steps = (step for term in found[: None if every else 1] for step in known.derivation(term))
    return tuple(dict.fromkeys(steps))


def reachable(shape: Shape, goal: Asked) -> bool:
    """Whether any term of the goal can be derived."""
    return any(term in knowledge(shape) for term in targets(shape, goal))


def missing(shape: Shape, goal: Asked) -> Leaks:
    """The single further leaks that would each be enough; empty if the goal is reachable."""
    if reachable(shape, goal) or not targets(shape, goal):
        return ()
    return tuple(leak for leak in SINGLE_LEAKS if _applies(shape, leak, goal))


def _applies(shape: Shape, leak: Leak, goal: Asked) -> bool:
    if leak == "initial_ecdhe" and not (shape.ticket and shape.initial):
        return False
    if leak == "psk" and shape.mode == "full":
        return False
    return reachable(replace(shape, held=shape.held | {leak}), goal)
