"""What a step of the handshake does to the world, as values. RFC 9846 appendix A.

A step never writes, stores or installs anything itself; it returns these, in the order in which
they are to be carried out. So a step can be tested by looking at what it returned.

>>> SendMessage(b"\\x05\\x00\\x00\\x00").raw.hex()
'05000000'
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from tls13lab.crypto.suites import Suite
from tls13lab.psk.keys import PskKind, ResumptionPsk
from tls13lab.records.epochs import Epoch


class Direction(Enum):
    """Which of the two keys."""

    SEND = "send"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this handshake message under the present sending keys."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SendCompatibilityCcs:
    """Send the change_cipher_spec record that keeps old middleboxes quiet (appendix E.4)."""


@dataclass(frozen=True, slots=True)
class InstallKeys:
    """From now on protect this direction with the keys of ``secret``."""

    direction: Direction
    epoch: Epoch
    suite: Suite
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoveSendingKeys:
    """Send unprotected again: a second ClientHello after early data was sent."""


@dataclass(frozen=True, slots=True)
class SendEarlyData:
    """Send application data before the handshake, under the early keys."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TakeEarlyData:
    """Until the next keys, up to ``limit`` bytes of application data may come."""

    limit: int


@dataclass(frozen=True, slots=True)
class SkipEarlyData:
    """Pass over protected records that do not open, ``limit`` bytes of content at most (4.3.10).

    None: from here on no more.
    """

    limit: int | None


@dataclass(frozen=True, slots=True)
class Reveal:
    """These secrets became known to this endpoint: for lessons and key logs, which ask for them."""

    secrets: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreTicket:
    """A ticket came with which the client can resume."""

    psk: ResumptionPsk


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the handshake agreed on.

    ``mode`` is ``full``, ``psk_ke``, ``psk_dhe_ke``, or ``cert_with_extern_psk``: a certificate and
    an external PSK (RFC 9973). ``group`` is None in psk_ke; ``psk_kind`` and ``selected_identity``
    are None in a full handshake; ``chain`` holds the server's certificates (DER). ``early_data`` is
    ``accepted``, ``rejected``, or ``none`` if none was sent; a server says in
    ``early_data_refusal`` why it rejected it. ``began_ms`` is when the chain of
    resumptions began (Unix milliseconds): with this handshake, if it resumes nothing.
    """

    mode: str
    suite: Suite
    group: int | None
    psk_kind: PskKind | None = None
    selected_identity: int | None = None
    psk_identity: bytes | None = None
    retried: bool = False
    server_name: str | None = None
    alpn: bytes | None = None
    chain: tuple[bytes, ...] = ()
    early_data: str = "none"
    early_data_refusal: str = ""
    began_ms: int = field(compare=False, kw_only=True)

    @property
    def resumed(self) -> bool:
        """Whether the PSK came from an earlier connection: an external one resumes nothing."""
        return self.psk_kind is PskKind.RESUMPTION


@dataclass(frozen=True, slots=True)
class Completed:
    """The handshake is done on this side: application data may flow."""

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
