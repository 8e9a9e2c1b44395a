"""A question whose answers are remembered: the same answers, and fewer times asked."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.symbolic.monotone import Monotone

NAMES = "abcdef"
EVERY = [frozenset(one) for size in range(len(NAMES) + 1) for one in combinations(NAMES, size)]
SETS = st.frozensets(st.sampled_from(NAMES))


@given(st.lists(SETS, max_size=5), st.permutations(EVERY))
def test_it_answers_what_it_would_have_been_told(
    smallest: list[frozenset[str]], order: list[frozenset[str]]
) -> None:
    asked: list[frozenset[str]] = []

    def enough(had: frozenset[str]) -> bool:
        asked.append(had)
        return any(one <= had for one in smallest)

    remembered = Monotone(enough, NAMES)
    for had in order:
        assert remembered(had) is any(one <= had for one in smallest)
    assert len(asked) == len(set(asked)) <= len(EVERY)


def test_one_answer_settles_most_questions() -> None:
    """Two groups, of each of which one is needed: there are but two ways to fall short."""
    asked = []

    def enough(had: frozenset[str]) -> bool:
        asked.append(had)
        return bool(had & set("abc")) and bool(had & set("def"))

    remembered = Monotone(enough, NAMES)
    short = [had for had in EVERY if not remembered(had)]
    assert len(short) == 15
    assert len(asked) < len(EVERY) / 2


def test_a_name_that_is_not_in_the_question_is_refused() -> None:
    with pytest.raises(KeyError):
        Monotone(bool, NAMES)(frozenset("z"))
