"""The table of mends: what each number is made of, and the order that the RFCs give them."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.psk.amortised import blocks
from tls13lab.psk.guesswork import Estimate, Guessable, even, zipf
from tls13lab.psk.keys import PskKind
from tls13lab.psk.memory_hard import parse
from tls13lab.psk.mends import (
    ARGON2ID,
    CERTIFICATE,
    DHE,
    IMPORTER,
    MENDS,
    NOTHING,
    PAKE,
    RANDOM,
    ROTATION,
    SCRYPT,
    SHA384,
    WORDS,
    Mended,
    Slow,
    measured,
    mends,
    sha384s,
)
from tls13lab.psk.spending import Means
from tls13lab.psk.strength import ENOUGH_BITS
from tls13lab.symbolic.prices import share_bits
from tls13lab.wire.names import PskMode

WEAK = even(2**21)
CHOICES: list[Guessable] = [WEAK, zipf(100_000, 0.8), Estimate(15.0)]
choices = pytest.mark.parametrize("choice", CHOICES, ids=["even", "zipf", "zxcvbn"])
modes = pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
MEANS = Means(2.0**20)


def table(choice: Guessable = WEAK, mode: PskMode = "psk_ke") -> dict[str, Mended]:
    return {row.mend: row for row in mends(choice, mode=mode)}


def opened(row: Mended) -> set[str]:
    """What the word alone opens."""
    return {epoch for epoch, cost in row.opens.items() if cost.computed == ("word",)}


@choices
@modes
def test_every_row_is_there_in_order(choice: Guessable, mode: PskMode) -> None:
    names = [row.mend for row in mends(choice, mode=mode)]
    assert names == [one for one in MENDS if one != DHE or mode == "psk_ke"]


@choices
@modes
def test_only_another_way_of_choosing_adds_guesses(choice: Guessable, mode: PskMode) -> None:
    rows = table(choice, mode)
    for name, row in rows.items():
        changed = name in (WORDS, RANDOM)
        assert (row.log2_guesses != rows[NOTHING].log2_guesses) is changed
        assert (row.success(1000) != rows[NOTHING].success(1000)) is changed
        assert (row.entropy >= ENOUGH_BITS) is (name == RANDOM)


@choices
@modes
def test_work_is_guesses_and_what_each_costs(choice: Guessable, mode: PskMode) -> None:
    for name, row in table(choice, mode).items():
        if name == PAKE:
            assert row.log2_work is None
            assert row.seconds(MEANS) is row.cents(MEANS) is None
            assert row.in_time(MEANS, 1e9) == 0.0
            continue
        assert row.log2_work == row.log2_guesses + row.dearer
        assert row.seconds(MEANS) == pytest.approx(2 ** (row.log2_work - 20))


def test_what_each_mend_opens_to_who_finds_the_word() -> None:
    rows = table()
    everything = {"past", "early_data", "present", "next_ticket"}
    for name in (NOTHING, SCRYPT, ARGON2ID, IMPORTER, SHA384, ROTATION, WORDS):
        assert opened(rows[name]) == everything
    assert opened(rows[DHE]) == {"early_data", "present"}
    assert opened(rows[CERTIFICATE]) == opened(rows[PAKE]) == set()
    # And what it then takes: a share, a certificate's key, or a logarithm for each word.
    assert rows[DHE].opens["past"].log2_guesses == pytest.approx(share_bits("x25519"))
    assert rows[CERTIFICATE].opens["present"].computed == ("certificate_key",)
    assert rows[PAKE].opens["present"].log2_guesses == pytest.approx(
        rows[PAKE].log2_guesses + share_bits("x25519")
    )


def test_what_hardly_changes_anything() -> None:
    """An importer and another hash: less than a word more of the smallest list."""
    rows = table()
    importer, sha384 = rows[IMPORTER].dearer, rows[SHA384].dearer
    assert importer == log2(20 / 14)
    assert 0 < importer < sha384 < 2
    # Where it does change something: a target that comes for two blocks comes for sixteen.
    assert (blocks().each, blocks(kind=PskKind.IMPORTED).each) == (2, 16)


def test_a_slow_derivation_is_as_dear_as_it_was_measured() -> None:
    stored = measured()
    assert stored.rate > 1e5
    # What was counted for SHA-384, and what was measured, are of one size.
    assert 0.5 < stored.sha384 / 2 ** sha384s() < 2
    assert set(stored.slow) == {SCRYPT, ARGON2ID}
    rows = table()
    for name, slow in stored.slow.items():
        assert (rows[name].dearer, rows[name].memory) == (slow.dearer, slow.memory)
        assert parse(slow.text).memory == slow.memory
        assert slow.dearer > 10
    own = Slow("$scrypt$ln=4,r=8,p=1$c2FsdA", 2**14, 3.0)
    (row,) = [one for one in mends(WEAK, slow={SCRYPT: own}) if one.made == "derived"]
    assert row.log2_work == WEAK.log2_guesses + 3


def test_a_word_of_enough_dice_is_what_the_rfc_asks_for() -> None:
    """Nine words are too few, ten are enough: 7776 words to a list."""
    for count, enough in ((9, False), (10, True)):
        rows = {row.mend: row for row in mends(WEAK, better=even(7776**count))}
        assert (rows[WORDS].entropy >= ENOUGH_BITS) is enough


@given(st.floats(0.1, 1000), st.floats(10, 30))
def test_rotation_bounds_what_is_found_in_time(days: float, rate: float) -> None:
    rows = {row.mend: row for row in mends(even(2**44), days=days)}
    means = Means(2.0**rate)
    chance = rows[ROTATION].found_while_used(means)
    assert chance == pytest.approx(min(1, 2**rate * days * 86_400 / 2**44), rel=1e-3, abs=1e-9)
    assert rows[NOTHING].found_while_used(means) is None
    # A dearer guess: fewer of them in the same time.
    assert rows[SCRYPT].in_time(means, days) <= rows[NOTHING].in_time(means, days)


def test_a_mode_without_a_psk_is_none_to_mend() -> None:
    with pytest.raises(ValueError, match="psk_ke or psk_dhe_ke"):
        mends(WEAK, mode="full")  # type: ignore[arg-type]
