"""Answers that are remembered, with the types of their questions.

``functools.lru_cache`` does the work, but it hides a function's signature: mypy would take any
words for a mode, an asset or a leak.

>>> @remembered(2)
... def length(mode: str) -> int:
...     print("asked")
...     return len(mode)
>>> length("full"), length("full")
asked
(4, 4)
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Remembered(Protocol[P, R_co]):
    """A function that remembers its latest answers."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    def cache_clear(self) -> None: ...


def remembered(most: int) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """A decorator for functions of hashable arguments; ``most`` answers are kept."""

    def remembering(function: Callable[P, R]) -> Remembered[P, R]:
        return cast(Remembered[P, R], lru_cache(maxsize=most)(function))

    return remembering
