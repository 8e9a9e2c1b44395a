"""Parties that can be started, and how they react to the bytes that they receive.

A party is a configuration and a seed. A *flight* is everything that one side sends before it waits.
Given the same flights, a party always does the same. So a session depends only on what was
received, and a search can return to any point of it. A flight does not show who sent it.

>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> client, server = lesson_configs("psk_ke")
>>> alice = Party("alice", "calls bob", client, meant=("bob",), says=b"hello")
>>> bob = Party("bob", "answers", server, meant=("alice",), says=b"hello yourself")
>>> runs = Runs(LESSON_TIME_MS)
>>> (hello,) = runs.session(alice, ()).said
>>> answer = runs.session(bob, (hello,)).said[-1]
>>> runs.session(alice, (answer,)).connected
True
>>> runs.session(alice, (hello,)) is None  # a client that gets a ClientHello ends with an alert
True
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived, EarlyDataReceived, TicketReceived
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.faults import TLSFault


@dataclass(frozen=True)
class Party:
    """A client or server that can be started. Equality ignores the configuration.

    ``meant`` contains the names of the partners that it accepts; if empty, it accepts anybody.
    ``says`` is what it sends once connected; a server sends it only to a client with a PSK, because
    otherwise anybody can connect. ``made_of`` distinguishes parties with the same ``name``.
    ``beforehand`` marks a party that only prepares the situation, such as the first connection of a
    resumption, and sends nothing. ``as_itself`` marks one that does not pretend to be another.
    """

    owner: str
    name: str
    config: ClientConfig | ServerConfig = field(compare=False, repr=False)
    meant: tuple[str, ...] = ()
    says: bytes = b""
    made_of: Hashable = field(default=(), repr=False)
    beforehand: bool = False
    as_itself: bool = False
    seed: str = ""

    def __str__(self) -> str:
        return f"{self.owner} {self.name}"

    @property
    def is_client(self) -> bool:
        """Whether it is a client; otherwise it is a server."""
        return isinstance(self.config, ClientConfig)


@dataclass(frozen=True, eq=False)
class Session:
    """A party after it received these flights.

    ``heard`` are the flights it received, and ``said`` its own: first the one it sends unasked,
    then its answer to each. ``received`` is application data, ``early`` is early data.
    """

    party: Party
    heard: tuple[bytes, ...] = field(repr=False)
    said: tuple[bytes, ...] = field(repr=False)
    outcome: Outcome | None
    received: bytes
    early: bytes
    tickets: tuple[ResumptionPsk, ...]
    secrets: dict[str, bytes] = field(repr=False)

    @property
    def last_said(self) -> bytes:
        """Its answer to the last flight."""
        return self.said[-1]

    def differs_from(self, before: "Session") -> bool:
        """Whether the last flight had an effect; a server may skip records it cannot open."""
        after = (self.outcome, self.received, self.early, self.tickets, len(self.secrets))
        was = (before.outcome, before.received, before.early, before.tickets, len(before.secrets))
        return bool(self.last_said) or after != was

    @property
    def connected(self) -> bool:
        """Whether its handshake is complete."""
        return self.outcome is not None

    @property
    def with_psk(self) -> bool:
        """Whether its handshake used a PSK, so that the server knows something of the client."""
        return self.outcome is not None and self.outcome.mode != "full"


class Runs:
    """All sessions that were tried, each run only once; ``now_ms`` is Unix time."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._done: dict[tuple[Party, tuple[bytes, ...]], Session | None] = {}

    def session(self, party: Party, heard: tuple[bytes, ...]) -> Session | None:
        """The party after these flights; None if it ended with a fault."""
        key = party, heard
        if key not in self._done:
            self._done[key] = self._run(party, heard)
        return self._done[key]

    def _run(self, party: Party, heard: tuple[bytes, ...]) -> Session | None:
        if heard and self.session(party, heard[:-1]) is None:
            return None
        try:
            return _played(party, heard, Environment(self.now_ms, seeded(_seed(party, heard))))
        except TLSFault:
            return None


def _seed(party: Party, heard: tuple[bytes, ...]) -> str:
    """The seed of a session; a server's depends on the ClientHello, so its random does, too."""
    if party.seed:
        return party.seed
    first = b"" if party.is_client else b"".join(heard[:1])
    return f"{party.owner}: {party.name} {first.hex()}"


def _played(party: Party, heard: tuple[bytes, ...], env: Environment) -> Session:
    config = party.config
    if isinstance(config, ClientConfig):
        connection = Connection.client(config, env)
    else:
        connection = Connection.server(config)
    said, events, spoken = [connection.outgoing()], [], False
    for flight in heard:
        events += connection.receive(flight, env)
        if connection.connected and not spoken:
            spoken = True
            if party.says and (party.is_client or connection.outcome.mode != "full"):
                connection.send(party.says)
        said.append(connection.outgoing())
    return Session(
        party,
        heard,
        tuple(said),
        connection.outcome if connection.connected else None,
        b"".join(event.data for event in events if isinstance(event, DataReceived)),
        b"".join(event.data for event in events if isinstance(event, EarlyDataReceived)),
        tuple(event.psk for event in events if isinstance(event, TicketReceived)),
        connection.secrets,
    )
