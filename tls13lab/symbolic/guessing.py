"""Guess and verify: what can be done if one secret is weak, so that all its values can be tried.

With perfect cryptography, no key is ever guessed. A *weak* secret has few enough values to try all
of them. If a guess can be compared with something that is already known, this is an *offline
guessing attack*, which needs nobody's help. There are two ways to compare: a known term can be
computed a second time from the guess, or a record opens, which only happens with the right key. The
engine finds these terms; none is named here.

Two simplifications: there is one weak secret at a time, and the engine does not compare two
derivations of a term that was not known before. With these rules, that would find nothing more. A
new term inside something sealed is reached by opening it, and that already verifies the guess. All
other terms are built from known parts, each by a single rule. A rule that decrypts without
authentication would change that.

>>> from tls13lab.symbolic.rules import RULES
>>> from tls13lab.symbolic.scenes import recorded
>>> scene = recorded("external-psk_dhe_ke")
>>> world = scene.world(RULES.values())
>>> [term.symbol for term in verifiers(world, scene.known, scene.wanted["psk"][0])]
['binder', 'sealed']
"""

from collections.abc import Iterable, Iterator

from tls13lab.symbolic.rules import OPENING, DerivationStep
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.terms import Term

GUESS = "guess"


def verifiers(world: World, known: Iterable[Term], weak: Term) -> tuple[Term, ...]:
    """The known terms that show whether a guess at ``weak`` is right, each once."""
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
            # Authenticated decryption shows whether the key was right.
            yield from (term for term in step.premises if term in before and term.arguments)
        elif step.conclusion in before and not _uses(guessed, fresh, step.conclusion):
            yield step.conclusion


def _uses(knowledge: Knowledge, terms: Iterable[Term], used: Term) -> bool:
    """Whether the derivations of these terms use another term; then there is no comparison."""
    return any(used in step.premises for term in terms for step in knowledge.derivation(term))


def saturate(world: World, known: Iterable[Term], weak: Iterable[Term] = ()) -> Knowledge:
    """Everything that follows, including guesses; a guess is a step from what verified it."""
    known = tuple(known)
    guesses: dict[Term, DerivationStep] = {}
    for secret in weak:
        # One is enough, and finding all of them takes several times as long.
        found = next(_verifiers(world, (*known, *guesses), secret), None)
        if found is not None:
            guesses[secret] = DerivationStep(GUESS, (found,), secret)
    knowledge = world.saturate([*known, *guesses])
    return Knowledge({**knowledge.steps, **guesses}) if guesses else knowledge
