"""The eavesdropper: a recording and a theft in, findings out. RFC 9846 sections 2.2 and F.1.

For each connection: read what is in the clear, see which leaks fit, ask the model, and run the
derivation on the bytes. Tickets found in the plaintext are remembered, because they open the
connections that use them. It works record by record, so a capture of any size needs little memory.

>>> from tls13lab.capture.recording import recording_of
>>> [finding.verdict for finding in eavesdrop(recording_of([]), Theft())]
['unknown']
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from tls13lab.adversary.case import Case
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.loot import Provenance
from tls13lab.adversary.plan import GOALS, Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.wire.names import Side, one_of

MOST_TICKETS = 100_000
"""The most tickets that are remembered; the oldest are forgotten first."""


def eavesdrop(
    items: Iterable[Item], theft: Theft, goal: Goal = "application_data"
) -> Iterator[Finding]:
    """A finding for each connection when it ends.

    ``goal`` is ``application_data``, ``early_data`` or ``psk``; raises NotAllowed for any other.
    """
    return Eavesdropper(theft, goal).listen(items)


class Eavesdropper:
    """Works through a recording, and remembers the tickets it finds for later connections."""

    def __init__(self, theft: Theft, goal: Goal = "application_data") -> None:
        self._theft, self._goal = theft, one_of(goal, GOALS, "goal")
        self._cases: dict[int, Case] = {}
        self._tickets: OrderedDict[bytes, Provenance] = OrderedDict()
        self._full: set[str] = set()  # the servers with which a full handshake was recorded

    @property
    def ticket_psks(self) -> tuple[bytes, ...]:
        """The PSKs of all tickets that were found, whether a connection used them or not."""
        return tuple(provenance.psk for provenance in self._tickets.values())

    def listen(self, items: Iterable[Item]) -> Iterator[Finding]:
        """Yield a finding for each connection of a recording when it ends."""
        for item in items:
            match item:
                case Opened(number, client, server):
                    self._cases[number] = Case(number, client, server, self._theft, self._goal)
                case CapturedRecord(number, sender, wire):
                    self._take(self._cases[number], sender, wire)
                case Incomplete(number, sender, why):
                    self._cases[number].note_gap(sender, why)
                case Closed(number):
                    yield self._end(self._cases.pop(number))
        # A recording that stops in the middle still gives findings.
        for number in list(self._cases):
            yield self._end(self._cases.pop(number))

    def _end(self, case: Case) -> Finding:
        if not case.begun:
            # The ServerHello is missing. Early data and PSKs need only the first ClientHello.
            self._begin(case)
        return case.finding()

    def _begin(self, case: Case) -> None:
        case.begin(self._tickets.get, issuer_seen=case.server in self._full)
        if case.sight.mode == "full":
            self._full.add(case.server)

    def _take(self, case: Case, sender: Side, wire: bytes) -> None:
        case.take(sender, wire)
        if case.sight.complete and not case.begun:
            self._begin(case)
        for ticket, provenance in case.new_tickets():
            self._tickets[ticket] = provenance
            if len(self._tickets) > MOST_TICKETS:
                self._tickets.popitem(last=False)
