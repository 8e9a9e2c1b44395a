"""The only form in which anything crosses between a student's process and the judge: plain data.

``encode`` makes JSON of a value, ``decode`` makes a value of JSON, and refuses whatever ``encode``
does not write. Both ends have these types and no others: None, ``...``, bool, int, float, str,
bytes, bytearray, memoryview, list, tuple, set, frozenset, dict, an iterator over such values, and
the four types of ``named``. Subclasses cross as their base, a generator as an iterator over a list,
and what a check in the notebook takes for another value, such as a Fraction, as that value
(``comparing.relative``). Anything else crosses as an :class:`Opaque`, which has the
name of its type and equals only itself; a class, as an empty one. There is no pickle, so no code of
a student's crosses, and no ``__eq__``.

>>> decode(encode({"word": b"candle", "dots": ..., 1: (2.5, {3})}))
{'word': b'candle', 'dots': Ellipsis, 1: (2.5, {3})}
>>> class Anything:
...     __eq__ = lambda self, other: True
>>> decode(encode(Anything())) == 1
False
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tls13lab.exercises.comparing import relative

DEEPEST, LARGEST, LONGEST = 16, 50_000, 4_000_000
"""The most levels of a value, values in it, and characters of its JSON."""
LONGEST_TEXT = 1_000_000
"""The most characters or bytes of one value."""
LARGEST_INT = 1 << 16
"""The most bits of a number."""
ALIKE = 100
"""The most keys or members that may have the same hash: many would take hours to compare."""
_SMALL = 1 << 53


class NotPlain(ValueError):
    """A value that does not cross: too deep, too large, or JSON that ``encode`` does not write."""


class Opaque:
    """Stands for an object of a type that does not cross; only the name of the type is kept."""

    @staticmethod
    def named(name: str) -> "Opaque":
        """An object whose type has this name, which must be an identifier."""
        if not (name.isidentifier() and len(name) <= 60):
            raise NotPlain("the name of a type")
        kind: type[Opaque] = type(name, (Opaque,), {})
        return kind()


class Budget:
    """Counts the values of one message, so that a small JSON cannot grow without end."""

    def __init__(self) -> None:
        self.left = LARGEST

    def take(self, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            raise NotPlain("too deep" if depth > DEEPEST else "too many values")


# To JSON ------------------------------------------------------------------------------------------


def encode(value: Any) -> Any:
    """The JSON of a value. Raises NotPlain if it is too large or too deep."""
    return encoded(value, Budget(), 0)


def dumps(message: Any) -> bytes:
    """A message, made of ``encode``'s JSON, as one line. Raises NotPlain if it is too long."""
    line = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(line) > LONGEST:
        raise NotPlain("too long")
    return line + b"\n"


def encoded(value: Any, budget: Budget, depth: int) -> Any:
    """The JSON of a value inside another one, ``depth`` levels down."""
    budget.take(depth)
    if value is None or value is True or value is False:
        return value
    if value is ...:
        return {"dots": 0}
    if isinstance(value, type):
        return {"class": _identifier(value.__name__)}
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value, lambda inner: encoded(inner, budget, depth + 1))
    if str(type(value).__module__).startswith("tls13lab."):
        from coursework.judge import named  # it needs the package; plain data needs only this file

        found = named.encoded(value, budget)
        if found is not None:
            return found
    stands_for = relative(value)
    if stands_for is not value:
        return encoded(stands_for, budget, depth + 1)
    if isinstance(value, Iterable) and not callable(value) and hasattr(value, "__next__"):
        return _many("iterator", itertools.islice(value, LARGEST + 1), budget, depth)
    return {"opaque": _identifier(type(value).__name__)}


def _many(tag: str, values: Iterable[Any], budget: Budget, depth: int) -> dict[str, Any]:
    return {tag: [encoded(inner, budget, depth + 1) for inner in values]}


def _identifier(name: str) -> str:
    return name if name.isidentifier() and len(name) <= 60 else "object"


Inner = Callable[[Any], Any]


def _write_int(value: int, _: Inner) -> Any:
    number = int.__add__(value, 0)
    if abs(number) < _SMALL:
        return number
    if number.bit_length() > LARGEST_INT:
        raise NotPlain("a number of too many bits")
    return {"int": hex(number)}


def short(text: Any) -> Any:
    """The text or bytes, if there are not too many."""
    if len(text) > LONGEST_TEXT:
        raise NotPlain("a value of too many bytes")
    return text


def _sequence(tag: str) -> Callable[[Any, Inner], Any]:
    return lambda value, inner: {tag: [inner(one) for one in value]}


# The first that fits: a subclass crosses as its base.
_WRITERS: tuple[tuple[Any, Callable[[Any, Inner], Any]], ...] = (
    (int, _write_int),
    (float, lambda value, _: {"float": float.__add__(value, 0.0).hex()}),
    (str, lambda value, _: short(str.__str__(value))),
    (bytes, lambda value, _: {"bytes": short(bytes(value)).hex()}),
    (bytearray, lambda value, _: {"bytearray": short(bytes(value)).hex()}),
    (memoryview, lambda value, _: {"memoryview": short(bytes(value)).hex()}),
    (list, _sequence("list")),
    (tuple, _sequence("tuple")),
    (frozenset, _sequence("frozenset")),
    (set, _sequence("set")),
    (dict, lambda value, inner: {"dict": [[inner(k), inner(v)] for k, v in dict.items(value)]}),
)


# From JSON ----------------------------------------------------------------------------------------


def loads(line: bytes) -> Any:
    """The message in a line, still as JSON. Raises NotPlain."""
    if len(line) > LONGEST + 1:
        raise NotPlain("too long")
    try:
        return whole(json.loads(line, parse_float=_no_number, parse_constant=_no_number))
    except (ValueError, RecursionError):
        raise NotPlain("not JSON") from None


def whole(found: Any) -> Any:
    """JSON in which every text can be written to a file: half a surrogate pair is spelled out.

    All that a student wrote comes through here, the notebook as well as what its cells say.

    >>> print(whole(["a", "\\ud83d"])[1])
    \\ud83d
    """
    if isinstance(found, str):
        return found if found.isascii() else found.encode("utf-8", "backslashreplace").decode()
    if isinstance(found, list):
        return [whole(one) for one in found]
    if isinstance(found, dict):
        return {whole(key): whole(one) for key, one in found.items()}
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


def decode(found: Any) -> Any:
    """The value of ``encode``'s JSON. Raises NotPlain for any other JSON."""
    try:
        return decoded(found, Budget(), 0)
    except NotPlain:
        raise
    except Exception as fault:  # the check's own types may refuse a field
        raise NotPlain(f"not as encode writes it: {type(fault).__name__}") from None


def decoded(found: Any, budget: Budget, depth: int) -> Any:
    """The value of JSON inside other JSON, ``depth`` levels down."""
    budget.take(depth)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, int):
        if abs(found) >= _SMALL:
            raise NotPlain("a large number in the form of a small one")
        return found
    if isinstance(found, str):
        return short(found)
    if not isinstance(found, dict) or len(found) != 1:
        raise NotPlain("neither a simple value nor one with a tag")
    ((tag, content),) = found.items()
    if tag in _READERS:
        return _READERS[tag](content)
    if tag in _MANY:
        if not isinstance(content, list):
            raise NotPlain("a sequence")
        values = [decoded(inner, budget, depth + 1) for inner in content]
        return _MANY[tag](_unlike(values) if tag in ("set", "frozenset") else values)
    if tag == "dict":
        keys = _unlike([decoded(key, budget, depth + 1) for key, _ in content])
        values = [decoded(value, budget, depth + 1) for _, value in content]
        return dict(zip(keys, values, strict=True))
    from coursework.judge import named

    return named.decoded(tag, content, budget)


def _unlike(values: list[Any]) -> list[Any]:
    """Members of a set or keys. Raises NotPlain if too many of them have the same hash."""
    if len(values) > ALIKE and max(Counter(map(hash, values)).values()) > ALIKE:
        raise NotPlain("too many values with the same hash")
    return values


def _read_int(content: Any) -> int:
    if not isinstance(content, str) or len(content) > LARGEST_INT // 4 + 8:
        raise NotPlain("a number of too many bits")
    return int(content, 16)


def _read_dots(content: Any) -> Any:
    return ...


_READERS: dict[str, Callable[[Any], Any]] = {
    "dots": _read_dots,
    "int": _read_int,
    "float": float.fromhex,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "memoryview": lambda content: memoryview(bytes.fromhex(content)),
    "opaque": Opaque.named,
    "class": lambda content: type(Opaque.named(content)),
}
_MANY: dict[str, Callable[[Iterable[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "iterator": lambda values: iter(list(values)),
}
