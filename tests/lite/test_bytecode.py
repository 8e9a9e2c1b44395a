"""What makes Python start sooner in the browser leaves everything else as it is."""

import shutil
import zipfile
from pathlib import Path

import pytest

from lite import bytecode
from lite.parts import Missing


def wheel(folder: Path, name: str, *files: str) -> Path:
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as new:
        for file in files:
            new.writestr(file, f"# {file}")
    return folder / f"{name}-1-py3-none-any.whl"


def test_only_what_is_named_is_left_out(tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    (unused, *_) = bytecode.OF_NO_USE["jedi"]
    kept = (
        "jedi/__init__.py",
        "jedi/third_party/typeshed/stdlib/os.pyi",
        "jedi-1.dist-info/METADATA",
    )
    bytecode.copy_of_use(wheel(tmp_path, "jedi", *kept, f"{unused}six/six.pyi"), to)
    with zipfile.ZipFile(to / "jedi-1-py3-none-any.whl") as copy:
        assert copy.namelist() == list(kept)
        assert copy.read(kept[0]) == b"# jedi/__init__.py"
    other = wheel(tmp_path, "other", f"{unused}six/six.pyi")
    bytecode.copy_of_use(other, to)
    assert (to / other.name).read_bytes() == other.read_bytes()


def test_without_node_there_is_no_bytecode_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert bytecode.wheels(tmp_path) == []


def test_a_node_that_fails_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/false")
    with pytest.raises(Missing, match="did not compile"):
        bytecode.wheels(tmp_path)
