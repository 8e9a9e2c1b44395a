"""What a connection tells its application, and what it lets a tap see.

Events are for the application. Tapped things are for lessons: a :class:`Step` holds what was sent
both as it crossed the wire and as it was before protection, which no eavesdropper could have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tls13lab.handshake.actions import Outcome
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.records.epochs import Epoch
from tls13lab.wire.codepoints import ContentType


@dataclass(frozen=True, slots=True)
class HandshakeCompleted:
    """Application data may flow."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DataReceived:
    """Application data from the peer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class EarlyDataReceived:
    """0-RTT data from the client, before the handshake is done: it may be a replay."""

    data: bytes


@dataclass(frozen=True, slots=True)
class TicketReceived:
    """The client can resume with this."""

    psk: ResumptionPsk


@dataclass(frozen=True, slots=True)
class KeysUpdated:
    """The peer sends under its next keys from now on."""


@dataclass(frozen=True, slots=True)
class PeerClosed:
    """The peer sent close_notify: it will send no more, and nothing was cut off."""


Event = (
    HandshakeCompleted
    | DataReceived
    | EarlyDataReceived
    | TicketReceived
    | KeysUpdated
    | PeerClosed
)


@dataclass(frozen=True, slots=True)
class Step:
    """One record that was sent.

    ``sender`` is ``client`` or ``server``; ``content_type`` the true one; ``plaintext`` the
    content; ``wire`` the whole record with its header; ``messages`` the handshake messages that
    this record completes; ``secrets`` those that an endpoint could first compute here.
    """

    sender: str
    epoch: Epoch
    content_type: ContentType
    plaintext: bytes = field(repr=False)
    wire: bytes = field(repr=False)
    messages: tuple[bytes, ...] = field(default=(), repr=False)
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)


Tap = Callable[[Step | Mapping[str, bytes]], None]
"""Is told each record sent, and each set of secrets revealed, in their order."""
