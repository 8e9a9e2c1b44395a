"""Terms: names, and what is built from them. They stand for byte strings, but contain no bytes.

A term is a symbol with arguments, such as ``early_secret(zeros, psk)``. A term without arguments is
a name: a key that somebody drew at random, or a message whose contents do not matter. Two terms are
the same byte string exactly if they are the same term; that is what "perfect cryptography" means
here.

There is one exception, which is built in: g^x to the power y is g^y to the power x. Therefore the
arguments of ``ecdhe`` are always sorted.

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
    """A term. Only :func:`apply` makes terms, and it makes each one once, so ``is`` compares them.

    Otherwise, to compare two secrets would mean to compare everything that they depend on.
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
    """A name: a term without arguments."""
    return apply(symbol)


def ecdhe(x: Term, y: Term) -> Term:
    """The shared secret of two private keys; their order does not matter."""
    first, second = sorted((x, y), key=repr)
    return apply(ECDHE, first, second)


def subterms(terms: Iterable[Term]) -> Iterator[Term]:
    """The given terms and all terms inside them, each once.

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
