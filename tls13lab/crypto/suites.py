"""The cipher suites of TLS 1.3: their hashes, AEADs and lengths. RFC 9846 appendix B.4.

A TLS 1.3 suite names an AEAD and a hash. Unlike the suites of TLS 1.2, it says nothing about key
exchange or authentication.

>>> suite = SUITES[CipherSuite.TLS_AES_256_GCM_SHA384]
>>> suite.hash_name, suite.hash_length, suite.key_length
('sha384', 48, 32)
"""

from dataclasses import dataclass

from tls13lab.wire.codepoints import CipherSuite

IV_LENGTH = 12
"""The length of a nonce in bytes, for every suite here (RFC 5116: N_MAX = N_MIN = 12)."""

TAG_LENGTH = 16
"""How many bytes an AEAD adds to its plaintext; only AES-CCM-8 adds fewer, 8."""

HASH_LENGTHS = {"sha256": 32, "sha384": 48}
"""Hash.length in bytes, by hashlib's name for the hash."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite; lengths are in bytes, ``hash_name`` is hashlib's name for the hash."""

    code_point: CipherSuite
    aead: str
    key_length: int
    hash_name: str
    tag_length: int = TAG_LENGTH

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
        Suite(CipherSuite.TLS_AES_128_CCM_SHA256, "AES-CCM", 16, "sha256"),
        Suite(CipherSuite.TLS_AES_128_CCM_8_SHA256, "AES-CCM", 16, "sha256", 8),
    )
}
"""The suites that the lab supports, by code point."""

DEFAULT_SUITES = (
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_AES_256_GCM_SHA384,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
)
"""The suites that are offered and accepted by default: those of section 9.1.

The two AES-CCM suites are for constrained devices, and the short tag of CCM_8 is easier to forge.
So they must be requested."""
