"""X25519 and X448 from tlslite-ng, and the NIST curves from ecdsa. RFC 7748, SEC 1.

>>> scalar = bytes(31) + b"\\x40"
>>> # X25519 ignores the lowest three bits of a scalar.
>>> x25519(scalar, BASE_POINT) == x25519(b"\\x07" + scalar[1:], BASE_POINT)
True
>>> len(public_point(32, scalar)), len(shared_x(32, scalar, public_point(32, scalar)))
(65, 32)
"""

from ecdsa import ECDH, NIST256p, NIST384p, NIST521p, SigningKey, VerifyingKey
from ecdsa.errors import MalformedPointError

from tls13lab.crypto.portable import tlslite_ng

BASE_POINT = (9).to_bytes(32, "little")
X448_BASE_POINT = (5).to_bytes(56, "little")
_CURVES = {32: NIST256p, 48: NIST384p, 66: NIST521p}
"""The curves, by the length of a coordinate in bytes."""


def x25519(private_key: bytes, point: bytes) -> bytes:
    """X25519: 32 bytes, from a private key and a point of 32 bytes each.

    Raises ValueError for other lengths, and for a point of small order.
    """
    if len(private_key) != 32 or len(point) != 32:
        raise ValueError("x25519 takes 32 bytes and 32 bytes")
    shared = tlslite_ng.x25519(private_key, point)
    if not any(shared):
        raise ValueError("the shared secret is zero")
    return shared


def x448(private_key: bytes, point: bytes) -> bytes:
    """X448: 56 bytes, from a private key and a point of 56 bytes each.

    Raises ValueError for other lengths, and for a point of small order.
    """
    if len(private_key) != 56 or len(point) != 56:
        raise ValueError("x448 takes 56 bytes and 56 bytes")
    shared = tlslite_ng.x448(private_key, point)
    if not any(shared):
        raise ValueError("the shared secret is zero")
    return shared


def signing_key(length: int, private_key: bytes) -> SigningKey:
    """The private key on the curve whose coordinates have ``length`` bytes.

    Raises ValueError if the key is not between 0 and the order of the curve.
    """
    try:
        return SigningKey.from_secret_exponent(int.from_bytes(private_key, "big"), _CURVES[length])
    except MalformedPointError:
        raise ValueError("the private key is not between 0 and the order of the curve") from None


def verifying_key(length: int, point: bytes) -> VerifyingKey:
    """The public key from an uncompressed point; raises ValueError if it is not on the curve."""
    try:
        return VerifyingKey.from_string(point, _CURVES[length], valid_encodings=["uncompressed"])
    except MalformedPointError:
        raise ValueError("the point is not on the curve") from None


def public_point(length: int, private_key: bytes) -> bytes:
    """The public key of a private key, as an uncompressed point of ``1 + 2 * length`` bytes."""
    point: bytes = signing_key(length, private_key).verifying_key.to_string("uncompressed")
    return point


def shared_x(length: int, private_key: bytes, point: bytes) -> bytes:
    """The ECDH secret, an x coordinate of ``length`` bytes; raises ValueError for a bad point."""
    mine, theirs = signing_key(length, private_key), verifying_key(length, point)
    shared: bytes = ECDH(_CURVES[length], mine, theirs).generate_sharedsecret_bytes()
    return shared
