"""Parties that can be started, and what becomes of them when they hear certain bytes.

A party is a configuration and a seed. Started, and given a row of *flights* (all that one side
sends before it waits), it always does the same: so a session is a function of what it heard, and a
search can go back to any point of it. Who sent a flight, nobody can tell from it.

>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> client, server = lesson_configs("psk_ke")
>>> alice = Party("alice", "calls bob", client, meant=("bob",), says=b"hello")
>>> bob = Party("bob", "answers", server, meant=("alice",), says=b"hello yourself")
>>> runs = Runs(LESSON_TIME_MS)
>>> (hello,) = runs.session(alice, ()).said
>>> answer = runs.session(bob, (hello,)).said[-1]
>>> runs.session(alice, (answer,)).connected
True
>>> runs.session(alice, (hello,)) is None  # it breaks off
True
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.events import DataReceived, EarlyDataReceived, TicketReceived
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.faults import TLSFault


@dataclass(frozen=True)
class Party:
    """One end that can be started; two are the same if all but the configuration is.

    ``meant`` is who it takes the other end for: one name, or several if any of them will do; empty
    if it does not care. It ``says`` that once it is connected; a server only to a client that has
    shown a PSK, because anyone at all can connect to it otherwise. ``made_of`` tells parties of
    one ``name`` apart. ``beforehand``: it only prepares what is in question, the first connection
    of a resumption for instance, and says nothing. ``as_itself``: it passes for nobody else.
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
        """Which role it plays."""
        return isinstance(self.config, ClientConfig)


@dataclass(frozen=True, eq=False)
class Session:
    """What a party did that heard these flights; ``said`` begins with what it said unasked."""

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
        """What it said to what it heard last."""
        return self.said[-1]

    def differs_from(self, before: "Session") -> bool:
        """Whether the last flight did anything: a server may pass over what it cannot read."""
        after = (self.outcome, self.received, self.early, self.tickets, len(self.secrets))
        was = (before.outcome, before.received, before.early, before.tickets, len(before.secrets))
        return bool(self.last_said) or after != was

    @property
    def connected(self) -> bool:
        """Whether its handshake is done."""
        return self.outcome is not None

    @property
    def with_psk(self) -> bool:
        """Whether it ended with a PSK, so that the client is somebody to the server."""
        return self.outcome is not None and self.outcome.mode != "full"


class Runs:
    """All sessions that were ever tried, each once; ``now_ms`` is their clock (Unix time)."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._done: dict[tuple[Party, tuple[bytes, ...]], Session | None] = {}

    def session(self, party: Party, heard: tuple[bytes, ...]) -> Session | None:
        """The party after these flights; None if one of them made it break off."""
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
    """A server draws its random bytes when it has heard something: others for each ClientHello."""
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
        b"".join(one.data for one in events if isinstance(one, DataReceived)),
        b"".join(one.data for one in events if isinstance(one, EarlyDataReceived)),
        tuple(one.psk for one in events if isinstance(one, TicketReceived)),
        connection.secrets,
    )
