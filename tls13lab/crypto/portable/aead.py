"""The AEADs of tlslite-ng behind the interface of pyca/cryptography. RFC 5116.

>>> box = PortableAead("AES-GCM", bytes(16))
>>> box.decrypt(bytes(12), box.encrypt(bytes(12), b"hello", b"header"), b"header")
b'hello'
"""

from tls13lab.crypto.portable.tlslite_ng import aes_ccm, aes_gcm, chacha20_poly1305


class WrongTag(Exception):
    """The tag does not verify: a different key, nonce or header, or data changed in transit."""


class PortableAead:
    """An AEAD under one key; ``name`` is "AES-GCM", "AES-CCM" or "ChaCha20-Poly1305".

    The key of AES has 16 or 32 bytes, that of ChaCha20-Poly1305 has 32. ``tag_length``, in bytes,
    applies only to AES-CCM; the tags of the others have 16.
    """

    __slots__ = ("_box",)

    def __init__(self, name: str, key: bytes, tag_length: int = 16) -> None:
        if name == "AES-CCM":
            self._box = aes_ccm(key, tag_length)
        else:
            self._box = (aes_gcm if name == "AES-GCM" else chacha20_poly1305)(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        header = bytearray(associated_data or b"")
        return bytes(self._box.seal(bytearray(nonce), bytearray(data), header))

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext; raises WrongTag if the tag does not verify."""
        header = bytearray(associated_data or b"")
        opened = self._box.open(bytearray(nonce), bytearray(data), header)
        if opened is None:
            raise WrongTag
        return bytes(opened)
