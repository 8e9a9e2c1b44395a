"""Why a cell of the matrix is lost: the steps that lead there. Or kept: what is missing.

The scenes are those of :mod:`~tls13lab.symbolic.claims`, which only counts the steps. A cell that
is kept has no steps; what shows that the model could have found some is its counter-test, the same
question with one leak more.

>>> lost = reason("external-psk_ke", "application_data", "passive", ("psk",))
>>> lost.steps[0].rule, lost.opened[0].symbol
('early_secret', "client's application data of this")
>>> reason("external-psk_dhe_ke", "application_data", "passive", ("psk",)) is None
True
>>> missing("external-psk_dhe_ke", "application_data", "passive", ("psk",))
(('client_ecdhe',), ('server_ecdhe',), ('quantum',))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from tls13lab.symbolic.claims import SECRECY, USUAL, absent, decide, play, tellers, ways
from tls13lab.symbolic.rules import DerivationStep, Rule
from tls13lab.symbolic.saturation import Knowledge
from tls13lab.symbolic.scenes import Scene
from tls13lab.symbolic.terms import Term
from tls13lab.symbolic.vocabulary import LEAKS, Adversary, Asset, SceneMode


@dataclass(frozen=True, slots=True)
class Reason:
    """The ``steps`` in order, and what they come to.

    ``opened`` is the secret that is derived at the end, or the messages that the adversary makes.
    ``sends`` says that there are such messages: the adversary plays a part of its own.
    """

    steps: tuple[DerivationStep, ...]
    opened: tuple[Term, ...]
    sends: bool


def reason(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: tuple[str, ...] = (),
    options: Mapping[str, str] | None = None,
    rules: tuple[Rule, ...] = USUAL,
) -> Reason | None:
    """The derivation behind a cell that is lost; None if it is kept. The arguments are a cell's."""
    there = tuple(leak for leak in leaks if leak not in absent(mode, leaks))
    later = adversary == "active_then_leak"
    if asset in SECRECY:
        for build in tellers(mode, adversary):
            scene, knowledge, turns = play(build, mode, there, rules, later)
            for term in scene.asked(asset, turns):
                if term in knowledge:
                    return Reason(knowledge.derivation(term), (term,), sends=turns > 0)
        return None
    beforehand = () if later else there
    for build in ways(mode, asset, options or {}):
        scene, knowledge, turns = play(build, mode, beforehand, rules)
        if turns == len(scene.turns):
            return _made(scene, knowledge)
    return None


def _made(scene: Scene, knowledge: Knowledge) -> Reason:
    """The steps to all messages of a scene that was played to its end."""
    made = tuple(dict.fromkeys(term for turn in scene.turns for term in turn.makes))
    steps = dict.fromkeys(step for term in made for step in knowledge.derivation(term))
    return Reason(tuple(steps), made, sends=True)


def missing(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: tuple[str, ...] = (),
    options: Mapping[str, str] | None = None,
    rules: tuple[Rule, ...] = USUAL,
) -> tuple[tuple[str, ...], ...]:
    """The fewest further leaks with which a cell that is kept is lost: one, or else two.

    Each is a counter-test of the cell. Empty if not even two leaks more are enough.
    """
    more = [leak for leak in LEAKS if leak not in leaks and not absent(mode, (leak,))]
    for count in (1, 2):
        found = tuple(
            further
            for further in combinations(more, count)
            if decide(mode, asset, adversary, (*leaks, *further), options, rules).verdict == "lost"
        )
        if found:
            return found
    return ()
