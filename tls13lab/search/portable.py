"""The portable engine, which uses only the standard library: slower than lanes, but always there.

It has two variants; which one is faster depends on the machine. One calls ``hmac.digest`` four
times for each guess. The other copies hashlib's contexts, which have the constant part already.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from tls13lab.psk.importer import epskx, ipskx
from tls13lab.search.guesses import Guesses
from tls13lab.search.target import Target

Found = tuple[int, Target, bytes]
"""The number of the guess in the whole search, the target whose binder it makes, and the PSK."""
Mac = Callable[[bytes], bytes]
Way = Callable[[str, bytes, bytes], Callable[[bytes], Mac]]
"""A variant. From a hash and the messages of two HMACs, it makes a function of a PSK. That function
returns the HMAC under the PSK's finished key, which gives the binder of any transcript hash."""


def by_digest(hash_name: str, first: bytes, second: bytes) -> Callable[[bytes], Mac]:
    """The variant with ``hmac.digest``."""
    salt = bytes(hashlib.new(hash_name).digest_size)

    def binders(psk: bytes) -> Mac:
        early_secret = hmac.digest(salt, psk, hash_name)
        binder_key = hmac.digest(early_secret, first, hash_name)
        finished_key = hmac.digest(binder_key, second, hash_name)
        return lambda transcript_hash: hmac.digest(finished_key, transcript_hash, hash_name)

    return binders


def by_copies(hash_name: str, first: bytes, second: bytes) -> Callable[[bytes], Mac]:
    """The variant with copied contexts: HMAC as in RFC 2104, with each key hashed only once."""
    new = getattr(hashlib, hash_name)
    block = new().block_size
    inner_salt, outer_salt = new(b"\x36" * block), new(b"\x5c" * block)
    inner = bytes(byte ^ 0x36 for byte in range(256))
    outer = bytes(byte ^ 0x5C for byte in range(256))
    tail = bytes(block - new().digest_size)
    inner_tail, outer_tail = tail.translate(inner), tail.translate(outer)

    def binders(psk: bytes) -> Mac:
        head, end = inner_salt.copy(), outer_salt.copy()
        head.update(psk)
        end.update(head.digest())
        key = end.digest()
        for message in (first, second):
            inside = new(key.translate(inner) + inner_tail + message).digest()
            key = new(key.translate(outer) + outer_tail + inside).digest()
        inner_key = new(key.translate(inner) + inner_tail)
        outer_key = new(key.translate(outer) + outer_tail)

        def binder(transcript_hash: bytes) -> bytes:
            head, end = inner_key.copy(), outer_key.copy()
            head.update(transcript_hash)
            end.update(head.digest())
            result: bytes = end.digest()
            return result

        return binder

    return binders


def by_identity(targets: Sequence[Target]) -> tuple[list[Target], list[list[Target]]]:
    """The targets in the order in which a word is tried on them, and the same in groups.

    The targets of a group share all HMACs but the last. Imported PSKs are grouped by identity.
    """

    def identity(target: Target) -> bytes:
        return target.identity if target.imported else b""

    ordered = sorted(targets, key=identity)
    return ordered, [list(group) for _, group in groupby(ordered, identity)]


class PortableEngine:
    """Tests guesses against targets of one kind and hash."""

    def __init__(self, targets: Sequence[Target], way: Way = by_copies) -> None:
        first, second, _ = targets[0].macs
        self._hash, self._epsk_hash = targets[0].hash_name, targets[0].epsk_hash
        self._imported = targets[0].imported
        self._binders = way(self._hash, first, second)
        _, groups = by_identity(targets)
        self._groups = [
            (group[0].identity, [(target.macs[2], target) for target in group]) for group in groups
        ]

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """The guesses that make the binder of a target."""
        for index in range(len(guesses)):
            word = guesses[index]
            if not word:
                continue  # a line that was skipped; no PSK is empty
            key = epskx(word, self._epsk_hash) if self._imported else word
            for identity, targets in self._groups:
                psk = ipskx(key, self._epsk_hash, identity, self._hash) if self._imported else key
                binder = self._binders(psk)
                for transcript_hash, target in targets:
                    if binder(transcript_hash) == target.binder:
                        yield guesses.first + index, target, word
