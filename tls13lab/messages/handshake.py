"""Handshake framing: a type of 1 byte, a length of 3 bytes, a body. RFC 9846 section 4.

:func:`pack` turns a message into bytes, :func:`unpack` turns the bytes back into a message. Given a
list of spans, ``unpack`` also records where each field is.

>>> pack(EndOfEarlyData()).hex()
'05000000'
>>> unpack(bytes.fromhex("05000000"))
EndOfEarlyData()
"""

from typing import Protocol

from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello, decode_server_hello
from tls13lab.wire.codepoints import HandshakeType, name_of
from tls13lab.wire.faults import UnexpectedMessage
from tls13lab.wire.reader import Reader
from tls13lab.wire.spans import Span
from tls13lab.wire.writer import opaque24, uint8

Message = (
    ClientHello
    | ServerHello
    | HelloRetryRequest
    | EncryptedExtensions
    | CertificateRequest
    | Certificate
    | CertificateVerify
    | Finished
    | NewSessionTicket
    | EndOfEarlyData
    | KeyUpdate
)


class _Decoder(Protocol):
    def __call__(self, reader: Reader) -> Message: ...


_DECODERS: dict[int, _Decoder] = {
    HandshakeType.CLIENT_HELLO: ClientHello.decode,
    HandshakeType.SERVER_HELLO: decode_server_hello,
    HandshakeType.NEW_SESSION_TICKET: NewSessionTicket.decode,
    HandshakeType.END_OF_EARLY_DATA: EndOfEarlyData.decode,
    HandshakeType.ENCRYPTED_EXTENSIONS: EncryptedExtensions.decode,
    HandshakeType.CERTIFICATE: Certificate.decode,
    HandshakeType.CERTIFICATE_REQUEST: CertificateRequest.decode,
    HandshakeType.CERTIFICATE_VERIFY: CertificateVerify.decode,
    HandshakeType.FINISHED: Finished.decode,
    HandshakeType.KEY_UPDATE: KeyUpdate.decode,
}


def pack(message: Message) -> bytes:
    """The bytes of a message: its body with type and length in front, 4 bytes longer."""
    code = message.handshake_type
    if code is HandshakeType.HELLO_RETRY_REQUEST:
        code = HandshakeType.SERVER_HELLO
    return uint8(code) + opaque24(message.encode())


def unpack(raw: bytes, spans: list[Span] | None = None) -> Message:
    """The message that exactly these bytes encode, header included.

    Appends the place of each field to ``spans``. Raises UnexpectedMessage for an unknown type,
    DecodeError, IllegalParameter or another PeerFault for an invalid body.
    """
    reader = Reader(raw, spans)
    code = reader.u8("msg_type")
    decode = _DECODERS.get(code)
    if decode is None:
        raise UnexpectedMessage(f"there is no handshake message of type {code}")
    body = reader.vector24(name_of(HandshakeType, code))
    message = decode(body)
    reader.finish()
    return message


def message_name(raw: bytes) -> str:
    """The RFC's name of a packed message; HelloRetryRequest is distinguished from ServerHello.

    >>> message_name(bytes.fromhex("05000000"))
    'EndOfEarlyData'
    """
    return type(unpack(raw)).__name__
