"""Who can guess a weak PSK, and how often: three attackers, and what each needs.

- *offline*: has a recording. It needs nobody for a guess; only its speed limits it.
- *online*: asks the server, with a ClientHello made with its guess. The server can count.
- *harvester*: takes the server's place and waits for a client. It needs no recording, because it
  can try guesses later on the client's first message.

The answers are not written down but derived. Each attacker is a scene of turns (:mod:`speaking
<tls13lab.symbolic.speaking>`). An attacker who sends messages must choose a guess before it starts,
so the scene is played twice, with a wrong guess and with the right one:

- If a guess can be verified with what was received after the *wrong* guess (:func:`verifiers
  <tls13lab.symbolic.guessing.verifiers>`), all other guesses can be tried on it: *freely*.
- If only the *right* guess makes a difference (the honest end continues, or its answer can be
  verified), each guess needs a run: *once a run*.
- Otherwise nothing verifies a guess, and guessing is not an attack: *never*.

``binder=False`` shows the purpose of the binder, which no ClientHello may leave out (4.3.11).
Without it, a server answers anyone, and its answer can be used to verify guesses.

Two simplifications: an alert shows only that the run is over, and there is one attacker at a time.
An attacker who also has a recording is offline.

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
from math import inf
from typing import Final, Literal, get_args

from tls13lab.symbolic import certificate_with_psk, cpace, scenes, speaking
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.prices import USUAL as USUAL_PRICES
from tls13lab.symbolic.prices import Prices
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.scenes import PUBLIC, Scene
from tls13lab.symbolic.terms import Term, name
from tls13lab.symbolic.vocabulary import (
    GUESSED_MODES,
    GuessedMode,
    is_of_psk,
    parts,
    with_external_psk,
)
from tls13lab.wire.names import one_of

Guesser = Literal["offline", "online", "harvester"]
"""How someone guesses: alone with a recording, one run with a server per guess, or alone with the
binder of a client that came to the wrong server."""
OFFLINE: Final = "offline"
ONLINE: Final = "online"
HARVESTER: Final = "harvester"
NEEDS: Mapping[Guesser, str] = {
    OFFLINE: "a recording",
    ONLINE: "a server's answer",
    HARVESTER: "a client's visit",
}
"""The guessers, and what each of them needs."""
GUESSERS: tuple[Guesser, ...] = get_args(Guesser)

CPACE: Final = "cpace-psk_dhe_ke"

GUESSABLE = "mode with a guessable PSK,"
WRONG = name("a wrong guess")
USUAL = tuple(RULES.values())


class Checks(Enum):
    """How often a guess can be verified."""

    FREELY = "freely"
    ONCE_A_RUN = "once a run"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Way:
    """What one guesser can do against one mode.

    ``told_by`` has the symbols of the terms that verify a guess or, for *once a run*, of the honest
    end's answer. ``contacts`` is the number of runs in which an honest end must take part before
    anything can be verified; 0 for an attacker who only listens.
    """

    mode: GuessedMode
    guesser: Guesser
    checks: Checks
    told_by: tuple[str, ...]
    contacts: int

    @property
    def applies(self) -> bool:
        """Whether the attacker can verify any guess."""
        return self.checks is not Checks.NEVER

    @property
    def needs(self) -> str:
        """What the attacker needs, in words."""
        return NEEDS[self.guesser]

    def guesses(self, runs: float) -> float:
        """How many guesses it has in this many runs with honest ends; infinite without a limit.

        >>> decide(CPACE, HARVESTER).guesses(3), decide("external-psk_ke", HARVESTER).guesses(3)
        (3, inf)
        """
        if not self.applies or runs < self.contacts:
            return 0
        return inf if self.checks is Checks.FREELY else runs

    def runs(self, guesses: float) -> float:
        """The runs that an honest end must take part in for this many guesses; infinite if none."""
        if not self.applies:
            return inf
        return float(self.contacts) if self.checks is Checks.FREELY else guesses

    def log2_guesses(self, prices: Prices = USUAL_PRICES, *, weak: bool = True) -> float | None:
        """The price of the PSK, log2 of the expected guesses; None if guesses cannot be verified.

        It is the same for all guessers; they differ in ``runs``.
        """
        if not self.applies:
            return None
        return prices.weak_psk if weak else prices.strong_psk


@remembered(256)
def decide(
    mode: GuessedMode, guesser: Guesser, rules: tuple[Rule, ...] = USUAL, *, binder: bool = True
) -> Way:
    """Decide one cell. Raises NotAllowed for a mode without a weak PSK, or an unknown guesser.

    ``rules`` are those that everyone can use, without CPace's. Without a ``binder``, the client
    also sends no early data, which would verify a guess just as well. CPace has no such variant.
    """
    one_of(mode, GUESSED_MODES, GUESSABLE)
    one_of(guesser, GUESSERS, "guesser")
    if mode == CPACE:
        return _decided(mode, guesser, _cpace(guesser), cpace.WORD, (*rules, *cpace.CPACE_RULES))
    every = connections(mode)
    if not binder:
        every = tuple(replace(each, binder=False, early_data=False) for each in every)
    scene = _CONTACTS[guesser](every)
    return _decided(mode, guesser, lambda _: scene, _weak(every), rules)


def ways(mode: GuessedMode) -> tuple[Way, ...]:
    """The ways of all three guessers, in the order of ``GUESSERS``."""
    return tuple(decide(mode, guesser) for guesser in GUESSERS)


# The scenes --------------------------------------------------------------------------------------


def connections(mode: GuessedMode) -> tuple[SymbolicConnection, ...]:
    """The connection that issued the ticket, if there is one, and the connection in question.

    Not for CPace, whose connection depends on the guess.
    """
    one_of(mode, GUESSED_MODES, GUESSABLE)
    match mode:
        case "cert_with_extern_psk":
            return (certificate_with_psk.connection(mode, "this"),)
        case "imported-psk_ke" | "imported-psk_dhe_ke":
            psk_mode = parts(mode).mode
            assert is_of_psk(psk_mode)
            return (speaking.importing(scenes.connections(with_external_psk(psk_mode))[-1]),)
        case "cpace-psk_dhe_ke":
            raise KeyError(mode)
        case _:
            return scenes.connections(mode)


def _weak(every: tuple[SymbolicConnection, ...]) -> Term:
    """The weak secret: the first PSK itself, or the external PSK from which it was imported."""
    psk = every[0].psk
    assert psk is not None
    while psk.arguments:
        (psk,) = (one for one in psk.arguments if one not in PUBLIC)
    return psk


def recorded(every: tuple[SymbolicConnection, ...]) -> Scene:
    """A recording of all connections."""
    sent = (term for connection in every for term in connection.wire)
    return Scene((*PUBLIC, *sent), {})


def asks_server(every: tuple[SymbolicConnection, ...]) -> Scene:
    """The attacker as the client; it knows only public values at the start."""
    return speaking.as_client(every[-1], PUBLIC)


def client_comes(every: tuple[SymbolicConnection, ...]) -> Scene:
    """The attacker as the server; it knows only public values at the start."""
    return speaking.as_server(every[-1], PUBLIC)


_CONTACTS: Mapping[Guesser, Callable[[tuple[SymbolicConnection, ...]], Scene]] = {
    OFFLINE: recorded,
    ONLINE: asks_server,
    HARVESTER: client_comes,
}


def _cpace(guesser: Guesser) -> Callable[[Term], Scene]:
    """The scene of a guess with CPace, in which every message depends on the guess."""
    if guesser == OFFLINE:
        return lambda _: Scene((*PUBLIC, *cpace.listened().known), {})
    return cpace.asks_server if guesser == ONLINE else cpace.client_comes


# Deciding ----------------------------------------------------------------------------------------


def _decided(
    mode: GuessedMode,
    guesser: Guesser,
    contact: Callable[[Term], Scene],
    weak: Term,
    rules: tuple[Rule, ...] = USUAL,
) -> Way:
    """Play the scene twice; ``contact`` makes it for a guess at the secret ``weak``."""
    scene = contact(WRONG)
    contacts = 1 if scene.turns else 0
    turns, checkable = _played(scene, WRONG, weak, rules)
    if checkable:
        return Way(mode, guesser, Checks.FREELY, _symbols(checkable), contacts)
    scene = contact(weak)
    further, checkable = _played(scene, weak, weak, rules)
    answers = tuple(term for turn in scene.turns[turns:further] for term in turn.gets)
    verifying = answers or checkable
    checks = Checks.ONCE_A_RUN if verifying else Checks.NEVER
    return Way(mode, guesser, checks, _symbols(verifying), contacts)


def _played(
    scene: Scene, guess: Term, weak: Term, rules: tuple[Rule, ...]
) -> tuple[int, tuple[Term, ...]]:
    """The number of turns taken with the guess, and the terms that then verify a guess."""
    world = scene.world(rules, (guess, weak))
    _, turns = scene.play(world, (guess,))
    # The right guess is not given as known, because the question is whether it can be verified.
    known = (*scene.heard(turns), *(() if guess is weak else (guess,)))
    return turns, verifiers(world, known, weak)


def _symbols(terms: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(sorted({term.symbol for term in terms}))
