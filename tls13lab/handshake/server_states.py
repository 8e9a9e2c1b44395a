"""What the server knows in each of its states. RFC 9846 appendix A.2.

Each state is a frozen type that holds just what is known by then, so that a handler cannot reach
for a secret that does not exist yet.
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
    """Nothing has come yet."""

    state: ClassVar[State] = State.SERVER_START
    config: ServerConfig


@dataclass(frozen=True, slots=True)
class WaitSecondClientHello:
    """A HelloRetryRequest is out; ``transcript`` holds message_hash and it.

    ``identity`` is that of the PSK that will be taken, None if it will be a full handshake.
    """

    state: ClassVar[State] = State.SERVER_WAIT_SECOND_HELLO
    config: ServerConfig
    first: ClientHello
    retry: HelloRetryRequest
    transcript: Transcript
    identity: bytes | None


@dataclass(frozen=True, slots=True)
class WaitClientFinished:
    """The whole flight is out; the client's Finished is to come."""

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
    """The whole flight is out, and early data is being read; ``after`` follows it."""

    state: ClassVar[State] = State.SERVER_WAIT_EOED
    after: WaitClientFinished
