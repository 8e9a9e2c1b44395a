"""What a claim costs to break: the cheapest secrets to compute on top of what leaked.

A verdict says lost or kept; this says for how much. Every secret that can be computed instead of
stolen has a price (:mod:`~tls13lab.symbolic.prices`), and what has to be paid is the sum over a
*set* of them, because a guess that many steps share is made once. Which sets are enough, the model
itself decides, scene by scene, with each of the set as one leak more.

What is exact: the answer is the cheapest of all such sets. That follows from one property, which a
test holds: who knows more is never worse off. What is a bound: the price of each secret, which is
that of the best way known; so the whole is what an attacker would pay, and no proof that nobody
pays less. That an active attacker has to have a share's logarithm while the connection lasts is not
counted, either; a certificate's key it can compute at leisure. With the leak ``quantum`` both cost
nothing.

>>> cost("external-psk_ke", "application_data", "passive", ("weak_psk",)).log2_guesses
20.0
>>> cost("external-psk_dhe_ke", "application_data", "passive", ("weak_psk",)).computed
('psk', 'client_ecdhe of this')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush

from tls13lab.symbolic import breaks, scenes
from tls13lab.symbolic.claims import LEAKS, absent, decide, outside
from tls13lab.symbolic.monotone import Monotone
from tls13lab.symbolic.prices import USUAL, Prices, log2_sum

WEAK = "weak_psk"
"""The leak that switches guessing on, here for an external PSK of any strength."""
PSK = "psk"


@dataclass(frozen=True, slots=True)
class Cost:
    """``log2_guesses`` in all, 0 where nothing has to be guessed; ``computed`` names the secrets.

    None: there is nothing to ask, or no computation that has a price here opens it.
    """

    log2_guesses: float | None
    computed: tuple[str, ...] = ()


def cost(
    mode: str,
    asset: str,
    adversary: str,
    leaks: tuple[str, ...] = (),
    options: Mapping[str, str] | None = None,
    prices: Prices = USUAL,
) -> Cost:
    """Of one cell of the matrix. With ``weak_psk`` among the leaks, a PSK has the weak price."""
    if outside(mode, asset, adversary):
        return Cost(None)
    stolen = frozenset(one for one in leaks if one != WEAK) - set(absent(mode, leaks))
    priced = _prices(mode, prices, weak=WEAK in leaks)
    chosen = _cheapest(mode, asset, adversary, stolen, tuple((options or {}).items()), priced)
    if chosen is None:
        return Cost(None)
    names = tuple(PSK if name == WEAK else name for name in chosen)
    return Cost(log2_sum(dict(priced)[name] for name in chosen), names)


@lru_cache(maxsize=8192)
def _cheapest(
    mode: str,
    asset: str,
    adversary: str,
    stolen: frozenset[str],
    options: tuple[tuple[str, str], ...],
    priced: tuple[tuple[str, float], ...],
) -> tuple[str, ...] | None:
    lost = _lost(mode, asset, adversary, options)
    return cheapest(dict(priced), lambda names: lost(stolen | names))


@lru_cache(maxsize=1024)
def _lost(mode: str, asset: str, adversary: str, options: tuple[tuple[str, str], ...]) -> Monotone:
    """Whether an asset is lost with what is stolen and computed: remembered for all thefts."""

    def lost(names: frozenset[str]) -> bool:
        return decide(mode, asset, adversary, tuple(sorted(names)), dict(options)).verdict == "lost"

    there = [leak for leak in LEAKS if not absent(mode, (leak,))]
    return Monotone(lost, dict.fromkeys((*there, WEAK, *breaks.breaks(mode))))


def _prices(mode: str, prices: Prices, *, weak: bool) -> tuple[tuple[str, float], ...]:
    """log2 of the guesses for all that can be computed in a mode, the cheapest first."""
    every = {name: breaks.price(mode, name, prices) for name in breaks.breaks(mode)}
    if scenes.weak_secrets(mode):
        every[WEAK] = prices.weak_psk if weak else prices.strong_psk
    return tuple(sorted(every.items(), key=lambda one: (one[1], one[0])))


def cheapest(
    prices: Mapping[str, float], enough: Callable[[frozenset[str]], bool]
) -> tuple[str, ...] | None:
    """The set with the least sum for which ``enough`` holds; None if there is none.

    ``prices`` are log2. ``enough`` must hold for every larger set as well. Most questions are
    settled without a search: if no set of cheaper secrets is enough, then whoever does it with one
    secret of the next price pays the least that can be paid.

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
        # What is small beside the rest is lost in a float's last digit: it is no reason to pay it.
        for name in sorted(found):
            found = found - {name} if enough(found - {name}) else found
    return tuple(sorted(found, key=lambda one: (prices[one], one)))


def _searched(
    prices: Mapping[str, float], enough: Callable[[frozenset[str]], bool]
) -> frozenset[str]:
    """The sets in the order of their sums, each made once, until one is enough."""
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
