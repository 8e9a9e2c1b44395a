"""Can a weak PSK be guessed offline? As ProVerif models: the query ``weaksecret``.

For ProVerif, a weak secret is one whose values can all be tried. The query holds if nothing that
the adversary has after the last message verifies a guess. This does not depend on the asset, so
there is one model for several cells. What a guessed PSK opens is asked in the cells' own models,
which reveal it.

More models show what verifies a guess: without a binder (which the RFC does not allow, 4.3.11),
without early data, and with an imported PSK (RFC 9258).

>>> found(Guess("external-psk_dhe_ke", "passive"))
True
>>> found(Guess("external-psk_dhe_ke", "passive", offer=OfferLines(binder=False, early_data=False)))
False
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tls13lab.symbolic import scenes, speaking
from tls13lab.symbolic.claims import Cell, absent
from tls13lab.symbolic.guessing import saturate
from tls13lab.symbolic.proverif.lines import USUAL, GivenAway, OfferLines
from tls13lab.symbolic.rules import QUANTUM, RULES
from tls13lab.symbolic.scenes import Scene, Turn
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    EXTERNAL_MODES,
    LEAKS,
    SCENE_MODES,
    Adversary,
    Leak,
    Leaks,
    SceneMode,
    Verdict,
)

QUERY = "weaksecret external_psk."


@dataclass(frozen=True, slots=True)
class Guess:
    """A question: can this adversary, with these leaks, guess the PSK?"""

    mode: SceneMode
    adversary: Adversary
    leaks: Leaks = ()
    offer: OfferLines = USUAL

    @property
    def name(self) -> str:
        """The model's file, without ``.pv``."""
        parts = [self.mode, "guess", self.adversary, *(self.leaks or ("nothing",))]
        parts += [] if self.offer.binder else ["no_binder"]
        parts += [] if self.offer.early_data else ["no_early_data"]
        parts += ["importer"] if self.offer.importer else []
        return "-".join(parts)

    @property
    def cell(self) -> Cell:
        """The cell that has what the processes need."""
        verdict: Verdict = "lost" if found(self) else "kept"
        return Cell(self.mode, "psk", self.adversary, self.leaks, verdict)


def of_cell(cell: Cell) -> Guess | None:
    """The question on which a cell with a weak PSK depends; None if the PSK is stolen anyway."""
    if "weak_psk" not in cell.leaks or secret_of(cell.mode) in cell.leaks:
        return None
    others = tuple(one for one in cell.leaks if one != "weak_psk")
    offer = OfferLines(importer=cell.options.get("importer") == "on")
    return Guess(cell.mode, cell.adversary, others, offer)


def secret_of(mode: SceneMode) -> GivenAway:
    """The leak of the weak PSK itself; after a resumption, that is not ``psk``."""
    return "psk" if mode in EXTERNAL_MODES else "external_psk"


def guesses() -> Iterator[Guess]:
    """Every question: with each leak, and with each variant of the ClientHello."""
    for mode in SCENE_MODES:
        if not scenes.weak_secrets(mode):
            continue
        leaks: list[Leaks] = [(), *((one,) for one in _leaks(mode))]
        for adversary in ADVERSARIES:
            yield from (Guess(mode, adversary, one) for one in leaks)
            if mode in EXTERNAL_MODES:
                yield from _variants(mode, adversary, leaks)


def _leaks(mode: SceneMode) -> list[Leak]:
    """The leaks that are possible in addition to a guess."""
    there = [one for one in LEAKS if not absent(mode, (one,))]
    return [one for one in there if one not in ("weak_psk", secret_of(mode))]


def _variants(mode: SceneMode, adversary: Adversary, leaks: list[Leaks]) -> Iterator[Guess]:
    for importer in (False, True):
        if importer:
            yield from (Guess(mode, adversary, one, OfferLines(importer=True)) for one in leaks)
        for early_data in (True, False):
            yield Guess(mode, adversary, (), OfferLines(False, early_data, importer))


def found(guess: Guess) -> bool:
    """Whether the PSK is found, according to the lab's own model."""
    (weak,) = scenes.weak_secrets(guess.mode)
    scene = _scene(guess)
    secrets = scenes.secrets_to_steal(guess.mode)
    stolen = [term for leak in guess.leaks for term in secrets.get(leak, ())]
    rules = (*RULES.values(), *([QUANTUM] if "quantum" in guess.leaks else []))
    world = scene.world(rules, [weak, *stolen])
    if guess.adversary != "active_then_leak":
        return weak in scene.play(world, stolen, [weak])[0]
    # Guessing takes time, so it comes after all messages, as the leaks do.
    _, turns = scene.play(scene.world(RULES.values(), [weak]), ())
    return weak in saturate(world, [*scene.heard(turns), *stolen], [weak])


def _scene(guess: Guess) -> Scene:
    """A recording; for an active adversary, also a server to which it connects."""
    offer = guess.offer
    first, *later = scenes.connections(guess.mode)
    first = speaking.importing(first) if offer.importer else first
    first = replace(first, binder=offer.binder, early_data=offer.early_data and not later)
    known = (*scenes.PUBLIC, *(term for one in (first, *later) for term in one.wire))
    if guess.adversary == "passive":
        return Scene(known, {})
    other = scenes.attacked(first)
    own = (other.name("client_random"), other.name("client_ecdhe"))
    answer = (other.server_hello, other.server_flight_record)
    return Scene((*known, *own), {}, (Turn((other.client_hello,), answer),))
