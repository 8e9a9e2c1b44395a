"""Chains: a full handshake, then two resumptions, each with a ticket of the one before.

What does one theft open? The question is decided by the model and on bytes, for the four
combinations of the PSK modes. The thefts are the PSK of the first ticket, the PSK of the second,
the first connection's resumption secret, and the PSK of a sibling: a ticket of the same connection
that was not used.

>>> first = next(chains())
>>> first["modes"], first["leak"], first["opened"]
(['full', 'psk_ke', 'psk_ke'], 'first_psk', [2, 3])
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Literal, get_args

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import keyschedule
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC, TICKET_KEY, resumed
from tls13lab.symbolic.terms import Term
from tls13lab.wire.names import PSK_MODES, PskMode
from tls13lab.wire.writer import uint16

Modes = tuple[PskMode, PskMode]
MIXTURES: tuple[Modes, ...] = tuple(product(PSK_MODES, PSK_MODES))
ChainLeak = Literal["first_psk", "second_psk", "resumption_secret", "sibling_psk"]
"""The secret of a chain of resumptions that leaks; ``sibling_psk`` is of another ticket."""
CHAIN_LEAKS: tuple[ChainLeak, ...] = get_args(ChainLeak)
NONCES = 4
"""How many ticket nonces are tried: all servers seen use a small counter."""


def chains() -> Iterator[dict[str, Any]]:
    """One object for each mixture and leak: which connections (1, 2, 3) it opens."""
    for modes in MIXTURES:
        for leak in CHAIN_LEAKS:
            model, on_bytes = by_model(modes, leak), by_bytes(modes, leak)
            if model != on_bytes:
                raise Disagreement(f"{leak} in a chain of {modes}: model {model}, bytes {on_bytes}")
            yield {
                "modes": ["full", *modes],
                "leak": leak,
                "opened": model,
                "evidence": "both" if model else "model",
                "citation": "RFC 9846 2.2",
            }


def terms(
    modes: Modes,
) -> tuple[SymbolicConnection, SymbolicConnection, SymbolicConnection]:
    """The three connections of the model."""
    first = SymbolicConnection("first", "full", ticket_key=TICKET_KEY)
    second = resumed("second", modes[0], first)
    return first, second, resumed("third", modes[1], second)


def by_model(modes: Modes, leak: ChainLeak) -> list[int]:
    """The numbers of the connections whose application data can be derived."""
    every = terms(modes)
    first, second, third = every
    stolen: dict[ChainLeak, Term] = {
        "first_psk": second.secret("psk"),
        "second_psk": third.secret("psk"),
        "resumption_secret": first.secret("resumption_secret"),
        "sibling_psk": first.ticket_psk(2),
    }
    nonces = [connection.nonce(number) for connection in every for number in (1, 2)]
    sent = [term for connection in every for term in connection.wire]
    known = [*PUBLIC, *nonces, *sent, stolen[leak]]
    knowledge = World(known, RULES.values()).saturate(known)
    return [
        number for number, connection in enumerate(every, 1) if connection.client_data in knowledge
    ]


@remembered(4)
def recorded(modes: Modes) -> tuple[Pair, ...]:
    """The three connections on bytes."""
    client, server = lesson_configs("full")
    both = frozenset({PSK_KE, PSK_DHE_KE})
    tickets = StatelessTickets(TicketKey.new(seeded("the chains' ticket key")))
    server, client = replace(server, tickets=tickets, modes=both), replace(client, modes=both)
    pairs: list[Pair] = []
    for number, mode in enumerate(("full", *modes)):
        offer = pairs[-1].tickets[:1] if pairs else ()
        pairs.append(
            talk(
                replace(client, psks=offer),
                replace(server, prefer_psk_ke=mode == "psk_ke"),
                f"chain {modes} {number}",
            )
        )
    return tuple(pairs)


def theft(modes: Modes, leak: ChainLeak) -> Theft:
    """What is stolen, in bytes."""
    first, second, _ = recorded(modes)
    if leak == "resumption_secret":
        secret = first.client.secrets["resumption_secret"]
        return Theft(
            psks=tuple(
                keyschedule.resumption_psk("sha256", secret, uint16(nonce))
                for nonce in range(NONCES)
            )
        )
    stolen: dict[ChainLeak, ResumptionPsk] = {
        "first_psk": first.tickets[0],
        "second_psk": second.tickets[0],
        "sibling_psk": first.tickets[1],
    }
    return Theft(psks=(stolen[leak].key,))


def by_bytes(modes: Modes, leak: ChainLeak) -> list[int]:
    """The numbers of the connections whose application data the eavesdropper reads."""
    truth = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    return [
        finding.connection
        for finding in Eavesdropper(theft(modes, leak)).listen(record(*recorded(modes)))
        if {sender: text.head for sender, text in finding.plaintext.items()} == truth
    ]
