"""Terms: names, and what is made of them. They stand for byte strings, and hold no bytes.

A term is a symbol and its arguments: ``early_secret(zeros, psk)``. A term without arguments is a
name: a key that somebody drew, or a message whose inside does not matter. Two terms are the same
byte string just if they are the same term; that is what "perfect cryptography" means here.

There is one exception to that, and it is built in: g^x raised to y is g^y raised to x. So the
arguments of ``ecdhe`` are kept in one order.

>>> psk = name("psk")
>>> apply("early_secret", name("zeros"), psk)
early_secret(zeros, psk)
>>> ecdhe(name("x"), name("y")) is ecdhe(name("y"), name("x"))
True
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

ECDHE = "ecdhe"


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    """Made by :func:`apply` only, which makes each term once: so ``is`` compares them.

    Without that, comparing two secrets would mean walking through all that they depend on.
    """

    symbol: str
    arguments: tuple["Term", ...] = ()

    def __repr__(self) -> str:
        if not self.arguments:
            return self.symbol
        return f"{self.symbol}({', '.join(map(repr, self.arguments))})"


@cache
def apply(symbol: str, *arguments: Term) -> Term:
    """The term ``symbol(arguments)``: the same object each time."""
    return Term(symbol, arguments)


def name(symbol: str) -> Term:
    """A name: something that cannot be taken apart or put together."""
    return apply(symbol)


def ecdhe(one: Term, other: Term) -> Term:
    """The shared secret of two private keys, in whichever order they come."""
    first, second = sorted((one, other), key=repr)
    return apply(ECDHE, first, second)


def subterms(terms: Iterable[Term]) -> Iterator[Term]:
    """All the given terms and everything inside them, each once.

    >>> len(list(subterms([ecdhe(name("x"), name("y")), name("x")])))
    3
    """
    seen: set[Term] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term not in seen:
            seen.add(term)
            yield term
            waiting += term.arguments
