"""The notebooks hold the tasks as the source has them, and tasks and lessons keep apart."""

import ast
import copy

import nbformat
import pytest

from coursework.place import NOTEBOOKS, OURS, as_solution, as_student, place, required
from coursework.source import SourceError, everything

SOURCE = everything()


def bound(code: str) -> dict[str, str]:
    """The names that a cell binds at its top level, and how; what comprehensions bind is theirs."""
    names: dict[str, str] = {}
    waiting: list[ast.AST] = list(ast.parse(code).body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                names[node.name] = "defined"
                continue
            case (
                ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp()
            ):
                continue
            case ast.Import():
                names |= {one.asname or one.name: f"import {one.name}" for one in node.names}
            case ast.ImportFrom():
                names |= {
                    one.asname or one.name: f"from {node.module} {one.name}" for one in node.names
                }
            case ast.Name(ctx=ast.Store()):
                names[node.id] = "set"
        waiting += ast.iter_child_nodes(node)
    return names


@pytest.mark.parametrize("name", SOURCE)
def test_the_notebook_is_up_to_date(name: str) -> None:
    stored = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    made = copy.deepcopy(stored)
    place(made, SOURCE[name])
    assert [cell.id for cell in made.cells] == [cell.id for cell in stored.cells]
    assert [cell.source for cell in made.cells] == [cell.source for cell in stored.cells]


@pytest.mark.parametrize("name", SOURCE)
def test_a_task_takes_no_name_away_from_the_lesson(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    lesson: dict[str, str] = {"check": "the tasks' own", "give": "the tasks' own"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.id.startswith(OURS):
            found = bound(cell.source)
            assert not {"check", "give"} & set(found)
            lesson |= found
    for one in SOURCE[name]:
        for code in (one.stub, one.solution):
            for bare, how in bound(code).items():
                assert lesson.get(bare, how) == how, (one.number, bare)
                assert how not in ("set", "defined") or bare not in lesson, (one.number, bare)


def test_placing_again_changes_nothing_and_each_form_is_its_own() -> None:
    (name, tasks), *_ = SOURCE.items()
    forms = []
    for stub, check in ((as_student, None), (as_solution, None), (as_student, required)):
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        place(notebook, tasks, stub, *([check] if check else []))
        forms.append([cell.source for cell in notebook.cells])
        place(notebook, tasks, stub, *([check] if check else []))
        assert [cell.source for cell in notebook.cells] == forms[-1]
    assert len({tuple(form) for form in forms}) == 3


def test_a_section_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    (name, tasks), *_ = SOURCE.items()
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "## 4. " not in cell.source]
    with pytest.raises(SourceError, match="there is no section 4 in its notebook"):
        place(notebook, tasks)
