"""Where matplotlib is not, pictures are the stored ones, or the sentence that says so."""

import sys
from importlib import resources
from pathlib import Path

import pytest

from tls13lab.pictures import picture
from tls13lab.pictures.guessing_time import guessing_time
from tls13lab.pictures.picture import Picture


def test_the_entropy_plot_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "<svg" in guessing_time(("digits", 6), 1e6).svg


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
