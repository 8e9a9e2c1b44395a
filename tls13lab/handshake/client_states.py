"""What the client knows in each of its states. RFC 9846 appendix A.1.

Each state is a frozen type that holds just what is known by then, so that a handler cannot reach
for a secret that does not exist yet.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from tls13lab.crypto.keyschedule import HandshakeStage
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ClientConfig
from tls13lab.handshake.moves import State
from tls13lab.handshake.offer import Offer
from tls13lab.messages.server_hello import HelloRetryRequest
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import Psk


@dataclass(frozen=True, slots=True)
class WaitServerHello:
    """The ClientHello is out, and ends ``transcript``; ``retry`` is the request, if one came."""

    state: ClassVar[State] = State.CLIENT_WAIT_SH
    config: ClientConfig
    offer: Offer
    transcript: Transcript
    retry: HelloRetryRequest | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """What is fixed from the ServerHello on: the choice, and the handshake secrets.

    ``early_psk`` is the PSK whose early data the server may still accept; then our sending keys are
    the early ones until it has said.
    """

    config: ClientConfig
    outcome: Outcome
    stage: HandshakeStage
    client_secret: bytes = field(repr=False)
    server_secret: bytes = field(repr=False)
    early_psk: Psk | None = None
    early_data_sent: bool = False

    @property
    def hash_name(self) -> str:
        """The suite's hash."""
        return self.outcome.suite.hash_name


@dataclass(frozen=True, slots=True)
class WaitEncryptedExtensions:
    """The handshake keys are in use."""

    state: ClassVar[State] = State.CLIENT_WAIT_EE
    keyed: Keyed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificateOrRequest:
    """No PSK was taken, or one beside a certificate: with that the server must authenticate."""

    state: ClassVar[State] = State.CLIENT_WAIT_CERT_CR
    keyed: Keyed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server asked for our certificate, under ``request_context``."""

    state: ClassVar[State] = State.CLIENT_WAIT_CERT
    keyed: Keyed
    transcript: Transcript
    request_context: bytes


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The chain is believed; that the server has its key is still to be shown."""

    state: ClassVar[State] = State.CLIENT_WAIT_CV
    keyed: Keyed
    transcript: Transcript
    request_context: bytes | None


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """All but the MAC over the whole handshake has come."""

    state: ClassVar[State] = State.CLIENT_WAIT_FINISHED
    keyed: Keyed
    transcript: Transcript
    request_context: bytes | None = None
