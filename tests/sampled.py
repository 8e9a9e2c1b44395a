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


def sooner(
    values: Iterable[T],
    quick: Callable[[int, T], bool],
    ids: Callable[[T], str] | None = None,
) -> list[ParameterSet]:
    """The values; a quick run takes those for which ``quick`` holds, asked with their number."""
    return [
        pytest.param(
            value,
            id=ids(value) if ids else None,
            marks=() if quick(number, value) else pytest.mark.full,
        )
        for number, value in enumerate(values)
    ]
