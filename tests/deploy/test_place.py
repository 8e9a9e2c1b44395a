"""The notebooks in a student's home: placed where missing, never over anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.place import main, place
from tests.conftest import ROOT

PLACE = ROOT / "deploy" / "place.py"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    (folder / "a folder").mkdir(parents=True)
    for name in ("00.ipynb", "01.ipynb", "README.md"):
        (folder / name).write_text(f"new {name}")
    return folder


def test_what_is_missing_is_placed_and_nothing_else_is_touched(
    source: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert place(source, home) == ["00.ipynb", "01.ipynb", "README.md"]
    (home / "00.ipynb").write_text("mine")
    (home / "notes.txt").write_text("also mine")
    (home / "01.ipynb").unlink()
    assert place(source, home) == ["01.ipynb"]
    found = {one.name: one.read_text() for one in home.iterdir()}
    assert found == {
        "00.ipynb": "mine",
        "notes.txt": "also mine",
        "01.ipynb": "new 01.ipynb",
        "README.md": "new README.md",
    }


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_to_nowhere_and_a_folder_of_that_name_stay(source: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "01.ipynb").mkdir(parents=True)
    (home / "00.ipynb").symlink_to(tmp_path / "elsewhere")
    assert place(source, home) == ["README.md"]
    assert not (tmp_path / "elsewhere").exists()
    assert (home / "01.ipynb").is_dir()


def test_half_a_notebook_does_not_stay(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(old: object, new: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deploy.place.shutil.copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        place(source, tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_full_disk_is_said_and_the_server_starts_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    became: list[object] = []
    monkeypatch.setattr("os.execvpe", lambda *what: became.extend(what))
    main([f"--from={tmp_path / 'not there'}", f"--to={tmp_path / 'home'}", "--", "server", "--x"])
    assert became[:2] == ["server", ["server", "--x"]]
    assert "not all notebooks were placed" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="a process is replaced only on POSIX")
def test_it_becomes_the_server_with_the_hubs_name_as_the_tasks_name(
    source: Path, tmp_path: Path
) -> None:
    show = "import json, os, sys; print(json.dumps([os.environ['TLS13LAB_STUDENT'], sys.argv[1:]]))"
    command = [sys.executable, "-I", str(PLACE), f"--from={source}", "--"]
    command += [sys.executable, "-c", show, "--port=1"]
    environment = os.environ | {"HOME": str(tmp_path), "JUPYTERHUB_USER": "alice"}
    # What a student had set before is not what counts.
    environment |= {"TLS13LAB_STUDENT": "bob"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["alice", ["--port=1"]]
    assert (tmp_path / "tls13lab" / "00.ipynb").read_text() == "new 00.ipynb"
