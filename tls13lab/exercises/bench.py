"""A test bench for a server: honest clients with a few options, and the result of each connection.

The clients are the lab's own, which follow the RFC. A result says what can be seen from outside:
which side stopped with which alert, the mode, whether early data was accepted, the tickets.

>>> from tls13lab.exercises.small_server import SmallServer
>>> bench = Bench(SmallServer, "an example")
>>> print(bench.external())
completed in psk_dhe_ke; 2 tickets
>>> print(bench.external(spoil_binder=True))
the server stopped: decrypt_error
>>> print(bench.resume(after_s=90, early_data=b"GET"))
completed in psk_dhe_ke; 2 tickets; early data accepted
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from tls13lab.crypto.entropy import seeded
from tls13lab.exercises.small_server import (
    MOST_EARLY,
    SUITE,
    KnownPsk,
    SmallConnection,
    SmallServer,
)
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import Event, TicketReceived
from tls13lab.handshake.pair import LESSON_TIME_MS
from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.psk.keys import ExternalPsk, Psk, PskKind, ResumptionPsk
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode, name_of
from tls13lab.wire.faults import PeerFault, TLSFault
from tls13lab.wire.names import PSK_MODES, Mode, PskMode, each_of

_POINTS: dict[PskMode, PskKeyExchangeMode] = {"psk_ke": PSK_KE, "psk_dhe_ke": PSK_DHE_KE}
KNOWN, UNKNOWN = b"known", b"unknown"


@dataclass(frozen=True)
class Result:
    """What can be seen of a connection: how it ended, and the tickets that the client received.

    ``random`` (32 bytes), ``suite`` and ``session_id_echoed`` are read off the ServerHello; None if
    there was none.
    """

    outcome: str
    mode: Mode | Literal[""] = ""
    early_data: str = ""
    tickets: tuple[ResumptionPsk, ...] = field(default=(), repr=False)
    random: bytes | None = field(default=None, repr=False)
    suite: str | None = field(default=None, repr=False)
    session_id_echoed: bool | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        parts = [f"{self.outcome} in {self.mode}" if self.mode else self.outcome]
        parts += [f"{len(self.tickets)} tickets"] if self.mode else []
        parts += [f"early data {self.early_data}"] if self.early_data else []
        return "; ".join(parts)

    __str__ = __repr__


class Bench:
    """A server, its clock, and clients for it."""

    def __init__(self, kind: type[SmallServer], seed: str) -> None:
        self._entropy = seeded(f"{seed} clients")
        self._psk = ExternalPsk(KNOWN, seeded(f"{seed} psk")(32))
        self._server = kind({KNOWN: self._psk.key}, seeded(f"{seed} server"), LESSON_TIME_MS)
        self._recorded = b""

    def __repr__(self) -> str:
        return "a bench with a server on it"

    def external(
        self,
        modes: tuple[PskMode, ...] = PSK_MODES,
        *,
        unknown_first: bool = False,
        spoil_binder: bool = False,
    ) -> Result:
        """Connect with the external PSK.

        ``unknown_first``: offer a PSK that the server does not know, and this one after it.
        ``spoil_binder``: change the last bit of the binder on the way.
        """
        psks = (ExternalPsk(UNKNOWN, bytes(32)),) if unknown_first else ()
        return self._connect((*psks, self._psk), modes, spoil_binder=spoil_binder)

    def resume(
        self,
        after_s: float = 1.0,
        modes: tuple[PskMode, ...] = PSK_MODES,
        *,
        early_data: bytes = b"",
        age_off_s: float = 0.0,
        spoil_binder: bool = False,
    ) -> Result:
        """Resume with a ticket that the server issued ``after_s`` seconds ago.

        The client claims that the ticket is ``age_off_s`` seconds older than it is, and offers it
        even after its lifetime.
        """
        ticket = self._ticket()
        self._server.now_ms += int(after_s * 1000)
        claimed = replace(ticket, received_ms=ticket.received_ms - int(age_off_s * 1000))
        return self._connect((claimed,), modes, early_data=early_data, spoil_binder=spoil_binder)

    def _ticket(self) -> ResumptionPsk:
        """A ticket that both sides know, as if from an earlier connection."""
        identity, key, now_ms = self._entropy(16), self._entropy(32), self._server.now_ms
        age_add = int.from_bytes(self._entropy(4), "big")
        self._server.tickets[identity] = KnownPsk(PskKind.RESUMPTION, key, now_ms, age_add)
        # For the client, the lifetime is seven days, so that it also offers a ticket that is too
        # old for the server.
        return ResumptionPsk(
            identity,
            key,
            "sha256",
            SUITE.code_point,
            now_ms,
            lifetime_s=MAX_LIFETIME_S,
            age_add=age_add,
            max_early_data_size=MOST_EARLY,
        )

    def replay(self) -> Result:
        """Send the first flight of the last connection again, byte for byte."""
        connection = self._server.connection()
        try:
            connection.receive(self._recorded)
        except TLSFault as fault:
            return Result(f"the server stopped: {fault.alert.name.lower()}")
        taken = "accepted" if connection.early_data else "rejected"
        return Result("the server answered", early_data=taken)

    def _connect(
        self,
        psks: tuple[Psk, ...],
        modes: tuple[PskMode, ...],
        *,
        early_data: bytes = b"",
        spoil_binder: bool = False,
    ) -> Result:
        config = ClientConfig(
            psks=psks,
            modes=frozenset(_POINTS[mode] for mode in each_of(modes, PSK_MODES, "mode")),
            early_data=early_data,
        )
        env = Environment(self._server.now_ms, self._entropy)
        client = Connection.client(config, env)
        connection = self._server.connection()
        events: list[Event] = []
        stopped = _carry(client, connection, env, events, self._keep, spoil=spoil_binder)
        hello = connection.server_hello
        seen = Result(stopped or "completed")
        if hello is not None:
            suite = name_of(CipherSuite, hello.cipher_suite)
            echoed = bool(hello.legacy_session_id_echo)
            seen = replace(seen, random=hello.random, suite=suite, session_id_echoed=echoed)
        if stopped:
            return seen
        taken = ("accepted" if connection.early_data else "rejected") if early_data else ""
        tickets = tuple(event.psk for event in events if isinstance(event, TicketReceived))
        return replace(seen, mode=client.outcome.mode, early_data=taken, tickets=tickets)

    def _keep(self, flight: bytes) -> None:
        self._recorded = flight


def _carry(
    client: Connection,
    server: SmallConnection,
    env: Environment,
    events: list[Event],
    keep: Callable[[bytes], None],
    *,
    spoil: bool,
) -> str:
    """Carry bytes until both sides are silent. Returns who stopped and why, or an empty string."""
    flight = client.outgoing()
    keep(flight)
    if spoil:
        # The first record is the ClientHello, and its last byte is the end of the binder.
        end = 5 + int.from_bytes(flight[3:5], "big")
        flight = flight[: end - 1] + bytes([flight[end - 1] ^ 1]) + flight[end:]
    while flight:
        try:
            answer = server.receive(flight)
        except TLSFault as fault:
            return f"the server stopped: {fault.alert.name.lower()}"
        try:
            events += client.receive(answer, env) if answer else []
        except PeerFault as fault:
            return f"the client stopped: {fault.alert.name.lower()}"
        flight = client.outgoing()
    return "" if client.connected else "nothing more came"
