"""The quiz: its questions, what is kept of the answers, and what it says when."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tls13lab.exercises.answers import TIMES, Answers, counted, stand
from tls13lab.exercises.question import DO_NOT_KNOW, Question
from tls13lab.exercises.questions import QUESTIONS
from tls13lab.exercises.quiz import Quiz

TICKET_KEY = QUESTIONS[1]
each_question = pytest.mark.parametrize("one", QUESTIONS, ids=lambda one: one.key)


def test_there_are_fifteen_and_each_has_an_answer() -> None:
    assert len(QUESTIONS) == 15
    assert len({one.key for one in QUESTIONS}) == 15
    for one in QUESTIONS:
        assert len(set(one.options)) == len(one.replies) >= 3
        assert one.answer in one.options
        assert one.choices[-1] == DO_NOT_KNOW


@each_question
def test_the_experiment_is_where_it_is_said_to_be(one: Question) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{one.lesson}.ipynb", as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == one.cell]
    assert f"## {one.heading}\n" in f"{cell.source}\n"
    assert one.link == f"{one.lesson}.ipynb#cell-id={one.cell}"


def test_the_right_answers_do_not_all_stand_in_one_place() -> None:
    places = [one.right for one in QUESTIONS]
    assert max(map(places.count, places)) <= 7


def test_length_tells_nothing() -> None:
    longest = [one.key for one in QUESTIONS if max(one.options, key=len) == one.answer]
    shortest = [one.key for one in QUESTIONS if min(one.options, key=len) == one.answer]
    assert len(longest) <= 5
    assert len(shortest) <= 7
    for one in QUESTIONS:
        lengths = [len(option) for option in one.options]
        assert max(lengths) <= 1.4 * min(lengths) or max(lengths) - min(lengths) <= 25, one.key


def test_no_question_gives_away_another() -> None:
    """That a password falls is asked once, and nowhere else said."""
    (asked,) = [one for one in QUESTIONS if one.key == "a password as a PSK"]
    others = [one for one in QUESTIONS if one is not asked]
    assert not [one.key for one in others if re.search("password|guess", one.asks)]


def test_answers_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "quiz.json"
    quiz = Quiz("before", path)
    quiz.choose(TICKET_KEY.key, TICKET_KEY.options[0])
    again = Quiz("before", path)
    assert again.answers.get("before", TICKET_KEY.key) == TICKET_KEY.options[0]
    assert again.open == 14
    assert Quiz("after", path).open == 15
    assert [one.name for one in tmp_path.iterdir()] == ["quiz.json"]


def test_two_cells_do_not_lose_each_others_answers(tmp_path: Path) -> None:
    path = tmp_path / "quiz.json"
    one, other = Quiz("after", path, lesson="02"), Quiz("after", path, lesson=4)
    one.choose(one.questions[0].key, DO_NOT_KNOW)
    other.choose(other.questions[0].key, DO_NOT_KNOW)
    assert Quiz("after", path).open == 13


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"before": 7}',
        b'{"before": {"a stolen ticket key": "made up"}}',
        b'{"before": {"a stolen ticket key": ["made up"]}}',
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
    shown = (
        quiz.status() + quiz.results() + quiz.html + quiz.text + "".join(map(quiz.reply, QUESTIONS))
    )
    assert not any(said in shown for one in QUESTIONS for said in one.replies)
    assert not re.search("right|wrong", quiz.status())


@pytest.mark.parametrize("answered", [0, 1, 15])
def test_afterwards_both_are_compared_at_any_number_of_answers(
    tmp_path: Path, answered: int
) -> None:
    path = tmp_path / "quiz.json"
    first = Quiz("before", path)
    for one in QUESTIONS:
        first.choose(one.key, one.options[0])
    after = Quiz("after", path)
    for one in QUESTIONS[:answered]:
        after.choose(one.key, one.answer)
    right = sum(one.right == 0 for one in QUESTIONS)
    shown = after.results()
    assert f"<strong>before:</strong> {right} right, {15 - right} wrong, 0 open" in shown
    assert f"<strong>after:</strong> {answered} right, 0 wrong, 0 open" in shown
    assert shown.count("<tr>") == 16
    # What is true is said only of what was answered.
    assert sum(one.why.replace("'", "&#x27;") in shown for one in QUESTIONS) == answered
    assert set(json.loads(path.read_text())) == set(TIMES)


def test_not_to_know_is_neither_right_nor_wrong() -> None:
    answers = Answers({("before", TICKET_KEY.key): DO_NOT_KNOW})
    assert stand(answers, "before", TICKET_KEY) == "open"
    assert counted(answers, "before") == "0 right, 0 wrong, 1 open, 14 not answered"


@each_question
def test_every_option_gets_a_reply_with_the_place(tmp_path: Path, one: Question) -> None:
    quiz = Quiz("after", tmp_path / "quiz.json", lesson=one.lesson)
    for option in one.choices:
        quiz.choose(one.key, option)
        said = quiz.reply(one)
        word = "Right." if option == one.answer else one.answer.replace("'", "&#x27;")
        assert word in said
        assert f'href="{one.lesson}.ipynb#' in said


def test_a_lesson_asks_what_it_settles(tmp_path: Path) -> None:
    asked = {n: Quiz("after", tmp_path / "none", lesson=f"{n:02}").questions for n in range(10)}
    assert {n: len(one) for n, one in asked.items() if one} == {
        1: 1, 2: 5, 3: 3, 4: 2, 5: 1, 7: 2, 8: 1,
    }  # fmt: skip
    assert "No question of the quiz is settled by lesson 06" in Quiz("after", lesson=6).status()
    assert sum(asked.values(), ()) != QUESTIONS
    assert set(sum(asked.values(), ())) == set(QUESTIONS)


def test_what_is_no_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        Quiz("before", tmp_path / "quiz.json").choose(TICKET_KEY.key, "perhaps")
    with pytest.raises(ValueError, match="before or after"):
        Quiz("soon")


def test_the_controls_keep_what_is_chosen(tmp_path: Path) -> None:
    quiz = Quiz("before", tmp_path / "quiz.json")
    box = quiz.controls()
    radio, status = box.children[1], box.children[-2]
    radio.value = QUESTIONS[0].options[2]
    assert quiz.answers.get("before", QUESTIONS[0].key) == QUESTIONS[0].options[2]
    assert "1 of 15 answered" in status.value


def test_a_reply_stands_below_its_question(tmp_path: Path) -> None:
    box = Quiz("after", tmp_path / "quiz.json").controls()
    assert box.children[2].outputs == ()
    box.children[1].value = QUESTIONS[0].answer
    assert "Right." in box.children[2].outputs[0]["data"]["text/html"]
    assert "<strong>after:</strong> 1 right" in box.children[-1].outputs[0]["data"]["text/html"]


def test_no_link_stands_where_jupyterlab_does_not_follow_it(tmp_path: Path) -> None:
    box = Quiz("after", tmp_path / "quiz.json").controls()
    for asks, radio, reply in zip(*[iter(box.children[:-2])] * 3, strict=True):
        radio.value = radio.options[-1]
        assert "<a " in reply.outputs[0]["data"]["text/html"]
        assert "<a " not in asks.value + box.children[-2].value


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    quiz = Quiz("before", tmp_path / "gone" / "quiz.json")
    box = quiz.controls()
    box.children[1].value = QUESTIONS[0].options[0]
    assert "could not be saved" in box.children[-2].value


@pytest.mark.parametrize(
    "content",
    [
        b'{"before": {"ticket key": "sha',
        b"\xff\xfe not JSON",
        b"[]",
        b'{"before": {"a question of a later version": "yes"}, "after": {}}',
        b'{"before": {}, "after": {}, "later": {}}',
        b" " * 200_000,
    ],
    ids=["torn", "bytes", "list", "question", "time", "long"],
)
def test_a_file_that_was_not_understood_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "quiz.json"
    path.write_bytes(content)
    first, second = QUESTIONS[:2]
    Quiz("before", path).choose(first.key, first.options[0])
    aside = tmp_path / "quiz-not-understood.json"
    assert aside.read_bytes() == content
    assert aside.stat().st_mode & 0o077 == 0 or os.name == "nt"
    Quiz("before", path).choose(second.key, second.options[0])
    assert Quiz("before", path).open == 13
    assert set(tmp_path.iterdir()) == {path, aside}
    path.write_bytes(content + b"x")
    Quiz("before", path).choose(first.key, first.options[0])
    assert (tmp_path / "quiz-not-understood-2.json").read_bytes() == content + b"x"


def test_a_good_file_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "quiz.json"
    for content in ("{}", '{"before": {}}'):
        path.write_text(content)
        Quiz("after", path).choose(TICKET_KEY.key, TICKET_KEY.options[0])
        assert list(tmp_path.iterdir()) == [path]


def test_answers_without_a_file_are_empty() -> None:
    assert Answers.load(Path("there is no such file")).chosen == {}
