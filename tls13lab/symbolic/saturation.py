"""Saturation: apply all rules to everything that is known until nothing new follows.

Only terms *in play* are made: those that occur in what is known, or in what is asked for. So the
computation is finite. Nothing is lost by it: each rule either builds a term from its parts, or
takes a part from a term, so a derivation never needs a larger term that is not in play.

The first step that leads to a term is kept. So each known term has one derivation, without cycles.

>>> from tls13lab.symbolic.rules import RULES
>>> from tls13lab.symbolic.terms import apply, name
>>> secret = apply("early_secret", name("zeros"), name("psk"))
>>> world = World([secret], RULES.values())
>>> world.saturate([name("zeros"), name("psk")]).derivation(secret)[-1].rule
'early_secret'
>>> secret in world.saturate([name("zeros")])
False
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tls13lab.symbolic.rules import DerivationStep, Rule
from tls13lab.symbolic.terms import Term, subterms


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that can be known; ``steps`` has the step to each term, None for given terms."""

    steps: Mapping[Term, DerivationStep | None]

    def __contains__(self, term: object) -> bool:
        return term in self.steps

    def derivation(self, goal: Term) -> tuple[DerivationStep, ...]:
        """The steps to ``goal``, in order. Raises KeyError if ``goal`` is not known."""
        found: dict[Term, DerivationStep] = {}
        waiting = [(goal, False)]
        while waiting:
            term, done = waiting.pop()
            step = self.steps[term]
            if step is None or term in found:
                continue
            if done:
                found[term] = step
                continue
            waiting.append((term, True))
            waiting += [(premise, False) for premise in reversed(step.premises)]
        return tuple(found.values())

    def given(self, goal: Term) -> tuple[Term, ...]:
        """The given terms that the derivation of ``goal`` uses, in the order of their use."""
        used = dict.fromkeys(
            premise
            for step in self.derivation(goal)
            for premise in step.premises
            if self.steps[premise] is None
        )
        return tuple(used) if self.steps[goal] is not None else (goal,)


def _every_step(in_play: Iterable[Term], rules: tuple[Rule, ...]) -> Iterator[DerivationStep]:
    """All uses of the rules for the terms in play. Each rule is asked about its own symbols."""
    by_symbol: dict[str, tuple[Rule, ...]] = {}
    for term in subterms(in_play):
        if term.symbol not in by_symbol:
            by_symbol[term.symbol] = tuple(rule for rule in rules if rule.concerns(term.symbol))
        for rule in by_symbol[term.symbol]:
            yield from rule.uses(term)


class World:
    """The terms in play, and all steps that the rules allow between them."""

    def __init__(self, in_play: Iterable[Term], rules: Iterable[Rule]) -> None:
        self.steps = tuple(_every_step(in_play, tuple(rules)))
        self._using: dict[Term, list[int]] = {}
        for number, step in enumerate(self.steps):
            for premise in set(step.premises):
                self._using.setdefault(premise, []).append(number)
        self._missing = [len(set(step.premises)) for step in self.steps]

    def saturate(self, known: Iterable[Term]) -> Knowledge:
        """Everything that follows from ``known``. Each step is visited once for each premise."""
        found: dict[Term, DerivationStep | None] = dict.fromkeys(known)
        missing = self._missing.copy()
        waiting = deque(found)
        while waiting:
            for number in self._using.get(waiting.popleft(), ()):
                missing[number] -= 1
                step = self.steps[number]
                if missing[number] == 0 and step.conclusion not in found:
                    found[step.conclusion] = step
                    waiting.append(step.conclusion)
        return Knowledge(found)
