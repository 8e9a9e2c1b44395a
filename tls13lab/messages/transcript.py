"""The transcript: every handshake message so far, and its hash. RFC 9846 section 4.1 (8446: 4.4.1).

A transcript never changes: adding a message returns a new transcript. It keeps the bytes exactly as
they were sent, and hashes them only on demand, because the hash function is not known before the
ServerHello.

>>> Transcript().add(bytes.fromhex("05000000")).hash("sha256").hex()[:8]
'2594b6a9'
"""

import hashlib
from dataclasses import dataclass

from tls13lab.wire.codepoints import HandshakeType
from tls13lab.wire.writer import opaque24, uint8


@dataclass(frozen=True, slots=True)
class Transcript:
    """The concatenated messages, each with its type and length, but without record headers."""

    messages: bytes = b""

    def add(self, *raw: bytes) -> "Transcript":
        """The transcript followed by these packed messages."""
        return Transcript(b"".join((self.messages, *raw)))

    def hash(self, hash_name: str) -> bytes:
        """Transcript-Hash of all messages so far: Hash.length bytes."""
        return hashlib.new(hash_name, self.messages).digest()

    def after_hello_retry(self, hash_name: str) -> "Transcript":
        """The transcript with ClientHello1 replaced by a message_hash message (4.1)."""
        digest = self.hash(hash_name)
        return Transcript(uint8(HandshakeType.MESSAGE_HASH) + opaque24(digest))
