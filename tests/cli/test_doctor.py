"""`tls13lab doctor` and the compiled binder search: works, is not installed, does not work."""

import sys
from types import ModuleType

import pytest
from click.testing import CliRunner

from tls13lab.cli.app import cli
from tls13lab.cli.doctor import findings

NAME = "compiled binder search"
ADVICE = "; pip install llvmlite numpy: without them, `crack` and lesson 07 find the same PSKs, but"


def test_it_works_where_llvmlite_is() -> None:
    (found,) = (one for one in findings() if one.name == NAME)
    assert (found.there, found.detail, found.needed) == (True, "works", False)


def without_the_module(monkeypatch: pytest.MonkeyPatch, *names: str) -> str:
    """What doctor says where these cannot be imported, and compiled.py is to import them anew."""
    monkeypatch.delitem(sys.modules, "tls13lab.search.llvm.compiled", raising=False)
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)
    said = CliRunner().invoke(cli, ["doctor"])
    assert said.exit_code == 0, said.output
    (line,) = (line for line in said.stdout.splitlines() if NAME in line)
    return line


def test_where_llvmlite_is_not_installed_it_says_what_is_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = without_the_module(monkeypatch, "llvmlite", "llvmlite.binding")
    assert line.startswith(f"absent  {NAME}: no llvmlite")
    assert f"{ADVICE} try about 20 times fewer guesses per second" in line


@pytest.mark.parametrize("error", [OSError("no such symbol"), RuntimeError("expected type")])
def test_where_its_llvm_does_not_work_it_says_so(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    broken = ModuleType("tls13lab.search.llvm.compiled")

    def tester(hash_name: str, name: str) -> None:
        raise error

    broken.tester = tester  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, broken.__name__, broken)
    said = CliRunner().invoke(cli, ["doctor"])
    assert said.exit_code == 0
    assert f"absent  {NAME}: llvmlite does not work here ({type(error).__name__})" in said.stdout
