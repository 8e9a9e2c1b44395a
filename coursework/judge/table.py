"""nbgrader's part, in a process of its own: ``python -m coursework.judge.table WHAT COURSE``.

``enter`` puts the verdicts of the students who are named after that into the gradebook; ``points``
prints the whole table, in which a person may have changed points by hand. Both print JSON.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from coursework.build import ASSIGNMENT


def enter(course: Path, names: list[str]) -> dict[str, str]:
    """Let nbgrader verify and enter each student's verdicts; what went wrong, by name."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    wrong = {}
    for name in names:
        done = api.autograde(ASSIGNMENT, name, force=True, create=True)
        if not done["success"]:
            said = str(done.get("error") or done.get("log") or "").strip().splitlines()
            wrong[name] = said[-1] if said else "nbgrader did not say why"
        print(name, file=sys.stderr, flush=True)
    return wrong


def points(course: Path) -> dict[str, Any]:
    """For each student and task: the points that the judge gave, those that count, and the most.

    ``late`` is what nbgrader takes off for being late, for the whole assignment.
    """
    found: dict[str, Any] = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions(ASSIGNMENT):
            tasks = {}
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    number = grade.cell.name.removeprefix("task-").removesuffix("-check")
                    tasks[number.replace("-", ".")] = {
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
