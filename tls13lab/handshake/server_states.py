"""What the server knows in each of its states. RFC 9846 appendix A.2.

Each state is a frozen type that holds only what is known by then. So a handler cannot use a secret
that does not exist yet.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from tls13lab.crypto.keyschedule import MainStage
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.moves import State
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.server_hello import HelloRetryRequest
from tls13lab.messages.transcript import Transcript


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
