"""The students' pages and the class's: what they say, and that they ask nobody for anything."""

import doctest
import re
from pathlib import Path

import pytest

from coursework.judge.records import Marked, Record
from coursework.judge.seal import BLANK, NOT_YET, RIGHT, Verdict
from coursework.source import everything
from deploy import class_page, feedback
from deploy import page as frame
from tls13lab.exercises.answers import Answers
from tls13lab.exercises.catalogue import TASKS
from tls13lab.exercises.questions import QUESTIONS

NAME = "03_psk_modes"
EVIL = "it raised Bad: <script src=https://example.org/x.js></script> <img src=x> `a<b`"


MISTAKE = TASKS["3.2"].mistakes[0].says


def marked(*kinds: str, says: str = f"Not yet. {MISTAKE}") -> Marked:
    tasks = everything()[NAME]
    kinds = (*kinds, *[BLANK] * (len(tasks) - len(kinds)))
    return Marked(
        NAME,
        "ab",
        tuple(
            Verdict(one.number, kind, says, one.points * (kind == RIGHT), one.points)
            for one, kind in zip(tasks, kinds, strict=True)
        ),
    )


def test_the_examples_are_true() -> None:
    found = doctest.testmod(frame)
    assert (found.failed, found.attempted > 0) == (0, True)


def test_a_page_says_for_each_task_whether_it_is_right_why_and_where_to_read() -> None:
    text = feedback.feedback("zoë", marked(RIGHT, NOT_YET))
    first, second = everything()[NAME][:2]
    assert f"Task {first.number} · {first.title}" in text
    assert "✓ Right" in text
    assert "✗ Not yet" in text
    assert "○ Blank" in text
    assert MISTAKE in text
    assert f"Read section {second.section}, “" in text
    assert f"<strong>{first.points} of " in text
    assert "These are the tasks of zoë." in text


@pytest.mark.parametrize("name", everything())
def test_every_task_has_a_section_to_read(name: str) -> None:
    titles = feedback.sections(name)
    assert {one.section for one in everything()[name]} <= set(titles)


def test_what_a_student_wrote_is_only_text() -> None:
    record = Record("mallory", "1", (marked(NOT_YET, says=f"Not yet. {EVIL}"),))
    theirs = feedback.feedback("<b>mallory", record.marked[0])
    assert "&lt;script" in theirs
    for text in (theirs, class_page.class_page([record], [])):
        assert not re.findall(r"<(?:script|img|b)\b", text)
        assert not re.findall(r"<[^>]*\b(?:src|href)=|url\(http|@import", text)
        assert "default-src 'none'" in text


def test_the_page_on_the_class_counts() -> None:
    records = [
        Record("a", "1", (marked(RIGHT, NOT_YET),)),
        Record("b", "1", (marked(RIGHT, NOT_YET),)),
        Record("c", "1", (marked(NOT_YET),)),
    ]
    key = QUESTIONS[0].key
    good, bad = (
        QUESTIONS[0].answer,
        next(o for o in QUESTIONS[0].options if o != QUESTIONS[0].answer),
    )
    quizzes = [
        Answers().choose("before", key, bad).choose("after", key, good),
        Answers().choose("before", key, bad).choose("after", key, good),
        Answers(),
    ]
    text = class_page.class_page(records, quizzes)
    first = everything()[NAME][0]
    row = text.split(f"<td>{first.number} ")[1].split("</tr>")[0]
    assert re.findall(r'<td class="number">(\d+)</td>', row) == ["2", "1", "0"]
    assert f'<td class="number">2</td><td>3.2</td><td>{MISTAKE}</td>' in text
    assert "right answers of 2 students" in text
    row = text.split(QUESTIONS[0].asks[:20])[1].split("</tr>")[0]
    assert re.findall(r'<td class="number">(\d+)</td>', row) == ["0", "2"]
    for name in ("mallory", "alice"):
        assert name not in text


@pytest.mark.parametrize(
    ("task", "says", "shown"),
    [
        (
            "7.5",
            ["Too few for '(EC)DHE: psk_dhe_ke': 3", "Too few for '(EC)DHE: psk_dhe_ke': 4"],
            1,
        ),
        ("1.3", ["It returned 3 bytes; 12 are wanted.", "It returned 4 bytes; 12 are wanted."], 1),
        ("1.3", ["Line 3 of your function stopped: zoë.", "Your function stopped: zoë."], 1),
        ("0.1", ["The answer's cell stopped with Zoë: zoë", "zoë's own"], 2),
    ],
)
def test_the_page_on_the_class_groups_what_was_told(task: str, says: list[str], shown: int) -> None:
    records = [
        Record("a", "1", (Marked(NAME, "ab", (Verdict(task, NOT_YET, f"Not yet. {one}", 0, 1),)),))
        for one in says
    ]
    text = class_page.class_page(records, [])
    assert text.count(f"</td><td>{task}</td>") == shown
    assert "zoë" not in text.lower()


def test_pages_are_written_and_old_ones_removed(tmp_path: Path) -> None:
    record = Record("alice", "1", (marked(RIGHT),))
    folder = tmp_path / "feedback" / "alice" / "tls13lab"
    folder.mkdir(parents=True)
    (folder / "old.html").touch()
    assert feedback.write(tmp_path, record) == [f"{NAME}.html"]
    assert [one.name for one in folder.iterdir()] == [f"{NAME}.html"]
    assert class_page.write(tmp_path, [record]).name == "class.html"
