"""Points for a course platform: one row for each student, a column for each lesson and each task.

What the platforms read:

- Moodle takes any CSV file, asks which column identifies the student (the mail address or the ID
  number), and which column goes to which grade item, or to a new one. The names of the first
  columns are those of Moodle's own export. https://docs.moodle.org/405/en/Grade_import
- Canvas wants the columns Student, ID, SIS User ID, SIS Login ID and Section first, then one for
  each assignment, and a row that begins with "Points Possible". It finds students by ID, SIS ID or
  name.
  https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb

Both read UTF-8. An empty cell changes nothing in either.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursework.source import Exercise

FORMATS = ("moodle", "canvas", "csv")
COLUMNS = {
    "name": ("name", "student", "username", "user name", "login"),
    "first": ("first name", "given name", "firstname"),
    "last": ("last name", "surname", "family name", "lastname"),
    "mail": ("email address", "email", "e-mail", "mail"),
    "number": ("id number", "sis user id", "matriculation number"),
    "login": ("sis login id",),
    "canvas": ("id", "canvas id"),
    "section": ("section",),
}
"""The names that a column of the class list may have, in small letters."""


class BadList(Exception):
    """A class list that cannot be read; the text says why."""


@dataclass(frozen=True)
class Person:
    """A row of the class list; ``name`` is that of the folder in ``submitted``."""

    name: str
    first: str = ""
    last: str = ""
    mail: str = ""
    number: str = ""
    login: str = ""
    canvas: str = ""
    section: str = ""


def class_list(path: Path) -> list[Person]:
    """Read a class list, with commas or semicolons. Raises BadList."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadList(f"{path.name} is not UTF-8: save it as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    try:
        return _people(path, csv.DictReader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as fault:
        raise BadList(f"{path.name} is not a CSV file: {fault}") from None


def _people(path: Path, rows: "csv.DictReader[str]") -> list[Person]:
    heads = {head.strip().lower(): head for head in rows.fieldnames or ()}
    there = {
        field: next((heads[one] for one in names if one in heads), None)
        for field, names in COLUMNS.items()
    }
    if there["name"] is None:
        raise BadList(
            f"{path.name} has no column “name”, with the names of the folders in submitted"
        )
    people = [
        Person(
            **{
                field: (row.get(head) or "").strip() if head else ""
                for field, head in there.items()
            }
        )
        for row in rows
    ]
    return [person for person in people if person.name]


Points = Mapping[str, Any]
"""What ``coursework.judge.table points`` prints."""


def columns(source: Mapping[str, list[Exercise]], which: str) -> list[tuple[str, list[Exercise]]]:
    """The titles of the columns with the tasks that each sums up."""
    found: list[tuple[str, list[Exercise]]] = []
    for name, tasks in source.items():
        if which != "tasks":
            found.append((f"tls13lab lesson {name[:2]}", tasks))
        if which != "lessons":
            found += [(f"tls13lab task {one.number}", [one]) for one in tasks]
    return found


def write(
    path: Path,
    to: str,
    people: Iterable[Person],
    points: Points,
    sums: Sequence[tuple[str, list[Exercise]]],
) -> None:
    """Write the table in one of the ``FORMATS``. Raises BadList if Moodle could find nobody."""
    people = list(people)
    if to == "moodle" and not all(one.mail or one.number for one in people):
        raise BadList(
            "Moodle finds students by mail address or ID number: give --class-list FILE with one "
            "of these for everybody"
        )
    # A folder may spell a name in another way than the class list does.
    points = {same_name(name): told for name, told in points.items()}
    titles = [title for title, _ in sums]
    heads: dict[str, list[str]] = {
        "moodle": ["First name", "Last name", "ID number", "Email address"],
        "canvas": ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
        "csv": ["name", "first name", "last name", "email", "id number"],
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*heads[to], *titles])
        if to == "canvas":
            most = [sum(one.points for one in tasks) for _, tasks in sums]
            writer.writerow(["    Points Possible", "", "", "", "", *most])
        for person in people:
            told = points.get(same_name(person.name))
            writer.writerow([*_who(to, person), *_scores(told, sums)])


def same_name(name: str) -> str:
    """The name in the one spelling that Unicode has for it."""
    return unicodedata.normalize("NFC", name)


def for_spreadsheet(text: str) -> str:
    """The text, so that a spreadsheet does not take it for a formula.

    >>> for_spreadsheet("=1+1"), for_spreadsheet("Zoë")
    ("'=1+1", 'Zoë')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _who(to: str, one: Person) -> list[str]:
    if to == "moodle":
        return [one.first, one.last, one.number, one.mail]
    if to == "canvas":
        shown = f"{one.last}, {one.first}" if one.last and one.first else one.last or one.name
        return [shown, one.canvas, one.number, one.login, one.section]
    return list(map(for_spreadsheet, (one.name, one.first, one.last, one.mail, one.number)))


def _scores(found: Any, sums: Sequence[tuple[str, list[Exercise]]]) -> list[str]:
    """A student's points by column; nothing for who is not in the gradebook."""
    if found is None:
        return [""] * len(sums)
    tasks = found["tasks"]
    return [
        f"{sum(tasks[one.number]['score'] for one in those if one.number in tasks):g}"
        for _, those in sums
    ]
