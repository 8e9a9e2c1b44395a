"""The stored outline is the notebooks', and what is read from a cell is what it asks for."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursework.folding import core
from tests.notebooks.outline import STORED, called, items, taken
from tests.notebooks.refresh import FOLDER
from tls13lab.exercises.outline import Lesson, lessons
from tls13lab.widgets.kept import LONGEST_KEY, lesson_of


def test_it_is_the_one_of_the_notebooks() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored == taken(), "python -m tests.notebooks.outline"


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.number)
def test_every_key_begins_with_its_lessons_number_and_stands_once(one: Lesson) -> None:
    keys = [(item.kind, item.key) for item in one.items]
    assert len(set(keys)) == len(keys)
    assert {lesson_of(key) for _, key in keys} == {one.number}
    assert all(len(key) <= LONGEST_KEY for _, key in keys)


def test_a_cell_asks_for_what_it_calls() -> None:
    assert list(called('a = Prediction("Why?", (1, 2),\n    key="02 why")\na')) == [
        ("prediction", "02 why")
    ]
    assert list(called('check("2.1", mine)\nExplain("02.3", "Why?")')) == [
        ("task", "2.1"),
        ("explanation", "02.3"),
    ]
    assert list(called("%matplotlib inline")) == []
    assert list(called('print("check(1)")\nnotebook.check("2.1")')) == []


def test_an_item_has_the_heading_above_it_and_is_extra_where_that_says_so(tmp_path: Path) -> None:
    check = 'check("{}", x)'
    cells = [
        new_markdown_cell("# 02 · Title"),
        new_markdown_cell("## 1. *First* `one`\n\n*Core*\n\nText."),
        new_code_cell(check.format("2.1")),
        new_markdown_cell("### Task 2.2 · Second\n\n*Blank page; about 1 minute.* Extra. More."),
        new_code_cell(check.format("2.2")),
        new_markdown_cell("### Task 2.3 · Third\n\n*Blank page; about 1 minute.* More."),
        new_code_cell(check.format("2.3")),
        new_markdown_cell("## 2. Last\n\n*Extra*\n\nText."),
        new_markdown_cell("### Task 2.4 · Fourth\n\n*Blank page.* More."),
        new_code_cell(check.format("2.4")),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "02_made.ipynb")
    found = list(items(tmp_path / "02_made.ipynb"))
    assert [(item["heading"], item["extra"]) for item in found] == [
        ("1. First one", False),
        ("Task 2.2 · Second", True),
        ("Task 2.3 · Third", False),
        ("Task 2.4 · Fourth", True),
    ]
    assert [item["folded"] for item in found] == ["", "", "", cells[7].id]


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.number)
def test_every_link_leads_to_a_heading_in_sight(one: Lesson) -> None:
    """JupyterLab does nothing for a link to a cell that is folded away."""
    notebook = nbformat.read(FOLDER / one.notebook, as_version=4)
    in_sight = {cell.id for cell in core(notebook)}
    linked = {item.key: one.link(item).partition("#cell-id=")[2] for item in one.items}
    assert {key: cell for key, cell in linked.items() if cell not in in_sight} == {}
    for item in one.items:
        assert (item.cell in in_sight) == (item.folded == "")
