"""How likely each guesser finds a PSK: from how it was chosen, and from what bounds the guesser.

:mod:`tls13lab.symbolic.guessers` says who can check a guess, and what each guess needs: nothing,
or a run with an honest end. Here that becomes a number. Runs are bounded by what a server takes
(:class:`~tls13lab.psk.lockout.Limit`) and by how often a client comes; everything is bounded by the
guesser's own rate (:class:`~tls13lab.psk.spending.Means`). How many guesses that makes, and how
likely the PSK is among them, follows.

What is simplified: every PSK is chosen in the same way, and each guesser knows how. Of several
targets each word is tried on all, and what is computed for one of them counts for the others
(:mod:`~tls13lab.psk.amortised`). A server's limit and the visits are those of each target.

>>> from tls13lab.psk.guesswork import zipf
>>> chosen = zipf(2**21, 1.0)
>>> bounds = Bounds(Means(rate=1e6), Limit(failures=10), seconds=60.0)
>>> for one in odds("external-psk_dhe_ke", chosen, bounds):
...     print(f"{one.way.guesser}: {one.guesses:,.0f} guesses, {one.success:.2f}")
offline: 60,000,000 guesses, 1.00
online: 10 guesses, 0.19
harvester: 60,000,000 guesses, 1.00
>>> [round(one.any_of_them, 2) for one in odds("cpace-psk_dhe_ke", chosen, bounds, targets=50)]
[0.0, 1.0, 0.97]
"""

from dataclasses import dataclass

from tls13lab.psk.amortised import Blocks, blocks, success_of_any
from tls13lab.psk.guesswork import Guessable
from tls13lab.psk.keys import PskKind
from tls13lab.psk.lockout import Limit
from tls13lab.psk.spending import Means
from tls13lab.symbolic.guessers import HARVESTER, OFFLINE, ONLINE, Way, ways


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a guesser has: ``means``, so many ``seconds``, and what honest ends grant it.

    ``limit`` is the server's, None for one that does not count; ``visits`` is how often a client
    comes to the harvester. Both are for each target.
    """

    means: Means
    limit: Limit | None
    seconds: float
    visits: int = 1

    def guesses(self, way: Way, targets: int = 1) -> float:
        """The guesses at each target. ValueError for no target."""
        own = self.means.guesses(self.seconds) / _blocks(way.mode).times(targets)
        asked = own if self.limit is None else self.limit.guesses(self.seconds)
        runs = {OFFLINE: 0.0, ONLINE: asked, HARVESTER: float(self.visits)}[way.guesser]
        return min(own, way.guesses(runs))


@dataclass(frozen=True, slots=True)
class Odds:
    """Of one guesser: ``guesses`` at each target, and the probabilities that come of them.

    ``success`` is that of finding a certain one's PSK, ``any_of_them`` of finding at least one.
    """

    way: Way
    guesses: float
    success: float
    any_of_them: float


def odds(mode: str, chosen: Guessable, bounds: Bounds, targets: int = 1) -> tuple[Odds, ...]:
    """The three guessers against a mode of :data:`tls13lab.symbolic.guessers.MODES`.

    Raises KeyError for another one, and ValueError for no target.
    """
    found = []
    for way in ways(mode):
        guesses = bounds.guesses(way, targets)
        any_of_them = success_of_any(chosen, guesses, targets)
        found.append(Odds(way, guesses, chosen.success(guesses), any_of_them))
    return tuple(found)


def _blocks(mode: str) -> Blocks:
    return blocks(kind=PskKind.IMPORTED if mode.startswith("imported") else PskKind.EXTERNAL)
