"""The name decides the keys, however the file with it was saved."""

import unicodedata
from pathlib import Path

import pytest

from tls13lab.exercises.student import (
    ANYONE,
    FILE,
    LONGEST,
    NO_NAME,
    VARIABLE,
    student,
    whose_tasks,
)


@pytest.fixture(autouse=True)
def no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r", "\r\nanother line\r\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=lambda name: name
)
def test_a_name_is_the_same_however_an_editor_saved_it(encoding: str, end: str) -> None:
    Path(FILE).write_bytes(f" Zoë 4711 {end}".encode(encoding))
    assert student() == "Zoë 4711"
    assert whose_tasks() == "These are the tasks of Zoë 4711."


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mark_says_the_order_of_bytes(encoding: str) -> None:
    Path(FILE).write_bytes("\ufeffalice\r\n".encode(encoding))
    assert student() == "alice"


def test_letters_with_marks_are_the_same_in_both_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = unicodedata.normalize("NFD", "Zoë")
    assert apart != "Zoë"
    Path(FILE).write_text(apart, encoding="utf-8")
    assert student() == "Zoë"
    monkeypatch.setenv(VARIABLE, apart)
    assert student() == "Zoë"


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"  \r\n"])
def test_a_file_without_a_name_is_anyones(raw: bytes) -> None:
    Path(FILE).write_bytes(raw)
    assert student() == ANYONE
    assert whose_tasks() == NO_NAME


def test_a_long_name_is_cut() -> None:
    Path(FILE).write_text("x" * 500)
    assert student() == "x" * LONGEST
