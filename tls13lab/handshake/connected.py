"""After the handshake, on both sides: tickets and key updates. RFC 9846 section 4.7.

A connected endpoint keeps two application traffic secrets, one for each direction, which KeyUpdate
replaces. It also keeps the resumption secret, from which the PSK of each ticket is derived.
"""

from dataclasses import dataclass, field, replace

from tls13lab.crypto import keyschedule
from tls13lab.handshake.actions import (
    Action,
    Direction,
    InstallKeys,
    Outcome,
    Reveal,
    SendMessage,
    StoreTicket,
)
from tls13lab.handshake.moves import State
from tls13lab.messages.handshake import pack
from tls13lab.messages.negotiation import EarlyDataLimit
from tls13lab.messages.post_handshake import KeyUpdate, NewSessionTicket
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.records.protection import Epoch


@dataclass(frozen=True, slots=True)
class Connected:
    """The last state of both sides; ``state`` says which side this is.

    ``update_awaited`` says that we asked the peer for a KeyUpdate that has not come yet.
    ``update_owed`` says that the peer asked for a KeyUpdate that we have not sent yet.
    """

    state: State
    outcome: Outcome
    send_secret: bytes = field(repr=False)
    receive_secret: bytes = field(repr=False)
    resumption_secret: bytes = field(repr=False)
    exporter_secret: bytes = field(repr=False)
    update_awaited: bool = False
    update_owed: bool = False

    def exported(self, label: str, context_value: bytes, length: int) -> bytes:
        """Exported keying material for the application: ``length`` bytes. 7.5."""
        hash_name = self.outcome.suite.hash_name
        return keyschedule.exported(hash_name, self.exporter_secret, label, context_value, length)


def _next(before: Connected, direction: Direction) -> tuple[Connected, InstallKeys]:
    suite = before.outcome.suite
    if direction is Direction.SEND:
        secret = keyschedule.next_traffic_secret(suite.hash_name, before.send_secret)
        after = replace(before, send_secret=secret)
    else:
        secret = keyschedule.next_traffic_secret(suite.hash_name, before.receive_secret)
        after = replace(before, receive_secret=secret)
    return after, InstallKeys(direction, Epoch.APPLICATION, suite, secret)


def update_sending_keys(before: Connected, *, request: bool) -> tuple[Connected, list[Action]]:
    """Send a KeyUpdate "with the old keys", then switch to the next sending keys. 4.7.3.

    ``request`` also asks the peer for a KeyUpdate, unless an earlier request is still unanswered.
    """
    # "Until receiving a subsequent KeyUpdate from the peer, the sender MUST NOT send another
    # KeyUpdate with request_update set to "update_requested"." (4.7.3)
    request = request and not before.update_awaited
    after, install = _next(before, Direction.SEND)
    awaited = before.update_awaited or request
    after = replace(after, update_awaited=awaited, update_owed=False)
    return after, [SendMessage(pack(KeyUpdate(request))), install]


def on_key_update(before: Connected, message: KeyUpdate) -> tuple[Connected, list[Action]]:
    """Switch to the peer's next keys.

    If the peer asks for a KeyUpdate, we send it before our next application data.
    """
    after, install = _next(replace(before, update_awaited=False), Direction.RECEIVE)
    # An endpoint that "receives multiple KeyUpdates while it is silent [is] to respond with a
    # single update" (4.7.3). After close_notify it sends nothing at all.
    return replace(after, update_owed=before.update_owed or message.update_requested), [install]


def on_new_session_ticket(
    before: Connected, message: NewSessionTicket, now_ms: int
) -> tuple[Connected, list[Action]]:
    """Derive the PSK of a ticket, and ask to store both. 4.7.1."""
    suite, outcome = before.outcome.suite, before.outcome
    key = keyschedule.resumption_psk(
        suite.hash_name, before.resumption_secret, message.ticket_nonce
    )
    limit = message.find(EarlyDataLimit)
    psk = ResumptionPsk(
        identity=message.ticket,
        key=key,
        hash_name=suite.hash_name,
        suite=suite.code_point,
        received_ms=now_ms,
        lifetime_s=message.ticket_lifetime,
        age_add=message.ticket_age_add,
        server_name=outcome.server_name,
        alpn=outcome.alpn,
        max_early_data_size=limit.max_early_data_size if limit else 0,
        began_ms=outcome.began_ms,
    )
    return before, [Reveal({"resumption_psk": key}), StoreTicket(psk)]
