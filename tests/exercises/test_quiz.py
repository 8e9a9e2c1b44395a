"""The quiz: its questions, what is kept of the answers, and what it says when."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tls13lab.exercises.questions import QUESTIONS, Question
from tls13lab.exercises.quiz import Answers, Quiz, right


def test_there_are_fifteen_and_each_has_an_answer() -> None:
    assert len(QUESTIONS) == 15
    assert len({one.key for one in QUESTIONS}) == 15
    for one in QUESTIONS:
        assert len(set(one.options)) >= 3
        assert one.answer in one.options


@pytest.mark.parametrize("one", QUESTIONS, ids=lambda one: one.key)
def test_the_experiment_is_where_it_is_said_to_be(one: Question) -> None:
    name, section = re.fullmatch(r"(\w+), section (\d+)", one.lesson).groups()  # type: ignore[union-attr]
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert re.search(rf"(?m)^## {section}\. ", text)


def test_the_right_answers_do_not_all_stand_in_one_place() -> None:
    places = [one.right for one in QUESTIONS]
    assert max(map(places.count, places)) <= 7


def test_answers_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "quiz.json"
    quiz = Quiz("before", path)
    quiz.choose("ticket key", "all resumed ones")
    again = Quiz("before", path)
    assert again.answers.get("before", "ticket key") == "all resumed ones"
    assert again.open == 14
    assert Quiz("after", path).open == 15
    assert [one.name for one in tmp_path.iterdir()] == ["quiz.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"before": 7}',
        b'{"before": {"ticket key": "made up"}}',
        b"\xff\xfe",
        b"[" * 9999,
    ],
    ids=lambda content: repr(content[:40]),
)
def test_a_damaged_file_is_no_answers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "quiz.json"
    path.write_bytes(content)
    assert Quiz("before", path).open == 15


def test_before_the_lessons_nothing_is_said(tmp_path: Path) -> None:
    quiz = Quiz("before", tmp_path / "quiz.json")
    for one in QUESTIONS:
        quiz.choose(one.key, one.options[0])
    assert quiz.open == 0
    assert not any(one.why in quiz.status() + quiz.html + quiz.text for one in QUESTIONS)


def test_afterwards_both_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "quiz.json"
    for time, place in (("before", 0), ("after", None)):
        quiz = Quiz(time, path)
        for one in QUESTIONS:
            quiz.choose(one.key, one.answer if place is None else one.options[place])
    first = sum(one.right == 0 for one in QUESTIONS)
    assert (right(quiz.answers, "before"), right(quiz.answers, "after")) == (first, 15)
    assert f"Right before: {first} of 15; now: 15 of 15." in quiz.status()
    assert quiz.status().count("<tr>") == 16
    assert set(json.loads(path.read_text())) == {"before", "after"}


def test_what_is_no_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        Quiz("before", tmp_path / "quiz.json").choose("ticket key", "perhaps")
    with pytest.raises(ValueError, match="before or after"):
        Quiz("soon")


def test_the_controls_keep_what_is_chosen(tmp_path: Path) -> None:
    quiz = Quiz("before", tmp_path / "quiz.json")
    box = quiz.controls()
    radio, status = box.children[1], box.children[-1]
    radio.value = QUESTIONS[0].options[2]
    assert quiz.answers.get("before", QUESTIONS[0].key) == QUESTIONS[0].options[2]
    assert "1 of 15 answered" in status.value


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    quiz = Quiz("before", tmp_path / "gone" / "quiz.json")
    box = quiz.controls()
    box.children[1].value = QUESTIONS[0].options[0]
    assert "could not be saved" in box.children[-1].value


def test_answers_without_a_file_are_empty() -> None:
    assert Answers.load(Path("there is no such file")).chosen == {}
