"""A monotone question about sets, asked as rarely as possible.

If a set is enough, every larger set is enough; if it is not, no smaller set is. So one answer
settles many questions. To settle as many as possible, a set that is not enough is first enlarged as
far as possible.

>>> asked = []
>>> def both(had):
...     asked.append(had)
...     return had >= {"a", "b"}
>>> enough = Monotone(both, "abcdef")
>>> enough(frozenset()), enough(frozenset("bcdef")), enough(frozenset("acdef"))
(False, False, False)
>>> before = len(asked)
>>> enough(frozenset("cf")), enough(frozenset("bdf")), len(asked) == before
(False, False, True)
"""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

N = TypeVar("N", bound=str)


class Monotone(Generic[N]):
    """A question about subsets of ``names``; if ``ask`` holds for one, it holds for larger ones."""

    def __init__(self, ask: Callable[[frozenset[N]], bool], names: Iterable[N]) -> None:
        self._ask = ask
        self._names = tuple(names)
        self._bits = {name: 1 << number for number, name in enumerate(self._names)}
        # A set is a number with a bit for each name, because sets are compared very often.
        self._enough: list[int] = []
        self._short: list[int] = []

    def __call__(self, had: frozenset[N]) -> bool:
        """Whether ``ask`` holds for this set. Raises KeyError for an unknown name."""
        asked = sum(self._bits[name] for name in had)
        if (known := self._known(asked)) is not None:
            return known
        if self._find_out(asked):
            return True
        for bit in self._bits.values():
            if not asked & bit and not self._holds(asked | bit):
                asked |= bit
        self._short.append(asked)
        return False

    def _known(self, asked: int) -> bool | None:
        if any(asked & known == known for known in self._enough):
            return True
        return False if any(asked & known == asked for known in self._short) else None

    def _holds(self, asked: int) -> bool:
        known = self._known(asked)
        return self._find_out(asked) if known is None else known

    def _find_out(self, asked: int) -> bool:
        if not self._ask(frozenset(name for name, bit in self._bits.items() if asked & bit)):
            return False
        self._enough.append(asked)
        return True
