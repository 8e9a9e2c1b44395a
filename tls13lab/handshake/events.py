"""Events for the application, and steps for a tap.

A connection reports events to its application. A tap is for lessons: it gets each record as a
:class:`Step`, both as it was sent and before protection. No eavesdropper could see the latter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tls13lab.handshake.actions import Outcome
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.records.protection import Epoch
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import Side


@dataclass(frozen=True, slots=True)
class HandshakeCompleted:
    """The handshake is complete; application data may be sent."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DataReceived:
    """Application data from the peer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class EarlyDataReceived:
    """0-RTT data from the client, before the handshake is complete; it may be a replay."""

    data: bytes


@dataclass(frozen=True, slots=True)
class TicketReceived:
    """A ticket from the server, with which the client can resume."""

    psk: ResumptionPsk


@dataclass(frozen=True, slots=True)
class KeysUpdated:
    """The peer uses its next keys from now on."""


@dataclass(frozen=True, slots=True)
class PeerClosed:
    """The peer sent close_notify: it will send nothing more, and nothing was truncated."""


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
    """A record that was sent.

    ``sender`` is ``client`` or ``server``. ``content_type`` is the true type, ``plaintext`` the
    content before protection. ``wire`` is the whole record, header included. ``messages`` are the
    handshake messages that this record completes. ``secrets`` are those that an endpoint could
    compute for the first time at this point.
    """

    sender: Side
    epoch: Epoch
    content_type: ContentType
    plaintext: bytes = field(repr=False)
    wire: bytes = field(repr=False)
    messages: tuple[bytes, ...] = field(default=(), repr=False)
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)


Tap = Callable[[Step | Mapping[str, bytes]], None]
"""A function that is called with each record sent and each set of secrets revealed, in order."""
