"""SHA-256 and SHA-384 as in FIPS 180-4, for any kind of word.

The same functions compute with numbers, or write a program for many guesses at once
(``llvm/text``). The arithmetic decides what a word is, and how words are added. With numbers:

>>> import hashlib
>>> block = pad(SHA256, b"abc", before=0)
>>> state = compress(SHA256, Numbers(32), SHA256.start, block)
>>> digest(SHA256, state) == hashlib.sha256(b"abc").digest()
True
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, Protocol

Word = Any
"""A number, or a value that has ``^``, ``&``, ``|`` and ``>>``, also together with numbers."""
Turns = tuple[int, int, int]


# The constants: FIPS 180-4 sections 4.2.2, 4.2.3 and 5.3 -----------------------------------------
#
# They are the fractional parts of the square and cube roots of primes: nothing is hidden in them.


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


# The functions -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sha2:
    """The differences between SHA-256 and SHA-384: sizes in bytes, rounds, rotations."""

    name: str
    word: int
    digest_words: int
    big_sigma: tuple[Turns, Turns]
    small_sigma: tuple[Turns, Turns]
    constants: tuple[int, ...]

    @property
    def start(self) -> tuple[int, ...]:
        """The state before the first block, 8 words."""
        return START[self.name]

    @property
    def bits(self) -> int:
        """Bits of a word."""
        return 8 * self.word

    @property
    def block(self) -> int:
        """Bytes of a block."""
        return 16 * self.word

    @property
    def length_bytes(self) -> int:
        """Bytes of the length at the end of the padding."""
        return 2 * self.word


SHA256 = Sha2("sha256", 4, 8, ((2, 13, 22), (6, 11, 25)), ((7, 18, 3), (17, 19, 10)), ROUNDS_256)
SHA384 = Sha2("sha384", 8, 6, ((28, 34, 39), (14, 18, 41)), ((1, 8, 7), (19, 61, 6)), ROUNDS_512)
SHA2 = {sha.name: sha for sha in (SHA256, SHA384)}


class Arithmetic(Protocol):
    """The operations on words besides the bitwise operators."""

    def add(self, *words: Word) -> Word:
        """The sum, without the carry."""

    def turn(self, word: Word, right: int) -> Word:
        """A rotation to the right by this number of bits."""

    def majority(self, a: Word, b: Word, c: Word) -> Word:
        """The majority of three words, bit by bit."""


def majority(a: Word, b: Word, c: Word) -> Word:
    """The function Maj of section 4.1.2, with one operation less."""
    return (a & b) | (c & (a | b))


class Numbers:
    """Arithmetic with integers modulo 2^``bits``."""

    def __init__(self, bits: int) -> None:
        self._bits, self._modulus = bits, 1 << bits

    def add(self, *words: int) -> int:
        """The sum modulo 2^``bits``."""
        return sum(words) % self._modulus

    def turn(self, word: int, right: int) -> int:
        """A rotation to the right."""
        return (word >> right | word << self._bits - right) % self._modulus

    def majority(self, a: int, b: int, c: int) -> int:
        """The majority of three words, bit by bit."""
        result: int = majority(a, b, c)
        return result


def _big_sigma(on: Arithmetic, turns: Turns, word: Word) -> Word:
    first, second, third = turns
    return on.turn(word, first) ^ on.turn(word, second) ^ on.turn(word, third)


def _small_sigma(on: Arithmetic, turns: Turns, word: Word) -> Word:
    first, second, third = turns
    return on.turn(word, first) ^ on.turn(word, second) ^ (word >> third)


def schedule(sha: Sha2, on: Arithmetic, block: Sequence[Word]) -> Iterator[Word]:
    """The message schedule of a block of 16 words: a word for each round, plus its constant.

    Each word is made when it is needed, because a processor's registers cannot hold all of them.
    """
    words = list(block)
    for t, k in enumerate(sha.constants):
        if t >= 16:
            low = _small_sigma(on, sha.small_sigma[0], words[t - 15])
            high = _small_sigma(on, sha.small_sigma[1], words[t - 2])
            words.append(on.add(words[t - 16], low, words[t - 7], high))
        yield on.add(words[t], k)


def rounds(
    sha: Sha2, on: Arithmetic, state: Sequence[Word], scheduled: Iterable[Word]
) -> list[Word]:
    """The state after a block, given as its message schedule."""
    a, b, c, d, e, f, g, h = state
    for word in scheduled:
        t1 = on.add(h, _big_sigma(on, sha.big_sigma[1], e), g ^ (e & (f ^ g)), word)
        t2 = on.add(_big_sigma(on, sha.big_sigma[0], a), on.majority(a, b, c))
        a, b, c, d, e, f, g, h = on.add(t1, t2), a, b, c, on.add(d, t1), e, f, g
    return [on.add(old, new) for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def compress(sha: Sha2, on: Arithmetic, state: Sequence[Word], block: Sequence[Word]) -> list[Word]:
    """The state, 8 words, after a block of 16."""
    return rounds(sha, on, state, schedule(sha, on, block))


def pad(sha: Sha2, message: bytes, before: int) -> list[int]:
    """The words of the last block: the end of the message, a one bit, zeros, the length in bits.

    ``before`` is the number of bytes in the blocks before it.
    """
    length = (8 * (before + len(message))).to_bytes(sha.length_bytes)
    zeros = bytes(sha.block - len(message) - 1 - sha.length_bytes)
    return words(sha, message + b"\x80" + zeros + length)


def words(sha: Sha2, content: bytes) -> list[int]:
    """Bytes as words, with the most significant byte first."""
    return [int.from_bytes(content[at : at + sha.word]) for at in range(0, len(content), sha.word)]


def digest(sha: Sha2, state: Sequence[int]) -> bytes:
    """The hash from the last state; SHA-384 leaves out two words."""
    return b"".join(word.to_bytes(sha.word) for word in state[: sha.digest_words])
