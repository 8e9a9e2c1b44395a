"""Testing guesses with what Python brings along: slower than lanes, but there at once, everywhere.

Two ways, of which the faster differs from machine to machine: ``hmac.digest`` four times a guess,
or contexts of hashlib that have taken in the constant part already and are copied.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence

from tls13lab.psk.importer import imported_key
from tls13lab.search.guesses import Guesses
from tls13lab.search.target import Target

Found = tuple[int, Target, bytes]
"""The place among all guesses, whose binder it is, and the PSK."""


def by_digest(hash_name: str, first: bytes, second: bytes) -> Callable[[bytes], bytes]:
    """From a PSK to the finished key, with one call an HMAC."""
    salt = bytes(hashlib.new(hash_name).digest_size)

    def finished_key(psk: bytes) -> bytes:
        early_secret = hmac.digest(salt, psk, hash_name)
        return hmac.digest(hmac.digest(early_secret, first, hash_name), second, hash_name)

    return finished_key


def by_copies(hash_name: str, first: bytes, second: bytes) -> Callable[[bytes], bytes]:
    """The same, with the salt's two blocks taken in once: HMAC as RFC 2104 writes it."""
    new = getattr(hashlib, hash_name)
    block = new().block_size
    inner_salt, outer_salt = new(b"\x36" * block), new(b"\x5c" * block)
    inner = bytes(byte ^ 0x36 for byte in range(256))
    outer = bytes(byte ^ 0x5C for byte in range(256))
    tail = bytes(block - new().digest_size)
    inner_tail, outer_tail = tail.translate(inner), tail.translate(outer)

    def finished_key(psk: bytes) -> bytes:
        head, end = inner_salt.copy(), outer_salt.copy()
        head.update(psk)
        end.update(head.digest())
        key = end.digest()
        for message in (first, second):
            told = new(key.translate(inner) + inner_tail + message).digest()
            key = new(key.translate(outer) + outer_tail + told).digest()
        result: bytes = key
        return result

    return finished_key


class Portable:
    """Tests guesses against targets of one kind and hash; imported ones, of one identity."""

    def __init__(
        self, targets: Sequence[Target], way: Callable[..., Callable[[bytes], bytes]] = by_copies
    ) -> None:
        first, second, _ = targets[0].macs
        self._hash = targets[0].hash_name
        self._finished_key = way(self._hash, first, second)
        self._imported = targets[0].identity if targets[0].imported else None
        self._epsk_hash = targets[0].epsk_hash
        self._targets = [(target.macs[2], target) for target in targets]

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""
        for index in range(len(guesses)):
            word = guesses[index]
            if not word:
                continue  # no PSK is empty; a line that was passed over is
            psk = word
            if self._imported is not None:
                psk = imported_key(word, self._epsk_hash, self._imported, self._hash)
            key = self._finished_key(psk)
            for transcript_hash, target in self._targets:
                if hmac.digest(key, transcript_hash, self._hash) == target.binder:
                    yield guesses.first + index, target, word
