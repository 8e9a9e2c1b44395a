"""The objects of the package that answers and arguments are made of: their plain form, by name.

Three tasks need more than plain data. In 6.2 a function gets a term of the model and gives steps;
in 6.3 it gets a connection of the model and gives terms; in lesson 08 an answer is a use of a PSK.
Each is taken apart here into fields, and made anew on the other side. A task with another type of
answer needs its lines here.
"""

from typing import Any

from coursework.judge import plain
from tls13lab.psk.advice import Use
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.rules import DerivationStep
from tls13lab.symbolic.terms import Term, apply


def encoded(value: Any, budget: plain.Budget) -> Any:
    """The JSON of an object of one of the named types; None for any other."""
    if isinstance(value, Term):
        return {"term": _table([value], budget)}
    if isinstance(value, DerivationStep):
        terms = [value.conclusion, *value.premises]
        if not all(isinstance(term, Term) for term in terms):
            return None
        return {"step": [plain.short(str(value.rule)), _table(terms, budget)]}
    if isinstance(value, Use):
        fields = [getattr(value, name) for name in _USE]
        return {"use": [plain.encoded(one, budget, plain.DEEPEST - 2) for one in fields]}
    if isinstance(value, SymbolicConnection):
        parts = [value.psk, value.identity, value.ticket_key]
        simple = [getattr(value, name) for name in _CONNECTION]
        return {"connection": [simple, [t if t is None else _table([t], budget) for t in parts]]}
    return None


DEEPEST = 200
"""The most levels of a term."""
_USE = (
    *("identity", "length", "bits", "modes", "clients", "servers", "hashes", "imported"),
    *("context_names_both", "names_checked", "base_key_kept", "tls12", "early_data"),
)
_CONNECTION = ("label", "mode", "binder_key", "early_data", "binder")


def _table(terms: list[Any], budget: plain.Budget) -> list[Any]:
    """All terms inside ``terms``, each once, as ``[symbol, places of its arguments]``.

    The given terms come last, in their order. A term's arguments are shared, so that written out
    one by one they could be more than a computer holds.
    """
    places: dict[Any, int] = {}
    rows: list[Any] = []

    def place(term: Any, depth: int) -> int:
        if term not in places:
            budget.take(0)
            if depth >= DEEPEST:
                raise plain.NotPlain("a term that is too deep")
            inner = [place(argument, depth + 1) for argument in term.arguments]
            rows.append([plain.short(str(term.symbol)), inner])
            places[term] = len(rows) - 1
        return places[term]

    wanted = [place(term, 0) for term in terms]
    return [rows, wanted]


def _terms(table: Any, budget: plain.Budget) -> list[Any]:
    rows, wanted = table
    made: list[Any] = []
    depths: list[int] = []
    for symbol, inner in rows:
        budget.take(0)
        if not isinstance(symbol, str) or len(symbol) > 200:
            raise plain.NotPlain("a symbol")
        made.append(apply(symbol, *(_at(made, place) for place in inner)))
        depths.append(1 + max((depths[place] for place in inner), default=0))
        if depths[-1] > DEEPEST:
            raise plain.NotPlain("a term that is too deep")
    return [_at(made, place) for place in wanted]


def _at(made: list[Any], place: Any) -> Any:
    if not isinstance(place, int) or not 0 <= place < len(made):
        raise plain.NotPlain("a term inside a term")
    return made[place]


def decoded(tag: str, content: Any, budget: plain.Budget) -> Any:
    """The object of a named type. Raises NotPlain for any other tag."""
    if tag == "term":
        (term,) = _terms(content, budget)
        return term
    if tag == "step":
        rule, table = content
        conclusion, *premises = _terms(table, budget)
        return DerivationStep(plain.short(str(rule)), tuple(premises), conclusion)
    if tag == "use":
        values = [plain.decoded(one, budget, plain.DEEPEST - 2) for one in content]
        return Use(**dict(zip(_USE, values, strict=True)))
    if tag == "connection":
        fields, tables = content
        psk, identity, ticket_key = (
            None if table is None else _terms(table, budget)[0] for table in tables
        )
        simple = dict(zip(_CONNECTION, fields, strict=True))
        if not all(isinstance(one, str | bool) for one in fields):
            raise plain.NotPlain("a connection")
        return SymbolicConnection(psk=psk, identity=identity, ticket_key=ticket_key, **simple)
    raise plain.NotPlain("an unknown tag")
