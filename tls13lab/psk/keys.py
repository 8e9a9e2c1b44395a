"""The kinds of PSK and what belongs to each. RFC 9846 sections 2.2 and 4.3.11.

A PSK is a secret with a name (its *identity*) and a hash. The name is not the secret: a ticket is
sent in the clear, and so is an external identity. Neither class prints its key. What an importer
makes of an external PSK is in :mod:`tls13lab.psk.importer`.

>>> ExternalPsk(b"lab", bytes(32))
ExternalPsk(identity=b'lab', hash_name='sha256')
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.wire.codepoints import CipherSuite


class PskKind(Enum):
    """Where a PSK came from; it decides the label of its binder key."""

    EXTERNAL = "external"
    RESUMPTION = "resumption"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class ExternalPsk:
    """A key that both sides were given outside TLS; any length, 32 random bytes recommended.

    "the PSK identity and the KDF hash algorithm to be used with the PSK MUST also be provisioned"
    (2.2); the hash defaults to SHA-256 (4.3.11). For early data, its ``suite``, its application
    protocol ``alpn`` and ``max_early_data_size`` in bytes are provisioned with it as well (4.3.10).
    """

    kind: ClassVar[PskKind] = PskKind.EXTERNAL
    identity: bytes
    key: bytes = field(repr=False)
    hash_name: str = "sha256"
    suite: CipherSuite | None = field(default=None, repr=False)
    alpn: bytes | None = field(default=None, repr=False)
    max_early_data_size: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class ResumptionPsk:
    """A ticket and the PSK that belongs to it, as the client keeps them.

    ``identity`` is the ticket; times are Unix milliseconds, ``lifetime_s`` seconds.
    ``server_name`` is what the first connection asked for: the client offers the ticket under no
    other name (4.7.1). ``began_ms`` is when the chain of resumptions began that the ticket belongs
    to: the last handshake that was none. Without it, that counts as when the ticket came.
    """

    kind: ClassVar[PskKind] = PskKind.RESUMPTION
    identity: bytes = field(repr=False)
    key: bytes = field(repr=False)
    hash_name: str
    suite: CipherSuite
    received_ms: int
    lifetime_s: int
    age_add: int = field(repr=False)
    server_name: str | None = None
    alpn: bytes | None = None
    max_early_data_size: int = 0
    began_ms: int | None = None

    def within(self, limit_s: int, now_ms: int) -> bool:
        """Whether its chain of resumptions began no longer ago than ``limit_s`` seconds.

        "It is RECOMMENDED that implementations place limits on the total lifetime of such keying
        material" (4.7.1): each ticket may be new, and the certificate that was checked old.
        """
        return now_ms - self.began() <= limit_s * 1000

    def began(self) -> int:
        """When its chain began, as far as it is known."""
        return self.received_ms if self.began_ms is None else self.began_ms

    def usable(self, now_ms: int) -> bool:
        """Whether a client may still offer it, by its lifetime and the RFC's seven days (4.7.1)."""
        age_ms = now_ms - self.received_ms
        return 0 <= age_ms <= min(self.lifetime_s, MAX_LIFETIME_S) * 1000 and self.lifetime_s > 0


Psk = ExternalPsk | ResumptionPsk


def began(psk: Psk | None, now_ms: int) -> int:
    """When the chain of resumptions began that a handshake with ``psk`` belongs to.

    A handshake with a certificate or an external PSK begins one: now.
    """
    return psk.began() if isinstance(psk, ResumptionPsk) else now_ms
