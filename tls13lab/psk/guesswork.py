"""How many guesses a secret stands, as numbers: from how it is chosen. RFC 9257 sections 4.2 and 6.

Entropy belongs to a way of choosing, and there is more than one number for it. A :class:`Choice`
is such a way: which values come how often. Whoever guesses tries the most frequent value first.

- *min-entropy*: how likely the very first guess is right. What a victim can rely on at the least.
- *Shannon's entropy*: the bits that a code needs on average. It says little about guessing: a
  choice that is "123456" half of the time and 128 random bits otherwise has 65 bits of it.
- *guesswork*: the expected number of guesses until the right one.
- *success after k guesses*: what an attacker has who gives up, or is locked out, after so many.

What is simplified: the attacker knows the distribution itself and tries in its best order. A real
one has a list and is somewhat slower; nobody should count on how much. zxcvbn's estimate is no
distribution but one password's place in a list: an :class:`Estimate`. Both have
``log2_guesses``, ``success`` and ``guesses_for``, which is all that a price needs.

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
"""So many values that are equally likely, and log2 of the probability of each."""


class Guessable(Protocol):
    """A secret, or a way of choosing one, whose guesses can be counted."""

    @property
    def log2_guesses(self) -> float:
        """log2 of the guesses until it is found: expected, where it is a choice."""

    def success(self, guesses: float) -> float:
        """The probability that it is among so many guesses, in the best order."""

    def guesses_for(self, share: float) -> float:
        """How many guesses find it with this probability."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A distribution over secrets; ``blocks`` from the most likely values to the least.

    Made by :func:`even`, :func:`counted`, :func:`zipf` and :func:`along`. Numbers of values are
    exact, also where there are 2^256 of them; probabilities are floats.
    """

    blocks: tuple[Block, ...]

    @property
    def values(self) -> int:
        """How many values there are."""
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
            # The values of a block come in any order: on average, in its middle.
            logs.append(log2(count) + each + log2(2 * before + count + 1) - 1)
            before += count
        return log2_sum(logs)

    @property
    def guesswork(self) -> float:
        """The expected number of guesses. OverflowError beyond 2^1024.

        >>> even(3).guesswork
        2.0
        """
        return float(2.0**self.log2_guesses)

    def success(self, guesses: float) -> float:
        """The probability that it is among the first ``guesses``.

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
        return 1.0  # all are tried, whatever the sum of floats says

    def guesses_for(self, share: float) -> float:
        """The least number of guesses that succeed with probability ``share``, from 0 to 1.

        >>> counted([6, 3, 1]).guesses_for(0.5), even(1000).guesses_for(0.5)
        (1, 500)
        """
        before, found = 0, 0.0
        for count, each in self.blocks:
            weight = _weight(count, each)
            # A sum of floats may miss a whole by its last digit.
            if found + weight >= share * (1 - 1e-12):
                return before + max(0, ceil(count * (share - found) / weight - 1e-9))
            before, found = before + count, found + weight
        return before


@dataclass(frozen=True, slots=True)
class Estimate:
    """One secret, and how many guesses come before it: an estimate such as zxcvbn's.

    It has no entropy of any kind, because nothing is said of how it was chosen. Nor is the number
    halved: it counts up to this secret, not all that there are.

    >>> Estimate(10.0).success(1023), Estimate(10.0).success(1024)
    (0.0, 1.0)
    """

    log2_guesses: float

    def success(self, guesses: float) -> float:
        """All or nothing."""
        return float(guesses > 0 and log2(guesses) >= self.log2_guesses)

    def guesses_for(self, share: float) -> float:
        """The same for every share but none."""
        return float(2.0**self.log2_guesses) if share else 0.0


def even(values: int) -> Choice:
    """All values are equally likely: what a random generator draws, and a mask's words.

    >>> round(even(7776**4).min_entropy, 1)  # four words of a list of 7776, drawn with dice
    51.7
    """
    if values < 1:
        raise ValueError("a choice has one value at the least")
    return Choice(((values, -log2(values)),))


def counted(counts: Iterable[int]) -> Choice:
    """How often each value was seen, as a word list with counts says it; in any order.

    What it says of other people's secrets is only as good as the sample: values that were seen once
    stand for many that were not seen.
    """
    seen = Counter(count for count in counts if count)
    total = sum(count * number for count, number in seen.items())
    if not total:
        raise ValueError("a choice has one value at the least")
    return Choice(
        tuple((seen[count], log2(count) - log2(total)) for count in sorted(seen, reverse=True))
    )


EXACT = 1000
GROWTH = 1.05


def zipf(values: int, exponent: float) -> Choice:
    """The value of rank r comes in proportion to r^-exponent: how people choose words.

    For a list that is sorted by frequency and has no counts. The first 1000 ranks are exact; then
    each block is a twentieth longer than the one before, and its values share their mean.

    >>> zipf(100, 0.0).blocks == even(100).blocks, round(zipf(100_000, 1.0).min_entropy, 2)
    (True, 3.6)
    """
    if values < 1 or exponent < 0:
        raise ValueError("Zipf's law needs a value at the least, and an exponent that is not < 0")
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
    """A choice of which it is known what ``share`` of it so many guesses find, in the best order.

    ``share`` grows from 0 for no guess to 1 for all ``values``, ever more slowly. The blocks are
    those of :func:`zipf`.

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
    """log2 of the sum of r^-exponent over so many ranks: for many, by the integral under them."""
    if count == 1:
        return -exponent * log2(first)
    low, high = first - 0.5, first + count - 0.5
    # The integrand at the block's beginning is taken out, so that nothing is too small for a float.
    ratio = high / low
    if abs(exponent - 1) < 1e-9:
        return log2(log(ratio))
    area = (ratio ** (1 - exponent) - 1) / (1 - exponent)
    return (1 - exponent) * log2(low) + log2(area)


def _weight(count: int, each: float) -> float:
    """The probability of so many values together."""
    return float(2.0 ** (log2(count) + each)) if count else 0.0
