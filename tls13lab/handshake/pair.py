"""A client and a server in one process, without sockets, threads or waiting. All lessons use it.

With a seed, the whole conversation is the same, byte for byte, each time. The only exception is
described in :mod:`tls13lab.crypto.groups`.

>>> pair = Pair(*lesson_configs("psk_dhe_ke"), seed="an example")
>>> outcome = pair.handshake()
>>> outcome.mode, outcome.suite.name
('psk_dhe_ke', 'TLS_AES_128_GCM_SHA256')
>>> [step.sender for step in pair.conversation().steps][:2]
['client', 'server']
"""

import os
from dataclasses import replace

from tls13lab.crypto.certificates import TrustRoots, self_signed
from tls13lab.crypto.entropy import Entropy, seeded
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.cert_with_extern_psk import CERTIFIED
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived, EarlyDataReceived, Event, TicketReceived
from tls13lab.handshake.trace import Conversation, Trace
from tls13lab.psk.keys import ExternalPsk, ResumptionPsk
from tls13lab.wire.names import MODES, Mode, one_of

LESSON_TIME_MS = 1_767_225_600_000
"""The lessons' clock: 2026-01-01 00:00:00 UTC, in Unix milliseconds."""


class Pair:
    """A client and a server connection, joined in memory; ``now_ms`` is a clock set by hand."""

    def __init__(
        self,
        client: ClientConfig,
        server: ServerConfig,
        seed: str | None = None,
        now_ms: int = LESSON_TIME_MS,
        *,
        traced: bool = True,
    ) -> None:
        def source(who: str) -> Entropy:
            return os.urandom if seed is None else seeded(f"{seed} {who}")

        self.now_ms = now_ms
        self._client_entropy, self._server_entropy = source("client"), source("server")
        self._trace = Trace() if traced else None
        tap = self._trace.tap if self._trace else None
        self.client = Connection.client(client, Environment(now_ms, self._client_entropy), tap)
        self.server = Connection.server(server, tap)
        self.client_events: list[Event] = []
        self.server_events: list[Event] = []

    def pump(self) -> None:
        """Carry bytes back and forth until neither side sends more; faults are not caught."""
        moved = True
        while moved:
            to_server, to_client = self.client.outgoing(), b""
            if to_server:
                env = Environment(self.now_ms, self._server_entropy)
                self.server_events += self.server.receive(to_server, env)
            to_client = self.server.outgoing()
            if to_client:
                env = Environment(self.now_ms, self._client_entropy)
                self.client_events += self.client.receive(to_client, env)
            moved = bool(to_server or to_client)

    def handshake(self) -> Outcome:
        """Run the handshake to its end; returns the client's outcome."""
        self.pump()
        return self.client.outcome

    @property
    def tickets(self) -> tuple[ResumptionPsk, ...]:
        """The tickets that the client has received, with their PSKs."""
        return tuple(event.psk for event in self.client_events if isinstance(event, TicketReceived))

    @property
    def client_received(self) -> bytes:
        """All application data that the client has received."""
        return _data(self.client_events)

    @property
    def server_received(self) -> bytes:
        """All application data that the server has received, except early data."""
        return _data(self.server_events)

    @property
    def server_early(self) -> bytes:
        """All early data that the server has accepted."""
        return b"".join(
            event.data for event in self.server_events if isinstance(event, EarlyDataReceived)
        )

    def conversation(self) -> Conversation:
        """All records so far, and every secret; raises ValueError without a trace."""
        if self._trace is None:
            raise ValueError("this pair was made with traced=False")
        return self._trace.conversation(self.client.outcome if self.client.connected else None)


def _data(events: list[Event]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, DataReceived))


LESSON_NAME = "lab.example"
LESSON_PSK = ExternalPsk(b"lab", bytes(range(32)))
"""An external PSK for examples. It is public, so it protects nothing."""


def lesson_configs(mode: Mode, psk: ExternalPsk = LESSON_PSK) -> tuple[ClientConfig, ServerConfig]:
    """The configurations of a client and a server that use only this mode.

    ``psk_ke`` and ``psk_dhe_ke`` use an external PSK, ``full`` uses a certificate, which is the
    same each time, and ``cert_with_extern_psk`` uses both. Raises NotAllowed for any other mode.
    """
    one_of(mode, MODES, "mode")
    if mode in CERTIFIED:
        credential = self_signed(LESSON_NAME, LESSON_TIME_MS, seeded("the lessons' certificate"))
        client = ClientConfig(trust=TrustRoots(credential.chain), server_name=LESSON_NAME)
        if mode == "full":
            return client, ServerConfig(credential=credential)
        both = replace(client, psks=(psk,), cert_with_extern_psk=True)
        return both, ServerConfig(credential=credential, psks=(psk,), cert_with_extern_psk=True)
    modes = frozenset({PSK_KE if mode == "psk_ke" else PSK_DHE_KE})
    return ClientConfig(psks=(psk,), modes=modes), ServerConfig(psks=(psk,), modes=modes)
