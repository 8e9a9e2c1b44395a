"""Who may guess at a weak PSK, and how often: three attackers, and three costs for one cell.

- *offline*: has a recording. Nobody is asked for a guess, so only its rate bounds it.
- *online*: asks the server, with a ClientHello made of its guess. The server can count.
- *harvester*: takes the server's place and lets a client come. It needs no recording: what the
  client says first is taken home, and tried there like a recording.

Nothing of that is written down as an answer. Each is a scene of turns (:mod:`speaking
<tls13lab.symbolic.speaking>`), and it is played twice. Whoever speaks has chosen a guess before,
and so once with a wrong guess and once with the right one:

- If after the *wrong* guess a guess can be checked with what was heard (:func:`verifiers
  <tls13lab.symbolic.guessing.verifiers>`), then all others can be tried on that: *freely*.
- If only the *right* guess makes a difference (the honest end goes on, or what it says can be
  checked), then a run is needed for each guess: *once a run*.
- Else nothing tells, and guessing is no attack at all.

``binder=False`` asks what the binder is for, which no ClientHello may leave out (4.3.11): without
one a server answers anybody, and it is the *server's* words that can be taken home.

What is simplified: an alert says nothing but that the run is over; and one of the attackers at a
time. Who has a recording besides is offline.

>>> for way in ways("external-psk_dhe_ke"):
...     print(way.guesser, way.checks.value, way.told_by, way.contacts)
offline freely ('binder', 'sealed') 0
online once a run ('ServerHello', 'sealed') 1
harvester freely ('binder', 'sealed') 1
>>> [way.checks.value for way in ways("cpace-psk_dhe_ke")]
['never', 'once a run', 'once a run']
>>> [way.runs(1000) for way in ways("external-psk_ke")]  # with an honest end
[0.0, 1000, 1.0]
>>> decide("external-psk_dhe_ke", ONLINE, binder=False).checks.value
'freely'
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from math import inf

from tls13lab.symbolic import certificate_with_psk, cpace, scenes, speaking
from tls13lab.symbolic.connection import Connection
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.prices import USUAL as USUAL_PRICES
from tls13lab.symbolic.prices import Prices
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.scenes import PUBLIC, Scene
from tls13lab.symbolic.terms import Term, name

OFFLINE, ONLINE, HARVESTER = "offline", "online", "harvester"
NEEDS: Mapping[str, str] = {
    OFFLINE: "a recording",
    ONLINE: "a server's answer",
    HARVESTER: "a client's visit",
}
"""The guessers, and what each of them has to get."""
GUESSERS = tuple(NEEDS)

CPACE = "cpace-psk_dhe_ke"
_PSK_MODES = ("psk_ke", "psk_dhe_ke")
MODES = (
    *(f"external-{one}" for one in _PSK_MODES),
    *(f"imported-{one}" for one in _PSK_MODES),
    certificate_with_psk.BOTH,
    *(mode for mode in scenes.MODES if "-from-external" in mode),
    CPACE,
)
"""What a weak secret may protect: a PSK as it is; imported (RFC 9258); beside a certificate
(RFC 9973); in the connection that issued the ticket of this one; or as the word of CPace."""

WRONG = name("a wrong guess")
USUAL = tuple(RULES.values())


class Checks(Enum):
    """How often a guess can be checked."""

    FREELY = "freely"
    ONCE_A_RUN = "once a run"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Way:
    """What one guesser can do against one mode.

    ``told_by`` are the symbols of the terms that tell a right guess: those that it can be checked
    against, or, once a run, what the honest end says to it. ``contacts`` is in how many runs an
    honest end has to take part before anything can be checked: 0 for who only listens.
    """

    mode: str
    guesser: str
    checks: Checks
    told_by: tuple[str, ...]
    contacts: int

    @property
    def applies(self) -> bool:
        """Whether it can guess at all."""
        return self.checks is not Checks.NEVER

    @property
    def needs(self) -> str:
        """What it has to get, in words."""
        return NEEDS[self.guesser]

    def guesses(self, runs: float) -> float:
        """How many guesses it has after so many runs with honest ends; infinite if its own affair.

        >>> decide(CPACE, HARVESTER).guesses(3), decide("external-psk_ke", HARVESTER).guesses(3)
        (3, inf)
        """
        if not self.applies or runs < self.contacts:
            return 0
        return inf if self.checks is Checks.FREELY else runs

    def runs(self, guesses: float) -> float:
        """In how many runs an honest end takes part, for so many guesses; infinite for none."""
        if not self.applies:
            return inf
        return float(self.contacts) if self.checks is Checks.FREELY else guesses

    def log2_guesses(self, prices: Prices = USUAL_PRICES, *, weak: bool = True) -> float | None:
        """The price of the PSK, log2 of the expected guesses; None for who cannot guess.

        The same for all who can: what differs is whom each guess needs, and so ``runs``.
        """
        if not self.applies:
            return None
        return prices.weak_psk if weak else prices.strong_psk


@lru_cache(maxsize=256)
def decide(mode: str, guesser: str, rules: tuple[Rule, ...] = USUAL, *, binder: bool = True) -> Way:
    """One cell, decided. KeyError for a mode without a weak PSK, and for no guesser.

    ``rules`` are those that everyone can use, CPace's apart. Without a ``binder`` the client sends
    no early data either, which is as good as one to who has a guess; CPace has no such variant.
    """
    if mode == CPACE:
        return _decided(mode, guesser, _cpace(guesser), cpace.WORD, (*rules, *cpace.CPACE_RULES))
    every = connections(mode)
    if not binder:
        every = tuple(replace(one, binder=False, early_data=False) for one in every)
    scene = _CONTACTS[guesser](every)
    return _decided(mode, guesser, lambda _: scene, _weak(every), rules)


def ways(mode: str) -> tuple[Way, ...]:
    """The three, in the order of ``GUESSERS``."""
    return tuple(decide(mode, guesser) for guesser in GUESSERS)


# The scenes --------------------------------------------------------------------------------------


def connections(mode: str) -> tuple[Connection, ...]:
    """The one that issued the ticket, if there was one, and the one in question."""
    if mode not in MODES:
        raise KeyError(f"{mode} has no PSK that a person may have chosen")
    if mode == certificate_with_psk.BOTH:
        return (certificate_with_psk.connection(certificate_with_psk.BOTH, "this"),)
    kind, _, psk_mode = mode.partition("-")
    if kind == "imported":
        return (speaking.importing(scenes.connections(f"external-{psk_mode}")[-1]),)
    return scenes.connections(mode)


def _weak(every: tuple[Connection, ...]) -> Term:
    """The name that the first PSK is made of: itself, or what it was imported from."""
    psk = every[0].psk
    assert psk is not None
    while psk.arguments:
        (psk,) = (one for one in psk.arguments if one not in PUBLIC)
    return psk


def recorded(every: tuple[Connection, ...]) -> Scene:
    """All that crossed the wire, of all connections."""
    return Scene((*PUBLIC, *(term for one in every for term in one.wire)), {})


def asks_server(every: tuple[Connection, ...]) -> Scene:
    """In the client's place; what is public is all that it begins with."""
    return speaking.as_client(every[-1], PUBLIC)


def client_comes(every: tuple[Connection, ...]) -> Scene:
    """In the server's place; what is public is all that it begins with."""
    return speaking.as_server(every[-1], PUBLIC)


_CONTACTS: Mapping[str, Callable[[tuple[Connection, ...]], Scene]] = {
    OFFLINE: recorded,
    ONLINE: asks_server,
    HARVESTER: client_comes,
}


def _cpace(guesser: str) -> Callable[[Term], Scene]:
    """Here what is said depends on the guess: a generator comes before anything else."""
    if guesser == OFFLINE:
        return lambda _: Scene((*PUBLIC, *cpace.listened().known), {})
    return {ONLINE: cpace.asks_server, HARVESTER: cpace.client_comes}[guesser]


# Deciding ----------------------------------------------------------------------------------------


def _decided(
    mode: str,
    guesser: str,
    contact: Callable[[Term], Scene],
    weak: Term,
    rules: tuple[Rule, ...] = USUAL,
) -> Way:
    """The two plays: ``contact`` makes the scene of a guess, at the secret ``weak``."""
    scene = contact(WRONG)
    contacts = 1 if scene.turns else 0
    turns, checkable = _played(scene, WRONG, weak, rules)
    if checkable:
        return Way(mode, guesser, Checks.FREELY, _symbols(checkable), contacts)
    scene = contact(weak)
    further, checkable = _played(scene, weak, weak, rules)
    answers = tuple(term for turn in scene.turns[turns:further] for term in turn.gets)
    told = answers or checkable
    checks = Checks.ONCE_A_RUN if told else Checks.NEVER
    return Way(mode, guesser, checks, _symbols(told), contacts)


def _played(
    scene: Scene, guess: Term, weak: Term, rules: tuple[Rule, ...]
) -> tuple[int, tuple[Term, ...]]:
    """How many turns are taken with the guess, and what a guess can be checked against then."""
    world = scene.world(rules, (guess, weak))
    _, turns = scene.play(world, (guess,))
    # The right guess is not known to be right: that is what is to be checked.
    known = (*scene.heard(turns), *(() if guess is weak else (guess,)))
    return turns, verifiers(world, known, weak)


def _symbols(terms: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(sorted({term.symbol for term in terms}))
