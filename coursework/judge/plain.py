"""The only form in which anything crosses between a student's process and the judge: plain data.

``encode`` makes JSON of a value, ``decode`` makes a value of JSON, and refuses whatever ``encode``
does not write. Both ends have these types and no others: None, the dots, bool, int, float, str,
bytes, bytearray, memoryview, list, tuple, set, frozenset, dict; and by name, because tasks are about
them: a term of the model, a step of a derivation, a connection of the model, and the use of a PSK.
Subclasses cross as their base, iterators and numpy's numbers as what they hold. Anything else
crosses as an :class:`Opaque`, which has the name of its type and equals only itself. There is no
pickle, so no code of a student's crosses, and no ``__eq__``.

>>> decode(encode({"word": b"candle", "dots": ..., 1: (2.5, {3})}))
{'word': b'candle', 'dots': Ellipsis, 1: (2.5, {3})}
>>> type(decode(encode(unittest.mock.ANY))).__name__
'_ANY'
"""

import enum
import itertools
import json
import unittest.mock  # for the example above
from collections.abc import Callable, Iterable
from typing import Any

DEEPEST, LARGEST, LONGEST = 16, 50_000, 4_000_000
"""The most levels of a value, values in it, and characters of its JSON."""
LONGEST_TEXT = 1_000_000
"""The most characters or bytes of one value."""
LARGEST_INT = 1 << 16
"""The most bits of a number."""
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


class _Budget:
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
    return _encode(value, _Budget(), 0)


def dumps(message: Any) -> bytes:
    """A message, made of ``encode``'s JSON, as one line. Raises NotPlain if it is too long."""
    line = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(line) > LONGEST:
        raise NotPlain("too long")
    return line + b"\n"


def _encode(value: Any, budget: _Budget, depth: int) -> Any:
    budget.take(depth)
    if value is None or value is True or value is False:
        return value
    if value is ...:
        return {"dots": 0}
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value, lambda inner: _encode(inner, budget, depth + 1))
    named = _named(value, budget)
    if named is not None:
        return named
    if callable(getattr(value, "item", None)) and getattr(value, "shape", None) == ():  # numpy's
        return _encode(value.item(), budget, depth + 1)
    if isinstance(value, enum.Enum):
        return _encode(value.value, budget, depth + 1)
    if isinstance(value, Iterable) and not callable(value) and hasattr(value, "__next__"):
        return _many("iterator", itertools.islice(value, LARGEST + 1), budget, depth)
    return {"opaque": _name_of(value)}


def _many(tag: str, values: Iterable[Any], budget: _Budget, depth: int) -> dict[str, Any]:
    return {tag: [_encode(inner, budget, depth + 1) for inner in values]}


def _name_of(value: object) -> str:
    name = type(value).__name__
    return name if name.isidentifier() and len(name) <= 60 else "object"


Inner = Callable[[Any], Any]


def _write_int(value: int, _: Inner) -> Any:
    number = int(value)
    if abs(number) < _SMALL:
        return number
    if number.bit_length() > LARGEST_INT:
        raise NotPlain("a number of too many bits")
    return {"int": hex(number)}


def _short(text: Any) -> Any:
    if len(text) > LONGEST_TEXT:
        raise NotPlain("a value of too many bytes")
    return text


def _sequence(tag: str) -> Callable[[Any, Inner], Any]:
    return lambda value, inner: {tag: [inner(one) for one in value]}


# The first that fits: a subclass crosses as its base.
_WRITERS: tuple[tuple[Any, Callable[[Any, Inner], Any]], ...] = (
    (int, _write_int),
    (float, lambda value, _: {"float": float(value).hex()}),
    (str, lambda value, _: _short(str.__str__(value))),
    (bytes, lambda value, _: {"bytes": _short(bytes(value)).hex()}),
    (bytearray, lambda value, _: {"bytearray": _short(bytes(value)).hex()}),
    (memoryview, lambda value, _: {"memoryview": _short(bytes(value)).hex()}),
    (list, _sequence("list")),
    (tuple, _sequence("tuple")),
    (frozenset, _sequence("frozenset")),
    (set, _sequence("set")),
    (dict, lambda value, inner: {"dict": [[inner(k), inner(v)] for k, v in value.items()]}),
    ((type({}.keys()), type({}.items())), _sequence("set")),
    ((range, type({}.values())), _sequence("iterator")),
)


# From JSON ----------------------------------------------------------------------------------------


def loads(line: bytes) -> Any:
    """The message in a line, still as JSON. Raises NotPlain."""
    if len(line) > LONGEST + 1:
        raise NotPlain("too long")
    try:
        return json.loads(line, parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotPlain("not JSON") from None


def _no_number(text: str) -> Any:
    raise ValueError(text)


def decode(found: Any) -> Any:
    """The value of ``encode``'s JSON. Raises NotPlain for any other JSON."""
    try:
        return _decode(found, _Budget(), 0)
    except NotPlain:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError) as fault:
        raise NotPlain(f"not as encode writes it: {type(fault).__name__}") from None


def _decode(found: Any, budget: _Budget, depth: int) -> Any:
    budget.take(depth)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, int):
        if abs(found) >= _SMALL:
            raise NotPlain("a large number in the form of a small one")
        return found
    if isinstance(found, str):
        return _short(found)
    if not isinstance(found, dict) or len(found) != 1:
        raise NotPlain("neither a simple value nor one with a tag")
    ((tag, content),) = found.items()
    if tag in _READERS:
        return _READERS[tag](content)
    if tag in _MANY:
        if not isinstance(content, list):
            raise NotPlain("a sequence")
        return _MANY[tag](_decode(inner, budget, depth + 1) for inner in content)
    if tag == "dict":
        return {
            _decode(key, budget, depth + 1): _decode(value, budget, depth + 1)
            for key, value in content
        }
    return _by_name(tag, content, budget)


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
}
_MANY: dict[str, Callable[[Iterable[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "iterator": lambda values: iter(list(values)),
}


# The named types ----------------------------------------------------------------------------------
# They are imported only where one occurs, so that plain data needs nothing but this file.


def _named(value: Any, budget: _Budget) -> Any:
    """The JSON of an object of one of the named types; None for any other."""
    module = type(value).__module__
    if not isinstance(module, str) or not module.startswith("tls13lab."):
        return None
    from tls13lab.psk.advice import Use
    from tls13lab.symbolic.connection import SymbolicConnection
    from tls13lab.symbolic.rules import DerivationStep
    from tls13lab.symbolic.terms import Term

    if isinstance(value, Term):
        return {"term": _table([value], budget)}
    if isinstance(value, DerivationStep):
        terms = [value.conclusion, *value.premises]
        if not all(isinstance(term, Term) for term in terms):
            return None
        return {"step": [_short(str(value.rule)), _table(terms, budget)]}
    if isinstance(value, Use):
        fields = [getattr(value, name) for name in _USE]
        return {"use": [_encode(one, budget, DEEPEST - 2) for one in fields]}
    if isinstance(value, SymbolicConnection):
        terms = [value.psk, value.identity, value.ticket_key]
        plain = [getattr(value, name) for name in _CONNECTION]
        return {"connection": [plain, [t if t is None else _table([t], budget) for t in terms]]}
    return None


_USE = (
    *("identity", "length", "bits", "modes", "clients", "servers", "hashes", "imported"),
    *("context_names_both", "names_checked", "base_key_kept", "tls12", "early_data"),
)
_CONNECTION = ("label", "mode", "binder_key", "early_data", "binder")


def _table(terms: list[Any], budget: _Budget) -> list[Any]:
    """All terms inside ``terms``, each once, as ``[symbol, places of its arguments]``.

    The given terms come last, in their order. A term's arguments are shared, so that written out
    one by one they could be more than a computer holds.
    """
    places: dict[Any, int] = {}
    rows: list[Any] = []

    def place(term: Any, depth: int) -> int:
        if term not in places:
            budget.take(0)
            if depth > 200:
                raise NotPlain("a term that is too deep")
            inner = [place(argument, depth + 1) for argument in term.arguments]
            rows.append([_short(str(term.symbol)), inner])
            places[term] = len(rows) - 1
        return places[term]

    wanted = [place(term, 0) for term in terms]
    return [rows, wanted]


def _terms(table: Any, budget: _Budget) -> list[Any]:
    from tls13lab.symbolic.terms import apply

    rows, wanted = table
    made: list[Any] = []
    for symbol, inner in rows:
        budget.take(0)
        if not isinstance(symbol, str) or len(symbol) > 200:
            raise NotPlain("a symbol")
        made.append(apply(symbol, *(_at(made, place) for place in inner)))
    return [_at(made, place) for place in wanted]


def _at(made: list[Any], place: Any) -> Any:
    if not isinstance(place, int) or not 0 <= place < len(made):
        raise NotPlain("a term inside a term")
    return made[place]


def _by_name(tag: str, content: Any, budget: _Budget) -> Any:
    from tls13lab.psk.advice import Use
    from tls13lab.symbolic.connection import SymbolicConnection
    from tls13lab.symbolic.rules import DerivationStep

    if tag == "term":
        (term,) = _terms(content, budget)
        return term
    if tag == "step":
        rule, table = content
        conclusion, *premises = _terms(table, budget)
        return DerivationStep(_short(str(rule)), tuple(premises), conclusion)
    if tag == "use":
        values = [_decode(one, budget, DEEPEST - 2) for one in content]
        return Use(**dict(zip(_USE, values, strict=True)))
    if tag == "connection":
        plain, tables = content
        psk, identity, ticket_key = (
            None if table is None else _terms(table, budget)[0] for table in tables
        )
        simple = dict(zip(_CONNECTION, plain, strict=True))
        if not all(isinstance(one, str | bool) for one in plain):
            raise NotPlain("a connection")
        return SymbolicConnection(psk=psk, identity=identity, ticket_key=ticket_key, **simple)
    raise NotPlain("an unknown tag")
