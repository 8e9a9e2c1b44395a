"""The notebooks that nbgrader gets to see: a student's text, our checks, and the signed verdicts.

A student's own file never reaches nbgrader, which would refuse a whole submission for one broken
cell. What it gets is built anew: the texts of the student's cells, without outputs and metadata;
the checks as they were handed out, those that were deleted put back; and the verdicts.
"""

import contextlib
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from coursework.build import ASSIGNMENT
from coursework.judge.cells import Submission, read
from coursework.judge.handed_in import NotRead, content
from coursework.judge.judging import notebook_of, released
from coursework.judge.producer import OF_MARKER
from coursework.judge.records import Marked, Record
from coursework.judge.seal import seal

FOLDER = "judged"
FIELD = "tls13lab"
"""The notebook's metadata with the verdicts."""
LONGEST, MOST = 100_000, 1000
"""Characters of a cell and cells of a notebook that a marker is shown."""

TIME = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( (UTC|[+-]\d{4}))?\s*")
"""The time of submission, as nbgrader and ``deploy.course collect`` write it."""

_NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def write(course: Path, record: Record, key: bytes) -> None:
    """Write a student's notebooks for nbgrader into ``judged``. Earlier ones are replaced."""
    there = course / "submitted" / record.student / ASSIGNMENT
    folder = course / FOLDER / record.student / ASSIGNMENT
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for marked in record.marked:
        if marked.submission:
            notebook = carrier(course, there / f"{marked.notebook}.ipynb")
            notebook.metadata[FIELD] = _signed(record.student, marked, key)
            text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
            (folder / f"{marked.notebook}.ipynb").write_text(text, encoding="utf-8")
    with contextlib.suppress(OSError, NotRead):
        time = content(there / OF_MARKER, 100)
        if TIME.fullmatch(time):  # from which nbgrader reads whether it was late
            (folder / OF_MARKER).write_bytes(time)


def _signed(student: str, marked: Marked, key: bytes) -> dict[str, Any]:
    return {
        "submission": marked.submission,
        "verdicts": [
            {**asdict(one), "seal": seal(key, one, student, marked.notebook, marked.submission)}
            for one in marked.verdicts
        ],
    }


def carrier(course: Path, path: Path) -> Any:
    """The notebook for nbgrader, without the verdicts; of a broken one, what was handed out."""
    notebook = nbformat.read(course / "release" / ASSIGNMENT / path.name, as_version=4)
    try:
        submission = read(released(path.stem, course), notebook_of(path))
    except Exception:  # judged as unreadable, too
        return notebook
    checks = {cell.id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    notebook.cells = _cells(submission, checks)
    return notebook


def _cells(submission: Submission, checks: dict[str, Any]) -> list[Any]:
    """The student's cells with our checks; a check that is missing comes after its task."""
    lost = {mark for mark in submission.deleted if mark in checks}
    made = []
    for place, cell in enumerate(submission.cells[:MOST]):
        if cell.is_check:
            if submission.changed(place):
                made.append(_new("code", cell.source, f"edited-{place}"))
            made.append(checks[cell.mark])
        else:
            made.append(_new(cell.kind, cell.source, cell.mark or f"own-{place}"))
        missing = f"{cell.mark.removesuffix('-answer')}-check"
        if cell.mark.endswith("-answer") and missing in lost:
            made.append(checks[missing])
            lost.discard(missing)
    here = {cell.id for cell in made}
    return [*made, *(cell for mark, cell in checks.items() if mark not in here)]


def _new(kind: str, source: str, name: str) -> Any:
    return _NEW.get(kind, new_raw_cell)(source[:LONGEST], id=name[:64])


def of_notebook(notebook: Any) -> tuple[str, list[dict[str, Any]]]:
    """The digest and the signed verdicts in a notebook's metadata. Raises ValueError."""
    try:
        told = json.loads(json.dumps(notebook.metadata[FIELD]))
        return str(told["submission"]), list(told["verdicts"])
    except (KeyError, TypeError):
        raise ValueError("no verdicts of the judge: run deploy.course mark") from None
