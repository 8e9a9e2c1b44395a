"""The AEADs behind one pair of calls. RFC 5116, RFC 6655, RFC 8439; RFC 9846 section 5.2.

The algorithms are pyca/cryptography's, or the portable stand-in's. What a record's nonce and
additional data are is not said here but in :mod:`tls13lab.records.protection`.
"""

from typing import Protocol

from tls13lab.crypto.library import compiled
from tls13lab.crypto.suites import Suite


class AEAD(Protocol):
    """What TLS asks of an AEAD: pyca/cryptography's interface, as it is."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag: ``suite.tag_length`` bytes longer than the data."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext; raises what :func:`wrong_tag` says."""


def aead(suite: Suite, key: bytes) -> AEAD:
    """The suite's AEAD under ``key`` (``suite.key_length`` bytes).

    >>> from tls13lab.crypto.suites import SUITES
    >>> box = aead(SUITES[0x1303], bytes(32))
    >>> len(box.encrypt(bytes(12), b"hello", b""))
    21
    """
    if suite.aead == "AES-GCM":
        return aes_gcm(key)
    if compiled():
        from cryptography.hazmat.primitives.ciphers.aead import AESCCM, ChaCha20Poly1305

        if suite.aead == "AES-CCM":
            return AESCCM(key, suite.tag_length)
        return ChaCha20Poly1305(key)
    from tls13lab.crypto.portable.aead import Portable

    return Portable(suite.aead, key, suite.tag_length)


def aes_gcm(key: bytes) -> AEAD:
    """AES-GCM under a key of 16 or 32 bytes: of a suite, or of tickets."""
    if compiled():
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(key)
    from tls13lab.crypto.portable.aead import Portable

    return Portable("AES-GCM", key)


def wrong_tag() -> type[Exception]:
    """What ``decrypt`` raises if the tag does not verify; for an ``except`` to ask."""
    if compiled():
        from cryptography.exceptions import InvalidTag

        return InvalidTag
    from tls13lab.crypto.portable.aead import WrongTag

    return WrongTag
