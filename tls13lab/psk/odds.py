"""How likely it is that each kind of guesser finds a PSK.

:mod:`tls13lab.symbolic.guessers` says who can check a guess, and whether each guess needs a
connection with an honest endpoint. This file turns that into numbers. Three things limit a guesser:
how many wrong binders a server allows (:class:`~tls13lab.psk.lockout.Limit`), how often a client
connects, and how fast the guesser computes (:class:`~tls13lab.psk.spending.Means`). They give the
number of guesses; the way the PSK was chosen then gives the probability that one of them is right.

Two simplifications: all PSKs are chosen in the same way, and each guesser knows how. If there are
several targets, each word is tried on all of them, and shares work between them
(:mod:`~tls13lab.psk.amortised`); the server's limit and the number of visits apply to each target.

>>> from tls13lab.psk.guesswork import zipf
>>> chosen = zipf(2**21, 1.0)
>>> bounds = Bounds(Means(rate=1e6), Limit(failures=10), seconds=60.0)
>>> for row in odds("external-psk_dhe_ke", chosen, bounds):
...     print(f"{row.way.guesser}: {row.guesses:,.0f} guesses, {row.success:.2f}")
offline: 60,000,000 guesses, 1.00
online: 10 guesses, 0.19
harvester: 60,000,000 guesses, 1.00
>>> [round(row.any_of_them, 2) for row in odds("cpace-psk_dhe_ke", chosen, bounds, targets=50)]
[0.0, 1.0, 0.97]
"""

from dataclasses import dataclass

from tls13lab.psk.amortised import Blocks, blocks, success_of_any
from tls13lab.psk.guesswork import Guessable
from tls13lab.psk.keys import PskKind
from tls13lab.psk.lockout import Limit
from tls13lab.psk.spending import Means
from tls13lab.symbolic.guessers import HARVESTER, OFFLINE, ONLINE, Way, ways
from tls13lab.symbolic.vocabulary import GuessedMode, parts


@dataclass(frozen=True, slots=True)
class Bounds:
    """What limits a guesser: its ``means``, its time in ``seconds``, and the honest endpoints.

    ``limit`` is the server's, None if it does not count failures. ``visits`` is how often a client
    connects to the harvester. Both apply to each target.
    """

    means: Means
    limit: Limit | None
    seconds: float
    visits: int = 1

    def guesses(self, way: Way, targets: int = 1) -> float:
        """How many guesses it can make at each target; raises ValueError for no target."""
        own = self.means.guesses(self.seconds) / _blocks(way.mode).times(targets)
        asked = own if self.limit is None else self.limit.guesses(self.seconds)
        runs = {OFFLINE: 0.0, ONLINE: asked, HARVESTER: float(self.visits)}[way.guesser]
        return min(own, way.guesses(runs))


@dataclass(frozen=True, slots=True)
class Odds:
    """The odds of one guesser: its ``guesses`` at each target, and the probability of success.

    ``success`` is the probability of finding the PSK of a given target, ``any_of_them`` that of
    finding at least one PSK.
    """

    way: Way
    guesses: float
    success: float
    any_of_them: float


def odds(
    mode: GuessedMode, chosen: Guessable, bounds: Bounds, targets: int = 1
) -> tuple[Odds, ...]:
    """The odds of the three guessers against a mode.

    Raises NotAllowed for another mode, and ValueError for no target.
    """
    found = []
    for way in ways(mode):
        guesses = bounds.guesses(way, targets)
        any_of_them = success_of_any(chosen, guesses, targets)
        found.append(Odds(way, guesses, chosen.success(guesses), any_of_them))
    return tuple(found)


def _blocks(mode: GuessedMode) -> Blocks:
    return blocks(kind=PskKind.IMPORTED if parts(mode).kind == "imported" else PskKind.EXTERNAL)
