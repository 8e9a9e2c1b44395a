"""What crosses between a student's process and the judge: all that tasks need, and nothing else."""

import contextlib
import enum
import json
import sys
import unittest.mock
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursework.answers import solved
from coursework.judge import plain
from coursework.judge.plain import NotPlain, Opaque, decode, dumps, encode, loads
from tls13lab.exercises import comparing
from tls13lab.exercises.catalogue import TASKS
from tls13lab.exercises.task import FunctionTask
from tls13lab.psk.advice import Use
from tls13lab.symbolic import scenes
from tls13lab.symbolic.rules import RULES, SEALED
from tls13lab.symbolic.terms import apply, name

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.just(...),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.frozensets(LEAVES, max_size=4),
        st.sets(LEAVES, max_size=4),
        st.dictionaries(LEAVES, inner, max_size=4),
    ),
    max_leaves=12,
)


def crossed(value: Any) -> Any:
    return decode(loads(dumps(encode(value))))


@given(VALUES)
def test_plain_values_cross_as_they_are(value: Any) -> None:
    found = crossed(value)
    assert found == value
    assert repr(type(found)) == repr(type(value))


@pytest.mark.parametrize("number", TASKS)
def test_what_a_task_needs_crosses(number: str) -> None:
    one = TASKS[number]
    answer = solved(one, "alice")
    if not callable(answer):
        assert one.check(crossed(answer), "alice")
    if isinstance(one, FunctionTask):
        given_ = vars(one.given("alice"))
        assert crossed(given_) == given_


def test_the_model_crosses_by_name() -> None:
    scene = scenes.recorded("external-psk_dhe_ke")
    terms = list(scene.known)
    assert all(one is other for one, other in zip(crossed(terms), terms, strict=True))
    this = scenes.connections("resumption-psk_dhe_ke")[-1]
    assert crossed(this) == this
    record = apply(SEALED, name("k"), name("iv"), name("content"))
    (step,) = RULES["open"].steps(record)
    assert crossed([step]) == [step]
    use = Use("a", 32, 256.0, modes=("psk_ke",), clients=("b",))
    assert crossed(use) == use


class Colour(enum.IntEnum):
    RED = 3


class Equal(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize(
    ("value", "crosses_as"),
    [
        (Colour.RED, 3),
        (Equal(4), 4),
        (numpy.int64(5), 5),
        (numpy.float64(0.5), 0.5),
        (OrderedDict(a=1), {"a": 1}),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        (range(2), [0, 1]),
        (Fraction(1, 2), 0.5),
        (Decimal("0.5"), 0.5),
        (bytearray(b"a"), bytearray(b"a")),
        (memoryview(b"a"), memoryview(b"a")),
    ],
)
def test_relatives_cross_as_what_they_hold(value: Any, crosses_as: Any) -> None:
    found = crossed(value)
    assert found == crosses_as
    assert type(found) is type(crosses_as)


@pytest.mark.parametrize(
    "value",
    [
        *(range(3), {1: 2}.keys(), {1: 2}.values(), Fraction(1, 3), Decimal("0.1"), Colour.RED),
        *(numpy.int64(5), numpy.bool_(True), [{(1, Fraction(2))}], {1: 2}.items(), bytearray(b"a")),
        *(iter([1]), object(), numpy.zeros(2), memoryview(b"a"), {numpy.int64(1): range(1)}),
    ],
)
def test_what_crosses_is_to_a_check_what_it_is_in_the_notebook(value: Any) -> None:
    assert comparing.plain(crossed(value)) == comparing.plain(value)


def test_half_a_surrogate_pair_is_spelled_out() -> None:
    assert crossed(["a\ud800b"]) == ["a\\ud800b"]
    assert crossed("\U0001f600") == "\U0001f600"


@pytest.mark.parametrize("tag", ["set", "frozenset", "dict"])
def test_values_that_hash_alike_are_refused(tag: str) -> None:
    numbers = [{"int": hex(n * sys.hash_info.modulus)} for n in range(1, 8000)]
    raw = {tag: [[one, 1] for one in numbers] if tag == "dict" else numbers}
    with pytest.raises(NotPlain, match="same hash"):
        decode(raw)


def test_a_term_has_a_limit_as_other_values_have() -> None:
    rows = [["f", [n - 1] if n else []] for n in range(300)]
    with pytest.raises(NotPlain, match="too deep"):
        decode({"term": [rows, [299]]})


@pytest.mark.parametrize("value", [unittest.mock.ANY, object(), print, pytest.raises, 1j])
def test_anything_else_equals_nothing(value: Any) -> None:
    found = crossed(value)
    assert isinstance(found, Opaque)
    assert type(found).__name__ == type(value).__name__
    right: list[Any] = [1, b"", "", None, [], True]
    assert found not in right


def test_a_class_crosses_as_an_empty_one() -> None:
    found = crossed(Colour)
    assert isinstance(found, type)
    assert (found.__name__, vars(found).get("RED")) == ("Colour", None)


def test_a_generator_crosses_as_an_iterator() -> None:
    found = crossed(n for n in range(3))
    assert found != [0, 1, 2]
    assert list(found) == [0, 1, 2]


def endless() -> Any:
    while True:
        yield 0


def itself() -> Any:
    one: list[Any] = []
    one.append(one)
    return one


@pytest.mark.parametrize(
    "value",
    [endless(), itself(), 1 << 100_000, b"x" * (plain.LONGEST_TEXT + 1), [[0] * 300] * 300],
    ids=["endless", "itself", "many bits", "long", "many"],
)
def test_what_is_too_large_does_not_cross(value: Any) -> None:
    with pytest.raises(NotPlain):
        encode(value)


@pytest.mark.parametrize(
    "raw",
    [
        '{"bytes": "zz"}',
        '{"bytes": 3}',
        '{"int": "0x1", "more": 1}',
        '{"pickle": "gASVAAAAAAAAAAA="}',
        '{"opaque": "not an identifier"}',
        '{"opaque": "' + "a" * 100 + '"}',
        '{"set": [{"list": []}]}',
        '{"dict": [[1]]}',
        '{"term": [[["f", [0]]], [0]]}',
        '{"term": [[["f", [-1]]], [0]]}',
        '{"term": [[["f", []]], [5]]}',
        '{"use": [1]}',
        '{"connection": [[1, 2, 3, 4, 5], [null, null, null]]}',
        '{"step": 1}',
        "[1, 2]",
        "1.5",
        "NaN",
        str(1 << 60),
        '{"list": ' * 40 + "[]" + "}" * 40,
        "[" * 100_000,
        "no JSON",
    ],
    ids=lambda raw: raw[:30],
)
def test_what_encode_does_not_write_is_refused(raw: str) -> None:
    with pytest.raises(NotPlain):
        decode(loads(raw.encode()))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["bytes", "int", "float", "list", "dict", "term", "step", "use", "set"]
            ),
            inner,
            max_size=2,
        ),
    ),
    max_leaves=10,
)


@given(JSON)
def test_decode_gives_a_value_or_says_that_it_is_not_plain(raw: Any) -> None:
    with contextlib.suppress(NotPlain):
        decode(loads(json.dumps(raw).encode()))
