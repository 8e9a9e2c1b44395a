"""The names that a cell binds, and those that it needs from other cells; nothing is run.

>>> found = names("given = give('1.1'); answer = helper(given)")
>>> sorted(found.binds), sorted(found.now)
(['answer', 'given'], ['give', 'helper'])
>>> names("def f(x): return x + g").later
frozenset({'g'})
"""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_BUILTIN = frozenset(dir(builtins))


@dataclass(frozen=True)
class Names:
    """``now`` are needed when the cell runs, ``later`` when a function in it is called.

    A cell that changes something in place, such as ``table["x"] = 1`` or ``found.append(1)``, both
    binds and needs its name. ``everything`` says that it has an ``import *``.
    """

    binds: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    everything: bool = False


@lru_cache(maxsize=4096)
def names(source: str) -> Names:
    """The names of a cell. A cell that is not Python has none."""
    try:
        tree = ast.parse(_without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names()
    reading = _Reading()
    try:
        reading.statements(tree.body)
    except RecursionError:
        return Names()
    return Names(
        frozenset(reading.binds),
        frozenset(reading.now - _BUILTIN),
        frozenset(reading.later - _BUILTIN),
        reading.everything,
    )


def _without_magics(source: str) -> str:
    """The cell without IPython's lines that begin with ``%`` or ``!``."""
    lines = source.splitlines()
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


class _Reading:
    """Goes through statements in the order in which they run."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.now: set[str] = set()
        self.later: set[str] = set()
        self.everything = False

    def statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                arguments = node.args
                self.loads(*node.decorator_list, *arguments.defaults, *arguments.kw_defaults)
                self.later |= _free(node)
                self.binds.add(node.name)
            case ast.ClassDef():
                self.loads(*node.decorator_list, *node.bases)
                self.now |= _free(node) - self.binds
                self.binds.add(node.name)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self.everything |= alias.name == "*"
                    self.binds.add(alias.asname or alias.name.partition(".")[0])
            case ast.Assign():
                self.loads(node.value)
                self.stores(*node.targets)
            case ast.AugAssign():
                self.loads(node.value)
                self.changes(node.target)
            case ast.For() | ast.AsyncFor():
                self.loads(node.iter)
                self.stores(node.target)
                self.statements([*node.body, *node.orelse])
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.loads(item.context_expr)
                    self.stores(item.optional_vars)
                self.statements(node.body)
            case ast.If() | ast.While():
                self.loads(node.test)
                self.statements([*node.body, *node.orelse])
            case ast.Try():
                self.statements(node.body)
                for handler in node.handlers:
                    self.loads(handler.type)
                    self.binds |= {handler.name} if handler.name else set()
                    self.statements(handler.body)
                self.statements([*node.orelse, *node.finalbody])
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name()) as method)):
                self.loads(node.value)
                self.changes(method.value)
            case _:
                self.loads(node)
                self.stores(node)

    def loads(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.now |= _loaded(node) - self.binds

    def stores(self, *nodes: ast.AST | None) -> None:
        """Bind the targets; one that is a part of something changes that."""
        for node in nodes:
            for inner in _outside_scopes(node) if node is not None else ():
                if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    self.binds.add(inner.id)
                elif isinstance(inner, ast.Subscript | ast.Attribute) and not isinstance(
                    inner.ctx, ast.Load
                ):
                    self.changes(inner)

    def changes(self, node: ast.expr) -> None:
        """What is changed in place is needed, and afterwards comes from this cell."""
        while isinstance(node, ast.Subscript | ast.Attribute):
            if isinstance(node, ast.Subscript):
                self.loads(node.slice)
            node = node.value
        if isinstance(node, ast.Name):
            self.now |= {node.id} - self.binds
            self.binds.add(node.id)
        else:
            self.loads(node)


_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def _outside_scopes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a statement, without what is inside functions and comprehensions."""
    yield node
    for inner in () if isinstance(node, _SCOPES) else ast.iter_child_nodes(node):
        yield from _outside_scopes(inner)


def _loaded(node: ast.AST) -> set[str]:
    """The names that are read in an expression or a statement, without those bound inside it."""
    if isinstance(node, _SCOPES):
        return _free(node)
    found = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
    for inner in ast.iter_child_nodes(node):
        found |= _loaded(inner)
    return found


def _free(scope: ast.AST) -> set[str]:
    """The names that a function, class or comprehension takes from outside."""
    bound: set[str] = set()
    outer: set[str] = set()
    found: set[str] = set()
    waiting = list(ast.iter_child_nodes(scope))
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):  # the rest is not inside
        waiting = [*(one for one in ast.walk(scope.args) if isinstance(one, ast.arg)), *scope.body]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.arg():
                bound.add(node.arg)
            case ast.Global():
                outer |= set(node.names)
            case ast.Name():
                (found if isinstance(node.ctx, ast.Load) else bound).add(node.id)
                continue
            case ast.Import() | ast.ImportFrom():
                bound |= {a.asname or a.name.partition(".")[0] for a in node.names}
            case ast.ExceptHandler() if node.name:
                bound.add(node.name)
        if isinstance(node, _SCOPES):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                bound.add(node.name)
            found |= _free(node)
        else:
            waiting += ast.iter_child_nodes(node)
    return (found - bound) | (found & outer)
