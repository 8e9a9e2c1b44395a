"""Connections to the server, one at a time, with pauses, a time limit, and a limit on their number.

A :class:`Prober` knows how to reach the server and what certificates to trust. It knows nothing
about the questions.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from tls13lab.crypto.certificates import Trust, TrustAnyone
from tls13lab.crypto.groups import SUPPORTED
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment
from tls13lab.messages.handshake import unpack
from tls13lab.messages.server_hello import ServerHello
from tls13lab.peers.client import Report, Unreachable, connect
from tls13lab.peers.link import EnvironmentSource, real_environment
from tls13lab.psk.keys import ExternalPsk, Psk, ResumptionPsk
from tls13lab.records.framing import RecordBuffer
from tls13lab.wire.codepoints import (
    AlertDescription,
    CipherSuite,
    ContentType,
    NamedGroup,
    PskKeyExchangeMode,
    name_of,
)
from tls13lab.wire.faults import AlertReceived, LocalFault, PeerFault, TLSFault
from tls13lab.wire.names import Mode

MOST_CONNECTIONS = 60
"""The most connections to one address."""
BOTH = frozenset({PSK_KE, PSK_DHE_KE})


class TooManyQuestions(LocalFault):
    """The limit on the number of connections is reached."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a connection: a report, or in words the fault that ended it.

    ``alert`` is the alert that the server sent, if any. ``ours`` says whether the lab's client
    ended the connection because the server broke a rule.
    """

    report: Report | None
    fault: str = ""
    alert: str = ""
    ours: bool = False

    @property
    def mode(self) -> Mode | Literal[""]:
        """The mode; empty if the handshake failed."""
        return self.report.mode if self.report else ""

    @property
    def tickets(self) -> tuple[ResumptionPsk, ...]:
        return self.report.tickets if self.report else ()

    def __str__(self) -> str:
        return self.mode or self.fault


@dataclass
class Prober:
    """Makes the connections. ``pause`` and ``timeout`` are in seconds; ``count`` counts them."""

    host: str
    port: int
    psk: ExternalPsk | None = None
    server_name: str | None = None
    trust: Trust = field(default_factory=TrustAnyone)
    suites: tuple[CipherSuite, ...] = tuple(SUITES)
    groups: tuple[NamedGroup, ...] = SUPPORTED
    pause: float = 0.05
    timeout: float = 5.0
    count: int = 0

    def config(
        self,
        psks: tuple[Psk, ...] = (),
        modes: frozenset[PskKeyExchangeMode] = BOTH,
        **changes: object,
    ) -> ClientConfig:
        """The configuration of an honest client; ``changes`` set other fields of it."""
        plain = ClientConfig(
            psks=psks,
            modes=modes,
            trust=self.trust,
            server_name=self.server_name,
            suites=self.suites,
            groups=self.groups,
            certificate_name=self.server_name or self.host,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def ask(self, config: ClientConfig, environment: EnvironmentSource = real_environment) -> Reply:
        """Connect and close. Raises Unreachable, or TooManyQuestions."""
        self._count_one()
        try:
            report = connect(
                self.host,
                self.port,
                config,
                expect=0,
                timeout=self.timeout,
                environment=environment,
            )
        except Unreachable:
            raise
        except TLSFault as fault:
            return _ended(fault)
        return Reply(report)

    def raw(self, record: bytes) -> str:
        """Send one record as it is, and describe the answer.

        Returns the alert's name, ``ServerHello``, ``ServerHello with PSK``, ``silence`` after the
        time limit, ``closed``, ``no TLS``, or the name of another message.
        """
        self._count_one()
        buffer = RecordBuffer()
        try:
            with socket.create_connection((self.host, self.port), self.timeout) as connection:
                connection.sendall(record)
                while data := connection.recv(65536):
                    buffer.feed(data)
                    first = buffer.next()
                    if first is not None:
                        return _first(first.content_type, first.fragment)
        except TimeoutError:
            return "silence"
        except OSError:
            return "closed"
        except PeerFault:
            return "no TLS"
        return "closed"

    def environment(self) -> Callable[[], Environment]:
        """An environment with the same time and random bytes on each use, to repeat a flight."""
        fixed = real_environment()
        drawn: dict[int, bytes] = {}

        def again() -> Environment:
            place = 0

            def entropy(length: int) -> bytes:
                nonlocal place
                place += 1
                return drawn.setdefault(place, fixed.entropy(length))

            return Environment(fixed.now_ms, entropy)

        return again

    def _count_one(self) -> None:
        if self.count >= MOST_CONNECTIONS:
            raise TooManyQuestions(f"{MOST_CONNECTIONS} connections are enough for one probe")
        if self.count:
            time.sleep(self.pause)
        self.count += 1


def _ended(fault: TLSFault) -> Reply:
    if isinstance(fault, AlertReceived):
        name = name_of(AlertDescription, fault.alert)
        return Reply(None, f"the server's alert {name}", alert=name)
    if isinstance(fault, PeerFault):
        return Reply(None, f"the client refused: {fault}", ours=True)
    return Reply(None, str(fault))


def _first(content_type: ContentType, fragment: bytes) -> str:
    if content_type is ContentType.ALERT and len(fragment) == 2:
        return name_of(AlertDescription, fragment[1])
    if content_type is ContentType.HANDSHAKE:
        try:
            hello = unpack(fragment[: 4 + int.from_bytes(fragment[1:4], "big")])
        except PeerFault:
            return "an unreadable answer"
        if isinstance(hello, ServerHello):
            with_psk = any(extension.extension_type == 41 for extension in hello.extensions)
            return "ServerHello with PSK" if with_psk else "ServerHello"
        return type(hello).__name__
    return "an unreadable answer"
