"""Which cells a task needs, in notebooks as students hand them in; nothing is run."""

from typing import Any

import pytest

from coursework.judge.cells import Released, read
from coursework.judge.names import names

RELEASED = Released(
    "00_lesson",
    {
        "title": ("markdown", "# 00"),
        "imports": ("code", "import hashlib"),
        "helper": ("code", "def helper(x):\n    return hashlib.sha256(x)"),
        "show": ("code", "print(helper(b''))"),
        "task-tools": ("code", "from tls13lab.lesson import check, give"),
        "task-0-1": ("markdown", "### Task 0.1 · First"),
        "task-0-1-answer": ("code", "mine = ..."),
        "task-0-1-check": ("code", 'check("0.1", mine).require()'),
        "between": ("markdown", "## 2. More"),
        "task-0-2": ("markdown", "### Task 0.2 · Second"),
        "task-0-2-answer": ("code", "mine = ..."),
        "task-0-2-check": ("code", 'check("0.2", mine).require()'),
    },
)


def notebook(*changes: tuple[str, str], **extra: str) -> dict[str, Any]:
    """The released notebook; ``changes`` are (id, text), ``extra`` follow the cell with the id."""
    cells = []
    new = dict(changes)
    for mark, (kind, source) in RELEASED.cells.items():
        cells.append({"cell_type": kind, "id": mark, "source": new.get(mark, source)})
        if mark.replace("-", "_") in extra:
            cells.append({"cell_type": "code", "source": extra[mark.replace("-", "_")]})
    return {"cells": cells}


def needed(raw: dict[str, Any], number: str) -> list[str]:
    found = read(RELEASED, raw)
    return [found.source(which) for which in found.needed(number)]


def test_only_what_an_answer_uses_is_needed() -> None:
    raw = notebook(("task-0-1-answer", "mine = helper(b'1')"), ("task-0-2-answer", "mine = 2"))
    assert needed(raw, "0.1") == [
        "import hashlib",
        "def helper(x):\n    return hashlib.sha256(x)",
        "mine = helper(b'1')",
    ]
    assert needed(raw, "0.2") == ["mine = 2"]


def test_another_tasks_cell_is_needed_only_for_its_names() -> None:
    raw = notebook(("task-0-1-answer", "first = 1"), ("task-0-2-answer", "mine = first + 1"))
    assert needed(raw, "0.2") == ["first = 1", "mine = first + 1"]


def test_what_stands_after_the_check_belongs_to_the_task() -> None:
    raw = notebook(task_0_1_check="mine = 3")
    assert needed(raw, "0.1") == ["mine = ...", "mine = 3"]
    assert "mine = 3" not in needed(raw, "0.2")


def test_an_own_cell_that_changes_something_in_place_is_needed() -> None:
    raw = notebook(
        ("task-0-1-answer", "mine = table"), title="table = {}", imports="table['a'] = 1"
    )
    assert needed(raw, "0.1") == ["table = {}", "table['a'] = 1", "mine = table"]


def test_deleted_lesson_cells_are_put_back() -> None:
    raw = notebook(("task-0-1-answer", "mine = helper(b'1')"))
    raw["cells"] = [cell for cell in raw["cells"] if cell["id"] not in ("imports", "helper")]
    assert needed(raw, "0.1")[:2] == [
        "import hashlib",
        "def helper(x):\n    return hashlib.sha256(x)",
    ]


@pytest.mark.parametrize("how", ["no ids", "new ids", "grade ids"])
def test_cells_are_known_without_their_ids(how: str) -> None:
    raw = notebook(("task-0-1-answer", "mine = 1"))
    for place, cell in enumerate(raw["cells"]):
        mark = cell.pop("id")
        if how == "new ids":
            cell["id"] = f"x{place}"
        if how == "grade ids":
            cell["metadata"] = {"nbgrader": {"grade_id": mark}}
            if mark.endswith("-check"):
                cell["source"] = "something else"
    found = read(RELEASED, raw)
    assert [cell.task for cell in found.cells if cell.is_check] == ["0.1", "0.2"]
    assert "mine = 1" in needed(raw, "0.1")
    assert "mine = 1" not in needed(raw, "0.2")


def test_an_edited_check_runs_and_an_untouched_one_does_not() -> None:
    assert needed(notebook(), "0.1") == ["mine = ..."]
    raw = notebook(("task-0-1-check", "mine = 4\ncheck('0.1', mine)"))
    assert needed(raw, "0.1")[-2:] == ["mine = ...", "mine = 4\ncheck('0.1', mine)"]


def test_copies_of_a_cell_are_the_students_own() -> None:
    raw = notebook()
    raw["cells"].append(dict(raw["cells"][-2]))
    found = read(RELEASED, raw)
    assert [cell.mark for cell in found.cells].count("task-0-2-answer") == 1
    assert found.cells[-1].mark == ""


@pytest.mark.parametrize("cells", [[], [1, None], [{}], [{"cell_type": "code"}], [{"source": 3}]])
def test_a_broken_notebook_has_no_tasks(cells: list[Any]) -> None:
    found = read(RELEASED, {"cells": cells})
    assert found.segment("0.1") == []
    assert found.needed("0.1") == []


@pytest.mark.parametrize(
    ("source", "binds", "now", "later"),
    [
        ("x = y", "x", "y", ""),
        ("x += 1", "x", "x", ""),
        ("for i in a:\n    b = i", "i b", "a", ""),
        ("def f(x, *, y=z):\n    w = x\n    return w + g", "f", "z", "g"),
        ("f = lambda x: x + g", "f", "g", ""),
        ("[a for a in b if c]", "", "b c", ""),
        ("t['k'] = v", "t", "t v", ""),
        ("a.b.c = 1", "a", "a", ""),
        ("found.append(x)", "found", "found x", ""),
        ("import os.path as p, sys", "p sys", "", ""),
        ("from a import b as c", "c", "", ""),
        ("with open(p) as f:\n    d = f.read()", "f d", "p", ""),
        ("try:\n    a = b\nexcept E as e:\n    c = e", "a e c", "b E", ""),
        ("(x := y)", "x", "y", ""),
        ("del x", "x", "", ""),
        ("def f():\n    global g\n    g = h", "f", "", "h"),
        ("class A(B):\n    c = d", "A", "B d", ""),
        ("%time x\n!ls\ny = 1", "y", "", ""),
        ("if a:\n    b = 1", "b", "a", ""),
        ("match a:\n    case [b]:\n        c = b", "c", "a b", ""),
        ("this is no Python", "", "", ""),
    ],
)
def test_names(source: str, binds: str, now: str, later: str) -> None:
    found = names(source)
    assert [found.binds, found.now, found.later] == [
        frozenset(told.split()) for told in (binds, now, later)
    ]


def test_a_star_is_always_needed() -> None:
    raw = notebook(("task-0-2-answer", "mine = sha256"), imports="from hashlib import *")
    assert "from hashlib import *" in needed(raw, "0.2")
