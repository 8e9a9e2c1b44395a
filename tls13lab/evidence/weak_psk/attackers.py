"""Who guesses, with what machines, and at what price. RFC 9257 section 4.2.

Rates are guesses per second at a plain PSK. A laptop's rate is that of this lab's search on one
core, or what was measured on this machine. A graphics card's rate is an estimate. Prices are round
numbers for rented machines, good only for comparisons.

A slow derivation slows down every attacker. A graphics card makes thousands of guesses in parallel,
but its memory is the bottleneck: with scrypt, it can make at most as many guesses per second as its
memory can be written and read.

>>> LAPTOP.rate(), f"{GPUS.rate():.1e}"
(3000000.0, '9.0e+11')
>>> f"{LAPTOP.rate(seconds_each=0.1, bytes_each=2**24):.1f}", f"{GPUS.rate(0.1, 2**24):.1e}"
('10.0', '1.0e+08')
"""

from dataclasses import dataclass

from tls13lab.psk.spending import Means
from tls13lab.psk.strength import GPU
from tls13lab.symbolic.guessers import Guesser

LAPTOP_RATE = 3e6
"""Guesses per second of one core of a laptop, with the compiled search."""
BANDWIDTH = 3.35e12
"""Bytes per second that a card of the H100 class reads or writes, according to its data sheet."""
CORE_CENTS, CARD_CENTS = 5.0, 250.0
"""Assumed price of a core, and of a card, for an hour, in cents."""
LOCKOUT = 10
"""Wrong guesses after which a server ignores the PSK, and calls after which a client gives up."""


@dataclass(frozen=True, slots=True)
class Attacker:
    """``guesser`` is its name in the model: ``offline``, ``online`` or ``harvester``.

    ``means.rate`` is the rate of one core or card at a plain PSK. ``bandwidth`` is a card's, in
    bytes per second; 0 means a core, which makes one guess after the other.
    """

    name: str
    guesser: Guesser
    means: Means
    bandwidth: float = 0.0

    def rate(self, seconds_each: float = 0.0, bytes_each: int = 0) -> float:
        """Guesses per second of all its machines.

        A derivation takes ``seconds_each`` on a core, and ``bytes_each`` of memory; each byte is
        written once and read once.
        """
        return self.spends(seconds_each, bytes_each).rate * self.means.cores

    def spends(self, seconds_each: float = 0.0, bytes_each: int = 0) -> Means:
        """Its means when each guess also needs a derivation."""
        each = seconds_each
        if self.bandwidth and bytes_each:
            each = 2 * bytes_each / self.bandwidth
        rate = 1 / (1 / self.means.rate + each)
        return Means(rate, self.means.cores, self.means.cents_per_core_hour)

    @property
    def records(self) -> bool:
        """Whether it has a recording of honest ends."""
        return self.guesser == "offline"


def laptop(rate: float = LAPTOP_RATE) -> Attacker:
    """A recording, and one core of a laptop with this rate, in guesses per second."""
    return Attacker("a recording and one laptop core", "offline", Means(rate, 1, CORE_CENTS))


def impostor(rate: float = LAPTOP_RATE) -> Attacker:
    """The same core without a recording: it waits for a client and keeps its binder."""
    means = Means(rate, 1, CORE_CENTS)
    return Attacker("an impostor that the client calls", "harvester", means)


LAPTOP = laptop()
GPUS = Attacker(
    "a recording and 1,000 GPUs", "offline", Means(GPU, 1000, CARD_CENTS), bandwidth=BANDWIDTH
)
ONLINE = Attacker(f"online, locked out after {LOCKOUT} guesses", "online", Means(LAPTOP_RATE))


def attackers(rate: float = LAPTOP_RATE) -> tuple[Attacker, ...]:
    """All attackers; ``rate`` is that of one core."""
    return laptop(rate), GPUS, ONLINE, impostor(rate)
