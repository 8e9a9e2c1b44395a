"""A session file, the form in which OpenSSL accepts external PSKs of any hash. Stdlib only.

OpenSSL's option ``-psk`` supports only SHA-256. With ``-psk_session FILE``, the PSK comes from a
PEM file that contains an ``SSL_SESSION``, the ASN.1 structure that ``-sess_out`` writes, too::

    SEQUENCE {
        version             INTEGER 1,
        ssl_version         INTEGER 0x0304,
        cipher              OCTET STRING,       -- the suite's two bytes, which give the PSK's hash
        session_id          OCTET STRING,       -- empty here
        master_key          OCTET STRING,       -- the PSK itself
        time            [1] INTEGER,            -- Unix time, seconds
        timeout         [2] INTEGER,            -- seconds; OpenSSL's default is 3
        max_early_data [15] INTEGER OPTIONAL }  -- bytes of 0-RTT data (RFC 9846 section 4.3.10)

This module writes that structure and does not read it. A session file contains the key in the
clear: put it in a directory that only its owner can read, and remove it afterwards.
"""

import base64

MAX_PSK_BYTES = 512
"""OpenSSL's limit for the key of a TLS 1.3 session (``TLS13_MAX_RESUMPTION_PSK_LENGTH``)."""

SUITES = {
    "TLS_AES_128_GCM_SHA256": 0x1301,
    "TLS_AES_256_GCM_SHA384": 0x1302,
    "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
    "TLS_AES_128_CCM_SHA256": 0x1304,
    "TLS_AES_128_CCM_8_SHA256": 0x1305,
}
"""OpenSSL's suites, the first three enabled by default. The codes are in RFC 9846, appendix B.4."""

_INTEGER, _OCTET_STRING, _SEQUENCE = 0x02, 0x04, 0x30
_TIME, _TIMEOUT, _MAX_EARLY_DATA = 0xA1, 0xA2, 0xAF  # [1], [2], [15], explicit


def _der(tag: int, content: bytes) -> bytes:
    """One tag, length and value; X.690 section 8.1.3 (definite, shortest length)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(value: int) -> bytes:
    """A non-negative INTEGER: the shortest two's complement, so one bit longer than the value."""
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def psk_session_pem(
    key: bytes,
    suite: str,
    *,
    now: int,
    lifetime: int = 7 * 24 * 3600,
    max_early_data: int = 0,
) -> str:
    """The PEM text of an ``SSL_SESSION`` with an external PSK.

    ``key`` is the PSK, 1 to 512 bytes. ``suite`` determines its hash: any suite with that hash can
    then be negotiated, but 0-RTT data uses exactly this suite. ``now`` is Unix time in seconds; the
    file is valid for ``lifetime`` seconds from then. ``max_early_data`` is in bytes. Raises
    :class:`ValueError` if an argument is out of range.

    >>> print(psk_session_pem(bytes(32), "TLS_AES_128_GCM_SHA256", now=1_800_000_000))
    -----BEGIN SSL SESSION PARAMETERS-----
    MD4CAQECAgMEBAITAQQABCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    AKEGAgRrSdIAogUCAwk6gA==
    -----END SSL SESSION PARAMETERS-----
    <BLANKLINE>
    """
    if suite not in SUITES:
        raise ValueError(f"the suite of a PSK must be one of {', '.join(SUITES)}, not {suite!r}")
    if not 1 <= len(key) <= MAX_PSK_BYTES:
        raise ValueError(f"OpenSSL takes a PSK of 1 to {MAX_PSK_BYTES} bytes, not {len(key)}")
    if min(now, lifetime, max_early_data) < 0 or max_early_data > 0xFFFFFFFF:
        raise ValueError("now, lifetime and max_early_data must not be negative, the last < 2**32")
    content = (
        _integer(1)
        + _integer(0x0304)
        + _der(_OCTET_STRING, SUITES[suite].to_bytes(2, "big"))
        + _der(_OCTET_STRING, b"")
        + _der(_OCTET_STRING, key)
        + _der(_TIME, _integer(now))
        + _der(_TIMEOUT, _integer(lifetime))
    )
    if max_early_data:
        content += _der(_MAX_EARLY_DATA, _integer(max_early_data))
    text = base64.b64encode(_der(_SEQUENCE, content)).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    label = "SSL SESSION PARAMETERS"
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
