"""ServerHello and HelloRetryRequest. RFC 9846 sections 4.2.3 and 4.2.4.

Both have the same type on the wire. The ``random`` of a HelloRetryRequest has a fixed value, the
SHA-256 of "HelloRetryRequest". Here they are two classes, because they mean different things.

>>> import hashlib
>>> HELLO_RETRY_RANDOM == hashlib.sha256(b"HelloRetryRequest").digest()
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
from tls13lab.messages.key_share import KeyShareHelloRetryRequest, KeyShareServerHello
from tls13lab.messages.negotiation import CertWithExternPsk, Cookie, SelectedVersion
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.wire.codepoints import LEGACY_VERSION, ExtensionType, HandshakeType
from tls13lab.wire.faults import IllegalParameter, WrongVersion
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, uint8, uint16

HELLO_RETRY_RANDOM = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)

SERVER_HELLO_EXTENSIONS: Registry = {
    ExtensionType.SUPPORTED_VERSIONS: SelectedVersion,
    ExtensionType.KEY_SHARE: KeyShareServerHello,
    ExtensionType.PRE_SHARED_KEY: SelectedPsk,
    ExtensionType.TLS_CERT_WITH_EXTERN_PSK: CertWithExternPsk,
}
HELLO_RETRY_EXTENSIONS: Registry = {
    ExtensionType.SUPPORTED_VERSIONS: SelectedVersion,
    ExtensionType.KEY_SHARE: KeyShareHelloRetryRequest,
    ExtensionType.COOKIE: Cookie,
}


@dataclass(frozen=True, slots=True)
class ServerHello:
    """What the server selected; ``random`` has 32 bytes."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.SERVER_HELLO
    random: bytes
    legacy_session_id_echo: bytes
    cipher_suite: int
    extensions: tuple[Extension, ...]

    def find(self, kind: type[E_]) -> E_ | None:
        return find(self.extensions, kind)

    def encode(self) -> bytes:
        return _encode(self.random, self)


@dataclass(frozen=True, slots=True)
class HelloRetryRequest:
    """The server asks for a second ClientHello, with a share in another group or a cookie."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.HELLO_RETRY_REQUEST
    legacy_session_id_echo: bytes
    cipher_suite: int
    extensions: tuple[Extension, ...]

    def find(self, kind: type[E_]) -> E_ | None:
        return find(self.extensions, kind)

    def encode(self) -> bytes:
        return _encode(HELLO_RETRY_RANDOM, self)

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """Read a body; raises IllegalParameter if it is an ordinary ServerHello."""
        hello = decode_server_hello(reader)
        if not isinstance(hello, cls):
            raise IllegalParameter("this ServerHello is not a HelloRetryRequest")
        return hello


def _encode(random: bytes, hello: ServerHello | HelloRetryRequest) -> bytes:
    return (
        uint16(LEGACY_VERSION)
        + random
        + opaque8(hello.legacy_session_id_echo)
        + uint16(hello.cipher_suite)
        + uint8(0)
        + encode_extensions(hello.extensions)
    )


def decode_server_hello(reader: Reader) -> ServerHello | HelloRetryRequest:
    """Read a body, without type and length; its ``random`` decides which of the two it is.

    Raises WrongVersion or IllegalParameter if a field has a value that TLS 1.3 does not allow.
    """
    legacy_version = reader.u16("legacy_version")
    random = reader.take(32, "random")
    session_id = reader.opaque8("legacy_session_id_echo", 0, 32)
    suite = reader.u16("cipher_suite")
    compression = reader.u8("legacy_compression_method")
    # A TLS 1.2 ServerHello may have no extensions. The check of its version rejects it later.
    block = reader.vector16("extensions") if reader.left else None
    reader.finish()
    if legacy_version != LEGACY_VERSION:
        raise WrongVersion("legacy_version is not 0x0303")
    if compression != 0:
        raise IllegalParameter("legacy_compression_method is not 0")
    retry = random == HELLO_RETRY_RANDOM
    registry = HELLO_RETRY_EXTENSIONS if retry else SERVER_HELLO_EXTENSIONS
    extensions = decode_extensions(block, registry) if block else ()
    if retry:
        return HelloRetryRequest(session_id, suite, extensions)
    return ServerHello(random, session_id, suite, extensions)
