"""Values as parameters of a test, of which a quick run takes a part, and the full run all."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

T = TypeVar("T")


def sampled(
    values: Iterable[T], each: int, ids: Callable[[T], str] | None = None
) -> list[ParameterSet]:
    """The values; a quick run takes the first and then one of ``each``.

    >>> [bool(one.marks) for one in sampled("abcde", 3)]
    [False, True, True, False, True]
    """
    return sooner(values, lambda number, _: number % each == 0, ids)


def quick(parameters: Iterable[ParameterSet], kind: type[T]) -> list[T]:
    """The values that a quick run takes, all of one kind.

    >>> quick(sampled("abcde", 3), str)
    ['a', 'd']
    """
    values = [one.values[0] for one in parameters if not one.marks]
    return [value for value in values if isinstance(value, kind)]


def sooner(
    values: Iterable[T],
    chosen: Callable[[int, T], bool],
    ids: Callable[[T], str] | None = None,
) -> list[ParameterSet]:
    """The values; a quick run takes those for which ``chosen`` holds, asked with their number."""
    return [
        pytest.param(
            value,
            id=ids(value) if ids else None,
            marks=() if chosen(number, value) else pytest.mark.full,
        )
        for number, value in enumerate(values)
    ]
