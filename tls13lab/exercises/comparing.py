"""Comparing a student's answer with the right one: blank, equal or not. ``kinds`` says how not.

An answer may be any object, even one that equals everything or refuses to be compared. So it is
first copied into Python's own values (``plain``), and only those are compared. When answers are
marked, they cross from one process to another before that; what stands for what is ``relative`` in
both places, so that an answer counts there if it counts in the notebook.
"""

import enum
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import EllipsisType
from typing import Any

MOST = 10_000
"""The most elements of an answer that are looked at; no right answer has a tenth of them."""


class Blank(Exception):
    """A student's function still has dots in it."""


class _TooManyError(Exception):
    """An answer has more than ``MOST`` elements."""


@dataclass(frozen=True, slots=True)
class Strange:
    """Stands for an object that no answer can contain; ``noun`` is what to call it."""

    noun: str = "an object of another kind"


def called(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a student's function. Raises Blank if it is not written yet."""
    try:
        found = function(*arguments)
    except NotImplementedError:
        raise Blank from None
    except TypeError as fault:
        if any("ellipsis" in str(part) for part in fault.args):  # an operation on the dots
            raise Blank from None
        raise
    if is_blank(plain(found)):
        raise Blank
    return found


def plain(answer: Any) -> Any:
    """A copy of the answer, made of Python's own values; anything else in it becomes Strange.

    >>> plain([bytearray(b"a"), memoryview(b"b"), {1: {2}}.keys(), Fraction(1, 2), len])
    [b'a', b'b', [1], 0.5, Strange(noun='a function')]
    """
    try:
        return _plain(answer, 0)
    except _TooManyError:
        return Strange(f"a collection of more than {MOST:,} elements")
    except Exception:  # a student's object may raise anything, even when it is only looked at
        return Strange()


def _plain(answer: Any, depth: int) -> Any:
    # type() and not isinstance(), because an object may lie about its __class__. Methods of the
    # base class read what a subclass really contains.
    kind = type(answer)
    if answer is None or kind in (bool, EllipsisType) or depth > 20:
        return answer if depth <= 20 else Strange()
    for base, read in _READERS:
        if issubclass(kind, base):
            return read(answer, depth + 1)
    stands_for = relative(answer)
    if stands_for is not answer:
        return _plain(stands_for, depth + 1)
    return Strange("a class" if issubclass(kind, type) else _noun(answer))


def relative(answer: Any) -> Any:
    """The value of a more common kind that an answer is as good as; the answer itself if none is.

    >>> relative(Decimal("0.5")), relative(range(3)), relative({1: 2}.values()), relative(7)
    (0.5, [0, 1, 2], [2], 7)
    """
    kind = type(answer)
    if issubclass(kind, Fraction | Decimal):
        return float(answer)
    if issubclass(kind, _VIEWS):
        return [part for part, _ in zip(answer, range(MOST + 1), strict=False)]
    numpy = sys.modules.get("numpy")  # if a student has no numpy's numbers, it need not be there
    if numpy is not None and issubclass(kind, numpy.generic):
        return answer.item()
    if issubclass(kind, enum.Enum):
        return answer.value
    return answer


_VIEWS: tuple[type, ...] = (range, type({}.keys()), type({}.values()))


def _noun(answer: Any) -> str:
    return "a function" if callable(answer) else Strange().noun


def _all(parts: Iterable[Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        if len(found) == MOST:
            raise _TooManyError
        found.append(_plain(part, depth))
    return found


_READERS: tuple[tuple[type | tuple[type, ...], Callable[[Any, int], Any]], ...] = (
    (int, lambda x, _: int.__add__(x, 0)),
    (float, lambda x, _: float.__add__(x, 0.0)),
    (str, lambda x, _: str.__getitem__(x, slice(None))),
    (bytes, lambda x, _: bytes.__getitem__(x, slice(None))),
    ((bytearray, memoryview), lambda x, _: bytes(x)),
    (tuple, lambda x, depth: tuple(_all(tuple.__iter__(x), depth))),
    (list, lambda x, depth: _all(list.__iter__(x), depth)),
    ((set, frozenset), lambda x, depth: frozenset(_all(x, depth))),
    (
        dict,
        lambda x, depth: dict(
            zip(_all(dict.keys(x), depth), _all(dict.values(x), depth), strict=True)
        ),
    ),
)


def is_blank(answer: Any) -> bool:
    """Whether a plain answer is still the dots, or contains them.

    >>> is_blank(...), is_blank({"mode": ...}), is_blank([1, 2])
    (True, True, False)
    """
    if isinstance(answer, dict):
        answer = list(answer.values())
    return answer is ... or (isinstance(answer, list | tuple) and any(x is ... for x in answer))


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; 1 is not True, a bytearray is as good as bytes.

    Lists and tuples may be equal, and floats are compared with a tolerance of one in 10^9. What is
    not made of Python's own values equals nothing.

    >>> same(bytearray(b"a"), b"a"), same(True, 1), same([1, 2], (1, 2)), same(2.0, 2)
    (True, False, True, True)
    """
    return _same(plain(one), plain(other))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Strange) or isinstance(other, Strange):
        return False
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= 1e-9 * max(abs(one), abs(other)) < float("inf")
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
