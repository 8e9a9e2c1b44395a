"""Conversations stopped in the middle, and messages sealed as an honest end would seal them."""

from dataclasses import dataclass

from tests.handshake.scenes import env
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import ContentType


@dataclass
class Stopped:
    """One end waits for ``finished``, the message that the other would send; it says other things.

    ``sealer`` protects what the other end says.
    """

    waiting: Connection
    sealer: RecordProtection
    finished: bytes

    def seal(self, content: bytes, content_type: ContentType = ContentType.HANDSHAKE) -> bytes:
        """A record with this content."""
        return self.sealer.seal(content_type, content)


def waiting_server(
    client_config: ClientConfig, server_config: ServerConfig, *, early_keys: bool = False
) -> Stopped:
    """A server that has sent its flight; with ``early_keys`` records are sealed as early data is.

    Early data of one record has come, if the client sends any.
    """
    sent: list[bytes] = []
    client = Connection.client(
        client_config, env("client"), lambda seen: sent.extend(getattr(seen, "messages", ()))
    )
    server = Connection.server(server_config)
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    name = "client_early_traffic_secret" if early_keys else "client_handshake_traffic_secret"
    sealer = RecordProtection(client.outcome.suite, client.secrets[name])
    sealer.sequence = int(early_keys)
    return Stopped(server, sealer, sent[-1])


def waiting_client(client_config: ClientConfig, server_config: ServerConfig) -> Stopped:
    """A client that has read the ServerHello; what comes is sealed under the handshake keys."""
    sent: list[bytes] = []
    client = Connection.client(client_config, env("client"))
    server = Connection.server(
        server_config, lambda seen: sent.extend(getattr(seen, "messages", ()))
    )
    server.receive(client.outgoing(), env())
    flight = server.outgoing()
    client.receive(flight[: 5 + int.from_bytes(flight[3:5], "big")], env())
    suite = SUITES[next(one for one in SUITES if one == _suite(flight))]
    secret = client.secrets["server_handshake_traffic_secret"]
    return Stopped(client, RecordProtection(suite, secret), b"".join(sent[1:5]))


def _suite(flight: bytes) -> int:
    """The cipher suite of the ServerHello in front: header, version, random, session ID, suite."""
    at = 5 + 4 + 2 + 32
    at += 1 + flight[at]
    return int.from_bytes(flight[at : at + 2], "big")
