"""Clumsy answers of every kind, to every task: one plain sentence says what to do instead."""

import gc
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any
from unittest.mock import ANY, MagicMock

import pytest

from coursework.answers import solved
from tests.sampled import quick, sampled
from tls13lab.exercises import patience
from tls13lab.exercises.catalogue import TASKS, check
from tls13lab.exercises.feedback import Feedback, Grade
from tls13lab.exercises.task import FunctionTask, JudgedTask, Task


class Hostile:
    """An object that cannot be compared, shown, hashed, counted or walked through."""

    def _refuse(self, *_: object) -> Any:
        raise RuntimeError("AttributeError: 'NoneType' object has no attribute 'get'")

    __eq__ = __hash__ = __bool__ = __len__ = __iter__ = _refuse
    __repr__ = __str__ = __getattr__ = _refuse


class Everything(bytes):
    """Bytes that equal everything, and so do these text and numbers."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class AnyText(str):
    """Text that equals everything."""

    __eq__, __hash__ = Everything.__eq__, Everything.__hash__


class AnyNumber(int):
    """A number that equals everything."""

    __eq__, __hash__ = Everything.__eq__, Everything.__hash__


def itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


VALUES: dict[str, Any] = {
    "None": None,
    "a number": 7,
    "zero": 0,
    "a negative number": -1,
    "a fraction": 1.5,
    "not a number": float("nan"),
    "True": True,
    "text": "psk",
    "no text": "",
    "hexadecimal text": "00" * 32,
    "no bytes": b"",
    "one byte": b"\x00",
    "32 zeros": bytes(32),
    "a bytearray": bytearray(31),
    "a memoryview": memoryview(bytes(33)),
    "a list of numbers": [1, 2],
    "an empty list": [],
    "a list in itself": itself(),
    "a tuple of None": (None, None),
    "a dictionary": {"x": None, 3: b""},
    "an empty dictionary": {},
    "a set": {"x", 1, None},
    "a class": bytes,
    "a function": len,
    "an object": object(),
    "a hostile object": Hostile(),
    "a list of hostile objects": [Hostile()],
    "ANY": ANY,
    "a dictionary of ANY": {1: ANY, 2: ANY},
    "bytes that equal everything": Everything(32),
    "text that equals everything": AnyText("x"),
    "a number that equals everything": AnyNumber(5),
    "a mock": MagicMock(),
    "huge bytes": bytes(5_000_000),
    "a huge number": 10**5000,
    "a long list": [0] * 100_000,
    "counting without an end": count(),
    "an error": ValueError("no"),
}


class OwnError(Exception):
    """An error of the student's own, which cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def raising(fault: BaseException) -> Callable[..., Any]:
    def broken(*_: Any) -> Any:
        raise fault

    return broken


def returning(value: Any) -> Callable[..., Any]:
    return lambda *_: value


def silly(*_: Any) -> Any:
    return None + b""  # type: ignore[operator]


def without_attribute(*_: Any) -> Any:
    return None.get("x")  # type: ignore[attr-defined]


def forever_itself(*_: Any) -> Any:
    return forever_itself()


def printing(*_: Any) -> None:
    print("the value")


def yielding(*_: Any) -> Iterator[Any]:
    yield None + 1  # type: ignore[operator]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "takes nothing": lambda: 1,
    "takes nine": lambda a, b, c, d, e, f, g, h, i: 1,
    "names are wanted": lambda *, name: 1,
    "prints": printing,
    "mixes kinds": silly,
    "asks None": without_attribute,
    "calls itself": forever_itself,
    "yields, and fails": yielding,
    "knows no such name": lambda *_: unknown,  # type: ignore[name-defined] # noqa: F821
    "divides by zero": lambda *_: 1 / 0,
    "looks too far": lambda *_: [][1],
    "looks for a key": lambda *_: dict[str, int]()["x"],
    "raises its own error": raising(OwnError()),
    "raises ValueError": raising(ValueError("<b>'NoneType' object</b>")),
    "ends Python": raising(SystemExit(1)),
}
FUNCTIONS |= {f"returns {what}": returning(value) for what, value in VALUES.items()}

INTERNAL = re.compile(
    r"Error\b|Exception|Traceback|NoneType|\bobject\b(?! of another kind)|[<>]|__|"
    r"\b(int|str|dict|bool|float|frozenset|bytearray|Strange|Blank|Given|Mock|Hostile|Everything)"
    r"\b(?![(.])"
)


def unkind(found: Feedback) -> str:
    """What is wrong with this feedback to a clumsy answer; empty if it is plain."""
    text = re.sub(r"`[^`]*`|\"[^\"]*\"|'[^']*'|\(\d[\d.]*\)|\d\.\d|\.\.\.", "x", found.says)
    ends = re.findall(r"[.?!](?=\s|$)", text)
    if found.verdict is not Grade.NOT_YET:
        return found.verdict.name
    if INTERNAL.search(text) or not text.endswith((".", ".)")) or not 1 <= len(ends) <= 3:
        return found.says
    return ""


def takes_function(one: Task) -> bool:
    return isinstance(one, FunctionTask) or (isinstance(one, JudgedTask) and bool(one.parameters))


WITH_FUNCTIONS = [number for number, one in TASKS.items() if takes_function(one)]


SOME = sampled(TASKS, 3)


def test_a_quick_run_has_every_kind_of_task_and_every_lesson() -> None:
    some = quick(SOME, str)
    assert 0 < len(some) < len(TASKS)
    assert {type(TASKS[one]) for one in some} == {type(one) for one in TASKS.values()}
    assert {one.partition(".")[0] for one in some} == {one.partition(".")[0] for one in TASKS}


@pytest.mark.parametrize("number", SOME)
def test_a_clumsy_answer_gets_a_plain_sentence(number: str) -> None:
    answers = {**VALUES, **FUNCTIONS} if takes_function(TASKS[number]) else VALUES
    said = {what: unkind(check(number, answer, "alice")) for what, answer in answers.items()}
    assert {what: one for what, one in said.items() if one} == {}


def endless(*_: Any) -> None:
    while True:
        pass


def stubborn(*_: Any) -> None:
    while True:
        with suppress(Exception):
            endless()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX signals")
@pytest.mark.parametrize("number", WITH_FUNCTIONS)
@pytest.mark.usefixtures("nothing_collected")
def test_a_loop_without_an_end_is_ended(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LIMIT_S", 0.05)
    monkeypatch.setattr(patience, "BY_THE_CLOCK", 1e6)  # however slow this machine is
    for loop in (endless, stubborn):
        found = check(number, loop, "alice")
        assert unkind(found) == ""
        assert "did not end within 0.05 seconds" in found.says


@pytest.fixture
def nothing_collected() -> Iterator[None]:
    """No garbage collection while a loop is stopped.

    The stop could fall into a callback of a round, where pytest takes it for a fault of its own.
    """
    gc.disable()
    yield
    gc.enable()


def test_a_function_that_spoils_its_arguments_is_not_right() -> None:
    def emptied(hellos: list[Any]) -> list[Any]:
        hellos.clear()
        return []

    assert check("5.3", emptied, "alice").verdict is Grade.NOT_YET


def test_the_line_of_the_function_is_named() -> None:
    def third(iv: bytes, sequence_number: int) -> bytes:
        padded = sequence_number.to_bytes(12, "big")
        return bytes(a ^ b for a, b in zip(iv, padded, strict=True)) + "text"  # type: ignore

    assert check("1.3", third, "alice").says.startswith("Line 3 of your function stopped: two")


def test_what_is_as_good_as_the_right_answer_is_right() -> None:
    psk = solved(TASKS["2.1"], "alice")
    assert all(check("2.1", kind(psk), "alice") for kind in (bytearray, memoryview))
    assert check("9.3", list(solved(TASKS["9.3"], "alice")), "alice")
    key, iv = solved(TASKS["4.1"], "alice")
    assert check("4.1", [key, bytearray(iv)], "alice")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("3.1", 'Return "full", "psk_ke", "psk_dhe_ke" or "retry".'),
        ("3.2", 'Return "psk_ke", "psk_dhe_ke" or None.'),
    ],
)
def test_another_word_than_the_few_that_may_be_returned(number: str, says: str) -> None:
    assert check(number, lambda *_: "psk", "alice").says == says
    assert check(number, lambda *_: 7, "alice").says.startswith("It returned a whole number")
    right = solved(TASKS[number], "alice")
    renamed = check(number, lambda *given: str(right(*given)).replace("psk_dhe_ke", "dhe"), "alice")
    assert renamed.says.endswith(says)


def test_a_collection_without_an_end_is_not_walked_through() -> None:
    for answer in ([0] * 100_000, {"x": range(10**9)}):
        says = check("2.1", answer, "alice").says
        assert says == "This is a collection of more than 10,000 elements; bytes are wanted."


NAMES_OF_THE_PACKAGE = re.compile(r"\b(a|the) (Step|Use|Rule|Term|Theft|Given|scene)\b")


def test_no_message_names_what_only_the_package_knows() -> None:
    said = [mistake.says for task in TASKS.values() for mistake in task.mistakes]
    assert [one for one in said if NAMES_OF_THE_PACKAGE.search(one)] == []
