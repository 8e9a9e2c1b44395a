"""A question about sets that larger sets answer as smaller ones do, asked as seldom as possible.

Who has more can do no less. So one answer settles many questions: what is enough stays enough with
more, and what falls short does with less. To settle as many as it can, a set that falls short is
first made as large as it can be: what is missing then is one of few things that no way leads
around.

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


class Monotone:
    """``ask`` of subsets of ``names``; it must hold for every larger set as well."""

    def __init__(self, ask: Callable[[frozenset[str]], bool], names: Iterable[str]) -> None:
        self._ask = ask
        self._names = tuple(names)
        self._bits = {name: 1 << number for number, name in enumerate(self._names)}
        # Sets as numbers, a bit for each name: these are compared far more often than asked about.
        self._enough: list[int] = []
        self._short: list[int] = []

    def __call__(self, had: frozenset[str]) -> bool:
        """Whether it holds. KeyError for a name that is none of ``names``."""
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
        if any(asked & one == one for one in self._enough):
            return True
        return False if any(asked & one == asked for one in self._short) else None

    def _holds(self, asked: int) -> bool:
        known = self._known(asked)
        return self._find_out(asked) if known is None else known

    def _find_out(self, asked: int) -> bool:
        if not self._ask(frozenset(name for name, bit in self._bits.items() if asked & bit)):
            return False
        self._enough.append(asked)
        return True
