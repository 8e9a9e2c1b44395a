"""ClientHello: everything that the client offers. RFC 9846 section 4.2.2 (8446: 4.1.2).

>>> hello = ClientHello(bytes(32), b"", (0x1301,), ())
>>> ClientHello.decode(Reader(hello.encode())) == hello
True
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from tls13lab.messages.extension import (
    E_,
    Extension,
    Registry,
    decode_extensions,
    encode_extensions,
    find,
)
from tls13lab.messages.key_share import KeyShareClientHello
from tls13lab.messages.negotiation import (
    Alpn,
    CertWithExternPsk,
    Cookie,
    EarlyData,
    PskKeyExchangeModes,
    ServerName,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.wire.codepoints import LEGACY_VERSION, ExtensionType, HandshakeType
from tls13lab.wire.faults import IllegalParameter
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, uint16, uint16s

EXTENSIONS: Registry = {
    ExtensionType.SERVER_NAME: ServerName,
    ExtensionType.SUPPORTED_GROUPS: SupportedGroups,
    ExtensionType.SIGNATURE_ALGORITHMS: SignatureAlgorithms,
    ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION: Alpn,
    ExtensionType.SUPPORTED_VERSIONS: SupportedVersions,
    ExtensionType.COOKIE: Cookie,
    ExtensionType.PSK_KEY_EXCHANGE_MODES: PskKeyExchangeModes,
    ExtensionType.KEY_SHARE: KeyShareClientHello,
    ExtensionType.EARLY_DATA: EarlyData,
    ExtensionType.TLS_CERT_WITH_EXTERN_PSK: CertWithExternPsk,
    ExtensionType.PRE_SHARED_KEY: OfferedPsks,
}


@dataclass(frozen=True, slots=True)
class ClientHello:
    """The first message; ``random`` has 32 bytes, ``legacy_session_id`` 0 to 32."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.CLIENT_HELLO
    random: bytes
    legacy_session_id: bytes
    cipher_suites: tuple[int, ...]
    extensions: tuple[Extension, ...]
    legacy_version: int = LEGACY_VERSION
    legacy_compression_methods: bytes = b"\x00"

    def find(self, kind: type[E_]) -> E_ | None:
        return find(self.extensions, kind)

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """Read the body, without the 4 bytes of type and length."""
        legacy_version = reader.u16("legacy_version")
        random = reader.take(32, "random")
        session_id = reader.opaque8("legacy_session_id", 0, 32)
        items = reader.vector16("cipher_suites", 2, 2**16 - 2)
        suites = []
        while items.left:
            suites.append(items.u16("cipher_suite"))
        compression = reader.opaque8("legacy_compression_methods", 1)
        extensions: tuple[Extension, ...] = ()
        # A TLS 1.2 ClientHello may end here. It is rejected later, because of its version.
        if reader.left:
            extensions = decode_extensions(reader.vector16("extensions"), EXTENSIONS)
        reader.finish()
        if any(isinstance(extension, OfferedPsks) for extension in extensions[:-1]):
            # "Servers MUST check that it is the last extension and otherwise fail" (4.3.11).
            raise IllegalParameter("pre_shared_key is not the last extension")
        return cls(random, session_id, tuple(suites), extensions, legacy_version, compression)

    def encode(self) -> bytes:
        return (
            uint16(self.legacy_version)
            + self.random
            + opaque8(self.legacy_session_id)
            + opaque16(uint16s(self.cipher_suites))
            + opaque8(self.legacy_compression_methods)
            + encode_extensions(self.extensions)
        )


def truncate(raw: bytes, offered: OfferedPsks) -> bytes:
    """Truncate(ClientHello): the message ``raw``, header included, without its list of binders.

    The length fields do not change: they are set "as if binders of the correct lengths were
    present".
    """
    return raw[: -offered.binders_length]
