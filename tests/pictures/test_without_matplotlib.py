"""Where matplotlib is not, pictures are the stored ones, or the sentence that says so."""

import sys
from importlib import resources
from pathlib import Path

import pytest

from tests.pictures.test_attacks import findings
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.pictures import picture
from tls13lab.pictures.guessing_time import guessing_time
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.timeline import timeline


@pytest.fixture
def no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def test_the_entropy_plot_needs_none(no_matplotlib: None) -> None:
    assert "<svg" in guessing_time(("digits", 6), 1e6).svg


def test_a_timeline_says_that_it_is_not_drawn(no_matplotlib: None) -> None:
    rows: dict[str, list[Finding]] = {"a": findings(Theft())}
    shown = timeline(rows, 1, "a theft")
    assert shown.svg == ""
    assert "Not drawn here: timeline: a theft." in shown.html
    assert "psk_ke: kept" in shown.html


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
