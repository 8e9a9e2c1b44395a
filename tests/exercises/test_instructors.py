"""What the instructors' page says in numbers is what the source says."""

import re

from coursework.source import everything
from tests.conftest import ROOT
from tls13lab.exercises.catalogue import TASKS
from tls13lab.exercises.questions import QUESTIONS

PAGE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
SOURCE = everything()


def test_every_task_serves_a_goal() -> None:
    goals = PAGE.split("## Learning goals")[1].split("##")[0]
    rows = [line.split("|")[4] for line in goals.splitlines() if line.count("|") == 5]
    named = [number for row in rows for number in re.findall(r"\d\.\d", row)]
    assert named == list(TASKS)


def test_minutes_and_points_are_sums() -> None:
    rows = re.findall(r"(?m)^\| (\d\d) \| (\d+) \| (\d+) \|$", PAGE)
    told = {name: (int(minutes), int(points)) for name, minutes, points in rows}
    summed = {
        name[:2]: (sum(one.minutes for one in tasks), sum(one.points for one in tasks))
        for name, tasks in SOURCE.items()
    }
    assert told == summed
    whole = sum(points for _, points in summed.values())
    assert f"Points: {whole} in all" in PAGE


def test_counts() -> None:
    assert f"{len(TASKS)} tasks" in PAGE
    assert len(QUESTIONS) == 15
    assert "Fifteen things" in PAGE
