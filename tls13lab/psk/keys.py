"""The kinds of PSK and what belongs to each. RFC 9846 sections 2.2 and 4.3.11.

A PSK is a secret key with a name, its *identity*, and a hash. The identity is not secret: it is
sent unencrypted, whether it is a ticket or the name of an external PSK. The ``repr`` of a PSK does
not show its key. Imported PSKs are in :mod:`tls13lab.psk.importer`.

>>> ExternalPsk(b"lab", bytes(32))
ExternalPsk(identity=b'lab', hash_name='sha256')
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.wire.codepoints import CipherSuite


class PskKind(Enum):
    """The origin of a PSK, which decides the label of its binder key."""

    EXTERNAL = "external"
    RESUMPTION = "resumption"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class ExternalPsk:
    """A key that both sides were given outside TLS; it may have any length, but should be random.

    "the PSK identity and the KDF hash algorithm to be used with the PSK MUST also be provisioned"
    (2.2); the default hash is SHA-256 (4.3.11). For early data, the ``suite``, the application
    protocol ``alpn`` and ``max_early_data_size``, in bytes, must be provisioned, too (4.3.10).
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
    """A ticket and its PSK, as the client keeps them.

    ``identity`` is the ticket. ``received_ms`` and ``began_ms`` are in Unix milliseconds,
    ``lifetime_s`` is in seconds. ``server_name`` is that of the connection that issued the ticket;
    the client offers it for no other name (4.7.1). ``began_ms`` is the time of the last handshake
    that was not a resumption: there the chain of resumptions began. If it is None, ``received_ms``
    counts instead.
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
        """Whether the chain of resumptions began at most ``limit_s`` seconds ago.

        "It is RECOMMENDED that implementations place limits on the total lifetime of such keying
        material" (4.7.1). Otherwise a chain of new tickets could go on forever, without the
        certificate being checked again.
        """
        return now_ms - self.began() <= limit_s * 1000

    def began(self) -> int:
        """When the chain of resumptions began, in Unix milliseconds."""
        return self.received_ms if self.began_ms is None else self.began_ms

    def usable(self, now_ms: int) -> bool:
        """Whether the client may still offer it: within its lifetime and seven days (4.7.1)."""
        age_ms = now_ms - self.received_ms
        return 0 <= age_ms <= min(self.lifetime_s, MAX_LIFETIME_S) * 1000 and self.lifetime_s > 0


Psk = ExternalPsk | ResumptionPsk


def began(psk: Psk | None, now_ms: int) -> int:
    """When the chain of resumptions of a handshake with ``psk`` began, in Unix milliseconds.

    A handshake with a certificate or an external PSK begins a new chain, at ``now_ms``.
    """
    return psk.began() if isinstance(psk, ResumptionPsk) else now_ms
