"""How many guesses a secret withstands, from how it is chosen. RFC 9257 sections 4.2 and 6.

Entropy is a property of a distribution, not of a single secret, and there are several measures of
it. A :class:`Choice` is a distribution: the probability of each value. The best attacker tries the
most likely value first.

- *min-entropy*: minus log2 of the probability that the first guess is right.
- *Shannon entropy*: the bits that a code needs on average. It says little about guessing: a choice
  that is "123456" half of the time, and 128 random bits otherwise, has 65 bits of it.
- *guesswork*: the expected number of guesses until the right one.
- *success after k guesses*: the probability that an attacker succeeds who gives up, or is locked
  out, after k guesses.

One simplification: the attacker knows the distribution and tries its values in the best order. A
real attacker has a list and is somewhat slower, but nobody should rely on that. zxcvbn gives no
distribution, but the place of one password in a list; that is an :class:`Estimate`. Both classes
have ``log2_guesses``, ``success`` and ``guesses_for``, which is enough to compute a price.

>>> drawn = even(2**21)
>>> round(drawn.min_entropy), round(drawn.shannon), round(drawn.log2_guesses, 3)
(21, 21, 20.0)
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, log, log2
from typing import Protocol

from tls13lab.symbolic.prices import log2_sum

Block = tuple[int, float]
"""A number of equally likely values, and log2 of the probability of each."""


class Guessable(Protocol):
    """A secret, or a distribution of secrets, for which guesses can be counted."""

    @property
    def log2_guesses(self) -> float:
        """log2 of the guesses until it is found; for a distribution, of their expected number."""

    def success(self, guesses: float) -> float:
        """The probability that it is among this many guesses in the best order."""

    def guesses_for(self, share: float) -> float:
        """How many guesses find it with the probability ``share``, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A distribution of secrets; ``blocks`` run from the most likely values to the least likely.

    :func:`even`, :func:`counted`, :func:`zipf` and :func:`along` make them. Numbers of values are
    exact integers, even 2^256; probabilities are floats.
    """

    blocks: tuple[Block, ...]

    @property
    def values(self) -> int:
        """The number of values."""
        return sum(count for count, _ in self.blocks)

    @property
    def min_entropy(self) -> float:
        """Bits: minus log2 of the probability of the most likely value."""
        return -self.blocks[0][1]

    @property
    def shannon(self) -> float:
        """Bits: the mean of minus log2 of the probability."""
        return sum(_weight(count, each) * -each for count, each in self.blocks)

    @property
    def log2_guesses(self) -> float:
        """log2 of the guesswork, which may be too large for a float."""
        before, logs = 0, []
        for count, each in self.blocks:
            # The values of a block come in any order; on average, the right one is in the middle.
            logs.append(log2(count) + each + log2(2 * before + count + 1) - 1)
            before += count
        return log2_sum(logs)

    @property
    def guesswork(self) -> float:
        """The expected number of guesses. Raises OverflowError from 2^1024 on.

        >>> even(3).guesswork
        2.0
        """
        return float(2.0**self.log2_guesses)

    def success(self, guesses: float) -> float:
        """The probability that the secret is among the first ``guesses``.

        >>> round(counted([6, 3, 1]).success(2), 3)
        0.9
        """
        left, found = int(guesses), 0.0
        for count, each in self.blocks:
            tried = min(left, count)
            found += _weight(tried, each)
            left -= tried
            if left <= 0:
                return min(1.0, found)
        return 1.0  # all values were tried; a sum of floats may differ a little from 1

    def guesses_for(self, share: float) -> float:
        """The smallest number of guesses that succeed with probability ``share``, from 0 to 1.

        >>> counted([6, 3, 1]).guesses_for(0.5), even(1000).guesses_for(0.5)
        (1, 500)
        """
        before, found = 0, 0.0
        for count, each in self.blocks:
            weight = _weight(count, each)
            # The last digit of a sum of floats may be wrong.
            if found + weight >= share * (1 - 1e-12):
                return before + max(0, ceil(count * (share - found) / weight - 1e-9))
            before, found = before + count, found + weight
        return before


@dataclass(frozen=True, slots=True)
class Estimate:
    """One secret, and the number of guesses until it is found: an estimate such as zxcvbn's.

    It has no entropy, because it does not say how the secret was chosen. The number is not halved,
    because it counts only up to this secret.

    >>> Estimate(10.0).success(1023), Estimate(10.0).success(1024)
    (0.0, 1.0)
    """

    log2_guesses: float

    def success(self, guesses: float) -> float:
        """1 if ``guesses`` reach the secret's place, otherwise 0."""
        return float(guesses > 0 and log2(guesses) >= self.log2_guesses)

    def guesses_for(self, share: float) -> float:
        """The secret's place, for every ``share`` above 0."""
        return float(2.0**self.log2_guesses) if share else 0.0


def even(values: int) -> Choice:
    """A choice of equally likely values, such as a random key; raises ValueError below 1.

    >>> round(even(7776**4).min_entropy, 1)  # four words of a list of 7776, drawn with dice
    51.7
    """
    if values < 1:
        raise ValueError("a choice has at least one value")
    return Choice(((values, -log2(values)),))


def counted(counts: Iterable[int]) -> Choice:
    """A choice from the number of times that each value was seen, in any order.

    It is only as good as the sample: a value that was seen once stands for many that were not seen.
    Raises ValueError if all counts are 0.
    """
    seen = Counter(count for count in counts if count)
    total = sum(count * number for count, number in seen.items())
    if not total:
        raise ValueError("a choice has at least one value")
    return Choice(
        tuple((seen[count], log2(count) - log2(total)) for count in sorted(seen, reverse=True))
    )


EXACT = 1000
GROWTH = 1.05


def zipf(values: int, exponent: float) -> Choice:
    """A choice in which the value of rank r is proportional to r^-exponent, as people choose words.

    It is useful for a list that is sorted by frequency but has no counts. The first 1000 ranks are
    exact. After them, each block is 5% longer than the one before, and all its values have the
    same probability. Raises ValueError for no values, or a negative exponent.

    >>> zipf(100, 0.0).blocks == even(100).blocks, round(zipf(100_000, 1.0).min_entropy, 2)
    (True, 3.6)
    """
    if values < 1 or exponent < 0:
        raise ValueError("Zipf's law needs at least one value, and an exponent of at least 0")
    if not exponent:
        return even(values)
    weights: list[tuple[int, float]] = []
    rank = 1
    while rank <= values:
        count = 1 if rank <= EXACT else min(int(rank * (GROWTH - 1)), values - rank + 1)
        weights.append((count, _ranks(rank, count, exponent)))
        rank += count
    total = log2_sum([log for _, log in weights])
    return Choice(tuple((count, log - log2(count) - total) for count, log in weights))


def along(values: int, share: Callable[[int], float]) -> Choice:
    """A choice from its curve: ``share(k)`` is the probability that the best k guesses succeed.

    ``share`` grows from 0 at 0 guesses to 1 at ``values``, more and more slowly. The blocks are as
    long as those of :func:`zipf`.

    >>> along(4, lambda guesses: guesses / 4).success(3)
    0.75
    """
    blocks: list[Block] = []
    rank = 0
    while rank < values:
        count = 1 if rank < EXACT else min(int(rank * (GROWTH - 1)), values - rank)
        weight = share(rank + count) - share(rank)
        blocks.append((count, log2(weight) - log2(count)))
        rank += count
    return Choice(tuple(blocks))


def _ranks(first: int, count: int, exponent: float) -> float:
    """log2 of the sum of r^-exponent over ``count`` ranks; for more than one, by the integral."""
    if count == 1:
        return -exponent * log2(first)
    low, high = first - 0.5, first + count - 0.5
    # The value at the start of the block is factored out, so that nothing is too small for a float.
    ratio = high / low
    if abs(exponent - 1) < 1e-9:
        return log2(log(ratio))
    area = (ratio ** (1 - exponent) - 1) / (1 - exponent)
    return (1 - exponent) * log2(low) + log2(area)


def _weight(count: int, each: float) -> float:
    """The probability of ``count`` values together."""
    return float(2.0 ** (log2(count) + each)) if count else 0.0
