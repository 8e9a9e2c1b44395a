"""Whether the cell that should make an answer stopped with an error, so that an older one is left.

IPython tells when a cell has been run. If it failed, the names that it should have bound and did
not are remembered until a later cell binds them. Without IPython, nothing is remembered.

>>> sorted(bound("length, (a, b) = 1, (2, 3)\\ndef f(x):\\n    y = x"))
['a', 'b', 'f', 'length']
>>> sorted(bound("length = (1\\n"))
['length']
>>> answer_of('check("0.1", length)', "0.1")
{'length'}
"""

import ast
import re
import sys
from collections.abc import Iterable
from typing import Any

STALE = (
    "Your answer cell stopped with an error, so `{}` still has an older value: fix that cell first."
)
_NOTHING = object()


class Cells:
    """What is known of the cells that one IPython shell has run."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.source = ""
        self.stale: set[str] = set()
        self._before: dict[str, Any] = {}
        shell.events.register("pre_run_cell", self._begins)
        shell.events.register("post_run_cell", self._ends)

    def _begins(self, info: Any) -> None:
        self.source = info.raw_cell or ""
        self._before = {name: self._value(name) for name in bound(self.source)}

    def _ends(self, result: Any) -> None:
        if (result.info.raw_cell or "") != self.source:
            return  # its beginning was not seen
        for name, before in self._before.items():
            # A cell that failed after it had bound the name has made a new answer.
            made = self._value(name) is not before
            if result.success or made:
                self.stale.discard(name)
            elif self._value(name) is not _NOTHING:
                self.stale.add(name)

    def _value(self, name: str) -> Any:
        return self.shell.user_ns.get(name, _NOTHING)


def bound(source: str) -> set[str]:
    """The names that a cell binds at its top level, also if it cannot be parsed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set(
            re.findall(r"(?m)^(?:(?:async )?def |class )?([^\W\d]\w*)\s*(?:=(?!=)|\()", source)
        )
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)
    return names


_INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def answer_of(source: str, number: str) -> set[str]:
    """The names in the answer that a cell gives to ``check`` for this task."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for call in calls:
        said = call.args[0] if call.args else None
        if isinstance(said, ast.Constant) and said.value == number:
            found |= _names((*call.args[1:], *(one.value for one in call.keywords)))
    return found


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    inside = (part for node in nodes for part in ast.walk(node))
    return {part.id for part in inside if isinstance(part, ast.Name)}


_known: list[Cells] = []


def watch() -> Cells | None:
    """Begin to watch the cells of this kernel, once; None without IPython."""
    python = sys.modules.get("IPython")
    shell = python.get_ipython() if python is not None else None
    if shell is None:
        return None
    if not _known or _known[-1].shell is not shell:
        _known[:] = [Cells(shell)]
    return _known[0]


def stale(number: str) -> str:
    """What to say if the checked answer is older than the cell that should have made it; or ""."""
    cells = watch()
    if cells is None:
        return ""
    old = sorted(answer_of(cells.source, number) & cells.stale)
    return STALE.format(old[0]) if old else ""
