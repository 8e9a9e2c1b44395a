"""Curve25519 for CPace: a generator made from a hash, and X25519 to multiply it.

Elligator 2 maps 32 bytes of a hash to a point whose discrete logarithm nobody knows (RFC 9380,
map_to_curve_elligator2_curve25519). X25519 multiplies that point by a scalar (RFC 7748); the
library does this, as in :mod:`tls13lab.crypto.groups`.

A point is represented by its u coordinate, 32 bytes. This code is for lessons: the time that
Python's integers take depends on their values, so the map is not constant-time, as a real
implementation must be.

>>> g = generator_of(bytes(32))
>>> scalar_mult_vfy(b"\\x01" * 32, scalar_mult_vfy(b"\\x02" * 32, g)) == scalar_mult_vfy(
...     b"\\x02" * 32, scalar_mult_vfy(b"\\x01" * 32, g)
... )
True
>>> scalar_mult_vfy(b"\\x01" * 32, bytes(32)) == NEUTRAL
True
"""

from tls13lab.crypto.library import compiled

SIZE = 32
"""The length of a coordinate and of a scalar, in bytes."""
NEUTRAL = bytes(SIZE)
"""G.I of the draft: the result of X25519 for a point of small order, on the curve or its twist."""
Q = 2**255 - 19
"""The order of the field."""
A = 486662
"""The coefficient in the equation of the curve, v^2 = u^3 + A*u^2 + u."""
Z = 2
"""The non-square that Elligator 2 uses for this curve."""


def decode_u(coordinate: bytes) -> int:
    """decodeUCoordinate of RFC 7748: 32 bytes, little-endian, the highest bit ignored."""
    return int.from_bytes(coordinate, "little") & (2**255 - 1)


def elligator2(r: int) -> int:
    """The u coordinate of the point to which Elligator 2 maps the field element ``r``.

    The two special cases of the RFC cannot occur. 1 + Z*r^2 is never 0, because -1 is a square and
    Z is not. And v^3 + A*v^2 + v is never 0, because v is not 0 and A^2 - 4 is not a square.
    """
    v = -A * pow(1 + Z * r * r, -1, Q) % Q
    on_the_curve = pow(v * (v * v + A * v + 1), (Q - 1) // 2, Q) == 1
    return v if on_the_curve else (-v - A) % Q


def generator_of(hashed: bytes) -> bytes:
    """The generator that belongs to 32 bytes of a hash."""
    return elligator2(decode_u(hashed) % Q).to_bytes(SIZE, "little")


def scalar_mult_vfy(scalar: bytes, point: bytes) -> bytes:
    """X25519; NEUTRAL for an unusable point: one of small order, or not 32 bytes long."""
    try:
        if not compiled():
            from tls13lab.crypto.portable.groups import x25519

            return x25519(scalar, point)
        from cryptography.hazmat.primitives.asymmetric import x25519 as library

        key = library.X25519PrivateKey.from_private_bytes(scalar)
        return key.exchange(library.X25519PublicKey.from_public_bytes(point))
    except ValueError:
        return NEUTRAL
