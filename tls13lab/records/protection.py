"""Record protection: AEAD over content, type and padding. RFC 9846 sections 5.2 to 5.4.

    TLSInnerPlaintext = content || type (1 byte) || zeros
    TLSCiphertext     = header (5 bytes) || AEAD(key, iv XOR sequence, header, TLSInnerPlaintext)

The true content type and length are encrypted; the header of every protected record says
application_data. A :class:`RecordProtection` protects one direction under one traffic secret, and
counts the records.

>>> from tls13lab.crypto.suites import SUITES
>>> sender, receiver = (RecordProtection(SUITES[0x1301], bytes(32)) for _ in range(2))
>>> record = sender.seal(ContentType.HANDSHAKE, b"hello", padding=3)
>>> len(record), receiver.open(record[:5], record[5:])
(30, (<ContentType.HANDSHAKE: 22>, b'hello'))
"""

from enum import IntEnum

from tls13lab.crypto.aead import aead, wrong_tag
from tls13lab.crypto.keyschedule import traffic_keys
from tls13lab.crypto.suites import Suite
from tls13lab.records.framing import MAX_PLAINTEXT
from tls13lab.wire.codepoints import LEGACY_VERSION, ContentType
from tls13lab.wire.faults import BadRecordMac, LocalFault, RecordOverflow, UnexpectedMessage
from tls13lab.wire.writer import uint8, uint16

_PROTECTED_HEADER = uint8(ContentType.APPLICATION_DATA) + uint16(LEGACY_VERSION)
_INNER_TYPES = {
    int(inner_type): inner_type
    for inner_type in (ContentType.ALERT, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA)
}


class Epoch(IntEnum):
    """Which traffic secret protects a record: none yet, 0-RTT, handshake, application. 7.3.

    Epoch numbers belong to DTLS, and TLS never sends them. The lab uses those of DTLS 1.3 (RFC
    9147).

    >>> Epoch.HANDSHAKE.name, int(Epoch.APPLICATION)
    ('HANDSHAKE', 3)
    """

    PLAINTEXT = 0
    EARLY = 1
    HANDSHAKE = 2
    APPLICATION = 3


class RecordProtection:
    """Encrypts or decrypts the records of one direction, in order."""

    __slots__ = ("_aead", "_iv", "sequence", "suite")

    def __init__(self, suite: Suite, traffic_secret: bytes) -> None:
        self._begin(suite, *traffic_keys(suite, traffic_secret))

    @classmethod
    def from_keys(cls, suite: Suite, key: bytes, iv: bytes) -> "RecordProtection":
        """From a key (``suite.key_length`` bytes) and an IV (12 bytes), without the secret."""
        protection = cls.__new__(cls)
        protection._begin(suite, key, iv)
        return protection

    def _begin(self, suite: Suite, key: bytes, iv: bytes) -> None:
        self.suite = suite
        self.sequence = 0
        self._aead = aead(suite, key)
        self._iv = int.from_bytes(iv, "big")

    def _nonce(self) -> bytes:
        # "The padded sequence number is XORed with either the static client_write_iv or
        # server_write_iv" (5.3).
        return (self._iv ^ self.sequence).to_bytes(12, "big")

    def seal(self, content_type: ContentType, content: bytes, padding: int = 0) -> bytes:
        """Encrypt one record, header included.

        It is 6 bytes and a tag (``suite.tag_length``) longer than content and padding together.
        Raises LocalFault if these are longer than 2^14 bytes.
        """
        inner = content + uint8(content_type) + bytes(padding)
        if len(inner) > MAX_PLAINTEXT + 1:
            raise LocalFault(f"{len(inner) - 1} bytes do not fit into one record")
        header = _PROTECTED_HEADER + uint16(len(inner) + self.suite.tag_length)
        sealed = self._aead.encrypt(self._nonce(), inner, header)
        self.sequence += 1
        return header + sealed

    def open(self, header: bytes, fragment: bytes) -> tuple[ContentType, bytes]:
        """Decrypt one record: its true content type, and its content without padding.

        Raises BadRecordMac if the tag does not verify, RecordOverflow or UnexpectedMessage if what
        was decrypted is not allowed. A record that fails to decrypt does not count, so a server can
        skip rejected early data and try the next one (4.3.10).
        """
        if len(fragment) < self.suite.tag_length + 1:
            raise BadRecordMac("a protected record is too short to hold a type and a tag")
        try:
            inner = self._aead.decrypt(self._nonce(), fragment, header)
        except wrong_tag():
            raise BadRecordMac("a record's tag does not verify") from None
        self.sequence += 1
        if len(inner) > MAX_PLAINTEXT + 1:
            raise RecordOverflow(f"a record holds {len(inner) - 1} bytes after decryption")
        return _strip_padding(inner)


def _strip_padding(inner: bytes) -> tuple[ContentType, bytes]:
    content = inner.rstrip(b"\x00")
    if not content:
        raise UnexpectedMessage("a protected record holds nothing but padding")
    content_type = _INNER_TYPES.get(content[-1])
    if content_type is None:
        raise UnexpectedMessage(f"a protected record claims to be of type {content[-1]}")
    if content_type is not ContentType.APPLICATION_DATA and len(content) == 1:
        # "Implementations MUST NOT send zero-length fragments of Handshake types, even if those
        # fragments contain padding" (5.1).
        raise UnexpectedMessage("a protected record is empty")
    return content_type, content[:-1]
