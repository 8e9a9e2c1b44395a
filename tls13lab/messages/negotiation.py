"""The small extensions for negotiation: versions, groups, names and more. RFC 9846 section 4.3.

The extensions ``key_share`` and ``pre_shared_key`` have files of their own.

>>> SupportedVersions((0x0304,)).encode().hex()
'020304'
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from tls13lab.wire.codepoints import TLS13, ExtensionType
from tls13lab.wire.faults import DecodeError, LocalFault
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, uint8, uint16, uint16s, uint32


def _numbers(items: Reader, name: str) -> tuple[int, ...]:
    numbers = []
    while items.left:
        numbers.append(items.u16(name))
    return tuple(numbers)


@dataclass(frozen=True, slots=True)
class SupportedVersions:
    """In a ClientHello: the versions that the client supports, most preferred first. 4.3.1."""

    extension_type: ClassVar[int] = ExtensionType.SUPPORTED_VERSIONS
    versions: tuple[int, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``ProtocolVersion versions<2..254>;``"""
        return cls(_numbers(reader.vector8("versions", 2, 254), "version"))

    def encode(self) -> bytes:
        return opaque8(uint16s(self.versions))


@dataclass(frozen=True, slots=True)
class SelectedVersion:
    """In a ServerHello or HelloRetryRequest: the version that the server selected. 4.3.1."""

    extension_type: ClassVar[int] = ExtensionType.SUPPORTED_VERSIONS
    selected_version: int = TLS13

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``ProtocolVersion selected_version;``"""
        return cls(reader.u16("selected_version"))

    def encode(self) -> bytes:
        return uint16(self.selected_version)


@dataclass(frozen=True, slots=True)
class Cookie:
    """In a HelloRetryRequest: bytes for the client to repeat in its second ClientHello. 4.3.2."""

    extension_type: ClassVar[int] = ExtensionType.COOKIE
    cookie: bytes

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque cookie<1..2^16-1>;``"""
        return cls(reader.opaque16("cookie", 1))

    def encode(self) -> bytes:
        return opaque16(self.cookie)


@dataclass(frozen=True, slots=True)
class SignatureAlgorithms:
    """The schemes that the peer may sign its CertificateVerify with. 4.3.3."""

    extension_type: ClassVar[int] = ExtensionType.SIGNATURE_ALGORITHMS
    schemes: tuple[int, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``SignatureScheme supported_signature_algorithms<2..2^16-2>;``"""
        items = reader.vector16("supported_signature_algorithms", 2, 2**16 - 2)
        return cls(_numbers(items, "scheme"))

    def encode(self) -> bytes:
        return opaque16(uint16s(self.schemes))


@dataclass(frozen=True, slots=True)
class SupportedGroups:
    """The groups that the sender supports for key exchange, most preferred first. 4.3.7."""

    extension_type: ClassVar[int] = ExtensionType.SUPPORTED_GROUPS
    groups: tuple[int, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``NamedGroup named_group_list<2..2^16-1>;``"""
        return cls(_numbers(reader.vector16("named_group_list", 2), "named_group"))

    def encode(self) -> bytes:
        return opaque16(uint16s(self.groups))


@dataclass(frozen=True, slots=True)
class PskKeyExchangeModes:
    """The modes in which the client will use its PSKs, and those of future tickets. 4.3.9."""

    extension_type: ClassVar[int] = ExtensionType.PSK_KEY_EXCHANGE_MODES
    modes: tuple[int, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``PskKeyExchangeMode ke_modes<1..255>;``"""
        return cls(tuple(reader.opaque8("ke_modes", 1)))

    def encode(self) -> bytes:
        return opaque8(bytes(self.modes))


@dataclass(frozen=True, slots=True)
class EarlyData:
    """Empty; the client sends 0-RTT data, or the server accepts it. 4.3.10.

    The server's answer is in EncryptedExtensions.
    """

    extension_type: ClassVar[int] = ExtensionType.EARLY_DATA

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        return cls()

    def encode(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class CertWithExternPsk:
    """Empty; in both hellos: a certificate together with an external PSK. RFC 9973."""

    extension_type: ClassVar[int] = ExtensionType.TLS_CERT_WITH_EXTERN_PSK

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        return cls()

    def encode(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class EarlyDataLimit:
    """In a NewSessionTicket: how many bytes of 0-RTT data the ticket allows. 4.7.1."""

    extension_type: ClassVar[int] = ExtensionType.EARLY_DATA
    max_early_data_size: int

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``uint32 max_early_data_size;``"""
        return cls(reader.u32("max_early_data_size"))

    def encode(self) -> bytes:
        return uint32(self.max_early_data_size)


@dataclass(frozen=True, slots=True)
class ServerName:
    """In a ClientHello: the DNS name of the server (SNI), in ASCII. RFC 6066 section 3."""

    extension_type: ClassVar[int] = ExtensionType.SERVER_NAME
    host_name: str

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """A list with a single host_name: RFC 6066 forbids two names of the same type."""
        names = reader.vector16("server_name_list", 1)
        if names.u8("name_type") != 0:
            raise DecodeError("server_name is not a host_name")
        raw = names.opaque16("host_name", 1)
        names.finish()
        try:
            return cls(raw.decode("ascii"))
        except UnicodeDecodeError:
            raise DecodeError("server_name.host_name is not ASCII") from None

    def encode(self) -> bytes:
        try:
            name = self.host_name.encode("ascii")
        except UnicodeEncodeError:
            raise LocalFault(_in_ascii(self.host_name)) from None
        return opaque16(uint8(0) + opaque16(name))


def _in_ascii(name: str) -> str:
    """The error text for a name that is not ASCII; it suggests the ASCII form."""
    try:
        form = name.encode("idna").decode("ascii")
    except UnicodeError:
        return "a host name in server_name must be ASCII, and this name has no ASCII form"
    return f"a host name in server_name must be ASCII: write it as {form}"


@dataclass(frozen=True, slots=True)
class ServerNameAck:
    """Empty; in EncryptedExtensions: the server used the name. RFC 6066 section 3."""

    extension_type: ClassVar[int] = ExtensionType.SERVER_NAME

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        return cls()

    def encode(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class Alpn:
    """Application protocols: the client's list, or a list with the server's choice. RFC 7301."""

    extension_type: ClassVar[int] = ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION
    protocols: tuple[bytes, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``ProtocolName protocol_name_list<2..2^16-1>;``"""
        names = reader.vector16("protocol_name_list", 2)
        protocols = []
        while names.left:
            protocols.append(names.opaque8("protocol_name", 1))
        return cls(tuple(protocols))

    def encode(self) -> bytes:
        return opaque16(b"".join(opaque8(name) for name in self.protocols))
