"""A student's answer beside the right one: blank, the same, or wrong in a way that can be told."""

from collections.abc import Callable
from typing import Any


class Blank(Exception):
    """Dots were left in a function."""


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a student's function gives; raises Blank if it is not written yet."""
    try:
        found = function(*arguments)
    except NotImplementedError:
        raise Blank from None
    except TypeError as fault:
        if "ellipsis" in str(fault):  # dots that were computed with
            raise Blank from None
        raise
    if is_blank(found):
        raise Blank
    return found


def is_blank(answer: Any) -> bool:
    """Whether dots were left in it.

    >>> is_blank(...), is_blank({"mode": ...}), is_blank([1, 2])
    (True, True, False)
    """
    if isinstance(answer, dict):
        answer = list(answer.values())
    return answer is ... or (isinstance(answer, list | tuple) and any(x is ... for x in answer))


def same(one: Any, other: Any) -> bool:
    """Equal, and of a kind that may be compared: 1 is not True, and bytearray is as good as bytes.

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
    except Exception:  # a student's object may compare as it likes
        return False


def of_another_kind(answer: Any, right: Any) -> str:
    """What can be said of a wrong answer that is no known mistake."""
    if answer is None:
        return "It gives None: is a `return` missing?"
    if callable(answer):
        return "This is a function; call it, and give its value."
    if isinstance(right, bytes):
        return _not_those_bytes(answer, right)
    if isinstance(right, dict) and isinstance(answer, dict):
        return _not_those_entries(answer, right)
    if isinstance(right, str | int | float | list | tuple | set | frozenset) and not isinstance(
        answer, type(right)
    ):
        return f"A {type(right).__name__} is wanted; this is a {type(answer).__name__}."
    return "This is another value, and none of the usual slips: go through the steps one by one."


def _not_those_bytes(answer: Any, right: bytes) -> str:
    if isinstance(answer, str):
        try:
            read = bytes.fromhex(answer)
        except ValueError:
            return "Bytes are wanted; this is text."
        return (
            "The value is right, but it is hexadecimal text: give the bytes."
            if read == right
            else "Bytes are wanted; this is hexadecimal text, and of another value."
        )
    if not isinstance(answer, bytes | bytearray):
        return f"Bytes are wanted; this is a {type(answer).__name__}."
    if len(answer) != len(right):
        return f"This has {len(answer)} bytes; {len(right)} are wanted."
    return "These bytes are of the right length, but none of the usual slips: go step by step."


def _not_those_entries(answer: dict[Any, Any], right: dict[Any, Any]) -> str:
    missing = [key for key in right if key not in answer]
    if missing:
        return f"There is no entry for {missing[0]!r}."
    wrong = [key for key in right if not same(answer[key], right[key])]
    if wrong:
        return f"{len(right) - len(wrong)} of {len(right)} entries are right; not {wrong[0]!r}."
    return "There are entries that nobody asked for."
