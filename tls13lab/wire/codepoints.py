"""The numbers of TLS 1.3 and their names. RFC 9846 appendix B and the IANA TLS registries.

Each enumeration lists the code points that the lab uses, and some that it only displays. An unknown
number is not an error in itself: peers send code points that we do not know (GREASE, RFC 8701). So
the fields of messages are plain ``int``, and :func:`name_of` gives the name if there is one.

>>> ExtensionType.PRE_SHARED_KEY.value
41
>>> name_of(NamedGroup, 0x11EC), name_of(NamedGroup, 0x0A0A)
('X25519MLKEM768', '0x0a0a')
"""

from enum import IntEnum


class ContentType(IntEnum):
    """The type of a record, one byte. Section 5.1."""

    CHANGE_CIPHER_SPEC = 20
    ALERT = 21
    HANDSHAKE = 22
    APPLICATION_DATA = 23


class HandshakeType(IntEnum):
    """The type of a handshake message, one byte. Section 4."""

    CLIENT_HELLO = 1
    SERVER_HELLO = 2
    NEW_SESSION_TICKET = 4
    END_OF_EARLY_DATA = 5
    # Never on the wire, where a HelloRetryRequest is a ServerHello with a special random. The state
    # table treats it as a separate message and uses the number that the RFC reserves for it.
    HELLO_RETRY_REQUEST = 6
    ENCRYPTED_EXTENSIONS = 8
    CERTIFICATE = 11
    CERTIFICATE_REQUEST = 13
    CERTIFICATE_VERIFY = 15
    FINISHED = 20
    KEY_UPDATE = 24
    # Never sent: it replaces ClientHello1 in the transcript after a HelloRetryRequest.
    MESSAGE_HASH = 254


class ExtensionType(IntEnum):
    """The type of an extension, two bytes. Section 4.3 (RFC 8446: 4.2)."""

    SERVER_NAME = 0
    STATUS_REQUEST = 5
    SUPPORTED_GROUPS = 10
    SIGNATURE_ALGORITHMS = 13
    APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16
    PADDING = 21
    RECORD_SIZE_LIMIT = 28
    TLS_CERT_WITH_EXTERN_PSK = 33  # RFC 9973
    PRE_SHARED_KEY = 41
    EARLY_DATA = 42
    SUPPORTED_VERSIONS = 43
    COOKIE = 44
    PSK_KEY_EXCHANGE_MODES = 45
    CERTIFICATE_AUTHORITIES = 47
    OID_FILTERS = 48
    POST_HANDSHAKE_AUTH = 49
    SIGNATURE_ALGORITHMS_CERT = 50
    KEY_SHARE = 51


class CipherSuite(IntEnum):
    """An AEAD and the hash of the key schedule, two bytes. Appendix B.4."""

    TLS_AES_128_GCM_SHA256 = 0x1301
    TLS_AES_256_GCM_SHA384 = 0x1302
    TLS_CHACHA20_POLY1305_SHA256 = 0x1303
    TLS_AES_128_CCM_SHA256 = 0x1304
    TLS_AES_128_CCM_8_SHA256 = 0x1305


class NamedGroup(IntEnum):
    """A key exchange method, two bytes. Section 4.3.7 (RFC 8446: 4.2.7)."""

    SECP256R1 = 0x0017
    SECP384R1 = 0x0018
    SECP521R1 = 0x0019
    X25519 = 0x001D
    X448 = 0x001E
    FFDHE2048 = 0x0100
    # A hybrid of ML-KEM-768 and X25519: draft-ietf-tls-ecdhe-mlkem.
    X25519MLKEM768 = 0x11EC


class SignatureScheme(IntEnum):
    """A signature algorithm and its hash, two bytes. Section 4.3.3 (RFC 8446: 4.2.3)."""

    RSA_PKCS1_SHA256 = 0x0401
    ECDSA_SECP256R1_SHA256 = 0x0403
    ECDSA_SECP384R1_SHA384 = 0x0503
    ECDSA_SECP521R1_SHA512 = 0x0603
    RSA_PSS_RSAE_SHA256 = 0x0804
    RSA_PSS_RSAE_SHA384 = 0x0805
    RSA_PSS_RSAE_SHA512 = 0x0806
    ED25519 = 0x0807
    ED448 = 0x0808
    RSA_PSS_PSS_SHA256 = 0x0809
    RSA_PSS_PSS_SHA384 = 0x080A
    RSA_PSS_PSS_SHA512 = 0x080B


class PskKeyExchangeMode(IntEnum):
    """How a PSK may be used, one byte. Section 4.3.9 (RFC 8446: 4.2.9)."""

    PSK_KE = 0
    PSK_DHE_KE = 1


class AlertLevel(IntEnum):
    """The first byte of an alert, which a TLS 1.3 receiver ignores. Section 6."""

    WARNING = 1
    FATAL = 2


class AlertDescription(IntEnum):
    """The reason that an alert gives, one byte. Section 6."""

    CLOSE_NOTIFY = 0
    UNEXPECTED_MESSAGE = 10
    BAD_RECORD_MAC = 20
    RECORD_OVERFLOW = 22
    HANDSHAKE_FAILURE = 40
    BAD_CERTIFICATE = 42
    UNSUPPORTED_CERTIFICATE = 43
    CERTIFICATE_REVOKED = 44
    CERTIFICATE_EXPIRED = 45
    CERTIFICATE_UNKNOWN = 46
    ILLEGAL_PARAMETER = 47
    UNKNOWN_CA = 48
    ACCESS_DENIED = 49
    DECODE_ERROR = 50
    DECRYPT_ERROR = 51
    PROTOCOL_VERSION = 70
    INSUFFICIENT_SECURITY = 71
    INTERNAL_ERROR = 80
    INAPPROPRIATE_FALLBACK = 86
    USER_CANCELED = 90
    MISSING_EXTENSION = 109
    UNSUPPORTED_EXTENSION = 110
    UNRECOGNIZED_NAME = 112
    BAD_CERTIFICATE_STATUS_RESPONSE = 113
    UNKNOWN_PSK_IDENTITY = 115
    CERTIFICATE_REQUIRED = 116
    GENERAL_ERROR = 117  # new in RFC 9846
    NO_APPLICATION_PROTOCOL = 120


LEGACY_VERSION = 0x0303
"""TLS 1.2: what TLS 1.3 writes into the old version fields, because of middleboxes."""

TLS13 = 0x0304
"""The version number in the supported_versions extension, where the version is negotiated."""


def name_of(registry: type[IntEnum], code: int) -> str:
    """The name of ``code`` in the RFC's spelling, or the number in hexadecimal if it has no name.

    >>> name_of(HandshakeType, 1)
    'client_hello'
    """
    try:
        name = registry(code).name
    except ValueError:
        return f"0x{code:04x}"
    # The RFC writes suites and the hybrid group in capitals, and everything else in lower case.
    capitals = registry is CipherSuite or name == "X25519MLKEM768"
    return name if capitals else name.lower()
