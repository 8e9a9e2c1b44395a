"""Tickets, key updates, and the end of early data. RFC 9846 sections 4.6 and 4.7.

>>> KeyUpdate(update_requested=True).encode()
b'\\x01'
"""

from dataclasses import dataclass, field
from typing import ClassVar, Self

from tls13lab.messages.extension import (
    E_,
    Extension,
    Registry,
    decode_extensions,
    encode_extensions,
    find,
)
from tls13lab.messages.negotiation import EarlyDataLimit
from tls13lab.wire.codepoints import ExtensionType, HandshakeType
from tls13lab.wire.faults import IllegalParameter
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, uint8, uint32

MAX_LIFETIME_S = 604_800
"""Seven days, in seconds: "Servers MUST NOT use any value greater than" this (4.7.1)."""

NEW_SESSION_TICKET_EXTENSIONS: Registry = {ExtensionType.EARLY_DATA: EarlyDataLimit}


@dataclass(frozen=True, slots=True)
class NewSessionTicket:
    """A ticket: the identity of a PSK that both sides derive. It does not contain the PSK. 4.7.1.

    ``ticket_lifetime`` is in seconds, ``ticket_age_add`` is a 32-bit number.
    """

    handshake_type: ClassVar[HandshakeType] = HandshakeType.NEW_SESSION_TICKET
    ticket_lifetime: int
    ticket_age_add: int
    ticket_nonce: bytes
    ticket: bytes = field(repr=False)
    extensions: tuple[Extension, ...] = ()

    def find(self, kind: type[E_]) -> E_ | None:
        return find(self.extensions, kind)

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        lifetime = reader.u32("ticket_lifetime")
        age_add = reader.u32("ticket_age_add")
        nonce = reader.opaque8("ticket_nonce")
        ticket = reader.opaque16("ticket", 1)
        block = reader.vector16("extensions")
        extensions = decode_extensions(block, NEW_SESSION_TICKET_EXTENSIONS)
        reader.finish()
        return cls(lifetime, age_add, nonce, ticket, extensions)

    def encode(self) -> bytes:
        return (
            uint32(self.ticket_lifetime)
            + uint32(self.ticket_age_add)
            + opaque8(self.ticket_nonce)
            + opaque16(self.ticket)
            + encode_extensions(self.extensions)
        )


@dataclass(frozen=True, slots=True)
class KeyUpdate:
    """The sender's next record uses new keys; it may ask the receiver to update, too. 4.7.3."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.KEY_UPDATE
    update_requested: bool

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``KeyUpdateRequest request_update;``"""
        value = reader.u8("request_update")
        reader.finish()
        if value > 1:
            raise IllegalParameter(f"request_update is {value}, not 0 or 1")
        return cls(value == 1)

    def encode(self) -> bytes:
        return uint8(self.update_requested)


@dataclass(frozen=True, slots=True)
class EndOfEarlyData:
    """Empty; the last message that the client sends under the 0-RTT keys. 4.6."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.END_OF_EARLY_DATA

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        reader.finish()
        return cls()

    def encode(self) -> bytes:
        return b""
