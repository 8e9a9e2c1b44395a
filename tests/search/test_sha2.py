"""Our own SHA-2, with numbers: hashlib's; the constants: the standard's."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.search.sha2 import SHA2, Numbers, Sha2, compress, digest, majority, pad, words

hashes = pytest.mark.parametrize("sha", SHA2.values(), ids=SHA2)


def hashed(sha: Sha2, message: bytes) -> bytes:
    state = list(sha.start)
    numbers = Numbers(sha.bits)
    whole = len(message) // sha.block * sha.block
    for at in range(0, whole, sha.block):
        state = compress(sha, numbers, state, words(sha, message[at : at + sha.block]))
    return digest(sha, compress(sha, numbers, state, pad(sha, message[whole:], whole)))


@hashes
@pytest.mark.parametrize("length", [0, 1, 3, 55, 64, 100, 128, 150, 256])
def test_it_is_hashlibs(sha: Sha2, length: int) -> None:
    message = bytes(n * 7 % 256 for n in range(length))
    assert hashed(sha, message) == hashlib.new(sha.name, message).digest()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_majority_is_two_of_three(a: int, b: int, c: int) -> None:
    assert majority(a, b, c) == (a & b) | (a & c) | (b & c)
