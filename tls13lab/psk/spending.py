"""From guesses to time and money: the means of an attacker. Pure arithmetic.

The rate is measured (:func:`tls13lab.search.speed.own_rate`), or it is an estimate and marked as
one. The price of an hour of a core is an argument, because prices change. More cores take less time
and cost the same.

Two simplifications: only computing costs money, and special hardware, which is cheaper for each
guess, is just another rate and another price.

>>> laptop = Means(rate=2.0**20, cents_per_core_hour=4.0)
>>> laptop.seconds(20.0), round(laptop.cents(32.0), 2)
(1.0, 4.55)
"""

from dataclasses import dataclass
from math import log2

MOST = 1000.0
"""log2 of the largest number of seconds; a float cannot hold much more."""


@dataclass(frozen=True, slots=True)
class Means:
    """An attacker's ``rate`` in guesses per second and core, its ``cores``, and a core's price.

    Raises ValueError unless the rate is above 0, there is a core, and the price is not negative.
    """

    rate: float
    cores: int = 1
    cents_per_core_hour: float | None = None

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.cores < 1 or (self.cents_per_core_hour or 0) < 0:
            raise ValueError("an attacker has a rate above 0, a core, and no negative price")

    def seconds(self, log2_guesses: float) -> float:
        """The time that 2^``log2_guesses`` guesses take on all cores, in seconds."""
        return float(2.0 ** min(MOST, log2_guesses - log2(self.rate))) / self.cores

    def guesses(self, seconds: float) -> float:
        """How many guesses all cores make in this time.

        >>> Means(rate=1000.0, cores=4).guesses(60.0)
        240000.0
        """
        return self.rate * self.cores * seconds

    def cents(self, log2_guesses: float) -> float | None:
        """The price of 2^``log2_guesses`` guesses in cents; None if no price is known."""
        if self.cents_per_core_hour is None:
            return None
        return self.seconds(log2_guesses) * self.cores / 3600 * self.cents_per_core_hour


def in_money(cents: float) -> str:
    """An amount in a form that is easy to read, in units of 100 cents.

    >>> in_money(0.02), in_money(1234.0), in_money(1e20)
    ('less than a cent', '12.34', '1e+18')
    """
    if cents < 1:
        return "less than a cent"
    return f"{cents / 100:,.2f}" if cents < 1e14 else f"{cents / 100:.0e}"
