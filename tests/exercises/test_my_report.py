"""The page to hand in: everything that was done, in the student's own words, and no mark."""

from pathlib import Path

import pytest

from tls13lab.exercises.my_report import FILE, page, report
from tls13lab.widgets import keeping
from tls13lab.widgets.keeping import Keeper
from tls13lab.widgets.kept import Work

WORK = (
    Work()
    .with_verdict("2.1", "RIGHT")
    .with_verdict("2.2", "NOT_YET")
    .with_choice("02 when", "none")
    .with_reveal("02 when", "none", True)
    .with_choice("02 age", "3723")
    .with_explanation("02.4", "Why that number?", "It is masked.\n\nAdded, not XORed.")
    .with_explanation("mine", "Anything else?", "No.")
)


def test_it_holds_all_that_was_done() -> None:
    text = page(WORK, "alice")
    assert "\nName: alice\n" in text
    assert "It is not a mark" in text
    assert "| 02 From a ticket to a resumed connection | 1 of 5 | 2 of 4 | 1 | 1 |".replace(
        " ", ""
    ) in text.replace(" ", "")
    assert "- Task 2.1 · The PSK behind a ticket: solved" in text
    assert "- Task 2.2 · Hide a ticket's age: not solved; the last check said: not yet" in text
    assert '- Prediction, 1. When is a session resumable?: "none" (right)' in text
    assert '"3723" (not compared yet)' in text
    assert "**02.4.** Why that number?\n\n> It is masked.\n>\n> Added, not XORed." in text
    assert "## Other explanations\n\n**mine.** Anything else?\n\n> No." in text
    assert "## 03" not in text


def test_the_same_work_makes_the_same_page() -> None:
    assert page(WORK, "alice") == page(WORK, "alice")


def test_it_is_written_beside_the_notebooks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TLS13LAB_STUDENT", raising=False)
    (tmp_path / "student.txt").write_text("bob\n")
    keeper = Keeper(tmp_path / keeping.FILE, always=True)
    keeper.change(lambda work: work.with_verdict("2.1", "RIGHT"))
    report(tmp_path, keeper)
    assert str(tmp_path / FILE) in capsys.readouterr().out
    assert (tmp_path / FILE).read_text("utf-8") == page(keeper.read(), "bob")
    assert "\nName: bob\n" in (tmp_path / FILE).read_text("utf-8")


def test_where_it_cannot_be_written_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(tmp_path / "gone", Keeper(tmp_path / keeping.FILE, always=True))
    said = capsys.readouterr().out
    assert "cannot be written here" in said
    assert "# My work with tls13lab" in said
