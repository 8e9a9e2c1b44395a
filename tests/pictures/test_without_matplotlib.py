"""Where matplotlib is not, pictures are the stored ones, or the sentence that says so."""

import sys
from importlib import resources
from pathlib import Path

import pytest

from tls13lab.pictures import picture
from tls13lab.pictures.curves import curves
from tls13lab.pictures.guessing_time import guessing_time
from tls13lab.pictures.picture import Picture


def test_the_entropy_plot_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "<svg" in guessing_time(("digits", 6), 1e6).svg


def test_curves_have_their_table_and_the_digest_of_the_drawn_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ({"a line": [(1, 2.5), (2, 5)]}, "victims", "work", "Work")
    drawn = curves(*asked)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    other = curves(*asked)
    assert "<svg" in drawn.svg
    assert other.svg == ""
    assert (other.digest, other.text) == (drawn.digest, drawn.text)
    assert "a line" in other.html


def test_curves_are_the_same_each_time() -> None:
    asked = ({"one": [(1, 2), (2, 3)], "two": [(1, 1), (2, 9)]}, "x", "y", "Two")
    assert curves(*asked).svg == curves(*asked).svg


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ({}, "not 0"),
        ({name: [(1, 1)] for name in "abcde"}, "not 5"),
        ({"a": [(1, 1)], "b": [(2, 1)]}, "same values of x"),
    ],
)
def test_curves_that_cannot_be_told_apart_or_compared_are_refused(
    lines: dict[str, list[tuple[float, float]]], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        curves(lines, "x", "y", "no picture")


def test_a_kept_picture_is_shown_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stored" / "lessons"
    folder.mkdir(parents=True)
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    empty = Picture("", "a thing", ("what",), (("a thing",),), "source")
    assert "Not drawn here" in empty.html
    (folder / f"{empty.digest}.svg").write_text("<svg/>")
    assert picture.kept(empty.digest) == "<svg/>"
    assert "<img" in empty.html
    assert "Not drawn" not in empty.html
