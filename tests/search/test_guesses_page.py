"""``docs/guessing.md``: what was recorded is within a factor of two of what the model predicts.

Nothing is timed here. The predictions are made from the schedule table, the model and the recorded
rates; the figures are those of ``python -m bench.guesses``.
"""

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest

from bench.guesses_cases import ALONE, LABELS, MANY, TARGETS, Alone, Many, digits
from bench.guesses_cases import word_and_digits as usual
from bench.guesses_page import PATH, figures, page
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.amortised import blocks
from tls13lab.psk.binder import fill_binders, placeholder
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.search.engine import weight
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.target import Target, targets_of
from tls13lab.search.wordlist import COMMON
from tls13lab.symbolic.prices import USUAL
from tls13lab.wire.names import PSK_MODES

CASES: list[tuple[str, Alone | Many]] = [
    *(("alone", one) for one in ALONE),
    *(("many", one) for one in MANY),
]
FACTOR = 2.0
cases = pytest.mark.parametrize(("heading", "case"), CASES, ids=[one.key for _, one in CASES])


def ratio(told: Any, heading: str, case: Alone | Many) -> float:
    """Taken, as a multiple of predicted."""
    return float(told[heading][case.key]["processor"]) / case.seconds(told["rates"])


def test_the_committed_page_is_what_the_figures_and_the_model_say() -> None:
    assert PATH.read_text("utf-8") == page(figures()), "run: python -m bench.guesses --page"


def test_every_case_was_measured_and_nothing_else_is_recorded() -> None:
    told = figures()
    assert list(told["alone"]) == [one.key for one in ALONE]
    assert list(told["many"]) == [one.key for one in MANY]
    assert {(one.targets, one.imported) for one in MANY} == {
        (targets, imported) for targets in TARGETS for imported in (False, True)
    }
    assert {one.mode for one in ALONE} == set(PSK_MODES)


@cases
def test_the_prediction_is_right_within_a_factor_of_two(heading: str, case: Alone | Many) -> None:
    told = figures()
    assert 1 / FACTOR <= ratio(told, heading, case) <= FACTOR
    # Guessing went on until the last of them, and no further than what was in work.
    last = max(case.places)
    assert last <= told[heading][case.key]["tried"] <= case.words.choice.values
    # The clock cannot have been slower than one core.
    assert told[heading][case.key]["clock"] >= 0.9 * told[heading][case.key]["processor"]


def test_the_check_would_find_a_wrong_rate_and_a_model_that_shares_nothing() -> None:
    told = deepcopy(figures())
    for name in told["rates"]:
        told["rates"][name] *= 4
    for heading, case in CASES:
        assert ratio(told, heading, case) > FACTOR
    assert page(told) != PATH.read_text("utf-8")
    told = figures()
    by_targets = {one.targets: one for one in MANY if not one.imported}
    for targets in (16, 64):
        case = by_targets[targets]
        unshared = case.seconds(told["rates"]) * 2 ** (case.one_by_one() - case.log2_guesses())
        assert told["many"][case.key]["processor"] < unshared / FACTOR


def test_more_victims_cost_less_each_and_the_importer_ends_that() -> None:
    told = figures()

    def each(imported: bool) -> list[float]:
        """Seconds for each victim and a million words of the list."""
        found = [one for one in MANY if one.imported is imported]
        return [
            told["many"][one.key]["processor"] / one.targets / one.words.choice.values * 1e6
            for one in found
        ]

    plain, imported = each(False), each(True)
    assert all(one > more for one, more in pairwise(plain))
    assert plain[0] > 4 * plain[-1]
    assert imported[-1] > imported[0] / FACTOR
    assert imported[-1] > 4 * plain[-1]


@pytest.mark.parametrize("case", ALONE, ids=[one.key for one in ALONE])
def test_psk_ke_gives_the_data_away_with_the_psk_and_psk_dhe_ke_costs_a_share(case: Alone) -> None:
    psk, data = case.log2_guesses("psk"), case.log2_guesses("application_data")
    assert psk == pytest.approx(case.words.choice.log2_guesses)
    opened = figures()["alone"][case.key]["application_data"]
    if case.mode == "psk_ke":
        assert (data, opened) == (psk, "lost")
    else:
        assert data >= USUAL.share > psk
        assert opened == "kept"
    # The recording was searched in the same time, whatever the mode.
    (other,) = (
        one
        for one in ALONE
        if (one.words, one.hash_name) == (case.words, case.hash_name) and one.mode != case.mode
    )
    assert ratio(figures(), "alone", case) < FACTOR * ratio(figures(), "alone", other)


@cases
def test_the_words_are_where_they_are_said_to_be(heading: str, case: Alone | Many) -> None:
    words = case.words
    assert words.choice.success(words.choice.values) == pytest.approx(1)
    for place in case.places:
        word, index = words.at(place), round(place) - 1
        if words.mask:
            assert MaskSource(Mask.parse(words.mask)).total == words.choice.values
            assert word == b"%0*d" % (len(word), index)
        else:
            source = WordSource(COMMON, parse_rules(words.rules().encode()))
            assert source.total == words.choice.values
            (line,) = [
                n
                for n, one in enumerate(COMMON.read_bytes().split(b"\n"))
                if one == word[: -words.digits]
            ]
            assert line == index // 10**words.digits


def test_rules_are_a_rule_for_each_number() -> None:
    (first, *_, last) = parse_rules(usual(0.8, 2).rules().encode())
    assert (first.apply(b"word"), last.apply(b"word")) == (b"word00", b"word99")


@pytest.mark.parametrize("case", MANY, ids=[one.key for one in MANY])
def test_the_model_counts_what_crack_computes(case: Many) -> None:
    """Labels included: of targets as ``crack`` reads them out of the recordings of a case."""
    targets: list[Target] = []
    for number, place in enumerate(case.places):
        psk = ExternalPsk(b"victim %d" % number, case.words.at(place))
        if case.imported:
            (psk,) = import_psk(psk, b"hall %d" % number, (case.hash_name,))
        offered = OfferedPsks((PskIdentity(psk.identity, 0),), placeholder([psk]))
        raw = pack(ClientHello(bytes(32), b"", (0x1301,), (offered,)))
        targets += targets_of(fill_binders(raw, offered, [psk], Transcript()))
    computed = weight(targets) * blocks().for_targets(1)
    assert computed == LABELS[case.imported] * case.blocks.for_targets(case.targets)


def test_the_cost_of_all_is_that_of_word_after_word() -> None:
    """The sum of the model beside a search that goes through the list."""
    for imported in (False, True):
        for targets in (1, 3, 7):
            case = Many(targets, imported, digits(2))
            kind = PskKind.IMPORTED if imported else PskKind.EXTERNAL
            left, spent = sorted(case.places), 0
            for place in range(1, 101):
                if left:
                    spent += blocks(kind=kind).for_targets(len(left))
                left = [one for one in left if one > place]
            guesses = LABELS[imported] * spent / blocks().for_targets(1)
            assert 2 ** case.log2_guesses() == pytest.approx(guesses)
