"""Stateful tickets: a random name for state that the server keeps, good for one use. RFC 9846 8.1.

Taking a ticket out on its use keeps 0-RTT data from being replayed and gives the resumed
connections "forward secrecy once all copies of the PSK from the database entry have been deleted":
what is gone cannot be stolen. The client's copy counts, too.

Finding a ticket and using it up are two calls: a ticket is used up only after its binder has been
verified, or anyone who saw the ticket could use it up.

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
    """A bounded store; when it is full, the oldest ticket goes."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._states: OrderedDict[bytes, TicketState] = OrderedDict()

    def __len__(self) -> int:
        return len(self._states)

    def stored(self) -> tuple[TicketState, ...]:
        """All that a thief of the server's memory finds now, the oldest first."""
        return tuple(self._states.values())

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """32 random bytes that name the state."""
        ticket = entropy(TICKET_LENGTH)
        self._states[ticket] = state
        while len(self._states) > self._capacity:
            self._states.popitem(last=False)
        return ticket

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state, or None for a name that is unknown, used or too old."""
        state = self._states.get(ticket)
        return state if state is not None and state.valid(now_ms) else None

    def used(self, ticket: bytes) -> None:
        """Forget it: a ticket is good for one handshake."""
        self._states.pop(ticket, None)
