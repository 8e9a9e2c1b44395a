"""The pre_shared_key extension: identities and binders. RFC 9846 section 4.3.11 (8446: 4.2.11).

The client lists identities, each with an obfuscated age, followed by a binder for each: a MAC under
that PSK over the ClientHello up to this point. The server answers with an index.
:mod:`tls13lab.psk.binder` computes binders; this file only encodes them.

>>> offered = OfferedPsks((PskIdentity(b"lab", 0),), (bytes(32),))
>>> offered.binders_length, len(offered.encode())
(35, 46)
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from tls13lab.wire.codepoints import ExtensionType
from tls13lab.wire.faults import IllegalParameter
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, uint16, uint32


@dataclass(frozen=True, slots=True)
class PskIdentity:
    """The name of a PSK (a ticket, or a name that both sides know), and the ticket's age."""

    identity: bytes
    obfuscated_ticket_age: int

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque identity<1..2^16-1>;`` ``uint32 obfuscated_ticket_age;``"""
        return cls(reader.opaque16("identity", 1), reader.u32("obfuscated_ticket_age"))

    def encode(self) -> bytes:
        return opaque16(self.identity) + uint32(self.obfuscated_ticket_age)


@dataclass(frozen=True, slots=True)
class OfferedPsks:
    """In a ClientHello, always as its last extension: the identities and their binders."""

    extension_type: ClassVar[int] = ExtensionType.PRE_SHARED_KEY
    identities: tuple[PskIdentity, ...]
    binders: tuple[bytes, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``PskIdentity identities<7..2^16-1>;`` ``PskBinderEntry binders<33..2^16-1>;``"""
        names = reader.vector16("identities", 7)
        identities = []
        while names.left:
            identities.append(PskIdentity.decode(names))
        entries = reader.vector16("binders", 33)
        binders = []
        while entries.left:
            binders.append(entries.opaque8("binder", 32))
        if len(binders) != len(identities):
            raise IllegalParameter(f"{len(binders)} binders for {len(identities)} identities")
        return cls(tuple(identities), tuple(binders))

    def encode(self) -> bytes:
        identities = b"".join(identity.encode() for identity in self.identities)
        binders = b"".join(opaque8(binder) for binder in self.binders)
        return opaque16(identities) + opaque16(binders)

    @property
    def binders_length(self) -> int:
        """The bytes that Truncate removes: the list of binders with its length field."""
        return 2 + sum(1 + len(binder) for binder in self.binders)


@dataclass(frozen=True, slots=True)
class SelectedPsk:
    """In a ServerHello: the index of the identity that the server selected, counted from 0."""

    extension_type: ClassVar[int] = ExtensionType.PRE_SHARED_KEY
    selected_identity: int

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``uint16 selected_identity;``"""
        return cls(reader.u16("selected_identity"))

    def encode(self) -> bytes:
        return uint16(self.selected_identity)
