"""Reads the source of the tasks: one Markdown file for each notebook, in this folder.

A task begins with ``## NUMBER TITLE``. Lines ``name: value`` follow, then its text, then parts:
``### stub``, ``### hint``, ``### solution``, ``### needs`` (code that replaces the notebook's
earlier cells in a test of the task alone), and ``### wrong: START OF THE FEEDBACK``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
KINDS = ("complete a line", "fill in values", "fill a function", "blank page")


class SourceError(Exception):
    """A mistake in the source of a task; the text says where."""


@dataclass(frozen=True)
class Exercise:
    """A task as an instructor writes it. ``answer`` is the variable or function to be checked."""

    number: str
    title: str
    kind: str
    section: int
    minutes: int
    points: int
    answer: str
    text: str
    stub: str
    hint: str
    solution: str
    needs: str
    wrong: tuple[tuple[str, str], ...]


def read(path: Path) -> list[Exercise]:
    """The tasks of one notebook. Raises SourceError."""
    _, *tasks = re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))
    return [_exercise(path.name, task) for task in tasks]


def everything(folder: Path = FOLDER) -> dict[str, list[Exercise]]:
    """The tasks of all notebooks, by the notebook's file name without its suffix."""
    return {path.stem: read(path) for path in sorted(folder.glob("[0-9]*.md"))}


def _exercise(file: str, raw: str) -> Exercise:
    heading, _, rest = raw.partition("\n")
    number, _, title = heading.partition(" ")
    head, *parts = re.split(r"(?m)^### ", rest)
    fields, text = _fields(head)
    found: dict[str, str] = {}
    wrong = []
    for part in parts:
        name, _, body = part.partition("\n")
        if name.startswith("wrong: "):
            wrong.append((name.removeprefix("wrong: "), _code(body)))
        else:
            found[name] = body.strip() if name == "hint" else _code(body)
    where = f"{file}, task {number}"
    needed = ("kind", "section", "minutes", "points", "answer")
    missing = [name for name in needed if name not in fields]
    missing += [name for name in ("stub", "hint", "solution") if not found.get(name)]
    if missing or not wrong or not text:
        raise SourceError(f"{where}: there is no {(*missing, 'wrong answer or text')[0]}")
    if fields["kind"] not in KINDS:
        raise SourceError(f"{where}: the kind must be one of {', '.join(KINDS)}")
    return Exercise(
        number=number,
        title=title,
        kind=fields["kind"],
        section=int(fields["section"]),
        minutes=int(fields["minutes"]),
        points=int(fields["points"]),
        answer=fields["answer"],
        text=text,
        stub=found["stub"],
        hint=found["hint"],
        solution=found["solution"],
        needs=found.get("needs", ""),
        wrong=tuple(wrong),
    )


def _fields(head: str) -> tuple[dict[str, str], str]:
    """The lines ``name: value`` at the beginning, and the text after them."""
    lines = head.strip().splitlines()
    fields: dict[str, str] = {}
    while lines and (match := re.match(r"(\w+): (.+)", lines[0])):
        fields[match[1]] = match[2].strip()
        lines.pop(0)
    return fields, "\n".join(lines).strip()


def _code(body: str) -> str:
    found = re.search(r"(?s)```python\n(.*?)\n?```", body)
    return found[1] if found else ""
