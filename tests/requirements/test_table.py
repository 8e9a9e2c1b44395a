"""The table of requirements speaks of code and tests that exist, and the document is its own."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.requirements.table import DOCUMENT, ROOT, TABLE, Requirement, markdown
from tls13lab.wire.codepoints import AlertDescription


@cache
def names(path: Path) -> frozenset[str]:
    """What a file defines at its top."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return frozenset(found)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.section} {row.text}"[:60])
def test_each_row_points_at_what_exists(row: Requirement) -> None:
    file, _, name = row.where.partition(":")
    assert name in names(ROOT / "tls13lab" / file)
    assert row.tests
    for test in row.tests:
        file, _, name = test.partition("::")
        assert name in names(ROOT / "tests" / file)
    assert row.who in ("client", "server", "both")
    assert not row.alert or row.alert.upper() in AlertDescription.__members__


def test_an_alert_that_a_row_names_is_named_by_one_of_its_tests() -> None:
    for row in TABLE:
        files = {ROOT / "tests" / test.partition("::")[0] for test in row.tests}
        said = "".join(one.read_text(encoding="utf-8") for one in files)
        # test_moves.py knows the fault by its class, which carries the alert.
        camel = "".join(part.title() for part in row.alert.split("_"))
        assert row.alert in said or camel in said


def test_no_row_stands_twice() -> None:
    assert len({(row.section, row.who, row.text) for row in TABLE}) == len(TABLE)


def test_the_document_is_the_tables() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), (
        "write it anew: python -m tests.requirements.table"
    )
