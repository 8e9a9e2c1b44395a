"""The cost of breaking a claim: the cheapest secrets to compute, in addition to what leaked.

A verdict is lost or kept; this is the price. Each secret that can be computed instead of stolen has
a price (:mod:`~tls13lab.symbolic.prices`). The total is the sum over a *set* of secrets, because a
guess that several steps use is made only once. The model itself decides which sets are enough: the
secrets of the set are treated as leaks.

The answer is exactly the cheapest of all such sets. This follows from one property, which a test
checks: more knowledge never hurts. The prices, however, are upper bounds, those of the best methods
known. So an attacker pays no more than the total, but nobody has proved that there is no cheaper
attack. It is not counted that an active attacker needs the logarithm of a share during the
connection; a certificate's key can be computed beforehand. With the leak ``quantum``, both are
free.

>>> cost("external-psk_ke", "application_data", "passive", ("weak_psk",)).log2_guesses
20.0
>>> cost("external-psk_dhe_ke", "application_data", "passive", ("weak_psk",)).computed
('psk', 'client_ecdhe of this')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from tls13lab.symbolic import breaks, scenes
from tls13lab.symbolic.claims import absent, lost_by, outside
from tls13lab.symbolic.monotone import Monotone, N
from tls13lab.symbolic.prices import USUAL, Prices, log2_sum
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import LEAKS, Adversary, Asset, Leaks, SceneMode, Secret

WEAK: Final = "weak_psk"
"""The leak that allows guessing, here for an external PSK of any strength."""
PSK: Final = "psk"


@dataclass(frozen=True, slots=True)
class Cost:
    """The total ``log2_guesses``, and the names of the secrets that are ``computed``.

    0 means that nothing has to be guessed. None means that the question is outside the model, or
    that nothing with a price opens it.
    """

    log2_guesses: float | None
    computed: tuple[str, ...] = ()


def cost(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: Leaks = (),
    options: Mapping[str, str] | None = None,
    prices: Prices = USUAL,
) -> Cost:
    """The cost of one cell of the matrix. With the leak ``weak_psk``, a PSK has the weak price."""
    if outside(mode, asset, adversary):
        return Cost(None)
    stolen = frozenset(leak for leak in leaks if leak != WEAK) - set(absent(mode, leaks))
    priced = _prices(mode, prices, weak=WEAK in leaks)
    chosen = _cheapest(mode, asset, adversary, stolen, tuple((options or {}).items()), priced)
    if chosen is None:
        return Cost(None)
    names = tuple(PSK if name == WEAK else name for name in chosen)
    return Cost(log2_sum(dict(priced)[name] for name in chosen), names)


@remembered(8192)
def _cheapest(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    stolen: frozenset[Secret],
    options: tuple[tuple[str, str], ...],
    priced: tuple[tuple[Secret, float], ...],
) -> tuple[Secret, ...] | None:
    lost = _lost(mode, asset, adversary, options)
    return cheapest(dict(priced), lambda names: lost(stolen | names))


@remembered(1024)
def _lost(
    mode: SceneMode, asset: Asset, adversary: Adversary, options: tuple[tuple[str, str], ...]
) -> Monotone[Secret]:
    """Whether an asset is lost with what is stolen and computed; answers are remembered."""

    def lost(names: frozenset[Secret]) -> bool:
        return bool(lost_by(mode, asset, adversary, tuple(sorted(names)), dict(options)))

    there = [leak for leak in LEAKS if not absent(mode, (leak,))]
    return Monotone(lost, dict.fromkeys((*there, WEAK, *breaks.breaks(mode))))


def _prices(mode: SceneMode, prices: Prices, *, weak: bool) -> tuple[tuple[Secret, float], ...]:
    """log2 of the guesses for each secret that can be computed in a mode, the cheapest first."""
    every: dict[Secret, float] = {
        name: breaks.price(mode, name, prices) for name in breaks.breaks(mode)
    }
    if scenes.weak_secrets(mode):
        every[WEAK] = prices.weak_psk if weak else prices.strong_psk
    return tuple(sorted(every.items(), key=lambda one: (one[1], one[0])))


def cheapest(
    prices: Mapping[N, float], enough: Callable[[frozenset[N]], bool]
) -> tuple[N, ...] | None:
    """The cheapest set for which ``enough`` holds; None if there is none.

    ``prices`` are log2. If ``enough`` holds for a set, it must hold for larger sets. Most questions
    need no search: if no set of cheaper secrets is enough, but one secret of the next price is,
    then that is the cheapest.

    >>> cheapest({"a": 1.0, "b": 5.0, "c": 5.5}, lambda had: "c" in had or had >= {"a", "b"})
    ('a', 'b')
    """
    if enough(frozenset()):
        return ()
    for least in sorted(set(prices.values())):
        found = frozenset(name for name in prices if prices[name] <= least)
        if enough(found):
            break
    else:
        return None
    for name in sorted(found, key=lambda one: (prices[one], one), reverse=True):
        found = found - {name} if enough(found - {name}) else found
    if log2_sum(prices[name] for name in found) > least:
        found = _searched(prices, enough)
        # A price that is lost in the last digit of the sum must still not be paid without need.
        for name in sorted(found):
            found = found - {name} if enough(found - {name}) else found
    return tuple(sorted(found, key=lambda one: (prices[one], one)))


def _searched(prices: Mapping[N, float], enough: Callable[[frozenset[N]], bool]) -> frozenset[N]:
    """Try the sets in the order of their sums, each once, until one is enough."""
    ordered = sorted(prices, key=lambda one: (prices[one], one))
    waiting: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    while True:
        _, chosen = heappop(waiting)
        names = frozenset(ordered[number] for number in chosen)
        if enough(names):
            return names
        for number in range(chosen[-1] + 1 if chosen else 0, len(ordered)):
            larger = (*chosen, number)
            heappush(waiting, (log2_sum(prices[ordered[one]] for one in larger), larger))
