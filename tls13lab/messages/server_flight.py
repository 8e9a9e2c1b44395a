"""The server's messages from EncryptedExtensions to Finished. RFC 9846 sections 4.4 and 4.5.

EncryptedExtensions is the first protected message. Certificate and CertificateVerify follow in a
full handshake, and where RFC 9973 combines a PSK with a certificate. In the other PSK handshakes,
only the Finished MAC authenticates the server.

>>> EncryptedExtensions(()).encode().hex()
'0000'
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
from tls13lab.messages.negotiation import (
    Alpn,
    EarlyData,
    ServerNameAck,
    SignatureAlgorithms,
    SupportedGroups,
)
from tls13lab.wire.codepoints import ExtensionType, HandshakeType
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, opaque24, uint16

ENCRYPTED_EXTENSIONS: Registry = {
    ExtensionType.SERVER_NAME: ServerNameAck,
    ExtensionType.SUPPORTED_GROUPS: SupportedGroups,
    ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION: Alpn,
    ExtensionType.EARLY_DATA: EarlyData,
}
CERTIFICATE_REQUEST_EXTENSIONS: Registry = {
    ExtensionType.SIGNATURE_ALGORITHMS: SignatureAlgorithms,
}


@dataclass(frozen=True, slots=True)
class EncryptedExtensions:
    """The responses that the key exchange does not need, and that can be encrypted. 4.4.1."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.ENCRYPTED_EXTENSIONS
    extensions: tuple[Extension, ...]

    def find(self, kind: type[E_]) -> E_ | None:
        return find(self.extensions, kind)

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``Extension extensions<0..2^16-1>;``"""
        extensions = decode_extensions(reader.vector16("extensions"), ENCRYPTED_EXTENSIONS)
        reader.finish()
        return cls(extensions)

    def encode(self) -> bytes:
        return encode_extensions(self.extensions)


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """A request for a client certificate; the lab's client has none. 4.4.2."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_REQUEST
    certificate_request_context: bytes
    extensions: tuple[Extension, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque certificate_request_context<0..2^8-1>;`` ``Extension extensions<0..2^16-1>;``"""
        context = reader.opaque8("certificate_request_context")
        block = reader.vector16("extensions")
        extensions = decode_extensions(block, CERTIFICATE_REQUEST_EXTENSIONS)
        reader.finish()
        return cls(context, extensions)

    def encode(self) -> bytes:
        return opaque8(self.certificate_request_context) + encode_extensions(self.extensions)


@dataclass(frozen=True, slots=True)
class CertificateEntry:
    """A certificate of a chain (DER), and its extensions."""

    cert_data: bytes
    extensions: tuple[Extension, ...] = ()

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque cert_data<1..2^24-1>;`` ``Extension extensions<0..2^16-1>;``"""
        der = reader.opaque24("cert_data", 1)
        return cls(der, decode_extensions(reader.vector16("extensions"), {}))

    def encode(self) -> bytes:
        return opaque24(self.cert_data) + encode_extensions(self.extensions)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A chain, the sender's certificate first; a client without one sends an empty list. 4.5.1."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE
    certificate_request_context: bytes
    certificate_list: tuple[CertificateEntry, ...]

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque certificate_request_context<0..2^8-1>;``

        ``CertificateEntry certificate_list<0..2^24-1>;``
        """
        context = reader.opaque8("certificate_request_context")
        items = reader.vector24("certificate_list")
        entries = []
        while items.left:
            entries.append(CertificateEntry.decode(items))
        reader.finish()
        return cls(context, tuple(entries))

    def encode(self) -> bytes:
        entries = b"".join(entry.encode() for entry in self.certificate_list)
        return opaque8(self.certificate_request_context) + opaque24(entries)


@dataclass(frozen=True, slots=True)
class CertificateVerify:
    """A signature over the handshake so far, with the key of the certificate. 4.5.2."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_VERIFY
    algorithm: int
    signature: bytes

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``SignatureScheme algorithm;`` ``opaque signature<0..2^16-1>;``"""
        message = cls(reader.u16("algorithm"), reader.opaque16("signature"))
        reader.finish()
        return message

    def encode(self) -> bytes:
        return uint16(self.algorithm) + opaque16(self.signature)


@dataclass(frozen=True, slots=True)
class Finished:
    """A MAC over the handshake so far, sent by both sides: Hash.length bytes. 4.5.3."""

    handshake_type: ClassVar[HandshakeType] = HandshakeType.FINISHED
    verify_data: bytes

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """``opaque verify_data[Hash.length];``, of any length: the hash is not known here."""
        return cls(reader.rest("verify_data"))

    def encode(self) -> bytes:
        return self.verify_data
