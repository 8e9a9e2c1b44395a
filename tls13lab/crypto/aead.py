"""The three AEADs behind one pair of calls. RFC 5116, RFC 8439; RFC 9846 section 5.2.

The algorithms are pyca/cryptography's. What a record's nonce and additional data are is not said
here but in :mod:`tls13lab.records.protection`.
"""

from typing import Protocol

from tls13lab.crypto.suites import Suite


class AEAD(Protocol):
    """What TLS asks of an AEAD: pyca/cryptography's interface, as it is."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag: ``len(data) + 16`` bytes."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext; raises ``cryptography.exceptions.InvalidTag``."""


def aead(suite: Suite, key: bytes) -> AEAD:
    """The suite's AEAD under ``key`` (``suite.key_length`` bytes).

    >>> from tls13lab.crypto.suites import SUITES
    >>> box = aead(SUITES[0x1303], bytes(32))
    >>> len(box.encrypt(bytes(12), b"hello", b""))
    21
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    return AESGCM(key) if suite.aead == "AES-GCM" else ChaCha20Poly1305(key)
