"""What the site is made of, before any building: numbers, terms, references, rooms, doors."""

import re
from pathlib import Path

import pytest

from pages import lessons as lessons_module
from pages.api_pages import api_pages, rooms
from pages.citations import cited
from pages.cross_references import PACKAGE, Entry, collect, docstrings, module, rows
from pages.glossary import terms
from pages.launch import Doors
from pages.lessons import NOTEBOOKS, lessons, prose
from pages.lessons_page import front
from pages.numbering import SECTIONS, both
from pages.rfc_page import page as rfc_page
from tests.conftest import ROOT
from tests.requirements.table import TABLE

PAIR = re.compile(
    r"RFC 9846\s+(?:section|appendix) ([\dA-F][\d.]*\d|[A-F1-9]),?"
    r"\s+\(?RFC 8446\s+(?:section|appendix) ([\dA-F][\d.]*\d|[A-F1-9])"
)


def test_the_numbers_agree_with_each_pair_in_the_lessons() -> None:
    text = " ".join(" ".join(map(prose, sorted(NOTEBOOKS.glob("*.ipynb")))).split())
    pairs = PAIR.findall(text)
    assert len(pairs) > 40
    assert pairs == [(new, SECTIONS[new].old) for new, _ in pairs]


def test_the_numbers_agree_with_the_requirements_and_the_probe() -> None:
    ours = {one.section: one.section_8446 for one in TABLE if not one.new}
    assert ours == {new: SECTIONS[new].old for new in ours}
    probed = list(rows("probe.md", section=2, beside=3))
    assert len(probed) > 30
    assert probed == [(new, SECTIONS[new].old) for new, _ in probed]


def test_no_two_sections_have_the_same_old_number() -> None:
    old = [one.old for one in SECTIONS.values() if one.old]
    assert len(old) == len(set(old)) > 100


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RFC 9846 section 4.3.11 (RFC 8446 section 4.2.11)", ["9846 4.3.11"]),
        ("RFC 9846 sections 2.2, 4.3.11 and 4.7.1.", ["9846 2.2", "9846 4.3.11", "9846 4.7.1"]),
        ("RFC 9846 2.2, F.1 (8446: E.1)", ["9846 2.2", "9846 F.1"]),
        ("RFC 9846 5.1, 4 (same)", ["9846 5.1", "9846 4"]),
        ("RFC 9846 appendix F cites", ["9846 F"]),
        ("RFC 9257 section 4, RFC 9258 section 5.1", ["9257 4", "9258 5.1"]),
        ("RFC 9846 appendix E.4, RFC 8446 appendix D.4", ["9846 E.4"]),
        ("RFC 9846 A client sends 12 bytes", []),
        ("RFC 9846, 2026", []),
        ("RFC 8446 section 4.2.11; section 3 of this lesson", []),
    ],
)
def test_what_a_text_cites(text: str, found: list[str]) -> None:
    assert [f"{one.rfc} {one.number}" for one in cited(text)] == found


def test_a_citation_covers_the_words_that_name_it() -> None:
    text = "See RFC 9846 sections 5.1 and 5.2 (RFC 8446 section 5.2)."
    assert [text[one.start : one.end] for one in cited(text)] == ["RFC 9846 sections 5.1", "5.2"]


def test_terms_are_many_short_sorted_and_cited() -> None:
    found = terms()
    assert len(found) >= 40
    names = [term.name.lower() for term in found]
    assert names == sorted(names)
    for term in found:
        assert re.search(r"\{sec\}|RFC \d{4}", term.meaning), term.name
        assert len(re.findall(r"[.:?](?: |$)", term.meaning)) <= 6, term.name
        assert all(number in SECTIONS for rfc, number in term.sections if rfc == "9846")


def test_every_term_is_used_in_a_lesson_or_at_least_in_the_package() -> None:
    """By one of its names; else it is a word for nobody."""
    texts = [prose(path) for path in NOTEBOOKS.glob("*.ipynb")]
    in_lessons = "\n".join(texts).lower()
    anywhere = "\n".join([in_lessons, *map(docstrings, PACKAGE.rglob("*.py"))]).lower()

    def unused(text: str) -> list[str]:
        names = [[name.lower() for name in term.names] for term in terms()]
        return [one[0] for one in names if not any(name in text for name in one)]

    assert unused(anywhere) == []
    assert len(unused(in_lessons)) <= 5


def test_who_treats_a_section() -> None:
    entry = collect(lessons())["9846", "4.3.11"]
    assert ("03_psk_modes", "3") in {(part.lesson, part.number) for part in entry.parts}
    assert {"2.1", "3.1"} <= {task.number for task in entry.tasks}
    assert "tls13lab.messages.pre_shared_key" in entry.modules
    assert {"identity"} <= set(entry.terms)
    assert "`binder-unchecked`" in entry.findings
    assert entry.requirements == sum(one.section == "4.3.11" for one in TABLE)


def test_every_task_is_on_the_page_of_sections_and_most_rooms_are() -> None:
    entries = collect(lessons()).values()
    tasks = {task.number for entry in entries for task in entry.tasks}
    there = {part.number for lesson in lessons() for part in lesson.parts if part.is_task}
    assert tasks == there
    assert len(there) >= 43
    cited_in = {name.split(".")[1] for entry in entries for name in entry.modules}
    assert len(cited_in) >= 15
    assert cited_in <= set(rooms())


def test_a_section_that_the_rfc_does_not_have_is_no_page() -> None:
    with pytest.raises(ValueError, match=r"no section 4\.99"):
        rfc_page({("9846", "4.99"): Entry(modules=["tls13lab.psk"])})
    with pytest.raises(KeyError):
        both("4.99")


def test_ten_lessons_each_with_an_error_that_it_settles() -> None:
    found = lessons()
    assert len(found) == 10
    for lesson in found:
        assert lesson.title.startswith(lesson.number)
        assert lesson.misconceptions(), lesson.name
    heard = [part.misconception for lesson in found for part in lesson.misconceptions()]
    assert '"Diffie-Hellman makes a password PSK safe."' in heard


def test_a_lesson_that_the_readme_leaves_out_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text("| [00_start_here](notebooks/00_start_here.ipynb) | x |\n")
    monkeypatch.setattr(lessons_module, "ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"README\.md's table"):
        lessons()


def test_one_page_a_room_with_each_module_once() -> None:
    pages = api_pages()
    assert list(pages) == ["index", *rooms()]
    named = re.findall(r"automodule:: (\S+)", "\n".join(pages.values()))
    there = {module(path) for path in PACKAGE.rglob("*.py") if path.name != "__main__.py"}
    assert sorted(named) == sorted(there - {"tls13lab"})


def test_the_doors_come_from_the_environment() -> None:
    doors = Doors.of({"TLS13LAB_REPOSITORY": "a/b", "TLS13LAB_LITE": "https://lite.invalid"})
    start = "notebooks/00_start_here.ipynb"
    assert doors.is_placed
    assert doors.binder() == f"https://mybinder.org/v2/gh/a/b/HEAD?urlpath=lab/tree/{start}"
    copies = "https://colab.research.google.com/github/a/b/blob/colab"
    assert doors.colab() == f"{copies}/00_start_here.ipynb"
    assert doors.theme_buttons()["jupyterlite_url"] == "https://lite.invalid/lab/index.html"
    assert doors.lite_home == "https://lite.invalid/index.html"
    assert doors.lite_notebook() == "https://lite.invalid/lab/index.html?path=00_start_here.ipynb"
    assert (
        doors.lite_alone() == "https://lite.invalid/notebooks/index.html?path=00_start_here.ipynb"
    )
    assert "jupyterhub_url" not in doors.theme_buttons()
    hub = Doors.of({"TLS13LAB_HUB": "https://hub.invalid/"})
    assert hub.theme_buttons()["jupyterhub_url"] == "https://hub.invalid"
    assert Doors.of({"GITHUB_REPOSITORY": "c/d"}).repository == "c/d"


def test_without_an_account_the_doors_are_those_of_the_readme_and_say_so() -> None:
    doors = Doors.of({})
    assert f"({doors.binder()})" in (ROOT / "README.md").read_text()
    assert ("OWNER" in front(lessons(), doors)["unplaced"]) is not doors.is_placed
    placed = Doors.of({"TLS13LAB_REPOSITORY": "a/b"})
    assert front(lessons(), placed)["unplaced"] == ""


def test_a_file_that_a_docstring_names_exists() -> None:
    files = {"/" + path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")}
    named = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in sorted(PACKAGE.rglob("*.py"))
        for name in re.findall(r"``([\w/]+\.py)``", path.read_text())
    ]
    assert len(named) > 5
    missing = [one for one in named if not any(file.endswith("/" + one[1]) for file in files)]
    assert missing == []
