"""Guess and verify: the switch that makes one secret weak, so that all its values can be tried.

Perfect cryptography means that no key is ever guessed. A *weak* secret drops that: its values are
few enough to try each. A try tells right from wrong if what it leads to can be compared with what
is known anyway: then it is an *offline guessing attack*, and needs nobody's help. Two things can be
compared: a term that is known already and can be made a second time out of the guess, and a record
that opens, for it only opens with the right key. The engine finds them; none is named here.

What is simplified: one weak secret at a time. Nor does it look for two ways to one term that is new
in both. With these rules there is nothing to be found that way: what was sealed is opened to get at
new terms, and the opening tells already; all else is put together from known parts, by one rule for
each term. A rule that decrypts without authenticating would break that.

>>> from tls13lab.symbolic.rules import RULES
>>> from tls13lab.symbolic.scenes import recorded
>>> scene = recorded("external-psk_dhe_ke")
>>> world = scene.world(RULES.values())
>>> [term.symbol for term in verifiers(world, scene.known, scene.wanted["psk"][0])]
['binder', 'sealed']
"""

from collections.abc import Iterable, Iterator

from tls13lab.symbolic.rules import OPENING, Step
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.terms import Term

GUESS = "guess"


def verifiers(world: World, known: Iterable[Term], weak: Term) -> tuple[Term, ...]:
    """The known terms that tell whether a guess at ``weak`` is right, each once."""
    return tuple(dict.fromkeys(_verifiers(world, tuple(known), weak)))


def _verifiers(world: World, known: tuple[Term, ...], weak: Term) -> Iterator[Term]:
    before = world.saturate(known)
    if weak in before:
        return
    guessed = world.saturate([*known, weak])
    for step in world.steps:
        fresh = [term for term in step.premises if term not in before]
        if not fresh or any(term not in guessed for term in step.premises):
            continue
        if step.rule in OPENING:
            # It opens or it does not: the record itself says whether the key was right.
            yield from (term for term in step.premises if term in before and term.arguments)
        elif step.conclusion in before and not _uses(guessed, fresh, step.conclusion):
            yield step.conclusion


def _uses(knowledge: Knowledge, terms: Iterable[Term], used: Term) -> bool:
    """Whether the ways to these terms lead through another one: then nothing is compared."""
    return any(used in step.premises for term in terms for step in knowledge.derivation(term))


def saturate(world: World, known: Iterable[Term], weak: Iterable[Term] = ()) -> Knowledge:
    """Everything that follows, guessing included; a guess is a step from what verified it."""
    known = tuple(known)
    guesses: dict[Term, Step] = {}
    for secret in weak:
        # One is enough: to look for all of them takes several times as long.
        found = next(_verifiers(world, (*known, *guesses), secret), None)
        if found is not None:
            guesses[secret] = Step(GUESS, (found,), secret)
    knowledge = world.saturate([*known, *guesses])
    return Knowledge({**knowledge.steps, **guesses}) if guesses else knowledge
