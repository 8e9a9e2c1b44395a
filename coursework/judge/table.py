"""nbgrader's part, in a process of its own: ``python -m coursework.judge.table WHAT COURSE``.

``enter`` puts the verdicts of the students who are named after that into the gradebook, and takes
out the judge's points for whatever has no verdict any more; ``points`` prints the whole table, in
which a person may have changed points by hand. Both print JSON.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from coursework.build import ASSIGNMENT


def enter(course: Path, names: list[str]) -> dict[str, dict[str, Any]]:
    """Let nbgrader verify and enter each student's verdicts.

    By name, ``wrong`` says what went wrong, and ``withdrawn`` which points had no verdict.
    """
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    wrong, withdrawn = {}, {}
    for name in names:
        try:
            there = {one.stem for one in (course / "judged" / name / ASSIGNMENT).glob("*.ipynb")}
            if there:
                done = api.autograde(ASSIGNMENT, name, force=True, create=True)
                if not done["success"]:
                    said = str(done.get("error") or done.get("log") or "").strip().splitlines()
                    wrong[name] = said[-1] if said else "nbgrader did not say why"
                    there = set()
            lost = withdraw(course, name, there)
            if lost:
                withdrawn[name] = lost
        except Exception as fault:  # one student's failure must not stop the others
            wrong[name] = f"{type(fault).__name__}: {fault}"
        print(name, file=sys.stderr, flush=True)
    return {"wrong": wrong, "withdrawn": withdrawn}


def withdraw(course: Path, name: str, kept: set[str]) -> list[str]:
    """Take out a student's points from the judge, except for these notebooks; what was there.

    Points that a person gave by hand stay.
    """
    said = []
    if not kept:
        shutil.rmtree(course / "autograded" / name / ASSIGNMENT, ignore_errors=True)
    with Gradebook(_address(course)) as book:
        try:
            submission = book.find_submission(ASSIGNMENT, name)
        except MissingEntry:
            return []
        grades = [g for one in submission.notebooks if one.name not in kept for g in one.grades]
        for grade in sorted(grades, key=lambda one: _number(one.cell.name)):
            task = f"task {_number(grade.cell.name)}"
            if grade.auto_score:
                said.append(f"{task}: no verdict any more; {grade.auto_score:g} points taken out")
                grade.auto_score = 0
            if grade.manual_score:
                said.append(f"{task}: no verdict; {grade.manual_score:g} points by hand stay")
            grade.needs_manual_grade = False
        book.db.commit()
    return said


def _address(course: Path) -> str:
    return f"sqlite:///{course / 'gradebook.db'}"


def _number(cell: str) -> str:
    """The number of the task whose check is this cell."""
    return cell.removeprefix("task-").removesuffix("-check").replace("-", ".")


def points(course: Path) -> dict[str, Any]:
    """For each student and task: the points that the judge gave, those that count, and the most.

    ``late`` is what nbgrader takes off for being late, for the whole assignment.
    """
    found: dict[str, Any] = {}
    with Gradebook(_address(course)) as book:
        for submission in book.assignment_submissions(ASSIGNMENT):
            tasks = {}
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    tasks[_number(grade.cell.name)] = {
                        "judged": grade.auto_score,
                        "score": grade.score,
                        "of": grade.max_score,
                    }
            late = submission.late_submission_penalty or 0
            found[submission.student_id] = {"tasks": tasks, "late": late}
    return found


def main(arguments: list[str]) -> int:
    """Do what was asked for."""
    what, folder, *names = arguments
    course = Path(folder).resolve()
    os.chdir(course)
    json.dump(enter(course, names) if what == "enter" else points(course), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
