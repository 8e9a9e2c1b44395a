"""The entropy explorer's arithmetic, and its answers."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.pictures.guessing_time import ALPHABETS, LONGEST, average_seconds, guessing_time
from tls13lab.widgets.entropy_explorer import REFERENCE, EntropyExplorer, EntropyView


@given(st.sampled_from(list(ALPHABETS)), st.integers(-3, 99), st.sampled_from(list(REFERENCE)))
def test_any_choice_has_an_answer(alphabet: str, length: int, who: str) -> None:
    view = EntropyView().choose(alphabet, length, who)
    assert 1 <= view.length <= LONGEST
    assert alphabet in view.sentence()


def test_a_character_more_is_the_alphabet_times_as_long() -> None:
    for size in ALPHABETS.values():
        assert average_seconds(size, 9, 1e6) == pytest.approx(size * average_seconds(size, 8, 1e6))


def test_how_many_characters_make_128_bits() -> None:
    rows = {row[0]: int(row[3].split()[0]) for row in guessing_time().rows}
    assert rows == {
        "digits": 39,
        "small letters": 28,
        "letters and digits": 22,
        "printable ASCII": 20,
    }
    for name, count in rows.items():
        assert (count - 1) * log2(ALPHABETS[name]) < 128 <= count * log2(ALPHABETS[name])


def test_every_attacker_is_named_in_the_same_way() -> None:
    menu = EntropyExplorer(measured=921_413.0).who.options
    assert menu[0] == "this machine: 920,000 guesses a second"
    assert all(one.endswith(" guesses a second") for one in menu)
    assert not any("e+" in one or "/s" in one for one in menu)


def test_the_same_choice_is_the_same_picture() -> None:
    first = guessing_time(("digits", 6))
    other = guessing_time(("printable ASCII", 20), rate=9e17)
    assert guessing_time(("digits", 6)).svg == first.svg != other.svg


def test_the_answer_follows_the_controls() -> None:
    explorer = EntropyExplorer(measured=2.5e6)
    assert "this machine" in explorer.answer.value
    seen = {explorer.answer.value}
    explorer.length.value = 12
    seen.add(explorer.answer.value)
    explorer.alphabet.value = "digits"
    seen.add(explorer.answer.value)
    explorer.who.value = "one GPU: 900 million guesses a second"
    seen.add(explorer.answer.value)
    assert len(seen) == 4
