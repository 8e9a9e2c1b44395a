"""The same ticket nonce twice: what the nonce is for. RFC 9846 section 4.7.1.

"Because the ticket_nonce value is distinct for each NewSessionTicket message, a different PSK will
be derived for each ticket" (4.7.1). Siblings, tickets of one connection, are then safe from each
other. If a server gives the same nonce twice, both have one PSK.

>>> opened("own"), opened("same")
((1,), (1, 2))
"""

from dataclasses import dataclass

from tls13lab.symbolic.connection import Connection
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC, TICKET_KEY, resumed
from tls13lab.symbolic.terms import Term

NONCES = ("own", "same")
CITATION = "RFC 9846 4.7.1"


@dataclass(frozen=True)
class Careless(Connection):
    """A server that draws no nonce for its second ticket."""

    def nonce(self, number: int) -> Term:
        """That of the first ticket, always."""
        return super().nonce(1)


def sessions(nonces: str) -> tuple[Connection, Connection, Connection]:
    """A full handshake, and a resumption in psk_ke with each of its two tickets."""
    kind = Careless if nonces == "same" else Connection
    first = kind("first", "full", ticket_key=TICKET_KEY)
    second, third = (resumed(f"with ticket {one}", "psk_ke", first, one) for one in (1, 2))
    return first, second, third


def opened(nonces: str, rules: tuple[Rule, ...] = tuple(RULES.values())) -> tuple[int, ...]:
    """The tickets whose connections are open to whoever has the PSK of the first ticket."""
    first, *others = sessions(nonces)
    known = [*PUBLIC, first.ticket_psk(1)]
    known += [term for one in (first, *others) for term in one.wire]
    found = World(known, rules).saturate(known)
    return tuple(number for number, one in enumerate(others, 1) if one.client_data in found)
