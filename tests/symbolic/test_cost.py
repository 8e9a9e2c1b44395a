"""What each cell costs: no set is cheaper, and the numbers agree with the verdicts."""

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations
from math import isclose
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.symbolic import breaks
from tls13lab.symbolic.claims import SECRECY, Cell, cells, decide, lost_by
from tls13lab.symbolic.cost import Cost, cheapest, cost
from tls13lab.symbolic.prices import USUAL, Prices, drawn_bits, log2_sum, share_bits
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.vocabulary import LEAKS, SCENE_MODES, Asset, Computed, Leak, SceneMode

SMALL = 64.0
"""Between what is lost at once and what nobody can pay there is nothing in this matrix."""


def of(cell: Cell, prices: Prices = USUAL) -> Cost:
    return cost(cell.mode, cell.asset, cell.adversary, cell.leaks, cell.options, prices)


@lru_cache(maxsize=1)
def everything() -> dict[tuple[object, ...], tuple[Cell, Cost]]:
    return {
        (cell.mode, cell.asset, cell.adversary, cell.leaks, *cell.options.items()): (cell, of(cell))
        for cell in cells()
    }


def bits(mode: str, asset: str, *leaks: Leak, **prices: float) -> float:
    """Of a passive adversary."""
    found = cost(
        cast(SceneMode, mode), cast(Asset, asset), "passive", leaks, prices=Prices(**prices)
    ).log2_guesses
    assert found is not None
    return found


# The search for the cheapest set, against trying them all -----------------------------------------

NAMES = "abcde"


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, float], Callable[[frozenset[str]], bool]]:
    """Prices with ties, and a question that larger sets answer as well as smaller ones."""
    prices = {name: draw(st.sampled_from([1.0, 1.5, 2.0, 3.0, 9.0])) for name in NAMES}
    enough = draw(st.lists(st.frozensets(st.sampled_from(NAMES)), max_size=4))
    return prices, lambda had: any(one <= had for one in enough)


@given(questions())
def test_no_set_is_cheaper(
    question: tuple[dict[str, float], Callable[[frozenset[str]], bool]],
) -> None:
    prices, enough = question
    every = [frozenset(one) for size in range(6) for one in combinations(NAMES, size)]
    sums = [log2_sum(prices[name] for name in one) for one in every if enough(one)]
    found = cheapest(prices, enough)
    if not sums:
        assert found is None
        return
    assert found is not None
    assert enough(frozenset(found))
    assert isclose(log2_sum(prices[name] for name in found), min(sums))


def test_a_guess_that_two_steps_need_is_paid_once() -> None:
    both = log2_sum([20.0, 20.0])
    assert both == 21.0
    # The PSK is behind the early secret and behind the handshake secret; it is guessed once.
    data = cost("external-psk_ke", "application_data", "passive", ("weak_psk",))
    assert data == cost("external-psk_ke", "early_data", "passive", ("weak_psk",))
    assert data == Cost(20.0, ("psk",))


# The numbers -------------------------------------------------------------------------------------


def test_psk_and_data_cost_the_same_in_psk_ke() -> None:
    for weak in (0.0, 13.3, 20.0, 51.7):
        told = {bits("external-psk_ke", one, "weak_psk", weak_psk=weak) for one in SECRECY}
        assert told == {weak}


def test_data_in_psk_dhe_ke_costs_a_share_at_the_least() -> None:
    for share in (share_bits("x25519"), share_bits("secp256r1"), 60.0):
        for weak in (0.0, 20.0, 90.0):
            prices = {"weak_psk": weak, "share": share, "record_key": 200.0}
            told = bits("external-psk_dhe_ke", "application_data", "weak_psk", **prices)
            assert told == pytest.approx(max(share, weak), abs=1.0)
            assert told >= share
            assert bits("external-psk_dhe_ke", "psk", "weak_psk", **prices) == weak


def test_a_quantum_computer_has_the_shares_for_nothing() -> None:
    ask = "external-psk_dhe_ke", "application_data"
    assert bits(*ask, "weak_psk") == pytest.approx(share_bits("x25519"))
    assert bits(*ask, "weak_psk", "quantum") == bits("external-psk_ke", "psk", "weak_psk") == 20.0


def test_a_quantum_computer_has_the_certificates_key_for_nothing_if_it_is_there_in_time() -> None:
    ask: tuple[SceneMode, Asset] = ("full", "server_authentication")
    assert cost(*ask, "active") == Cost(share_bits("secp256r1"), ("the certificate's key",))
    assert cost(*ask, "active", ("quantum",)) == Cost(0.0)
    assert cost(*ask, "active_then_leak", ("quantum",)) == Cost(None)


def test_a_short_record_key_is_the_cheapest_where_the_psk_is_strong() -> None:
    ask = "external-psk_ke", "application_data"
    assert bits(*ask, strong_psk=255.0) == drawn_bits(128)
    assert bits(*ask, strong_psk=255.0, record_key=drawn_bits(256)) == 255.0
    # And it opens records only: the PSK itself is as far away as before.
    assert bits("external-psk_ke", "psk", strong_psk=255.0) == 255.0


def test_two_shares_where_two_connections_are_in_the_way() -> None:
    """The resumption's PSK is behind the first connection's share, its data behind both."""
    told = cost(
        "resumption-psk_dhe_ke", "application_data", "passive", prices=Prices(record_key=200)
    )
    assert told.log2_guesses == pytest.approx(share_bits("x25519") + 1)
    assert {name.partition(" of ")[2] for name in told.computed} == {"initial", "this"}


def test_a_model_that_cannot_verify_a_guess_has_to_pay_for_something_else() -> None:
    """The counter-test: without binder, Finished or record no guess at the PSK can be checked."""
    without = tuple(rule for name, rule in RULES.items() if name not in ("binder", "open"))
    assert (
        decide("external-psk_ke", "psk", "passive", ("weak_psk",), rules=without).verdict == "kept"
    )
    assert decide("external-psk_ke", "psk", "passive", ("weak_psk",)).verdict == "lost"


# All cells ---------------------------------------------------------------------------------------


@pytest.mark.full
def test_the_numbers_agree_with_the_verdicts() -> None:
    for cell, told in everything().values():
        if cell.verdict == "outside":
            assert told == Cost(None)
        elif cell.verdict == "lost":
            assert told in (Cost(0.0), Cost(USUAL.weak_psk, ("psk",)))
            assert (told.log2_guesses == 0) or "weak_psk" in cell.leaks
        else:
            assert told.log2_guesses is None or told.log2_guesses > SMALL


@pytest.mark.full
def test_every_kept_cell_has_a_price() -> None:
    """But for what was over when the leaks came: then no computation helps any more."""
    kept = [(cell, told) for cell, told in everything().values() if cell.verdict == "kept"]
    assert kept
    for cell, told in kept:
        over = cell.adversary == "active_then_leak" and cell.asset not in SECRECY
        assert (told.log2_guesses is None) is over
        assert bool(told.computed) is not over


@pytest.mark.full
def test_one_leak_more_never_costs_more() -> None:
    for (mode, asset, adversary, leaks, *options), (_, told) in everything().items():
        assert isinstance(leaks, tuple)
        for leak in set(LEAKS) - set(leaks):
            more = tuple(one for one in LEAKS if one in (*leaks, leak))
            found = everything().get((mode, asset, adversary, more, *options))
            if found is not None and told.log2_guesses is not None:
                assert found[1].log2_guesses is not None
                assert found[1].log2_guesses <= told.log2_guesses


def lost(cell: Cell, names: tuple[str, ...]) -> bool:
    """With these secrets computed; a weak PSK is one only if it is among them."""
    stolen = tuple(one for one in cell.leaks if one != "weak_psk")
    had = (*stolen, *map(Computed, names))
    return lost_by(cell.mode, cell.asset, cell.adversary, had, cell.options) is not None


@pytest.mark.full
def test_what_is_computed_is_enough_and_nothing_of_it_can_be_spared() -> None:
    """The answer is played again: with all of it the cell is lost, with less it is not."""
    seen = set()
    for cell, told in everything().values():
        if cell.verdict != "kept" or told.log2_guesses is None:
            continue
        names = tuple("weak_psk" if one == "psk" else one for one in told.computed)
        seen |= set(names)
        assert lost(cell, names)
        assert not any(lost(cell, tuple(set(names) - {spared})) for spared in names)
    assert {"weak_psk", "client_ecdhe of this", "the certificate's key"} <= seen


@pytest.mark.parametrize("mode", SCENE_MODES)
def test_no_break_has_the_name_of_a_leak(mode: SceneMode) -> None:
    assert not set(breaks.breaks(mode)) & set(LEAKS)
    for name in breaks.breaks(mode):
        assert breaks.price(mode, name, USUAL) > SMALL
