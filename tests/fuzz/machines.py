"""The two state machines, fed with anything, and then with records that open.

``server`` and ``client`` get bytes as they are: what a stranger can do. The targets called
``inside`` get further: an input is a script for a peer that holds the right keys and does wrong
things with them. Whatever comes, only faults of the lab's own come out, at most one alert goes out,
nothing more after it, and no end believes in a handshake whose Finished it did not get.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache

from tls13lab.crypto.certificates import Credential, TrustRoots, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.messages.handshake import pack
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.importer import ImportedIdentity
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import CipherSuite, ContentType
from tls13lab.wire.faults import TLSFault

NAME = "lab.example"
PSK = ExternalPsk(b"lab", bytes(range(32)))
BOTH = frozenset({PSK_KE, PSK_DHE_KE})


def env(seed: str) -> Environment:
    """Always the same randomness and time."""
    return Environment(LESSON_TIME_MS, seeded(seed))


@cache
def credential() -> Credential:
    """The servers' certificate."""
    return self_signed(NAME, LESSON_TIME_MS, seeded("fuzz certificate"))


@cache
def server_config() -> ServerConfig:
    """Takes everything that the lab can."""
    return ServerConfig(
        credential=credential(),
        psks=(PSK,),
        modes=BOTH,
        tickets=StatelessTickets(TicketKey.new(seeded("fuzz ticket key"))),
        max_early_data_size=1000,
        anti_replay=NoAntiReplay(),
        alpn=(b"echo",),
    )


@cache
def client_configs() -> tuple[ClientConfig, ...]:
    """With a certificate; each PSK mode; resumption with early data."""
    full = ClientConfig(trust=TrustRoots(credential().chain), server_name=NAME, modes=BOTH)
    pair = Pair(full, server_config(), seed="fuzz ticket", traced=False)
    pair.handshake()
    return (
        full,
        ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})),
        ClientConfig(psks=(PSK,), modes=frozenset({PSK_DHE_KE})),
        replace(full, psks=pair.tickets[:1], early_data=b"early"),
    )


def receive(end: Connection, data: bytes) -> bool:
    """Feed an end; whether it still lives. After a fault it says one thing, and then nothing."""
    try:
        end.receive(data, env("fuzzed"))
    except TLSFault:
        assert end.closed
        end.outgoing()
        with suppress(TLSFault):
            end.receive(data, env("fuzzed"))
        assert end.outgoing() == b""
        return False
    return True


# Bytes as they are -------------------------------------------------------------------------------


def pieces(data: bytes) -> Iterator[bytes]:
    """The rest of the data, in pieces whose size its first byte says."""
    size = (data[0] if data else 0) * 16 + 1
    for at in range(1, len(data), size):
        yield data[at : at + size]


def server(data: bytes) -> None:
    """A server that hears anything."""
    end = Connection.server(server_config())
    for piece in pieces(data):
        if not receive(end, piece):
            break
    assert not end.connected


def client(data: bytes) -> None:
    """A client that hears anything; the first byte says which."""
    configs = client_configs()
    end = Connection.client(configs[data[0] % len(configs) if data else 0], env("client"))
    for piece in pieces(data[1:]):
        if not receive(end, piece):
            break
    # Only the honest server, which the seeds come from, can have sealed this.
    honest = server_flights()[data[0] % len(configs)] if data else b""
    assert not end.connected or honest[-40:] in data


@cache
def flights() -> list[bytes]:
    """What honest ends say, each flight by itself."""
    return [*client_flights(), *server_flights()]


@cache
def client_flights() -> list[bytes]:
    """First flights, for a server."""
    sent = [Connection.client(one, env("client")).outgoing() for one in client_configs()]
    return [b"\xff" + one for one in sent]


@cache
def server_flights() -> list[bytes]:
    """Whole flights, for the clients that they answer."""
    found = []
    for number, config in enumerate(client_configs()):
        end = Connection.server(server_config())
        end.receive(Connection.client(config, env("client")).outgoing(), env("server"))
        found.append(bytes([number, 0xFF]) + end.outgoing())
    return found


def psk_seeds() -> list[bytes]:
    """An imported identity; ClientHellos with PSKs."""
    imported = ImportedIdentity(b"lab", b"context", 0x0304, 1).encode()
    hellos = [Connection.client(one, env("c")).outgoing() for one in client_configs()[1:]]
    return [imported, *(one[5 : 5 + int.from_bytes(one[3:5], "big")] for one in hellos)]


# Records that open -------------------------------------------------------------------------------

KINDS = (
    ContentType.HANDSHAKE,
    ContentType.APPLICATION_DATA,
    ContentType.ALERT,
    ContentType.CHANGE_CIPHER_SPEC,
)
EXTRAS = (
    pack(KeyUpdate(True)),
    pack(KeyUpdate(False)),
    pack(EndOfEarlyData()),
    pack(NewSessionTicket(60, 1, b"n", b"t")),
    b"",
    b"\x01\x00",
    b"\x02\x28",
    bytes(40),
)


class Script:
    """An input, read as commands: what to seal next, how it is changed and cut."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def more(self) -> bool:
        """Whether there is another command."""
        return self._at < len(self._data)

    def number(self) -> int:
        """The next byte; 0 at the end."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def content(self, honest: list[bytes]) -> bytes:
        """A message of the honest flight or another one; a byte changed; cut; doubled."""
        choices = [*honest, *EXTRAS]
        content = bytearray(choices[self.number() % len(choices)])
        change = self.number()
        if change & 1 and content:
            content[self.number() % len(content)] ^= self.number()
        if change & 2:
            del content[self.number() :]
        if change & 4:
            content += choices[self.number() % len(choices)]
        if change & 8:
            content += bytes(self.number() for _ in range(self.number() % 32))
        return bytes(content)


def run_script(data: bytes, end: Connection, sealer: RecordProtection, honest: list[bytes]) -> None:
    """Play the script; the handshake may be done only if the honest Finished was delivered."""
    script = Script(data)
    delivered = b""
    before = end.connected
    while script.more:
        content = script.content(honest)
        kind = KINDS[(script.number() // 32) % 4]
        padding = script.number() % 8
        record = sealer.seal(kind, content, padding)
        if script.number() > 250:
            record = bytes([record[0], record[1], record[2] ^ 1, *record[3:]])
        delivered += content if kind is ContentType.HANDSHAKE else b""
        if not receive(end, record):
            break
    assert end.connected <= (before or honest[-1] in delivered)


@cache
def _script_ends(role: str) -> list[tuple[ClientConfig, list[bytes]]]:
    """For each client: its configuration, and the protected messages that the peer would send."""
    found = []
    for config in client_configs():
        sent: list[bytes] = []

        def note(seen: object, sent: list[bytes] = sent) -> None:
            sent.extend(getattr(seen, "messages", ()))

        client_end = Connection.client(config, env("client"), note if role == "client" else None)
        server_end = Connection.server(server_config(), note if role == "server" else None)
        server_end.receive(client_end.outgoing(), env("server"))
        client_end.receive(server_end.outgoing(), env("client 2"))
        server_end.receive(client_end.outgoing(), env("server 2"))
        # The hello is in the clear, and tickets come after the Finished.
        ends = next(at for at, raw in enumerate(sent) if raw[0] == 20)
        found.append((config, sent[1 : ends + 1]))
    return found


def client_inside(data: bytes) -> None:
    """A client under a server that has the keys; the first byte says which client."""
    ends = _script_ends("server")
    config, honest = ends[data[0] % len(ends) if data else 0]
    end = Connection.client(config, env("client"))
    peer = Connection.server(server_config())
    peer.receive(end.outgoing(), env("server"))
    flight = peer.outgoing()
    end.receive(flight[: 5 + int.from_bytes(flight[3:5], "big")], env("client 2"))
    secret = end.secrets["server_handshake_traffic_secret"]
    run_script(data[1:], end, RecordProtection(_suite(flight), secret), honest)


def server_inside(data: bytes) -> None:
    """A server under a client that has the keys; the first byte says which client."""
    ends = _script_ends("client")
    config, honest = ends[data[0] % len(ends) if data else 0]
    peer = Connection.client(config, env("client"))
    end = Connection.server(server_config())
    end.receive(peer.outgoing(), env("server"))
    name = "client_handshake_traffic_secret"
    first = "client_early_traffic_secret"
    early = end.state_name == "SERVER_WAIT_EOED" and bool(data) and data[0] < 128
    sealer = RecordProtection(_suite(end.outgoing()), end.secrets[first if early else name])
    sealer.sequence = int(early)
    # Under the early keys the Finished cannot come: they end with the EndOfEarlyData.
    run_script(data[1:], end, sealer, honest[:1] if early else honest[-1:])


def _suite(flight: bytes) -> Suite:
    """The cipher suite of the ServerHello in front: header, version, random, session ID, suite."""
    at = 5 + 4 + 2 + 32
    at += 1 + flight[at]
    return SUITES[CipherSuite(int.from_bytes(flight[at : at + 2], "big"))]


def connected(data: bytes) -> None:
    """Either end after the handshake; the first byte says which."""
    pair = Pair(client_configs()[2], server_config(), seed="fuzz", traced=False)
    pair.handshake()
    ends = (pair.client, pair.server)
    end, peer = ends if data[:1] < b"\x80" else reversed(ends)
    sealer = peer._sender._sealer
    assert sealer is not None
    run_script(data[1:], end, sealer, [pack(KeyUpdate(True))])


def scripts() -> list[bytes]:
    """The honest course of things, for each client."""
    return [
        bytes([number]) + b"".join(bytes([at, 0, 0, 0, 0]) for at in range(5))
        for number in range(4)
    ]
