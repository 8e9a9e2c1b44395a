"""The tables for Moodle and Canvas, read back as these read them."""

import csv
import doctest
from pathlib import Path

import pytest

from coursework.source import everything
from deploy import export
from deploy.export import FORMATS, BadList, Person, class_list, columns, write

SOURCE = everything()
FULL = {
    "tasks": {
        one.number: {"score": float(one.points), "judged": float(one.points), "of": one.points}
        for tasks in SOURCE.values()
        for one in tasks
    }
}
HALF = {"tasks": {n: told | {"score": told["score"] / 2} for n, told in FULL["tasks"].items()}}
PEOPLE = [
    Person("alice", "Zoë", "Ångström, Jr", "zoe@example.org", "0471", "zoe", "11", "A"),
    Person("bob", "Bob", 'O"Neill', "bob@example.org", "0472", "bob", "12", "B"),
    Person("carol", "", "", "carol@example.org"),
]
POINTS = {"alice": FULL, "bob": HALF}


def table(path: Path, to: str, which: str = "") -> list[dict[str, str]]:
    write(path, to, PEOPLE, POINTS, columns(SOURCE, which))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("to", FORMATS)
def test_a_row_for_each_student_and_a_column_for_each_lesson_and_task(
    to: str, tmp_path: Path
) -> None:
    rows = table(tmp_path / "points.csv", to)
    rows = [row for row in rows if "Points Possible" not in next(iter(row.values()))]
    assert len(rows) == len(PEOPLE)
    for row, factor in zip(rows, (1.0, 0.5, None), strict=True):
        for name, tasks in SOURCE.items():
            whole = row[f"tls13lab lesson {name[:2]}"]
            parts = [row[f"tls13lab task {one.number}"] for one in tasks]
            if factor is None:  # not in the gradebook: no grade, not a grade of 0
                assert {whole, *parts} == {""}
            else:
                assert float(whole) == factor * sum(one.points for one in tasks)
                assert [float(one) for one in parts] == [factor * one.points for one in tasks]


def test_the_columns_that_moodle_maps(tmp_path: Path) -> None:
    rows = table(tmp_path / "points.csv", "moodle")
    assert list(rows[0])[:4] == ["First name", "Last name", "ID number", "Email address"]
    assert [row["Email address"] for row in rows] == [one.mail for one in PEOPLE]
    assert [row["Last name"] for row in rows] == [one.last for one in PEOPLE]


def canvas(path: Path) -> tuple[dict[str, float], dict[str, dict[str, str]]]:
    """Points possible and rows by ID, as Canvas's importer takes a file apart."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert "Student" in head[0]
    assert "ID" in head[1]
    assert (head[2], head[3]) == ("SIS User ID", "SIS Login ID")
    assert "Section" in head[4]  # the last of the student's columns
    possible: dict[str, float] = {}
    found = {}
    for row in rows:
        if "Points Possible" in row[0]:
            possible = dict(zip(head[5:], map(float, row[5:]), strict=True))
        else:
            found[row[1]] = dict(zip(head, row, strict=True))
    return possible, found


def test_the_columns_that_canvas_reads(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    table(path, "canvas", "lessons")
    possible, rows = canvas(path)
    assert possible == {
        f"tls13lab lesson {name[:2]}": sum(one.points for one in tasks)
        for name, tasks in SOURCE.items()
    }
    assert rows["11"]["Student"] == "Ångström, Jr, Zoë"
    assert rows["11"]["SIS User ID"] == "0471"
    assert float(rows["12"]["tls13lab lesson 00"]) == possible["tls13lab lesson 00"] / 2


def test_the_examples_are_true() -> None:
    found = doctest.testmod(export)
    assert (found.failed, found.attempted > 0) == (0, True)


def test_moodle_gets_no_row_that_it_can_give_to_nobody(tmp_path: Path) -> None:
    with pytest.raises(BadList, match="mail address or ID number"):
        write(tmp_path / "p.csv", "moodle", [Person("alice")], POINTS, columns(SOURCE, ""))
    assert not (tmp_path / "p.csv").exists()


def test_a_name_that_looks_like_a_formula_is_none_in_a_spreadsheet(tmp_path: Path) -> None:
    write(tmp_path / "p.csv", "csv", [Person("alice", "=1+1")], POINTS, columns(SOURCE, ""))
    assert ",'=1+1," in (tmp_path / "p.csv").read_text(encoding="utf-8")


def test_a_folder_may_spell_a_name_as_macos_does(tmp_path: Path) -> None:
    write(
        tmp_path / "p.csv", "csv", [Person("Zoë")], {"Zoe\u0308": FULL}, columns(SOURCE, "lessons")
    )
    assert "Zoë,,,,,3," in (tmp_path / "p.csv").read_text(encoding="utf-8")


def test_a_class_list_may_have_line_breaks_in_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes('name,first name\r\nalice,"Zoë\r\nMarie"\r\nbob,Bo\u2028b\r\n'.encode())
    assert [one.first for one in class_list(path)] == ["Zoë\nMarie", "Bo\u2028b"]


@pytest.mark.parametrize(("which", "word"), [("lessons", "task"), ("tasks", "lesson")])
def test_only_one_kind_of_columns(which: str, word: str) -> None:
    assert not any(word in title.split() for title, _ in columns(SOURCE, which))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_class_list_as_spreadsheets_save_it(tmp_path: Path, mark: str, encoding: str) -> None:
    path = tmp_path / "class.csv"
    lines = ["Username,Surname,First name,Email address,ID number", "alice,Öz,Zoë,z@x.org,007", ""]
    path.write_text("\r\n".join(lines).replace(",", mark), encoding=encoding)
    assert class_list(path) == [Person("alice", "Zoë", "Öz", "z@x.org", "007")]


def test_a_class_list_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("Surname,Email\nÖz,z@x.org\n", encoding="utf-8")
    with pytest.raises(BadList, match="no column “name”"):
        class_list(path)
    path.write_text("name\nZoë\n", encoding="utf-16")
    with pytest.raises(BadList, match="not UTF-8"):
        class_list(path)
