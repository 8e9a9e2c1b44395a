"""Stateful tickets: random names for state that the server keeps. RFC 9846 section 8.1.

A ticket is deleted when it is used. So 0-RTT data cannot be replayed, and resumed connections have
"forward secrecy once all copies of the PSK from the database entry have been deleted". The client's
copy counts, too.

Finding a ticket and using it are two calls: a ticket is used up only after its binder was verified.
Otherwise, anyone who saw the ticket could use it up.

>>> from tls13lab.crypto.entropy import seeded
>>> book = StatefulTickets()
>>> ticket = book.issue(TicketState(CipherSuite(0x1301), bytes(32), 0, 1000, 7200, 7), seeded("t"))
>>> book.used(ticket)
>>> print(book.find(ticket, 2000))
None
"""

from collections import OrderedDict

from tls13lab.crypto.entropy import Entropy
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import CipherSuite  # noqa: F401  (used by the example above)

TICKET_LENGTH = 32


class StatefulTickets:
    """A bounded store of tickets; when it is full, the oldest ticket is deleted."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._states: OrderedDict[bytes, TicketState] = OrderedDict()

    def __len__(self) -> int:
        return len(self._states)

    def stored(self) -> tuple[TicketState, ...]:
        """The states in the store, the oldest first: what a thief of this memory would find."""
        return tuple(self._states.values())

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A new ticket, 32 random bytes, under which the state is stored."""
        ticket = entropy(TICKET_LENGTH)
        self._states[ticket] = state
        while len(self._states) > self._capacity:
            self._states.popitem(last=False)
        return ticket

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state, or None for a ticket that is unknown, used or expired."""
        state = self._states.get(ticket)
        return state if state is not None and state.valid(now_ms) else None

    def used(self, ticket: bytes) -> None:
        """Delete the ticket: it is good for one handshake only."""
        self._states.pop(ticket, None)
