"""Only ordinary files of a submission are read, in ordinary folders, and up to a size."""

import os
from pathlib import Path

import pytest

from coursework.build import ASSIGNMENT
from coursework.judge import handed_in
from coursework.judge.handed_in import NotRead, content, digest, folder_of, others
from deploy import class_page


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "submitted" / "alice" / ASSIGNMENT).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def folder(course: Path) -> Path:
    return course / "submitted" / "alice" / ASSIGNMENT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_a_pipe_is_not_waited_for(course: Path, folder: Path) -> None:
    os.mkfifo(folder / "quiz.json")
    assert digest(folder / "quiz.json") == "not a file"
    assert class_page._answers(course, "alice").chosen == {}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
@pytest.mark.parametrize("to", ["/dev/zero", "other", "nowhere"])
def test_a_link_is_not_followed(folder: Path, to: str) -> None:
    (folder / "other").write_text("somebody's")
    (folder / "quiz.json").symlink_to(to)
    with pytest.raises(NotRead, match="not a file"):
        content(folder / "quiz.json")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_a_folder_that_is_a_link_is_nobodys(course: Path, tmp_path: Path) -> None:
    (tmp_path / "submitted" / "bob").mkdir()
    (tmp_path / "submitted" / "bob" / ASSIGNMENT).symlink_to(tmp_path)
    (tmp_path / "submitted" / "carol").symlink_to(tmp_path / "submitted" / "alice")
    assert [folder_of(course, who) is None for who in ("alice", "bob", "carol", "dave")] == [
        *(False, True, True, True)
    ]


def test_what_is_too_large_is_not_read(folder: Path) -> None:
    path = folder / "large.ipynb"
    path.touch()
    os.truncate(path, handed_in.LARGEST + 1)
    assert digest(path) == "too large"
    assert content(folder / "large.ipynb", handed_in.LARGEST + 1)
    assert digest(folder / "missing.ipynb") == ""


def test_a_helper_counts_as_handed_in_and_the_time_does_not(course: Path, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    assert others(course, "alice") == ""
    (folder / "helper.py").write_text("seven = 7")
    first = others(course, "alice")
    (folder / "helper.py").write_text("seven = 8")
    assert len({"", first, others(course, "alice")}) == 3
