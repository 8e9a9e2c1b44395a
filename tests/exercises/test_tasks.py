"""Every task: right answers pass, mistakes are told apart, nothing that is typed breaks a check."""

import re
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from coursework.answers import mistaken, solved
from tests.sampled import sampled
from tls13lab.capture.recording import CapturedRecord
from tls13lab.exercises.catalogue import TASKS, check, give, task
from tls13lab.exercises.feedback import Feedback, Grade
from tls13lab.exercises.student import ANYONE, FILE, VARIABLE, Draw, student
from tls13lab.exercises.task import FunctionTask, Task
from tls13lab.wire.faults import LocalFault

STUDENTS = (ANYONE, "alice", "Zoë 4711")
MISTAKES = [(number, place) for number, one in TASKS.items() for place in range(len(one.mistakes))]


def test_there_are_as_many_as_promised() -> None:
    assert len(TASKS) >= 30
    assert len(MISTAKES) >= 100
    assert {number.split(".")[0] for number in TASKS} == set("0123456789")


@pytest.mark.parametrize("who", sampled(STUDENTS, 2))
@pytest.mark.parametrize("number", TASKS)
def test_a_right_answer_passes(number: str, who: str) -> None:
    found = check(number, solved(TASKS[number], who), who)
    assert found.verdict is Grade.RIGHT
    assert found.says


@pytest.mark.parametrize("who", sampled(STUDENTS, 3))
@pytest.mark.parametrize(("number", "place"), MISTAKES)
def test_each_mistake_gets_its_own_diagnosis(number: str, place: int, who: str) -> None:
    one = TASKS[number]
    mistake = one.mistakes[place]
    found = check(number, mistaken(one, mistake, who), who)
    assert found.verdict is Grade.NOT_YET
    assert found.says.startswith(mistake.says)


@pytest.mark.parametrize("number", TASKS)
def test_dots_are_blank(number: str) -> None:
    found = check(number, ..., "alice")
    assert found.verdict is Grade.BLANK
    assert "hint" in found.says


@pytest.mark.parametrize("number", TASKS)
def test_a_function_that_gives_dots_is_blank(number: str) -> None:
    if isinstance(TASKS[number], FunctionTask):
        assert check(number, lambda *_: ..., "alice").verdict is Grade.BLANK


def values_of(one: Task, who: str) -> str:
    """All that is given, as one text, the bytes of recordings included."""
    fields = vars(one.given(who))
    items = fields.get("capture", ())
    wires = [item.wire.hex() for item in items if isinstance(item, CapturedRecord)]
    servers = [str(bench.external().random) for bench in fields.pop("servers", {}).values()]
    return re.sub(" at 0x[0-9a-f]+", "", repr((fields, wires, servers)))


# All nine pairs of modes; a term, and the rules without one: these are the same for everyone.
THE_SAME_FOR_ALL = {"3.2", "6.2", "6.3"}


@pytest.mark.parametrize("number", TASKS)
def test_what_is_given_is_the_students_own_and_stays_so(number: str) -> None:
    one = TASKS[number]
    assert values_of(one, "alice") == values_of(one, "alice")
    # Some have few forms, so that two students may well get the same one.
    told = {values_of(one, f"student {n}") for n in range(8)}
    assert (len(told) == 1) == (number in THE_SAME_FOR_ALL)


def test_answers_of_one_student_are_not_anothers() -> None:
    copied = [n for n, one in TASKS.items() if not callable(solved(one, "alice"))]
    passed = [n for n in copied if check(n, solved(TASKS[n], "alice"), "bob")]
    # Only where what is asked is the same for everyone.
    assert set(passed) <= {"4.2", "4.3", "5.2", "6.4", "6.5", "7.4", "8.3", "9.6"}


@settings(max_examples=60, deadline=None)
@drawn(
    number=st.sampled_from(list(TASKS)),
    answer=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=6,
    ),
)
def test_random_answers_are_not_right(number: str, answer: Any) -> None:
    assert check(number, answer, "alice").verdict is not Grade.RIGHT


# Feedback ----------------------------------------------------------------------------------------


def test_a_function_that_fails_is_told_with_what() -> None:
    def broken(age_ms: int, ticket_age_add: int) -> int:
        raise ValueError("too old")

    found = check("2.2", broken, "alice")
    assert found.says.startswith("Line 2 of your function stopped: a value is of the right kind")


def test_kinds_of_values_are_told_apart() -> None:
    right = solved(task("2.1"), "alice")
    assert "They are right, but in hexadecimal" in check("2.1", right.hex(), "alice").says
    assert "This has 31 bytes; 32 are wanted." in check("2.1", right[:-1], "alice").says
    assert check("2.1", bytearray(right), "alice")
    assert "return" in check("2.2", lambda *_: None, "alice").says
    assert "a function; call it" in check("2.1", lambda: right, "alice").says


def test_right_for_some_inputs_only() -> None:
    says = check("2.2", lambda ms, add: ms + add if ms + add < 2**32 else 0, "alice").says
    assert says.startswith("It is right for ")


def test_a_grader_gets_an_error_with_the_words() -> None:
    check("2.2", solved(TASKS["2.2"], "alice"), "alice").require()
    with pytest.raises(AssertionError, match="in milliseconds"):
        check("2.2", lambda ms, add: (ms // 1000 + add) % 2**32, "alice").require()


def test_feedback_is_shown_as_text_and_as_html() -> None:
    shown = Feedback.wrong("a < b")._repr_mimebundle_()
    assert shown["text/plain"] == "Not yet. a < b"
    assert "<strong>Not yet.</strong> a &lt; b</p>" in shown["text/html"]


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_verdicts_differ_in_sign_word_and_colour_and_show_in_both_themes() -> None:
    shown = [one.html for one in (Feedback.right(), Feedback.wrong("x"), Feedback.blank())]
    borders = [re.findall(r"border-left:6px solid (#\w{6})", one)[0] for one in shown]
    signs = [re.findall(r'aria-hidden="true">(.)<', one)[0] for one in shown]
    assert len(set(borders)) == len(set(signs)) == 3
    for colour in borders:
        for background in ("#ffffff", "#111111"):
            low, high = sorted(map(luminance, (colour, background)))
            assert (high + 0.05) / (low + 0.05) > 3


def test_no_such_task() -> None:
    with pytest.raises(LocalFault, match=r"there is no task 77\.1"):
        give("77.1")


# Students ----------------------------------------------------------------------------------------


def test_whose_tasks_these_are(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert student() == ANYONE
    (tmp_path / FILE).write_text("  alice  \nmore", encoding="utf-8")
    assert student() == "alice"
    assert give("2.2").age_ms == give("2.2", "alice").age_ms
    monkeypatch.setenv(VARIABLE, "bob")
    assert student() == "bob"
    monkeypatch.setenv(VARIABLE, "x" * 1000)
    assert student() == "x" * 100


def test_an_empty_file_is_anyone(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    assert student()
    (tmp_path / FILE).write_bytes(b"")
    assert student() == ANYONE


def test_draws_are_spread_and_their_own() -> None:
    draw = Draw("alice", "a test")
    numbers = [draw.number(0, 9) for _ in range(300)]
    assert set(numbers) == set(range(10))
    assert sorted(draw.shuffled(list(range(20)))) == list(range(20))
    assert Draw("a", "b c").bytes(8) != Draw("a b", "c").bytes(8)
