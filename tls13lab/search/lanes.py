"""Testing guesses with a kernel that Numba compiles: many lanes of SHA-2 side by side.

A guess costs 14 compressions, whatever the hash: two for the early secret, because the salt is
constant; four for each of three HMACs, which are keyed with what came before. In each of these the
message is one block that all guesses share. A lane compares one word of the binder; what it lets
through is asked of the honest endpoint's function.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tls13lab.search.constants import START
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import Found, Portable
from tls13lab.search.straight_line import KINDS, LANES, SHA256, SHA384, Sha2, source
from tls13lab.search.target import Target

SHA2 = {sha.name: sha for sha in (SHA256, SHA384)}
Words = npt.NDArray[Any]


def _functions(sha: Sha2, U: type) -> dict[str, Any]:
    """The three functions of FIPS 180-4 section 4.1 that the straight lines call."""
    bits = sha.bits
    (a0, a1, a2), (e0, e1, e2) = (tuple(map(U, turns)) for turns in sha.big_sigma)
    (x0, x1, x2), (y0, y1, y2) = (tuple(map(U, turns)) for turns in sha.small_sigma)
    # What a rotation to the right by n carries over the top goes to the left by bits - n.
    (b0, b1, b2), (f0, f1, f2) = (
        tuple(U(bits - turn) for turn in turns) for turns in sha.big_sigma
    )
    (v0, v1), (z0, z1) = (tuple(U(bits - turn) for turn in turns[:2]) for turns in sha.small_sigma)

    @njit
    def choose(h: Any, e: Any, f: Any, g: Any, word: Any) -> Any:
        sigma = (e >> e0 | e << f0) ^ (e >> e1 | e << f1) ^ (e >> e2 | e << f2)
        return U(h + sigma + (g ^ (e & (f ^ g))) + word)

    @njit
    def majority(t: Any, a: Any, b: Any, c: Any) -> Any:
        sigma = (a >> a0 | a << b0) ^ (a >> a1 | a << b1) ^ (a >> a2 | a << b2)
        return U(t + sigma + ((a & b) | (c & (a | b))))

    @njit
    def expand(w16: Any, w15: Any, w7: Any, w2: Any) -> Any:
        low = (w15 >> x0 | w15 << v0) ^ (w15 >> x1 | w15 << v1) ^ (w15 >> x2)
        high = (w2 >> y0 | w2 << z0) ^ (w2 >> y1 | w2 << z1) ^ (w2 >> y2)
        return U(w16 + low + w7 + high)

    return {"U": U, "choose": choose, "majority": majority, "expand": expand}


@lru_cache(maxsize=2)
def kernels(hash_name: str) -> dict[str, Callable[..., None]]:
    """The compression function for each kind of block, compiled when first called."""
    sha = SHA2[hash_name]
    names = _functions(sha, word_type(sha))
    names |= {f"K{t}": word_type(sha)(value) for t, value in enumerate(sha.constants)}
    for kind in KINDS:
        exec(source(sha, kind), names)  # our own text, from constants alone
    return {kind: njit(nogil=True)(names[f"compress_{kind}"]) for kind in KINDS}


def word_type(sha: Sha2) -> type:
    """NumPy's type of a word."""
    return np.uint32 if sha.word == 4 else np.uint64


@lru_cache(maxsize=2)
def _tester(hash_name: str) -> Callable[..., int]:
    """The whole of a batch as one compiled function."""
    sha = SHA2[hash_name]
    U, word_size, block_size = word_type(sha), sha.word, sha.block
    message, finish, inner_pad, outer_pad, known = (kernels(hash_name)[kind] for kind in KINDS)
    fits = sha.block - sha.length_bytes - 1
    shift = U(8)
    end_bit = U(0x80)

    @njit(nogil=True)
    def pack(data: Any, starts: Any, lengths: Any, at: int, block: Any) -> None:
        """Up to LANES guesses as blocks: the bytes, a one bit, zeros, the length in bits."""
        block[:] = U(0)
        for lane in range(min(LANES, len(starts) - at)):
            start, length = starts[at + lane], lengths[at + lane]
            if length > fits:
                continue
            word = U(0)
            for i in range(length + 1):
                byte = U(data[start + i]) if i < length else end_bit
                word = U(word << shift | byte)
                if i % word_size == word_size - 1:
                    block[i // word_size * LANES + lane] = word
                    word = U(0)
            left = word_size - 1 - length % word_size
            if left:
                block[length // word_size * LANES + lane] = U(word << U(8 * left))
            block[15 * LANES + lane] = U(8 * (block_size + length))

    @njit(nogil=True)
    def test(
        data: Any,
        starts: Any,
        lengths: Any,
        salt_inner: Any,
        salt_outer: Any,
        begin: Any,
        schedules: Any,
        last: Any,
        wanted: Any,
        hits: Any,
    ) -> int:
        """Indices and targets of what may be right, into ``hits``; returns how many."""
        block: Any = np.empty(16 * LANES, U)
        key: Any = np.empty(8 * LANES, U)
        told: Any = np.empty(8 * LANES, U)
        state: Any = np.empty(8 * LANES, U)
        count = 0
        for at in range(0, len(starts), LANES):
            pack(data, starts, lengths, at, block)
            message(salt_inner, block, told)
            finish(salt_outer, told, key)
            for step in range(2):
                inner_pad(begin, key, state)
                known(state, schedules[step], told)
                outer_pad(begin, key, state)
                finish(state, told, key)
            for target in range(len(wanted)):
                inner_pad(begin, key, state)
                known(state, last[target], told)
                outer_pad(begin, key, state)
                finish(state, told, block)
                for lane in range(min(LANES, len(starts) - at)):
                    if block[lane] == wanted[target] and count < len(hits):
                        hits[count, 0] = at + lane
                        hits[count, 1] = target
                        count += 1
        return count

    tester: Callable[..., int] = test
    return tester


def _schedule(sha: Sha2, message: bytes) -> Words:
    """The message schedule of the one block that ends an HMAC over ``message``, constants added."""
    padded = message + b"\x80" + bytes(sha.block - len(message) - 1 - sha.length_bytes)
    padded += (8 * (sha.block + len(message))).to_bytes(sha.length_bytes)
    words = [int.from_bytes(padded[at : at + sha.word]) for at in range(0, sha.block, sha.word)]

    def sigma(value: int, turns: tuple[int, int, int]) -> int:
        one, two, three = turns
        turned = (value >> one | value << sha.bits - one) ^ (value >> two | value << sha.bits - two)
        return (turned ^ value >> three) % (1 << sha.bits)

    small0, small1 = sha.small_sigma
    for t in range(16, sha.rounds):
        fresh = words[t - 16] + sigma(words[t - 15], small0)
        words.append((fresh + words[t - 7] + sigma(words[t - 2], small1)) % (1 << sha.bits))
    added = [(word + k) % (1 << sha.bits) for word, k in zip(words, sha.constants, strict=True)]
    return np.array(added, dtype=word_type(sha))


class Lanes:
    """Tests guesses against targets of one kind and hash. The first call compiles: some seconds."""

    def __init__(self, targets: Sequence[Target]) -> None:
        sha = SHA2[targets[0].hash_name]
        self._targets = targets
        self._fits = sha.block - sha.length_bytes - 1
        self._portable = Portable(targets)
        self._test = _tester(sha.name)
        kind = word_type(sha)
        begin: Words = np.array(START[sha.name], dtype=kind)
        first, second, _ = targets[0].macs
        salts = [self._after_pad(sha, begin, pad) for pad in ("inner_pad", "outer_pad")]
        self._constant: tuple[Words, ...] = (
            salts[0],
            np.repeat(salts[1], LANES),
            begin,
            np.array([_schedule(sha, first), _schedule(sha, second)]),
            np.array([_schedule(sha, target.macs[2]) for target in targets]),
            np.array([int.from_bytes(target.binder[: sha.word]) for target in targets], dtype=kind),
        )

    @staticmethod
    def _after_pad(sha: Sha2, begin: Words, pad: str) -> Words:
        """The state after one block of the salt, which is all zeros."""
        out = np.zeros(8 * LANES, begin.dtype)
        kernels(sha.name)[pad](begin, np.zeros(16 * LANES, begin.dtype), out)
        return np.ascontiguousarray(out[::LANES])

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""
        hits = np.empty((64, 2), np.int64)
        count = self._test(guesses.data, guesses.starts, guesses.lengths, *self._constant, hits)
        if count == len(hits):
            # More than could be noted: not chance, but the same word many times over.
            yield from self._portable.test(guesses)
            return
        for index, target in hits[:count]:
            word = guesses[int(index)]
            if word and self._targets[target].made_with(word):
                yield guesses.first + int(index), self._targets[target], word
        yield from self._longer(guesses)

    def _longer(self, guesses: Guesses) -> Iterator[Found]:
        """Those that do not fit one block."""
        for index in np.flatnonzero(guesses.lengths > self._fits):
            one = guesses[int(index)]
            for _, target, word in self._portable.test(Guesses.of([one])):
                yield guesses.first + int(index), target, word
