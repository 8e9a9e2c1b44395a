"""What each side knows in each of its states. RFC 9846 appendices A.1 and A.2.

Each state is a frozen type that holds only what is known by then. So a handler cannot use a secret
that does not exist yet.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from tls13lab.crypto.keyschedule import HandshakeStage, MainStage
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.moves import State
from tls13lab.handshake.offer import Offer
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.server_hello import HelloRetryRequest
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import Psk

# The client ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitServerHello:
    """The ClientHello was sent; ``retry`` is the HelloRetryRequest before it, if there was one."""

    state: ClassVar[State] = State.CLIENT_WAIT_SH
    config: ClientConfig
    offer: Offer
    transcript: Transcript
    retry: HelloRetryRequest | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """What is known from the ServerHello on: the server's choice and the handshake secrets.

    ``early_psk`` is the PSK of early data that the server may still accept. While it is set, we
    send under the early keys.
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
        return self.outcome.suite.hash_name


@dataclass(frozen=True, slots=True)
class WaitEncryptedExtensions:
    """The ServerHello came; what follows is protected by the handshake keys."""

    state: ClassVar[State] = State.CLIENT_WAIT_EE
    keyed: Keyed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificateOrRequest:
    """The server must authenticate with a certificate, and may ask for ours first."""

    state: ClassVar[State] = State.CLIENT_WAIT_CERT_CR
    keyed: Keyed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server asked for our certificate; our answer will repeat ``request_context``."""

    state: ClassVar[State] = State.CLIENT_WAIT_CERT
    keyed: Keyed
    transcript: Transcript
    request_context: bytes


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The chain was verified; the server must still prove that it has the private key."""

    state: ClassVar[State] = State.CLIENT_WAIT_CV
    keyed: Keyed
    transcript: Transcript
    request_context: bytes | None


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """Only the server's Finished is missing."""

    state: ClassVar[State] = State.CLIENT_WAIT_FINISHED
    keyed: Keyed
    transcript: Transcript
    request_context: bytes | None = None


# The server ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitClientHello:
    """No message has come yet."""

    state: ClassVar[State] = State.SERVER_START
    config: ServerConfig


@dataclass(frozen=True, slots=True)
class WaitSecondClientHello:
    """A HelloRetryRequest was sent; ``transcript`` holds message_hash(ClientHello1) and that.

    ``identity`` is that of the PSK that was chosen, or None for a full handshake.
    """

    state: ClassVar[State] = State.SERVER_WAIT_SECOND_HELLO
    config: ServerConfig
    first: ClientHello
    retry: HelloRetryRequest
    transcript: Transcript
    identity: bytes | None


@dataclass(frozen=True, slots=True)
class WaitClientFinished:
    """The whole flight was sent; the client's Finished is missing."""

    state: ClassVar[State] = State.SERVER_WAIT_FINISHED
    config: ServerConfig
    outcome: Outcome
    wants_tickets: bool
    main: MainStage
    transcript: Transcript
    client_handshake_secret: bytes = field(repr=False)
    client_secret: bytes = field(repr=False)
    server_secret: bytes = field(repr=False)
    exporter_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WaitEndOfEarlyData:
    """The whole flight was sent; early data may come. ``after`` is the state that follows."""

    state: ClassVar[State] = State.SERVER_WAIT_EOED
    after: WaitClientFinished
