"""Configurations made from stolen secrets: a client or server that pretends to be another.

>>> stolen = StolenPsk(b"lab", bytes(32), PskKind.EXTERNAL, "sha256")
>>> from tls13lab.handshake.pair import Pair, lesson_configs
>>> from tls13lab.psk.keys import ExternalPsk
>>> victim, _ = lesson_configs("psk_dhe_ke", ExternalPsk(b"lab", bytes(32)))
>>> Pair(victim, false_server(stolen)).handshake().mode
'psk_dhe_ke'
"""

from dataclasses import dataclass, field, replace

from tls13lab.crypto.certificates import Credential
from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.psk.keys import ExternalPsk, Psk, PskKind, ResumptionPsk
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode

BOTH = frozenset({PSK_KE, PSK_DHE_KE})
LIFETIME_S = 7200


@dataclass(frozen=True, slots=True)
class StolenPsk:
    """A stolen PSK and its identity; for a resumption PSK, the identity is the recorded ticket.

    ``seen_ms`` is when a ClientHello with it was recorded (Unix time in milliseconds), and
    ``seen_age`` the obfuscated age in it. From these follows the age to claim later, because it
    grows with the clock.
    """

    identity: bytes
    key: bytes = field(repr=False)
    kind: PskKind
    hash_name: str
    suite: CipherSuite | None = None
    seen_ms: int = 0
    seen_age: int = 0
    max_early_data_size: int = 0

    def as_psk(self) -> Psk:
        """The PSK in the form in which a client offers it."""
        size = self.max_early_data_size
        if self.kind is PskKind.EXTERNAL:
            return ExternalPsk(
                self.identity, self.key, self.hash_name, self.suite, max_early_data_size=size
            )
        return ResumptionPsk(
            identity=self.identity,
            key=self.key,
            hash_name=self.hash_name,
            suite=self.suite or _suite_for(self.hash_name),
            received_ms=self.seen_ms,
            lifetime_s=LIFETIME_S,
            age_add=self.seen_age,
            max_early_data_size=size,
        )


def _suite_for(hash_name: str) -> CipherSuite:
    return next(point for point, suite in SUITES.items() if suite.hash_name == hash_name)


@dataclass(frozen=True, slots=True)
class ImpostorsTickets:
    """A ticket book that knows one stolen ticket, and issues new ones."""

    stolen: StolenPsk | None

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A new ticket of 32 random bytes; a real impostor would remember the PSK with it."""
        return entropy(32)

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state with the stolen PSK, if this is its ticket."""
        if self.stolen is None or ticket != self.stolen.identity:
            return None
        suite = self.stolen.suite or _suite_for(self.stolen.hash_name)
        return TicketState(suite, self.stolen.key, now_ms, now_ms, LIFETIME_S, age_add=0)

    def used(self, ticket: bytes) -> None:
        """Does nothing: the ticket may be used any number of times."""


def false_server(
    stolen: StolenPsk | None = None,
    credential: Credential | None = None,
    modes: frozenset[PskKeyExchangeMode] = BOTH,
) -> ServerConfig:
    """A server with a stolen PSK, with a certificate and its stolen key, or with both."""
    psk = stolen.as_psk() if stolen else None
    return ServerConfig(
        credential=credential,
        psks=(psk,) if isinstance(psk, ExternalPsk) else (),
        tickets=ImpostorsTickets(stolen if isinstance(psk, ResumptionPsk) else None),
        ticket_count=1,
        modes=modes,
    )


def false_client(
    stolen: StolenPsk,
    modes: frozenset[PskKeyExchangeMode] = BOTH,
    server_name: str | None = None,
    early_data: bytes = b"",
) -> ClientConfig:
    """A client with a stolen PSK; ``early_data`` may have been read from a recording."""
    psk = stolen.as_psk()
    if isinstance(psk, ResumptionPsk):
        psk = replace(psk, server_name=server_name)
    return ClientConfig(psks=(psk,), modes=modes, server_name=server_name, early_data=early_data)
