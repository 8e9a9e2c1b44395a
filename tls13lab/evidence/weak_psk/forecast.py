"""The numbers of a setting: guesses, probabilities, time, money, and what opens.

The choice of the PSK decides how many guesses are needed. The protection decides what a guess
costs. The attacker decides how many guesses there are: one who needs an honest end for each guess
has as many as that end allows.

>>> from tls13lab.evidence.weak_psk import attackers, chosen, protection
>>> found = forecast_of(Setting(chosen.words(2), protection.NOTHING, attackers.LAPTOP))
>>> found.even_chance, round(found.seconds, 3), round(found.chance(0.1), 3)
(524288, 0.175, 0.286)
>>> [epoch for epoch, state in found.epochs.items() if state == OPENS]
['past', 'present', 'next_ticket']
>>> asked = forecast_of(Setting(chosen.person(1), protection.NOTHING, attackers.ONLINE))
>>> asked.even_chance, round(asked.chance(), 3)
(None, 0.021)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log2

from tls13lab.evidence.weak_psk.attackers import LOCKOUT, Attacker
from tls13lab.evidence.weak_psk.chosen import Chosen
from tls13lab.evidence.weak_psk.protection import EPOCHS, Protection, opens, way
from tls13lab.psk.spending import Means
from tls13lab.symbolic.guessers import Checks, Way
from tls13lab.symbolic.mended import NEXT_TICKET, PAST, PRESENT

OPENS, KEPT, NOT_RECORDED = "opens", "kept", "not recorded"


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice of PSK, a protection and an attacker."""

    chosen: Chosen
    protection: Protection
    attacker: Attacker


@dataclass(frozen=True, slots=True)
class Forecast:
    """``epochs`` says what a *found* PSK means for each epoch: opens, kept, not recorded."""

    setting: Setting
    way: Way
    means: Means
    epochs: Mapping[str, str]

    @property
    def most(self) -> float:
        """The most guesses that the attacker can make; infinite if nobody counts them."""
        return self.way.guesses(LOCKOUT)

    @property
    def even_chance(self) -> float | None:
        """Guesses that find the PSK with probability 1/2; None if the attacker has too few."""
        wanted = self.setting.chosen.guessing.guesses_for(0.5)
        # A place in a list is stored as its logarithm, so its last digit may be wrong.
        return wanted if wanted <= self.most * (1 + 1e-9) else None

    @property
    def seconds(self) -> float | None:
        """How long these take; None also for an attacker who has to wait for an honest end."""
        if self.even_chance is None or self.most < inf:
            return None
        return self.means.seconds(log2(self.even_chance))

    @property
    def cents(self) -> float | None:
        """What they cost, in cents; None where ``seconds`` is None."""
        if self.even_chance is None or self.most < inf:
            return None
        return self.means.cents(log2(self.even_chance))

    def guesses_in(self, seconds: float) -> float:
        """The guesses that the attacker can make in this many seconds."""
        return min(self.most, self.means.rate * self.means.cores * seconds)

    def chance(self, seconds: float | None = None) -> float:
        """The probability that the PSK is found within ``seconds``; without it, ever."""
        guesses = self.most if seconds is None else self.guesses_in(seconds)
        if guesses == inf:
            return 1.0
        return self.setting.chosen.guessing.success(guesses)


def forecast_of(setting: Setting) -> Forecast:
    """Calculate a setting."""
    protection, attacker = setting.protection, setting.attacker
    means = attacker.spends(protection.seconds_each, protection.bytes_each)
    found = way(protection, attacker.guesser)
    return Forecast(setting, found, means, dict(_epochs(protection, attacker, found)))


def _epochs(protection: Protection, attacker: Attacker, found: Way) -> Mapping[str, str]:
    if attacker.records:
        return {epoch: OPENS if opens(protection, epoch) else KEPT for epoch in EPOCHS}
    # With one guess in each run, a right guess completes the handshake with the honest end. An
    # attacker who keeps a binder and finds the PSK later needs a second connection; there it is
    # the server if the PSK is enough for that.
    once = found.checks is Checks.ONCE_A_RUN
    state = OPENS if once or (found.applies and opens(protection, PRESENT)) else KEPT
    return {PAST: NOT_RECORDED, PRESENT: state, NEXT_TICKET: state}
