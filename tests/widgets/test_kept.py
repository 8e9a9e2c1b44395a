"""What is kept, as values and as JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.widgets.kept import LARGEST, MOST_ENTRIES, PredictionWork, TaskWork, Work, parsed

WORK = (
    Work()
    .with_verdict("2.1", "RIGHT")
    .with_choice("02 when", "none")
    .with_choice("03 modes", "key_share")
    .with_reveal("03 modes", "key_share", True)
    .with_explanation("02.3", "Why?", "Because.\nYes.")
)


def test_a_task_once_solved_stays_solved() -> None:
    work = Work().with_verdict("2.1", "RIGHT").with_verdict("2.1", "NOT_YET")
    assert work.tasks == {"2.1": TaskWork("NOT_YET", solved=True)}
    assert Work().with_verdict("2.1", "NOT_YET").tasks["2.1"].solved is False


def test_a_blank_check_of_an_untouched_task_leaves_nothing() -> None:
    assert Work().with_verdict("2.1", "BLANK") == Work()
    assert WORK.with_verdict("2.1", "BLANK").tasks["2.1"] == TaskWork("BLANK", solved=True)


def test_only_the_first_reveal_counts() -> None:
    work = Work().with_choice("a", "no").with_reveal("a", "no", False)
    work = work.with_choice("a", "yes").with_reveal("a", "yes", True)
    assert work.predictions == {"a": PredictionWork("yes", predicted="no", right=False)}


def test_a_blank_explanation_is_forgotten() -> None:
    assert WORK.with_explanation("02.3", "Why?", " \n").explanations == {}


def test_a_lesson_is_taken_out_and_left_out() -> None:
    assert set(WORK.of_lesson("02").predictions) == {"02 when"}
    left = WORK.without_lesson("02")
    assert (left.tasks, set(left.predictions), left.explanations) == ({}, {"03 modes"}, {})


def test_it_is_read_as_it_was_written() -> None:
    assert parsed(WORK.to_json()) == (WORK, True)


GOOD = json.loads(WORK.to_json())


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("tasks", "2.2", {"verdict": "PERFECT", "solved": True}),
        ("tasks", "2.2", {"verdict": "RIGHT", "solved": "yes"}),
        ("tasks", "2.2", {"verdict": "RIGHT", "solved": True, "when": 7}),
        ("tasks", "2.2", None),
        ("tasks", "2" * 201, {"verdict": "RIGHT", "solved": True}),
        ("predictions", "x", {"chosen": 3, "predicted": None, "right": None}),
        ("predictions", "x", {"chosen": "a", "predicted": None, "right": True}),
        ("explanations", "x", {"question": "Why?", "text": "a" * 10_001}),
        ("explanations", "x", {"question": "Why?"}),
        ("later", "x", {}),
    ],
)
def test_what_is_not_understood_is_left_out_alone_and_said(
    section: str, key: str, value: Any
) -> None:
    changed = {**GOOD, section: {**GOOD.get(section, {}), key: value}}
    assert parsed(json.dumps(changed).encode()) == (WORK, False)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff\xfe", b"[" * 99_999, b'{"tasks": 7}', b" " * LARGEST + b"{}"],
    ids=lambda content: repr(content[:20]),
)
def test_a_damaged_file_is_no_work(content: bytes) -> None:
    assert parsed(content) == (Work(), False)


def test_too_many_entries_are_not_all_read() -> None:
    many = {str(n): {"verdict": "RIGHT", "solved": True} for n in range(MOST_ENTRIES + 1)}
    work, whole = parsed(json.dumps({"tasks": many}).encode())
    assert (len(work.tasks), whole) == (MOST_ENTRIES, False)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["tasks", "predictions", "verdict", "chosen", "text"]), inner
            )
        ),
    )
)
def test_no_json_is_too_strange_and_what_was_read_can_be_written(content: Any) -> None:
    work, _ = parsed(json.dumps(content).encode())
    assert parsed(work.to_json()) == (work, True)
