"""The three cipher suites of the lab: which hash, which AEAD, which lengths. RFC 9846 appendix B.4.

A TLS 1.3 suite names an AEAD and a hash, and nothing else: not the group, not the authentication.

>>> suite = SUITES[CipherSuite.TLS_AES_256_GCM_SHA384]
>>> suite.hash_name, suite.hash_length, suite.key_length
('sha384', 48, 32)
"""

from dataclasses import dataclass

from tls13lab.wire.codepoints import CipherSuite

IV_LENGTH = 12
"""Bytes in a nonce, for every suite here (RFC 5116: N_MAX = N_MIN = 12)."""

TAG_LENGTH = 16
"""Bytes that an AEAD adds to its plaintext."""

HASH_LENGTHS = {"sha256": 32, "sha384": 48}
"""Hash.length in bytes, by hashlib's name of the hash."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite; ``key_length`` in bytes, ``hash_name`` as hashlib spells it."""

    code_point: CipherSuite
    aead: str
    key_length: int
    hash_name: str

    @property
    def name(self) -> str:
        """The RFC's name, such as ``TLS_AES_128_GCM_SHA256``."""
        return self.code_point.name

    @property
    def hash_length(self) -> int:
        """Hash.length in bytes: 32 or 48."""
        return HASH_LENGTHS[self.hash_name]


SUITES = {
    suite.code_point: suite
    for suite in (
        Suite(CipherSuite.TLS_AES_128_GCM_SHA256, "AES-GCM", 16, "sha256"),
        Suite(CipherSuite.TLS_AES_256_GCM_SHA384, "AES-GCM", 32, "sha384"),
        Suite(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, "ChaCha20-Poly1305", 32, "sha256"),
    )
}
"""Every suite the lab can run, by code point."""
