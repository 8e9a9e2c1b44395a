"""The price of computing a secret that did not leak: log2 of the guesses, for each kind of secret.

"Perfect cryptography" means that no key is ever guessed. Here, each has a price instead. The unit
of all prices is a guess. A step of a discrete logarithm also counts as one guess, although it takes
longer than a hash.

- A secret that is *drawn* from n equally likely values costs (n + 1) / 2 guesses on average: 127
  bits for a key of 128. A PSK that a person chose costs what its distribution says.
- A *share* of a group of prime order q costs about sqrt(pi q / 4) steps by Pollard's rho with
  negation, the best method known that is general. That is 125.8 bits for x25519 and 127.8 for
  P-256: both are "128 bits" in words.
- A signature's key over such a group costs the same.

Some simplifications: one target at a time (keys that are attacked together share work; for PSKs,
``psk/amortised.py`` counts how much), no cost for memory, no Grover, and no better methods than
those known today. Guessing a secret of the schedule directly is left out: it is as long as a hash,
and never the cheapest.

>>> round(share_bits("x25519"), 1), round(share_bits("secp256r1"), 1)
(125.8, 127.8)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2, pi

ORDER_BITS: Mapping[str, float] = {
    "x25519": 252.0,
    "x448": 446.0,
    "secp256r1": 256.0,
    "secp384r1": 384.0,
    "secp521r1": 521.0,
}
"""log2 of the order of each group's subgroup, to a tenth of a bit and better: RFC 7748 section 4,
SEC 2. The hybrid group costs at least what x25519 does, and a quantum computer does not change
that; it is not in the table, because nobody has such a number for ML-KEM."""


def share_bits(group: str) -> float:
    """log2 of the steps to a share's private key. KeyError for a group that is not in the table."""
    return (log2(pi / 4) + ORDER_BITS[group]) / 2


def drawn_bits(bits: float) -> float:
    """log2 of the expected guesses at a key drawn evenly: half of all, from two bits on.

    >>> drawn_bits(128.0)
    127.0
    """
    return max(0.0, bits - 1)


def log2_sum(logs: Iterable[float]) -> float:
    """log2 of a sum, from the log2 of each term, even if the sum is too large for a float.

    Without terms it is 0, the price of something that costs nothing.

    >>> log2_sum([2000.0, 2000.0]), log2_sum([20.0]), log2_sum([])
    (2001.0, 20.0, 0.0)
    """
    listed = sorted(logs, reverse=True)
    if not listed:
        return 0.0
    return listed[0] + log2(sum(2.0 ** (each - listed[0]) for each in listed))


WEAK_PSK_BITS = 21.0
"""The default bits of a weak PSK: one of two million equally likely values."""


@dataclass(frozen=True, slots=True)
class Prices:
    """log2 of the guesses for each kind of secret; the defaults are the lab's own configuration.

    ``weak_psk`` is the external PSK's where it is assumed to be weak, ``strong_psk`` where it is
    not: RFC 9257 section 6 asks for 128 bits. ``record_key`` is a key of the AEAD, ``ticket_key``
    the server's for its tickets, AES-256; ``signature`` the key of a P-256 certificate.
    """

    weak_psk: float = drawn_bits(WEAK_PSK_BITS)
    strong_psk: float = drawn_bits(128)
    share: float = share_bits("x25519")
    signature: float = share_bits("secp256r1")
    record_key: float = drawn_bits(128)
    ticket_key: float = drawn_bits(256)


USUAL = Prices()
