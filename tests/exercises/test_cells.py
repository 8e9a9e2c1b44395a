"""An answer cell that stopped with an error: in a real IPython shell, cell after cell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT
from tls13lab.exercises import cells
from tls13lab.exercises.catalogue import check
from tls13lab.exercises.feedback import Grade

IPython = pytest.importorskip("IPython.core.interactiveshell")
RIGHT = 'given = give("0.1")\nlength = len(given.record) - 5'
STALE = "Your answer cell stopped with an error, so `length` still has an older value"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a cell in a shell of its own; gives the cell's value."""
    monkeypatch.setenv("TLS13LAB_STUDENT", "alice")
    IPython.InteractiveShell.clear_instance()
    shell = IPython.InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.showtraceback = lambda *_, **__: None  # the tests' errors are meant
    shell.showsyntaxerror = lambda *_, **__: None

    def one(source: str) -> Any:
        return shell.run_cell(source).result

    one("from tls13lab.lesson import check, give")
    cells.watch()  # as the first import of the lesson does
    yield one
    IPython.InteractiveShell.clear_instance()
    cells._known.clear()


def says(run: Any) -> str:
    found: str = run('check("0.1", length)').says
    return found


@pytest.mark.parametrize(
    "broken",
    [
        'given = give("0.1")\nlength = given.record.size()',
        'given = give("0.1")\nlength = len(given.record) -',
        'given = give("0.1")\nprint(1 / 0)\nlength = 3',
        "length = 1 / 0",
    ],
)
def test_the_old_answer_is_not_judged(run: Any, broken: str) -> None:
    run(RIGHT)
    assert run('check("0.1", length)').verdict is Grade.RIGHT
    run(broken)
    assert says(run).startswith(STALE)
    assert says(run).startswith(STALE)
    run(RIGHT)
    assert run('check("0.1", length)').verdict is Grade.RIGHT


def test_an_answer_that_was_made_before_the_error_is_judged(run: Any) -> None:
    run("length = 1")
    run('given = give("0.1")\nlength = 123456\nprint(1 / 0)')
    assert "go through the steps" in says(run)


def test_another_cell_that_fails_spoils_no_answer(run: Any) -> None:
    run(RIGHT)
    run("1 / 0")
    run("other = 1 / 0")
    assert run('check("0.1", length)').verdict is Grade.RIGHT


def test_a_function_with_a_slip_in_its_syntax(run: Any) -> None:
    run("def obfuscate(age_ms, ticket_age_add):\n    return age_ms")
    run("def obfuscate(age_ms, ticket_age_add)\n    return (age_ms + ticket_age_add) % 2**32")
    assert "`obfuscate` still has an older value" in run('check("2.2", obfuscate)').says


def test_without_ipython_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_known", [])
    IPython.InteractiveShell.clear_instance()
    assert cells.watch() is None
    assert check("0.1", 3, "alice").verdict is Grade.NOT_YET


NEW_KERNEL = """
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in (
    "from tls13lab.lesson import check",
    "def recover(a, b):\\n    return a",
    "def recover(a, b)\\n    return b",
):
    shell.run_cell(cell)
print(shell.run_cell('check("2.3", recover)').result.text)
"""


def test_importing_the_lesson_is_enough(tmp_path: Any) -> None:
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", NEW_KERNEL],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "`recover` still has an older value" in found.stdout
