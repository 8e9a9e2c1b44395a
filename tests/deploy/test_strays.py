"""Work that is not judged, because of its name or its place, is named; and nothing else is."""

import doctest
from pathlib import Path

import pytest

from coursework.build import ASSIGNMENT
from deploy import printing, strays

NAMES = ["01_key_schedule", "02_resumption"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for folder in ("release", "submitted/alice"):
        (tmp_path / folder / ASSIGNMENT).mkdir(parents=True)
        (tmp_path / folder / ASSIGNMENT / "02_resumption.ipynb").touch()
    return tmp_path


def put(course: Path, *files: str) -> list[str]:
    for file in files:
        path = course / "submitted" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return strays.of_student(course, "alice", NAMES)


@pytest.mark.parametrize(
    "file",
    [
        f"{ASSIGNMENT}/02_resumption (1).ipynb",
        f"{ASSIGNMENT}/02_Resumption.ipynb",
        f"{ASSIGNMENT}/02_resumption.ipynb.txt",
        f"{ASSIGNMENT}/02_resumption.json",
        f"{ASSIGNMENT}/{ASSIGNMENT}/02_resumption.ipynb",
        "02_resumption.ipynb",
        "my work/01_key_schedule.ipynb",
        f"{ASSIGNMENT}.zip",
    ],
)
def test_work_elsewhere_is_named(course: Path, file: str) -> None:
    place = str(Path(file))
    assert put(course, f"alice/{file}") == [f"not judged, because of name or place: {place}"]


def test_what_belongs_there_is_not(course: Path) -> None:
    files = ("quiz.ipynb", "quiz.json", "helper.py", "capture.pcap", ".ipynb_checkpoints/a.ipynb")
    assert put(course, *(f"alice/{ASSIGNMENT}/{one}" for one in files)) == []
    assert put(course, "alice/__MACOSX/._02_resumption.ipynb") == []


def test_who_has_no_notebook_in_its_place_is_named(course: Path) -> None:
    (course / "submitted" / "alice" / ASSIGNMENT / "02_resumption.ipynb").unlink()
    assert put(course) == [f"there is none of the notebooks in submitted/alice/{ASSIGNMENT}"]
    (course / "submitted" / "alice" / ASSIGNMENT).rmdir()
    assert "no folder" in put(course)[0]


def test_what_is_no_students_folder_is_named(course: Path) -> None:
    put(course, "bob.zip", "__MACOSX/x")
    assert [one.split(":")[0] for one in strays.of_course(course)] == [
        "submitted/__MACOSX",
        "submitted/bob.zip",
    ]


def test_the_examples_are_true() -> None:
    found = doctest.testmod(printing)
    assert (found.failed, found.attempted > 0) == (0, True)
