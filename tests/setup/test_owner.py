"""``run.py owner NAME`` changes every address of the repository, and nothing else."""

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import owner
from tests.conftest import ROOT

ADDRESS = re.compile(
    rf"/{owner.current()}/tls13lab\b|//{owner.current()}\.github\.io/tls13lab\b", re.I
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The places, in a folder of their own."""
    for place in owner.PLACES:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / place, tmp_path / place)
    return tmp_path


def read(root: Path) -> dict[str, list[str]]:
    return {place: (root / place).read_text().splitlines() for place in owner.PLACES}


def test_it_changes_every_address_and_nothing_else(copy: Path) -> None:
    before = read(copy)
    assert owner.set_owner("ada-l", copy) == list(owner.PLACES)
    assert owner.current(copy) == "ada-l"
    for place, lines in read(copy).items():
        assert len(lines) == len(before[place])
        for old, new in zip(before[place], lines, strict=True):
            found = [one[0] for one in ADDRESS.finditer(old)]
            assert bool(found) is (old != new)
            for address in found:
                old = old.replace(address, address.replace(owner.current(), "ada-l"))
            assert old == new


def test_twice_is_once_and_the_way_back_leads_back(copy: Path) -> None:
    first = read(copy)
    owner.set_owner("ada", copy)
    once = read(copy)
    assert owner.set_owner("ada", copy) == []
    assert read(copy) == once
    owner.set_owner(owner.current(), copy)
    assert read(copy) == first


@pytest.mark.parametrize("name", ["", "a/b", "-a", "a--b", "a" * 40, "a b", "ä"])
def test_what_is_no_account_changes_nothing(copy: Path, name: str) -> None:
    before = read(copy)
    with pytest.raises(ValueError, match="no name of an account"):
        owner.set_owner(name, copy)
    assert read(copy) == before


def test_no_other_file_has_an_address() -> None:
    """Sources only: what is built, and what tests make up, follows them."""
    folders = [ROOT / name for name in (".github", "binder", "coursework", "deploy", "docs")]
    folders += [ROOT / name for name in ("lite", "notebooks", "pages", "tls13lab")]
    files = [path for folder in folders for path in folder.rglob("*")]
    texts = [one for one in [*files, *ROOT.glob("*")] if one.is_file() and one.suffix != ".pyc"]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in texts
        if ADDRESS.search(path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert found - {"owner.py"} == set(owner.PLACES)  # its docstring has examples


def test_its_examples_hold() -> None:
    assert doctest.testmod(owner) == (0, 2)


def test_a_newcomer_finds_it() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "docs/doors.md"):
        assert "python3 run.py owner NAME" in (ROOT / name).read_text(), name
    said = subprocess.run(
        [sys.executable, "run.py", "owner"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == f"https://github.com/{owner.current()}/tls13lab\n"
