"""Curve25519 as CPace needs it: a generator out of any bytes, and X25519 on it.

Two things, no more. Elligator 2 makes a point of 32 bytes of a hash, so that nobody knows that
point's discrete logarithm (RFC 9380, map_to_curve_elligator2_curve25519). And X25519 multiplies it
(RFC 7748): that is the library's, as in :mod:`tls13lab.crypto.groups`.

A point is its u coordinate, 32 bytes. This is a lesson's code: Python's integers take a time that
depends on their values, so the map is not constant-time, as a real implementation's has to be.

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
"""Bytes of a coordinate and of a scalar."""
NEUTRAL = bytes(SIZE)
"""G.I: what X25519 gives for every point of small order, on the curve and on its twist."""
Q = 2**255 - 19
"""The field's order."""
A = 486662
"""Of the curve v^2 = u^3 + A*u^2 + u."""
Z = 2
"""The non-square that Elligator 2 takes for this curve."""


def decode_u(coordinate: bytes) -> int:
    """RFC 7748's decodeUCoordinate: little-endian, the highest of the 256 bits ignored."""
    return int.from_bytes(coordinate, "little") & (2**255 - 1)


def elligator2(r: int) -> int:
    """The u coordinate of a point on the curve, for any field element.

    Neither case that the RFC treats apart can come up here: 1 + Z*r^2 is never 0, because -1 is a
    square and Z is none; and v is never a zero of the curve, because A and A^2 - 4 are none.
    """
    v = -A * pow(1 + Z * r * r, -1, Q) % Q
    on_the_curve = pow(v * (v * v + A * v + 1), (Q - 1) // 2, Q) == 1
    return v if on_the_curve else (-v - A) % Q


def generator_of(hashed: bytes) -> bytes:
    """The generator that 32 bytes of a hash stand for."""
    return elligator2(decode_u(hashed) % Q).to_bytes(SIZE, "little")


def scalar_mult_vfy(scalar: bytes, point: bytes) -> bytes:
    """X25519; NEUTRAL for a point that is not usable: of small order, or not 32 bytes long."""
    try:
        if not compiled():
            from tls13lab.crypto.portable.groups import x25519

            return x25519(scalar, point)
        from cryptography.hazmat.primitives.asymmetric import x25519 as library

        key = library.X25519PrivateKey.from_private_bytes(scalar)
        return key.exchange(library.X25519PublicKey.from_public_bytes(point))
    except ValueError:
        return NEUTRAL
