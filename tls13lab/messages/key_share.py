"""The key_share extension: public keys for (EC)DHE. RFC 9846 section 4.3.8 (8446: 4.2.8).

The client offers shares. The server answers with a share of its own, or sends a HelloRetryRequest
that asks for a share in another group. In a ServerHello that selects a PSK, this extension makes
the difference between psk_dhe_ke and psk_ke.

>>> KeyShareServerHello(KeyShareEntry(0x001D, bytes(32))).encode().hex()[:8]
'001d0020'
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from tls13lab.wire.codepoints import ExtensionType
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque16, uint16


@dataclass(frozen=True, slots=True)
class KeyShareEntry:
    """A group, and a public key in that group."""

    group: int
    key_exchange: bytes

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``NamedGroup group;`` ``opaque key_exchange<1..2^16-1>;``"""
        return cls(reader.u16("group"), reader.opaque16("key_exchange", 1))

    def encode(self) -> bytes:
        return uint16(self.group) + opaque16(self.key_exchange)


@dataclass(frozen=True, slots=True)
class KeyShareClientHello:
    """The client's shares, most preferred first; an empty list asks the server to name a group."""

    extension_type: ClassVar[int] = ExtensionType.KEY_SHARE
    client_shares: tuple[KeyShareEntry, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``KeyShareEntry client_shares<0..2^16-1>;``"""
        items = reader.vector16("client_shares")
        shares = []
        while items.left:
            shares.append(KeyShareEntry.decode(items))
        return cls(tuple(shares))

    def encode(self) -> bytes:
        return opaque16(b"".join(share.encode() for share in self.client_shares))


@dataclass(frozen=True, slots=True)
class KeyShareServerHello:
    """The server's share, in the group of one of the client's shares."""

    extension_type: ClassVar[int] = ExtensionType.KEY_SHARE
    server_share: KeyShareEntry

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``KeyShareEntry server_share;``"""
        return cls(KeyShareEntry.decode(reader))

    def encode(self) -> bytes:
        return self.server_share.encode()


@dataclass(frozen=True, slots=True)
class KeyShareHelloRetryRequest:
    """The group in which the server asks for a share."""

    extension_type: ClassVar[int] = ExtensionType.KEY_SHARE
    selected_group: int

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``NamedGroup selected_group;``"""
        return cls(reader.u16("selected_group"))

    def encode(self) -> bytes:
        return uint16(self.selected_group)
