"""Comparing a student's answer with the right one: blank, equal, or wrong in some known way."""

from collections.abc import Callable
from typing import Any


class Blank(Exception):
    """A student's function still has dots in it."""


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a student's function. Raises Blank if it is not written yet."""
    try:
        found = function(*arguments)
    except NotImplementedError:
        raise Blank from None
    except TypeError as fault:
        if "ellipsis" in str(fault):  # an operation on the dots
            raise Blank from None
        raise
    if is_blank(found):
        raise Blank
    return found


def is_blank(answer: Any) -> bool:
    """Whether an answer is still the dots, or contains them.

    >>> is_blank(...), is_blank({"mode": ...}), is_blank([1, 2])
    (True, True, False)
    """
    if isinstance(answer, dict):
        answer = list(answer.values())
    return answer is ... or (isinstance(answer, list | tuple) and any(x is ... for x in answer))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; 1 is not True, a bytearray is as good as bytes.

    Lists and tuples may be equal, and floats are compared with a tolerance of one in 10^9.

    >>> same(bytearray(b"a"), b"a"), same(True, 1), same([1, 2], (1, 2)), same(2.0, 2)
    (True, False, True, True)
    """
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, bytearray | memoryview):
        one = bytes(one)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    try:
        return bool(one == other)
    except Exception:  # comparing a student's object may raise anything
        return False


def of_another_kind(answer: Any, right: Any) -> str:
    """An explanation for a wrong answer that is not a known mistake."""
    if answer is None:
        return "The value is None: is a `return` missing?"
    if callable(answer):
        return "This is a function; call it and give its value."
    if isinstance(right, bytes):
        return _not_those_bytes(answer, right)
    if isinstance(right, dict) and isinstance(answer, dict):
        return _not_those_entries(answer, right)
    if isinstance(right, str | int | float | list | tuple | set | frozenset) and not isinstance(
        answer, type(right)
    ):
        return f"Give a {type(right).__name__}; this is a {type(answer).__name__}."
    return "This value is wrong, and not by a common mistake: go through the steps one by one."


def _not_those_bytes(answer: Any, right: bytes) -> str:
    if isinstance(answer, str):
        try:
            read = bytes.fromhex(answer)
        except ValueError:
            return "Give bytes; this is text."
        return (
            "The value is right, but it is hexadecimal text: give the bytes."
            if read == right
            else "Give bytes; this is hexadecimal text, and the value is wrong, too."
        )
    if not isinstance(answer, bytes | bytearray):
        return f"Give bytes; this is a {type(answer).__name__}."
    if len(answer) != len(right):
        return f"This has {len(answer)} bytes; it should have {len(right)}."
    return "The length is right, but the bytes are wrong, by no common mistake: go step by step."


def _not_those_entries(answer: dict[Any, Any], right: dict[Any, Any]) -> str:
    missing = [key for key in right if key not in answer]
    if missing:
        return f"There is no entry for {missing[0]!r}."
    wrong = [key for key in right if not same(answer[key], right[key])]
    if wrong:
        return f"{len(right) - len(wrong)} of {len(right)} entries are right; {wrong[0]!r} is not."
    return "There are entries that the task does not ask for."
