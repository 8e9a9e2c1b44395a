"""Actions: what a step of the handshake asks for, as values. RFC 9846 appendix A.

A step sends, stores or installs nothing itself. It returns actions, in the order in which they are
to be carried out. So a test only has to look at what a step returned.

>>> SendMessage(b"\\x05\\x00\\x00\\x00").raw.hex()
'05000000'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from tls13lab.crypto.suites import Suite
from tls13lab.psk.keys import PskKind, ResumptionPsk
from tls13lab.records.protection import Epoch
from tls13lab.wire.names import EarlyDataOutcome, Mode


class Direction(Enum):
    """The direction that a key protects, as seen from this endpoint."""

    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this packed handshake message under the current keys."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendCompatibilityCcs:
    """Send a change_cipher_spec record, for the sake of old middleboxes (appendix E.4)."""


@dataclass(frozen=True, slots=True)
class InstallKeys:
    """From now on, protect this direction with the keys derived from ``secret``."""

    direction: Direction
    epoch: Epoch
    suite: Suite
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoveSendingKeys:
    """Send unprotected again: after early data, a second ClientHello follows."""


@dataclass(frozen=True, slots=True)
class SendEarlyData:
    """Send application data under the early keys, before the handshake is complete."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TakeEarlyData:
    """Accept up to ``limit`` bytes of early data until the next keys are installed."""

    limit: int


@dataclass(frozen=True, slots=True)
class SkipEarlyData:
    """Skip records that do not decrypt, up to ``limit`` bytes of content (4.3.10).

    If ``limit`` is None, skip no more records from here on.
    """

    limit: int | None


@dataclass(frozen=True, slots=True)
class Reveal:
    """This endpoint now knows these secrets; lessons and key logs use them."""

    secrets: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreTicket:
    """Store a ticket and its PSK, with which the client can resume."""

    psk: ResumptionPsk


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the handshake agreed on.

    ``mode`` is ``full``, ``psk_ke``, ``psk_dhe_ke`` or ``cert_with_extern_psk`` (a certificate
    together with an external PSK, RFC 9973). ``group`` is None in psk_ke. ``psk_kind`` and
    ``selected_identity`` are None in a full handshake. ``chain`` holds the server's certificates
    (DER). ``early_data`` is ``accepted``, ``rejected``, or ``none`` if the client sent none; on the
    server, ``early_data_refusal`` gives the reason for a rejection. ``began_ms`` (Unix
    milliseconds) is the time of the handshake that began the chain of resumptions: the last one
    that was not a resumption itself.
    """

    mode: Mode
    suite: Suite
    group: int | None
    psk_kind: PskKind | None = None
    selected_identity: int | None = None
    psk_identity: bytes | None = None
    retried: bool = False
    server_name: str | None = None
    alpn: bytes | None = None
    chain: tuple[bytes, ...] = ()
    early_data: EarlyDataOutcome = "none"
    early_data_refusal: str = ""
    began_ms: int = field(compare=False, kw_only=True)

    @property
    def resumed(self) -> bool:
        """Whether the PSK came from an earlier connection; an external PSK resumes nothing."""
        return self.psk_kind is PskKind.RESUMPTION


@dataclass(frozen=True, slots=True)
class Completed:
    """The handshake is complete on this side; application data may be sent."""

    outcome: Outcome


Action = (
    SendMessage
    | SendCompatibilityCcs
    | InstallKeys
    | RemoveSendingKeys
    | SendEarlyData
    | TakeEarlyData
    | SkipEarlyData
    | Reveal
    | StoreTicket
    | Completed
)
