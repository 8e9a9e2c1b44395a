"""What a server remembers of a connection until its ticket comes back. RFC 9846 section 4.7.1.

"It MAY be either a database lookup key or a self-encrypted and self-authenticated value": a
:class:`TicketBook` is one or the other, :mod:`~tls13lab.psk.stateful` or
:mod:`~tls13lab.psk.stateless`. This file says what they have in common.

>>> began_ms, issued_ms = 1_699_999_000_000, 1_700_000_000_000
>>> state = TicketState(CipherSuite(0x1301), bytes(32), began_ms, issued_ms, 7200, 0x11223344)
>>> TicketState.decode(state.encode()) == state, state.valid(1_700_007_200_001)
(True, False)
"""

from dataclasses import dataclass, field
from typing import Protocol, Self

from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import SUITES
from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import DecodeError
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, uint16, uint32


@dataclass(frozen=True, slots=True)
class TicketState:
    """The PSK of one ticket, and what was negotiated where it was made.

    ``began_ms`` and ``issued_ms`` are Unix times in milliseconds, ``lifetime_s`` is in seconds. The
    chain of resumptions that the ticket goes on with began at ``began_ms``: with the handshake that
    used a certificate or an external PSK. Each new ticket of the chain carries it on.
    """

    suite: CipherSuite
    psk: bytes = field(repr=False)
    began_ms: int
    issued_ms: int
    lifetime_s: int
    age_add: int = field(repr=False)
    alpn: bytes = b""
    max_early_data_size: int = 0

    def valid(self, now_ms: int) -> bool:
        """Whether the ticket is neither too old nor from the future."""
        return 0 <= now_ms - self.issued_ms <= min(self.lifetime_s, MAX_LIFETIME_S) * 1000

    def encode(self) -> bytes:
        """The bytes that a stateless ticket seals; the format is this lab's own."""
        return (
            uint16(self.suite)
            + opaque8(self.psk)
            + self.began_ms.to_bytes(8, "big")
            + self.issued_ms.to_bytes(8, "big")
            + uint32(self.lifetime_s)
            + uint32(self.age_add)
            + opaque8(self.alpn)
            + uint32(self.max_early_data_size)
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Raises DecodeError on anything that ``encode`` did not make."""
        reader = Reader(data, path="ticket")
        suite = reader.u16("suite")
        if suite not in SUITES:
            raise DecodeError("the ticket names a suite that this lab does not run")
        psk = reader.opaque8("psk")
        began_ms, issued_ms = (
            int.from_bytes(reader.take(8, name), "big") for name in ("began_ms", "issued_ms")
        )
        lifetime_s, age_add = reader.u32("lifetime"), reader.u32("age_add")
        alpn = reader.opaque8("alpn")
        limit = reader.u32("max_early_data_size")
        reader.finish()
        return cls(CipherSuite(suite), psk, began_ms, issued_ms, lifetime_s, age_add, alpn, limit)


class TicketBook(Protocol):
    """Issues tickets and knows them again."""

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A new ticket for this state: opaque to everyone else."""

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state behind a ticket that is valid now, or None for any other bytes."""

    def used(self, ticket: bytes) -> None:
        """A handshake took this ticket, and its binder verified."""
