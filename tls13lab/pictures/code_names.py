"""Names of code points that others send but the lab does not support. RFC 9846 4.3, 4.3.3.

Those that it supports are in :mod:`tls13lab.wire.codepoints`. The names of extensions include the
RFC that defines them.

>>> name_for(NamedGroup, 0x001d), name_for(NamedGroup, 0x0104), name_for(NamedGroup, 0x9999)
('x25519', 'ffdhe8192', '0x9999')
>>> name_for(CipherSuite, 0x3a3a)
'0x3a3a: GREASE, to be ignored (RFC 8701)'
"""

from collections.abc import Mapping
from enum import IntEnum

from tls13lab.capture.versions import is_grease
from tls13lab.wire.codepoints import (
    CipherSuite,
    ExtensionType,
    NamedGroup,
    SignatureScheme,
    name_of,
)

_OTHERS: Mapping[type[IntEnum], Mapping[int, str]] = {
    CipherSuite: {
        0x00FF: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746)",
        0x5600: "TLS_FALLBACK_SCSV (RFC 7507)",
        # Suites of TLS 1.2 that are still in use.
        0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
        0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
        0x009C: "TLS_RSA_WITH_AES_128_GCM_SHA256",
        0x009D: "TLS_RSA_WITH_AES_256_GCM_SHA384",
        0x009E: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        0x009F: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        0xC00A: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xC02C: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xC030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xCCA8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xCCA9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        0xCCAA: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    },
    ExtensionType: {
        1: "max_fragment_length (RFC 6066)",
        11: "ec_point_formats (RFC 8422)",
        14: "use_srtp (RFC 5764)",
        15: "heartbeat (RFC 6520)",
        18: "signed_certificate_timestamp (RFC 6962)",
        19: "client_certificate_type (RFC 7250)",
        20: "server_certificate_type (RFC 7250)",
        22: "encrypt_then_mac (RFC 7366)",
        23: "extended_main_secret (RFC 7627)",
        27: "compress_certificate (RFC 8879)",
        35: "session_ticket (RFC 5077)",
        65281: "renegotiation_info (RFC 5746)",
    },
    NamedGroup: {
        0x0101: "ffdhe3072",
        0x0102: "ffdhe4096",
        0x0103: "ffdhe6144",
        0x0104: "ffdhe8192",
    },
    SignatureScheme: {
        0x0201: "rsa_pkcs1_sha1",
        0x0203: "ecdsa_sha1",
        0x0501: "rsa_pkcs1_sha384",
        0x0601: "rsa_pkcs1_sha512",
    },
}


def name_for(registry: type[IntEnum], code: int) -> str:
    """The name of a code point, or its number in hexadecimal."""
    name = _OTHERS.get(registry, {}).get(code) or name_of(registry, code)
    grease = registry in _OTHERS and is_grease(code)
    return f"{name}: GREASE, to be ignored (RFC 8701)" if grease else name
