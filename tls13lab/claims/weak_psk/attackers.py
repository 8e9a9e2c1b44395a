"""Who guesses, with what, and what that costs them. RFC 9257 section 4.2.

Rates are guesses at a plain PSK in a second. The laptop's is what this lab's search does on a core
of a laptop, or what was measured on this machine; a graphics card's is an estimate. Prices are
round numbers for rented machines, for a comparison; nobody should plan with them.

A slow derivation is slower for everyone. A graphics card does thousands of guesses side by side,
and memory is what it has least of: of scrypt it does as many as its memory can be written and read
in a second, which is a bound from above.

>>> LAPTOP.rate(), f"{GPUS.rate():.1e}"
(3000000.0, '9.0e+11')
>>> f"{LAPTOP.rate(seconds_each=0.1, bytes_each=2**24):.1f}", f"{GPUS.rate(0.1, 2**24):.1e}"
('10.0', '1.0e+08')
"""

from dataclasses import dataclass

from tls13lab.psk.spending import Means
from tls13lab.psk.strength import GPU

LAPTOP_RATE = 3e6
"""Guesses a second of one core of a laptop, with the compiled search."""
BANDWIDTH = 3.35e12
"""Bytes a second that one card of the H100 class reads or writes, as its data sheet says."""
CORE_CENTS, CARD_CENTS = 5.0, 250.0
"""What a core, and a card, is taken to cost for an hour."""
LOCKOUT = 10
"""Wrong guesses after which a server looks at no more; calls after which a client stops calling."""


@dataclass(frozen=True, slots=True)
class Attacker:
    """``guesser`` is what the model calls it: ``offline``, ``online`` or ``harvester``.

    ``means.rate`` is that of one core or card at a plain PSK. ``bandwidth`` in bytes a second is a
    card's; 0 is a core, which does one guess after the other.
    """

    name: str
    guesser: str
    means: Means
    bandwidth: float = 0.0

    def rate(self, seconds_each: float = 0.0, bytes_each: int = 0) -> float:
        """Guesses a second of all its machines.

        A derivation takes a core ``seconds_each``, and memory of ``bytes_each``: each byte is
        written once and read once.
        """
        return self.spends(seconds_each, bytes_each).rate * self.means.cores

    def spends(self, seconds_each: float = 0.0, bytes_each: int = 0) -> Means:
        """The same attacker before a derivation."""
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
    """A recording, and one core of a laptop that does so many guesses a second."""
    return Attacker("a recording and one laptop core", "offline", Means(rate, 1, CORE_CENTS))


def impostor(rate: float = LAPTOP_RATE) -> Attacker:
    """The same core, and no recording: a client is let come, and its binder taken home."""
    means = Means(rate, 1, CORE_CENTS)
    return Attacker("an impostor that the client calls", "harvester", means)


LAPTOP = laptop()
GPUS = Attacker(
    "a recording and 1,000 GPUs", "offline", Means(GPU, 1000, CARD_CENTS), bandwidth=BANDWIDTH
)
ONLINE = Attacker(f"online, locked out after {LOCKOUT} guesses", "online", Means(LAPTOP_RATE))


def attackers(rate: float = LAPTOP_RATE) -> tuple[Attacker, ...]:
    """All of them; ``rate`` is one core's."""
    return laptop(rate), GPUS, ONLINE, impostor(rate)
