"""Each mend, attacked on bytes: what the word opens is what the model says, and no more."""

from dataclasses import replace
from functools import cache

import pytest
from _pytest.mark.structures import ParameterSet

from tls13lab.evidence import mended
from tls13lab.evidence.matrix import Disagreement
from tls13lab.psk import mends
from tls13lab.psk.guesswork import even
from tls13lab.psk.mends import Mended
from tls13lab.symbolic.cost import Cost
from tls13lab.wire.names import PSK_MODES, PskMode

WORD = b"sternchen"
WORDS = [b"guess %d" % number for number in range(30)]
WORDS.insert(20, WORD)


@cache
def rows(mode: PskMode) -> dict[str, Mended]:
    """The mends by name; not when pytest collects, because it takes seconds."""
    return {row.mend: row for row in mends.mends(even(2**21), mode=mode)}


def parameter(mode: PskMode, mend: str) -> ParameterSet:
    return pytest.param((mode, mend), id=f"{mend}, {mode}")


# psk_dhe_ke is a mend of psk_ke, and none of itself.
@pytest.fixture(
    params=[parameter(mode, mend) for mode in PSK_MODES for mend in mends.MENDS if mend != mode]
)
def row(request: pytest.FixtureRequest) -> Mended:
    mode, mend = request.param
    return rows(mode)[mend]


def test_bytes_and_model_say_the_same(row: Mended) -> None:
    played = mended.agreed(row, WORD, WORDS)
    if row.mend in (mends.PAKE, mends.WORDS, mends.RANDOM):
        assert (played.found, played.tried, played.opened) == (None, len(WORDS), ())
    else:
        assert (played.found, played.tried) == (WORD, 21)
        assert row.mend == mends.CERTIFICATE or "present" in played.opened


def test_all_mends_are_played() -> None:
    assert list(rows("psk_ke")) == list(mends.MENDS)
    assert set(rows("psk_dhe_ke")) == {*mends.MENDS} - {"psk_dhe_ke"}
    with pytest.raises(KeyError):
        mended.play("prayer", WORD, WORDS)


def test_a_model_that_says_other_things_is_contradicted(row: Mended) -> None:
    """The counter-test: the same bytes beside a row in which one thing is turned round."""
    other = Cost(20.0, ("certificate_key",))
    opens = dict(row.opens)
    opens["present"] = other if opens["present"].computed == ("word",) else Cost(20.0, ("word",))
    wrong = replace(row, opens=opens)
    if mended.play(row.mend, WORD, WORDS).found is None:
        # Nothing was found, so that what it would open is not seen; that it was not found, is.
        wrong = replace(row, log2_work=20.0, choice=even(2**21))
    with pytest.raises(Disagreement):
        mended.agreed(wrong, WORD, WORDS)


def test_rotation_keeps_the_next_period_closed_if_the_next_psk_is_drawn_anew() -> None:
    played = mended.play(mends.ROTATION, WORD, WORDS)
    assert (played.found, played.next_period) == (WORD, False)
    assert str(played).endswith("the next period stays closed")
    # And the period of the word itself is open: nothing else was mended.
    assert played.opened == mended.play(mends.NOTHING, WORD, WORDS).opened


def test_what_is_made_of_the_word_is_not_the_word() -> None:
    """A search that does not know the derivation, or that there was an importer, finds nothing."""
    for mend in mended.SMALL:
        ends = mended._Ends(mend, "psk_ke", WORD)
        plain = tuple(replace(one, derivation=None) for one in ends.sought)
        assert mended._tried(ends.sought, WORDS) == (21, WORD)
        assert mended._tried(plain, WORDS) == (len(WORDS), None)


def test_more_words_are_found_by_who_can_afford_all_of_them() -> None:
    """Two of them: as many guesses as all pairs, and the mend is no more than that."""
    few = WORDS[15:25]
    pairs = [b" ".join((one, other)) for one in few for other in few]
    phrase = pairs[77]
    played = mended.play(mends.NOTHING, phrase, pairs)
    assert (played.found, played.tried) == (phrase, 78)
    assert mended.play(mends.NOTHING, phrase, few).found is None
