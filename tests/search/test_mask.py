"""Masks count, number and make exactly the words of their shape."""

import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.search.mask import MOST_GUESSES, SETS, Mask
from tls13lab.wire.faults import LocalFault


def made(mask: Mask, first: int, count: int) -> list[bytes]:
    guesses = mask.guesses(first, count)
    return [guesses[n] for n in range(len(guesses))]


def test_the_sets_are_hashcats() -> None:
    sizes = {name: len(content) for name, content in SETS.items()}
    assert sizes == {"l": 26, "u": 26, "d": 10, "s": 33, "a": 95, "h": 16, "H": 16, "b": 256}
    assert all(len(set(content)) == len(content) for content in SETS.values())
    assert set(SETS["a"]) == set(SETS["l"] + SETS["u"] + SETS["d"] + SETS["s"])


@pytest.mark.parametrize("text", ["?d", "?d?d", "a?l", "?h?d?u", "pass", "??x?d", "é?d"])
def test_all_words_in_order_and_each_once(text: str) -> None:
    mask = Mask.parse(text)
    words = [bytes(word) for word in itertools.product(*mask.places)]
    assert mask.keyspace == len(words)
    assert made(mask, 0, len(words) + 10) == words
    assert [mask[n] for n in range(len(words))] == words


@given(st.integers(0, 26 * 26 * 10), st.integers(0, 300))
def test_any_stretch(first: int, count: int) -> None:
    mask = Mask.parse("?lx?l?d")
    assert made(mask, first, count) == [
        mask[n] for n in range(first, min(first + count, mask.keyspace))
    ]
    assert mask.guesses(first, count).first == first


def test_sets_of_ones_own() -> None:
    mask = Mask.parse("?1?2", {"1": "ab", "2": "?dxx"})
    assert mask.keyspace == 2 * 11
    assert mask[0] == b"a0"
    assert mask[21] == b"bx"


def test_far_out_in_a_large_one() -> None:
    mask = Mask.parse("?a" * 9)
    at = mask.keyspace - 3
    assert made(mask, at, 10) == [mask[at], mask[at + 1], mask[at + 2]]
    assert made(mask, at, 10)[-1] == b"~" * 9


@pytest.mark.parametrize("text", ["", "?", "?x", "?1", "a?", "?d" * 257])
def test_what_is_no_mask(text: str) -> None:
    with pytest.raises(LocalFault):
        Mask.parse(text)


def test_a_set_that_cannot_be() -> None:
    for own in ({"5": "ab"}, {"1": ""}, {"1": "?9"}):
        with pytest.raises(LocalFault):
            Mask.parse("?1", own)


def test_more_than_can_be_tried_is_counted_but_not_made() -> None:
    mask = Mask.parse("?a" * 32)
    assert mask.keyspace == 95**32
    assert made(mask, 0, 1) == [b" " * 32]
    with pytest.raises(LocalFault):
        mask.guesses(MOST_GUESSES, 1)


@pytest.mark.parametrize("length", [64, 65, 200])
def test_a_mask_may_have_as_many_places_as_it_likes(length: int) -> None:
    """Found by the fuzzer: more places than an array of NumPy's may have dimensions."""
    fixed = "x" * (length - 2)
    mask = Mask.parse(f"{fixed}?d?d")
    found = mask.guesses(0, 100)
    assert [bytes(found[at]) for at in (0, 99)] == [mask[0], mask[99]]
    assert mask[99] == fixed.encode() + b"99"


def test_what_was_typed_need_not_be_utf_8() -> None:
    typed = os.fsdecode(b"caf\xe9")
    assert Mask.parse(typed + "?d")[0] == b"caf\xe90"
    assert Mask.parse("café?d")[0] == "café0".encode()
    with pytest.raises(LocalFault, match="stands for no bytes"):
        Mask.parse("\ud800?d")
