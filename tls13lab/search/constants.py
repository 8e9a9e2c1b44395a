"""The constants of SHA-2, computed: FIPS 180-4 sections 4.2.2, 4.2.3 and 5.3.

They are the fractional parts of the square and cube roots of primes, so nothing is hidden in them.

>>> [hex(word) for word in START["sha256"][:2]]
['0x6a09e667', '0xbb67ae85']
"""

from math import isqrt


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root(number: int) -> int:
    """The integer part of the cube root, by Newton's method with integers."""
    root = 1 << -(-number.bit_length() // 3)
    while (better := (2 * root + number // (root * root)) // 3) < root:
        root = better
    return root


def _fractions_of_cube_roots(count: int, bits: int) -> tuple[int, ...]:
    return tuple(_cube_root(prime << (3 * bits)) % (1 << bits) for prime in _primes(count))


def _fractions_of_square_roots(primes: list[int], bits: int) -> tuple[int, ...]:
    return tuple(isqrt(prime << (2 * bits)) % (1 << bits) for prime in primes)


ROUNDS_256 = _fractions_of_cube_roots(64, 32)
ROUNDS_512 = _fractions_of_cube_roots(80, 64)
"""One word for each round."""
START = {
    "sha256": _fractions_of_square_roots(_primes(8), 32),
    "sha384": _fractions_of_square_roots(_primes(16)[8:], 64),
}
"""The state before the first block, 8 words."""
