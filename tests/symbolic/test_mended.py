"""What is put around a weak word: the model's answers against the matrix, and counter-tests."""

from itertools import combinations

import pytest

from tls13lab.symbolic import mended
from tls13lab.symbolic.certificate_with_psk import BOTH
from tls13lab.symbolic.certificate_with_psk import decide as decide_certified
from tls13lab.symbolic.cost import Cost
from tls13lab.symbolic.cost import cost as of_matrix
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.mended import (
    DERIVED,
    EPOCHS,
    IMPORTED,
    MADE,
    MENDED_MODES,
    PAKE,
    PLAIN,
    Made,
    MendedMode,
)
from tls13lab.symbolic.prices import Prices, share_bits
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC
from tls13lab.symbolic.vocabulary import Adversary, Asset, Epoch, Leak, Leaks, with_external_psk
from tls13lab.wire.names import PskMode

MATRIX: dict[Epoch, tuple[Asset, Adversary]] = {
    "past": ("application_data", "passive"),
    "early_data": ("early_data", "passive"),
    "present": ("application_data", "active"),
    "next_ticket": ("next_psk", "passive"),
}
WORDS = (0.0, 13.3, 20.0, 51.7)


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
@pytest.mark.parametrize("epoch", EPOCHS)
def test_a_plain_word_costs_what_the_matrix_says(mode: PskMode, epoch: Epoch) -> None:
    """Two models of one thing, built apart: scenes of the claims, and the scenes of this file."""
    for word in WORDS:
        prices = Prices(weak_psk=word)
        theirs = of_matrix(with_external_psk(mode), *MATRIX[epoch], ("weak_psk",), prices=prices)
        ours = mended.cost(mode, PLAIN, epoch, word, prices=prices)
        assert ours.log2_guesses == theirs.log2_guesses
        assert ours.computed == tuple("word" if one == "psk" else one for one in theirs.computed)


@pytest.mark.parametrize("leaks", [(), ("weak_psk",), ("client_ecdhe",), ("certificate_key",)])
def test_certificate_and_psk_is_decided_as_its_own_claims_are(leaks: Leaks) -> None:
    names: dict[Leak, str] = {
        "weak_psk": "word",
        "client_ecdhe": "client_ecdhe of this",
        "certificate_key": "certificate_key",
    }
    for more in combinations(names, 2):
        every = tuple(dict.fromkeys((*leaks, *more)))
        attacked = {"client_ecdhe of attacked"} if "client_ecdhe" in every else set()
        computed = frozenset({names[one] for one in every} | attacked)
        ours = {epoch: mended.enough(BOTH, PLAIN, epoch, computed) for epoch in EPOCHS}
        # Whoever is active there has the recording, too.
        ours["present"] |= ours["past"]
        for epoch in ("past", "present", "next_ticket"):
            verdict = decide_certified(BOTH, *MATRIX[epoch], every).verdict
            assert ours[epoch] is (verdict == "lost")


@pytest.mark.parametrize("mode", MENDED_MODES)
@pytest.mark.parametrize("made", [DERIVED, IMPORTED])
def test_a_derivation_and_an_importer_hide_no_word(mode: MendedMode, made: Made) -> None:
    """The salt and the identity are public: a guess is checked as before, and opens as much."""
    assert [term.symbol for term in mended.checkable(mode, made)] == [
        term.symbol for term in mended.checkable(mode, PLAIN)
    ]
    for epoch in EPOCHS:
        assert mended.opens(mode, made, epoch) is mended.opens(mode, PLAIN, epoch)
        assert mended.cost(mode, made, epoch, 20.0) == mended.cost(mode, PLAIN, epoch, 20.0)


def test_a_slow_derivation_makes_each_guess_dearer_and_nothing_else() -> None:
    told = mended.cost("psk_dhe_ke", DERIVED, "early_data", 20.0, dearer=18.5)
    assert told == Cost(38.5, ("word",))
    past = mended.cost("psk_dhe_ke", DERIVED, "past", 20.0, dearer=18.5)
    assert past.log2_guesses == pytest.approx(share_bits("x25519"))


def test_a_secret_salt_would_hide_it() -> None:
    """The counter-test: what nobody knows cannot be derived with, and then nothing is checked."""
    this = mended.connection("psk_ke", DERIVED, "this")
    rules = (*RULES.values(), mended.DERIVATION)
    world = World([*this.wire, *PUBLIC, mended.SALT, mended.WORD], rules)
    assert verifiers(world, [*PUBLIC, *this.wire, mended.SALT], mended.WORD)
    assert not verifiers(world, [*PUBLIC, *this.wire], mended.WORD)


@pytest.mark.parametrize("mode", MENDED_MODES)
@pytest.mark.parametrize("epoch", ["past", "present"])
def test_a_pake_leaves_nothing_to_check_a_guess_with(mode: MendedMode, epoch: Epoch) -> None:
    assert mended.checkable(mode, PLAIN, epoch)
    assert not mended.checkable(mode, PAKE, epoch)


def test_behind_a_pake_each_guess_takes_a_logarithm() -> None:
    for epoch in ("present", "next_ticket"):
        told = mended.cost("psk_ke", PAKE, epoch, 20.0)
        assert told.computed == (mended.LOGARITHMS,)
        assert told.log2_guesses == pytest.approx(20 + share_bits("x25519"))
    # Behind it and a share, the share falls as well; the records' key is cheaper than both.
    assert mended.LOGARITHMS in mended.cost("psk_dhe_ke", PAKE, "next_ticket", 20.0).computed
    assert mended.cost("psk_dhe_ke", PAKE, "past", 20.0).log2_guesses == 127.0


@pytest.mark.parametrize("mode", MENDED_MODES)
@pytest.mark.parametrize("made", MADE)
def test_what_is_computed_is_enough_and_nothing_of_it_can_be_spared(
    mode: MendedMode, made: Made
) -> None:
    for epoch in EPOCHS:
        told = mended.cost(mode, made, epoch, 20.0)
        if mended.outside(mode, epoch):
            assert told == Cost(None)
            continue
        names = frozenset(told.computed)
        assert mended.enough(mode, made, epoch, names)
        assert not any(mended.enough(mode, made, epoch, names - {one}) for one in names)
        assert (names == {"word"}) is mended.opens(mode, made, epoch)


def test_a_weak_word_beside_a_certificate_opens_nothing_but_itself() -> None:
    """And is found: its binder stands in the ClientHello. The other secrets have to fall, too."""
    assert [term.symbol for term in mended.checkable(BOTH, PLAIN)] == ["binder"]
    assert not any(mended.opens(BOTH, PLAIN, epoch) for epoch in EPOCHS)
    assert mended.cost(BOTH, PLAIN, "past", 20.0).computed == ("word", "client_ecdhe of this")
    assert mended.cost(BOTH, PLAIN, "present", 20.0).computed == ("certificate_key",)
