"""How people choose a password, as a distribution: what RockYou's users did. RFC 9257 section 6.

In December 2009 the passwords of 32,603,388 accounts were stolen from rockyou.com, which kept them
in the clear. They show how people choose when nothing stops them: 290,731 took 123456, and a fifth
of all shared the 5,000 most popular passwords (Imperva, "Consumer Password Worst Practices", 2010);
in all there were 14,344,391 different ones (the Openwall project's count). The passwords themselves
are not here, and not needed.

What is simplified: between those three points, the share that k guesses find grows as a power of k.
That is the law which Wang and others found in fourteen such lists ("Zipf's Law in Passwords", IEEE
TIFS 12(11), 2017). It is one site's users in one year; others choose a little better, or worse.

>>> people = chosen_by_people()
>>> round(people.min_entropy, 1), round(people.shannon, 1), round(people.success(10), 3)
(6.8, 20.9, 0.021)
"""

from functools import lru_cache
from itertools import pairwise
from math import log

from tls13lab.psk.guesswork import Choice, along

ACCOUNTS = 32_603_388
POINTS: tuple[tuple[int, float], ...] = (
    (1, 290_731 / ACCOUNTS),
    (5_000, 0.20),
    (14_344_391, 1.0),
)
"""Pairs (k, share): the k most popular passwords cover this share of the accounts."""


@lru_cache(maxsize=1)
def chosen_by_people() -> Choice:
    """The distribution of passwords over ranks of popularity."""
    return along(POINTS[-1][0], share_found)


def share_found(guesses: float) -> float:
    """The share of accounts found by the most popular passwords, interpolated between ``POINTS``.

    >>> share_found(0), round(share_found(5000), 6), share_found(10**9)
    (0.0, 0.2, 1.0)
    """
    if guesses < 1:
        return 0.0
    for (rank, share), (next_rank, next_share) in pairwise(POINTS):
        if guesses <= next_rank:
            steep = log(next_share / share) / log(next_rank / rank)
            return float(share * (guesses / rank) ** steep)
    return 1.0
