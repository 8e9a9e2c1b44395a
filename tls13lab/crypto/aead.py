"""The AEADs of the suites, with one interface. RFC 5116, RFC 6655, RFC 8439; RFC 9846 section 5.2.

The algorithms come from pyca/cryptography or, in its absence, from :mod:`tls13lab.crypto.portable`.
How a record uses its AEAD (nonce, additional data) is in :mod:`tls13lab.records.protection`.
"""

from typing import Protocol

from tls13lab.crypto.library import compiled
from tls13lab.crypto.suites import Suite


class AEAD(Protocol):
    """What TLS needs of an AEAD; this is the interface of pyca/cryptography."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The ciphertext with its tag: ``suite.tag_length`` bytes longer than ``data``."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext; raises the exception that :func:`wrong_tag` returns."""


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
    from tls13lab.crypto.portable.aead import PortableAead

    return PortableAead(suite.aead, key, suite.tag_length)


def aes_gcm(key: bytes) -> AEAD:
    """AES-GCM under a key of 16 or 32 bytes, for records and for sealing tickets."""
    if compiled():
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(key)
    from tls13lab.crypto.portable.aead import PortableAead

    return PortableAead("AES-GCM", key)


def wrong_tag() -> type[Exception]:
    """The exception that ``decrypt`` raises if the tag does not verify; use it in ``except``."""
    if compiled():
        from cryptography.exceptions import InvalidTag

        return InvalidTag
    from tls13lab.crypto.portable.aead import WrongTag

    return WrongTag
