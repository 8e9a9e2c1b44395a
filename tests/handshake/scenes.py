"""Configurations and small tools that the handshake's tests share."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tls13lab.crypto.certificates import Credential, TrustRoots, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import Message, pack, unpack
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import AlertDescription, ContentType
from tls13lab.wire.faults import PeerFault

CCS = frame(ContentType.CHANGE_CIPHER_SPEC, b"\x01")
NAME = "lab.example"
CREDENTIAL: Credential = self_signed(NAME, LESSON_TIME_MS, seeded("the tests' certificate"))
PSK = ExternalPsk(b"lab", bytes(range(32)))
BOTH = frozenset({PSK_KE, PSK_DHE_KE})
TICKET_KEY = TicketKey.new(seeded("the tests' ticket key"))
SERVER = ServerConfig(
    credential=CREDENTIAL, psks=(PSK,), modes=BOTH, tickets=StatelessTickets(TICKET_KEY)
)
CLIENT = ClientConfig(trust=TrustRoots(CREDENTIAL.chain), server_name=NAME, modes=BOTH)


def env(seed: str = "test", now_ms: int = LESSON_TIME_MS) -> Environment:
    return Environment(now_ms, seeded(seed))


def ticketed(server: ServerConfig = SERVER, client: ClientConfig = CLIENT) -> ClientConfig:
    """A client that resumes a connection it has had with ``server``."""
    pair = Pair(client, server, seed="the first connection")
    pair.handshake()
    return replace(client, psks=pair.tickets[:1])


def client_hello(config: ClientConfig) -> bytes:
    return Connection.client(config, env("client")).outgoing()[5:]


def record(*messages: bytes) -> bytes:
    return frame(ContentType.HANDSHAKE, b"".join(messages))


def with_extensions(raw: bytes, change: Callable[[list[Extension]], list[Extension]]) -> bytes:
    """A packed hello with its extensions changed, and no binder made anew."""
    message: Message = unpack(raw)
    extensions = change(list(getattr(message, "extensions")))  # noqa: B009
    return pack(replace(message, extensions=tuple(extensions)))  # type: ignore[arg-type]


def alert_of(connection: Connection, data: bytes, *, now_ms: int = LESSON_TIME_MS) -> str:
    """Feed ``data``; the name of the alert, which must be the fault's and be sent just once."""
    connection.outgoing()
    with pytest.raises(PeerFault) as caught:
        connection.receive(data, env("alert", now_ms))
    # A compatibility change_cipher_spec may have gone before it.
    fault, sent = caught.value, connection.outgoing().removeprefix(CCS)
    if connection._sender._sealer is None:
        assert sent == frame(ContentType.ALERT, bytes((2, fault.alert)))
    else:
        assert sent[0] == ContentType.APPLICATION_DATA
        assert len(sent) == 5 + 2 + 1 + 16
    assert connection.closed
    connection.abort(fault)
    assert connection.outgoing() == b""
    return AlertDescription(fault.alert).name.lower()
