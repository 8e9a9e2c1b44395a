"""A ticket nonce used twice, which shows what the nonce is for. RFC 9846 section 4.7.1.

"Because the ticket_nonce value is distinct for each NewSessionTicket message, a different PSK will
be derived for each ticket" (4.7.1). So the tickets of one connection do not depend on each other.
If a server uses the same nonce twice, both tickets have the same PSK.

>>> opened("own"), opened("same")
((1,), (1, 2))
"""

from dataclasses import dataclass
from typing import Literal, get_args

from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC, TICKET_KEY, resumed
from tls13lab.symbolic.terms import Term

Nonces = Literal["own", "same"]
"""Whether each ticket has its own nonce."""
NONCES: tuple[Nonces, ...] = get_args(Nonces)
CITATION = "RFC 9846 4.7.1"


@dataclass(frozen=True)
class Careless(SymbolicConnection):
    """A connection with a server that reuses the nonce of its first ticket."""

    def nonce(self, number: int) -> Term:
        """The nonce of the first ticket, for all tickets."""
        return super().nonce(1)


def sessions(nonces: Nonces) -> tuple[SymbolicConnection, SymbolicConnection, SymbolicConnection]:
    """A full handshake, and a resumption in psk_ke with each of its two tickets."""
    kind = Careless if nonces == "same" else SymbolicConnection
    first = kind("first", "full", ticket_key=TICKET_KEY)
    second, third = (resumed(f"with ticket {number}", "psk_ke", first, number) for number in (1, 2))
    return first, second, third


def opened(nonces: Nonces, rules: tuple[Rule, ...] = tuple(RULES.values())) -> tuple[int, ...]:
    """The numbers of the tickets whose connections the first ticket's PSK opens."""
    first, *others = sessions(nonces)
    known = [*PUBLIC, first.ticket_psk(1)]
    known += [term for one in (first, *others) for term in one.wire]
    found = World(known, rules).saturate(known)
    return tuple(number for number, one in enumerate(others, 1) if one.client_data in found)
