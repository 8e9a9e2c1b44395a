"""``tls13lab notebooks`` copies the lessons, and writes over nobody's work."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from tls13lab.cli import notebooks
from tls13lab.cli.app import cli
from tls13lab.exercises.catalogue import TASKS
from tls13lab.widgets.keeping import FILE, Keeper

LESSONS = {path.name: path.read_bytes() for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def copy(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["notebooks", str(folder), *options])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_lessons_come_into_a_folder_that_is_made(tmp_path: Path) -> None:
    result = copy(tmp_path / "a" / "b")
    assert (result.exit_code, result.stderr) == (0, "")
    assert content(tmp_path / "a" / "b") == LESSONS
    assert "00_start_here.ipynb" in result.stdout.splitlines()[-1]


def test_nothing_is_written_over_and_then_nothing_is_written_at_all(tmp_path: Path) -> None:
    mine = tmp_path / "03_psk_modes.ipynb"
    mine.write_bytes(b"my work")
    result = copy(tmp_path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"].startswith(str(mine))
    assert "--force" in result.stderr
    assert content(tmp_path) == {mine.name: b"my work"}


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    link = tmp_path / "00_start_here.ipynb"
    try:
        link.symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("no links can be made here")
    assert copy(tmp_path).exit_code == 1
    assert [one.name for one in tmp_path.iterdir()] == [link.name]


def test_force_replaces_these_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "03_psk_modes.ipynb").write_bytes(b"my work")
    (tmp_path / "student.txt").write_bytes(b"me")
    result = copy(tmp_path, "--force", "--json")
    told = json.loads(result.stdout)
    assert told["replaced"] == ["03_psk_modes.ipynb"]
    assert told["notebooks"] == list(LESSONS)
    assert content(tmp_path) == {**LESSONS, "student.txt": b"me"}


def test_what_goes_wrong_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    for folder, code in ((tmp_path / "file", 2), (tmp_path / "file" / "below", 1)):
        result = copy(folder)
        assert result.exit_code == code
        assert "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit)
    package = tmp_path / "site" / "tls13lab"
    shutil.copytree(ROOT / "tls13lab" / "cli", package / "cli")
    monkeypatch.setattr(notebooks, "PACKAGE", package)
    result = copy(tmp_path / "new")
    assert result.stderr == (
        "tls13lab: the lessons are not installed here: install the package from its wheel\n"
    )
    assert not (tmp_path / "new").exists()


def test_the_word_copy_may_stand_or_be_left_out(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["notebooks", "copy", str(tmp_path / "a")])
    assert (done.exit_code, content(tmp_path / "a")) == (0, LESSONS)
    done = CliRunner().invoke(cli, ["notebooks", "--json", str(tmp_path / "b")])
    assert (json.loads(done.stdout)["ok"], content(tmp_path / "b")) == (True, LESSONS)
    assert CliRunner().invoke(cli, ["notebooks"]).exit_code == 2


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """A folder in which a task was solved and a prediction was wrong."""
    keeper = Keeper(tmp_path / FILE, always=True)
    keeper.change(lambda work: work.with_verdict("2.1", "RIGHT"))
    keeper.change(lambda work: work.with_choice("02 when", "b").with_reveal("02 when", "b", False))
    return tmp_path


def reported(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["notebooks", "report", str(folder), *options])


def test_a_report_is_written_beside_the_notebooks(worked: Path) -> None:
    result = reported(worked)
    place = worked / "my-report.md"
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"1 of {len(TASKS)} tasks solved; 1 predictions made, 0 of them right" in result.stdout
    assert str(place) in result.stdout.splitlines()[-1]
    assert "Task 2.1 · The PSK behind a ticket: solved" in place.read_text("utf-8")
    told = json.loads(reported(worked, "--json").stdout)
    assert (told["ok"], told["report"], len(told["lessons"])) == (True, str(place), 10)
    assert told["lessons"][2]["solved"] == 1
    assert told["lessons"][2]["lesson"] == "02"


def test_where_nothing_was_done_there_is_no_report(tmp_path: Path) -> None:
    result = reported(tmp_path, "--json")
    assert result.exit_code == 1
    assert "nothing was done" in json.loads(result.stdout)["error"]
    assert list(tmp_path.iterdir()) == []
    assert reported(tmp_path / "gone").exit_code == 2
