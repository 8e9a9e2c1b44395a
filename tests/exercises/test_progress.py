"""How far a student has come: counted, in words, with a place to go on, and with nothing kept."""

import re
from pathlib import Path

import pytest

from coursework.answers import solved
from tls13lab.exercises import catalogue
from tls13lab.exercises.outline import PREDICTION, TASK, lesson, lessons
from tls13lab.exercises.progress import Progress, progress, reset_progress
from tls13lab.exercises.quiz import FILE as QUIZ
from tls13lab.widgets.keeping import FILE, NOT_KEPT, RESET, VARIABLE, Keeper
from tls13lab.widgets.kept import Work
from tls13lab.wire.faults import LocalFault


def finished(number: str) -> Work:
    work = Work()
    for item in lesson(number).of_kind(TASK):
        work = work.with_verdict(item.key, "RIGHT")
    for item in lesson(number).of_kind(PREDICTION):
        work = work.with_choice(item.key, "a").with_reveal(item.key, "a", False)
    return work


def test_every_task_of_the_catalogue_is_in_the_outline_once() -> None:
    keys = [item.key for one in lessons() for item in one.of_kind(TASK)]
    assert keys == list(catalogue.TASKS)


@pytest.mark.parametrize("number", [one.number for one in lessons()])
def test_with_nothing_kept_there_is_a_sentence_and_no_link(number: str) -> None:
    shown = Progress(Work(), number)
    assert "no task solved yet" in shown.text
    assert "<a " not in shown.html
    assert (shown.html, shown.text) == (Progress(Work(), number).html, shown.text)
    assert "\n" not in shown.text


def test_all_lessons_with_nothing_kept_have_a_row_each_and_no_link() -> None:
    shown = Progress(Work())
    count = len(catalogue.TASKS)
    assert shown.text.startswith(f"No task solved yet. There are {count} tasks.\n")
    assert len(shown.text.splitlines()) == 3 + len(lessons())
    assert shown.html.count("<tr>") == 1 + len(lessons())
    assert "<a " not in shown.html


def test_it_goes_on_with_the_first_that_is_open_and_leaves_extras_to_the_end() -> None:
    work = finished("02")
    open_task = lesson("02").of_kind(TASK)[1]
    extra = next(item for item in lesson("02").items if item.extra)
    missing = Work(
        {key: one for key, one in work.tasks.items() if key not in (open_task.key, extra.key)},
        work.predictions,
    )
    shown = Progress(missing, "02")
    assert f"Go on with: {open_task.heading} (02_resumption.ipynb)" in shown.text
    address = re.findall(r'href="([^"]+)"', shown.html)
    assert address == ["02_resumption.ipynb#cell-id=task-2-2"]
    nearly = Progress(missing.with_verdict(open_task.key, "RIGHT"), "02")
    assert f"Go on with: {extra.heading} (extra, in a folded section)" in nearly.text
    assert f'href="02_resumption.ipynb#cell-id={extra.folded}"' in nearly.html
    done = Progress(work, "02")
    assert "All done." in done.text
    assert "All done." in done.html


def test_a_prediction_is_done_when_it_was_compared_and_counts_as_right_only_then() -> None:
    key = lesson("00").of_kind(PREDICTION)[0].key
    work = Work().with_choice(key, "a")
    assert "1 of 4 predictions made, 0 of them right" in Progress(work, "00").text
    heading = lesson("00").of_kind(PREDICTION)[0].heading
    assert f"Go on with: {heading}" in Progress(work, "00").text
    work = work.with_reveal(key, "a", True)
    assert "1 of 4 predictions made, 1 of them right" in Progress(work, "00").text
    assert f"Go on with: {heading}" not in Progress(work, "00").text


def test_what_is_in_no_lesson_is_not_counted() -> None:
    work = Work().with_verdict("2.99", "RIGHT").with_choice("02 gone", "a")
    assert Progress(work, "02").text == Progress(Work(), "02").text


def test_a_bar_says_nothing_that_the_words_do_not() -> None:
    shown = Progress(finished("02"), "02").html
    assert "5 of 5 tasks solved" in shown
    assert 'aria-hidden="true"' in shown
    table = Progress(finished("02")).html
    assert table.count("<th scope=") == 3 + len(lessons())
    assert "<td" in table


def test_a_number_may_be_written_in_any_way_and_must_be_there(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / FILE, always=True)
    assert progress(2, keeper).text == progress("2", keeper).text == progress("02", keeper).text
    with pytest.raises(LocalFault, match="no lesson 44"):
        progress("44", keeper)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, in which things are kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(catalogue, "keeper", Keeper(Path(FILE)))
    return tmp_path


def kept(folder: Path) -> Keeper:
    return Keeper(folder / FILE)


def test_a_check_leaves_its_verdict(folder: Path) -> None:
    assert not catalogue.check("2.1", ...)
    assert not (folder / FILE).exists()
    catalogue.check("2.1", b"wrong")
    assert kept(folder).read().tasks["2.1"].verdict == "NOT_YET"
    assert catalogue.check("2.1", solved(catalogue.task("2.1"), "anyone"))
    assert "1 of 5 tasks solved" in progress("02", kept(folder)).text
    catalogue.check("2.2", b"another's", "somebody else")
    assert set(kept(folder).read().tasks) == {"2.1"}


def test_a_store_that_fails_breaks_no_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = Keeper(folder / "gone" / FILE)
    monkeypatch.setattr(catalogue, "keeper", nowhere)
    assert catalogue.check("2.1", solved(catalogue.task("2.1"), "anyone"))
    assert catalogue.check("2.2", solved(catalogue.task("2.2"), "anyone"))
    assert capsys.readouterr().out == f"{NOT_KEPT}\n"
    assert NOT_KEPT in progress("02", nowhere).text
    assert NOT_KEPT in progress("02", nowhere).html


def test_to_begin_again_says_where_the_old_file_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper = kept(folder)
    (folder / QUIZ).write_text("{}")
    reset_progress(keeper=keeper)
    assert capsys.readouterr().out == "Your progress in all lessons begins again.\n"
    for number in ("2.1", "3.1"):
        keeper.change(lambda work, number=number: work.with_verdict(number, "RIGHT"))  # type: ignore[misc]
    reset_progress("02", keeper)
    said = capsys.readouterr().out
    assert said == f"Your progress in lesson 02 begins again. The old file is {RESET}.\n"
    assert set(keeper.read().tasks) == {"3.1"}
    with pytest.raises(LocalFault):
        reset_progress("44", keeper)
    assert sorted(one.name for one in folder.iterdir()) == [RESET, FILE, QUIZ]


def test_a_reset_that_fails_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper = kept(folder)
    keeper.change(lambda work: work.with_verdict("2.1", "RIGHT"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    reset_progress(keeper=keeper)
    assert "Nothing was changed" in capsys.readouterr().out
    assert set(keeper.read().tasks) == {"2.1"}
