"""The server's state behind a ticket. RFC 9846 section 4.7.1.

A ticket "MAY be either a database lookup key or a self-encrypted and self-authenticated value". The
lab has both, :mod:`~tls13lab.psk.stateful` and :mod:`~tls13lab.psk.stateless`. This file has what
they have in common.

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
    """The PSK of a ticket, and what was negotiated in the connection that issued it.

    ``began_ms`` and ``issued_ms`` are in Unix milliseconds, ``lifetime_s`` is in seconds.
    ``began_ms`` is the time of the handshake with a certificate or an external PSK that began the
    chain of resumptions. All tickets of the chain have the same ``began_ms``.
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
        """Whether the ticket is neither expired nor from the future."""
        return 0 <= now_ms - self.issued_ms <= min(self.lifetime_s, MAX_LIFETIME_S) * 1000

    def encode(self) -> bytes:
        """The bytes that a stateless ticket encrypts; the format is the lab's own."""
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
        """The state from its bytes; raises DecodeError if they do not parse."""
        reader = Reader(data, path="ticket")
        suite = reader.u16("suite")
        if suite not in SUITES:
            raise DecodeError("the ticket names a suite that the lab does not support")
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
    """Issues tickets, and finds the state behind them."""

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A new ticket for this state; it is opaque to clients."""

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state behind a ticket that is valid now; None for any other bytes."""

    def used(self, ticket: bytes) -> None:
        """Note that a handshake uses this ticket, and that its binder was verified."""
