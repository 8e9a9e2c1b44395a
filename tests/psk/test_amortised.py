"""What a word costs against many binders: the table's count beside a count of what is computed.

The second count knows no table: it computes binders as RFC 2104 and RFC 5869 write them, with a
compression that notes each pair of a state and a block that it was asked for. A pair that came
before costs nothing. So what two words and two victims share shows by itself.
"""

import hashlib
import hmac
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.psk.amortised import Blocks, blocks, guesses_for_any, success_of_any
from tls13lab.psk.binder import binder
from tls13lab.psk.guesswork import counted, even
from tls13lab.psk.importer import imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.search.sha2 import SHA2, Numbers, compress, digest, words

LABELS = {
    PskKind.EXTERNAL: b"tls13 ext binder",
    PskKind.RESUMPTION: b"tls13 res binder",
    PskKind.IMPORTED: b"tls13 imp binder",
}
Asked = dict[tuple[str, tuple[int, ...], tuple[int, ...]], list[int]]


class Counting:
    """One hash, and all that its compression was ever asked for."""

    def __init__(self, hash_name: str, asked: Asked) -> None:
        self.sha, self.asked = SHA2[hash_name], asked
        self.length = HASH_LENGTHS[hash_name]

    def hash(self, message: bytes) -> bytes:
        sha, state = self.sha, list(self.sha.start)
        zeros = bytes(-(len(message) + 1 + sha.length_bytes) % sha.block)
        padded = message + b"\x80" + zeros + (8 * len(message)).to_bytes(sha.length_bytes)
        for at in range(0, len(padded), sha.block):
            state = self._compress(state, words(sha, padded[at : at + sha.block]))
        return digest(sha, state)

    def _compress(self, state: Sequence[int], block: Sequence[int]) -> list[int]:
        pair = (self.sha.name, tuple(state), tuple(block))
        if pair not in self.asked:
            self.asked[pair] = compress(self.sha, Numbers(self.sha.bits), state, block)
        return self.asked[pair]

    def hmac(self, key: bytes, message: bytes) -> bytes:
        key = key.ljust(self.sha.block, b"\0")
        inner = self.hash(bytes(byte ^ 0x36 for byte in key) + message)
        return self.hash(bytes(byte ^ 0x5C for byte in key) + inner)

    def expand(self, key: bytes, label: bytes, context: bytes, length: int) -> bytes:
        info = length.to_bytes(2) + bytes([len(label)]) + label + bytes([len(context)]) + context
        made = last = b""
        while len(made) < length:
            last = self.hmac(key, last + info + bytes([len(made) // self.length + 1]))
            made += last
        return made[:length]


def computed(
    asked: Asked, hash_name: str, kind: PskKind, word: bytes, victim: int, same: bool, epsk: str
) -> bytes:
    """The binder of a word for a victim."""
    one = Counting(hash_name, asked)
    plain = hashlib.new  # what depends on no word is computed beforehand
    psk, identity = word, b"identity" if same else b"identity %d" % victim
    if kind is PskKind.IMPORTED:
        of = Counting(epsk, asked)
        told = plain(epsk, identity).digest()
        psk = of.expand(of.hmac(bytes(of.length), word), b"tls13 derived psk", told, one.length)
    early_secret = one.hmac(bytes(one.length), psk)
    nothing = plain(hash_name).digest()
    binder_key = one.expand(early_secret, LABELS[kind], nothing, one.length)
    finished_key = one.expand(binder_key, b"tls13 finished", b"", one.length)
    hello = b"ClientHello %d" % victim
    made = one.hmac(finished_key, plain(hash_name, hello).digest())
    key = psk
    if kind is PskKind.IMPORTED:
        key = imported_key(word, epsk, identity, hash_name)
    assert made == binder(kind, key, hash_name, hello)
    return made


def measured(
    hash_name: str, kind: PskKind, length: int, same: bool, epsk: str, targets: int
) -> int:
    """Compressions that one more word costs."""
    asked: Asked = {}
    counts = []
    for letter in (b"a", b"b", b"c"):
        for victim in range(targets):
            computed(asked, hash_name, kind, letter * length, victim, same, epsk)
        counts.append(len(asked))
    assert counts[2] - counts[1] == counts[1] - counts[0]
    return counts[2] - counts[1]


hashes = pytest.mark.parametrize("hash_name", ["sha256", "sha384"])


@hashes
@pytest.mark.parametrize("kind", PskKind)
@pytest.mark.parametrize("same", [False, True])
def test_the_count_from_the_table_is_what_is_computed(
    hash_name: str, kind: PskKind, same: bool
) -> None:
    told = blocks(hash_name, kind, same_identity=same)
    for targets in (1, 2, 5):
        found = measured(hash_name, kind, 8, same, hash_name, targets)
        assert found == told.for_targets(targets)


@hashes
@pytest.mark.parametrize("length", [1, 55, 56, 64, 111, 112, 130])
def test_long_words(hash_name: str, length: int) -> None:
    told = blocks(hash_name, length=length)
    assert measured(hash_name, PskKind.EXTERNAL, length, False, hash_name, 2) == told.for_targets(2)


@hashes
def test_an_import_for_another_hash(hash_name: str) -> None:
    epsk = {"sha256": "sha384", "sha384": "sha256"}[hash_name]
    told = blocks(hash_name, PskKind.IMPORTED, epsk_hash=epsk)
    assert measured(hash_name, PskKind.IMPORTED, 8, False, epsk, 3) == told.for_targets(3)


def test_the_importer_is_the_salt_that_tls_does_not_have() -> None:
    plain, imported = blocks(), blocks(kind=PskKind.IMPORTED)
    assert (plain, imported) == (Blocks(12, 2), Blocks(4, 16))
    # A crowd of victims costs a seventh each without it, and with it four fifths.
    assert plain.times(10**6) / 10**6 == pytest.approx(1 / 7, rel=1e-3)
    assert imported.times(10**6) / 10**6 == pytest.approx(4 / 5, rel=1e-3)
    # One client's connections have one identity: nothing is gained by importing.
    assert blocks(kind=PskKind.IMPORTED, same_identity=True).each == plain.each
    with pytest.raises(ValueError, match="at least"):
        plain.for_targets(0)


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=30),
    st.integers(1, 100),
    st.floats(0.01, 0.99),
)
def test_the_first_of_many_victims(counts: list[int], targets: int, share: float) -> None:
    choice = counted(counts)
    guesses = guesses_for_any(choice, share, targets)
    assert success_of_any(choice, guesses, targets) >= share - 1e-9
    assert not guesses or success_of_any(choice, guesses - 1, targets) < share + 1e-9
    assert guesses <= choice.guesses_for(share)
    # Each victim by itself, and the chance that all of them were missed.
    missed = 1.0
    for _ in range(targets):
        missed *= 1 - choice.success(guesses)
    assert success_of_any(choice, guesses, targets) == pytest.approx(1 - missed, abs=1e-9)


def test_tiny_chances_are_not_rounded_away() -> None:
    assert success_of_any(even(2**128), 1, 1000) == pytest.approx(1000 / 2**128)
    assert guesses_for_any(even(1000), 1.0, 64) == 1000


def test_the_oracle_hashes_as_hashlib_does() -> None:
    for name in SHA2:
        for length in range(260):
            message = bytes(range(256))[:length].ljust(length, b"x")
            assert Counting(name, {}).hash(message) == hashlib.new(name, message).digest()
    assert Counting("sha256", {}).hmac(b"k", b"m") == hmac.digest(b"k", b"m", "sha256")
