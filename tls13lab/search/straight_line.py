"""SHA-2's compression function as straight-line code for many lanes at once. FIPS 180-4 section 6.

A compiler turns a loop over lanes into vector instructions if its body has no loop of its own. So
the rounds are written out, by the functions here, as the source text of one Python function for
each kind of block; Numba compiles it. What is known of a block beforehand goes into its text: words
that are constant cost nothing, and of a block that is the same for all lanes the whole message
schedule is computed once.

>>> source(SHA256, "finish").splitlines()[0]
'def compress_finish(state, block, out):'
"""

from dataclasses import dataclass

from tls13lab.search.constants import PRIMES_256, PRIMES_512

LANES = 256
"""Guesses that one call of a kernel takes: a constant, for the compiler to know."""


@dataclass(frozen=True)
class Sha2:
    """What differs between SHA-256 and SHA-384: sizes in bytes, rounds, rotations."""

    name: str
    word: int
    rounds: int
    digest_words: int
    big_sigma: tuple[tuple[int, int, int], tuple[int, int, int]]
    small_sigma: tuple[tuple[int, int, int], tuple[int, int, int]]
    constants: tuple[int, ...]

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


SHA256 = Sha2(
    "sha256",
    4,
    64,
    8,
    ((2, 13, 22), (6, 11, 25)),
    ((7, 18, 3), (17, 19, 10)),
    PRIMES_256,
)
SHA384 = Sha2(
    "sha384",
    8,
    80,
    6,
    ((28, 34, 39), (14, 18, 41)),
    ((1, 8, 7), (19, 61, 6)),
    PRIMES_512,
)

KINDS = ("message", "finish", "inner_pad", "outer_pad", "known")
"""Blocks: a guess; a digest under the outer key; a key with either pad of HMAC; one that all share
(from its message schedule)."""


def _words(sha: Sha2, kind: str) -> list[str]:
    """Each word of the block as an expression."""
    if kind == "message":
        return [f"block[{i * LANES} + lane]" for i in range(16)]
    digest = [f"block[{i * LANES} + lane]" for i in range(sha.digest_words)]
    if kind == "finish":
        # A digest after one block of key: then a one bit, zeros, and the length in bits.
        length = sha.bits * (16 + sha.digest_words)
        zeros = ["U(0)"] * (15 - sha.digest_words - 1)
        return [*digest, f"U({1 << (sha.bits - 1)})", *zeros, f"U({length})"]
    pad = 0x36 if kind == "inner_pad" else 0x5C
    value = f"U({int.from_bytes(bytes([pad]) * sha.word)})"
    return [f"({word} ^ {value})" for word in digest] + [value] * (16 - sha.digest_words)


def _column(i: int, begin: str) -> str:
    return str(i) if begin == "0" else f"{i * LANES} + lane"


def source(sha: Sha2, kind: str) -> str:
    """The source text of ``compress_KIND(state, block, out)``.

    Arrays are flat, word after word with all lanes of each; ``state`` is just 8 words if all lanes
    begin alike (all but "finish" and "known"). For "known", ``block`` is the message schedule with
    the rounds' constants added. No name is assigned twice: of FIPS 180-4's eight variables only a
    and e are new in each round, the others are these of rounds before. The text needs ``choose``,
    ``majority``, ``expand`` and ``U``, the word's type, beside the rounds' constants K0, K1, ...
    """
    begin = "lane" if kind in {"finish", "known"} else "0"
    body = [f"{name} = state[{_column(i, begin)}]" for i, name in enumerate(_START)]
    if kind != "known":
        body += [f"w{i} = {word}" for i, word in enumerate(_words(sha, kind))]
    for t in range(sha.rounds):
        word = f"block[{t}]" if kind == "known" else f"U(w{t} + K{t})"
        if kind != "known" and t >= 16:
            body.append(f"w{t} = expand(w{t - 16}, w{t - 15}, w{t - 7}, w{t - 2})")
        body += [
            f"t{t} = choose(e{t}, e{t + 3}, e{t + 2}, e{t + 1}, {word})",
            f"e{t + 4} = U(a{t} + t{t})",
            f"a{t + 4} = majority(t{t}, a{t + 3}, a{t + 2}, a{t + 1})",
        ]
    last = [f"{name}{sha.rounds + back}" for name in "ae" for back in (3, 2, 1, 0)]
    body += [
        f"out[{i * LANES} + lane] = U(state[{_column(i, begin)}] + {name})"
        for i, name in enumerate(last)
    ]
    lines = [f"def compress_{kind}(state, block, out):", f"    for lane in range({LANES}):"]
    return "\n".join([*lines, *(f"        {line}" for line in body)]) + "\n"


_START = ("a3", "a2", "a1", "a0", "e3", "e2", "e1", "e0")
