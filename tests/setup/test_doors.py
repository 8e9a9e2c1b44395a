"""docs/doors.md: links to each lesson, one address in all of them, and no lesson left out."""

import re
import tomllib

import pytest

from bench import clone
from coursework.elsewhere import in_colab
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = PYPROJECT["project"]["urls"]["Repository"]
PLACE = ADDRESS.removeprefix("https://github.com/")
DOORS = (ROOT / "docs" / "doors.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
BINDER = f"https://mybinder.org/v2/gh/{PLACE}/HEAD?urlpath=lab/tree/notebooks"


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_has_its_links_and_its_memory(lesson: str) -> None:
    assert f"]({BINDER}/{lesson}.ipynb)" in DOORS
    assert f"]({in_colab(ADDRESS)}/{lesson}.ipynb)" in DOORS
    if lesson != "quiz":  # it holds next to nothing, and is not measured
        assert re.search(rf"(?m)^\| {lesson} \| \d+ \| \d+ \|$", DOORS)


def test_the_badge_and_every_link_go_to_the_one_address() -> None:
    assert f"]({BINDER}/00_start_here.ipynb)" in README
    for text in (DOORS, README):
        hosts = r"(?:mybinder\.org/v2/gh|colab\.research\.google\.com/github)"
        assert set(re.findall(rf"{hosts}/([\w.-]+/[\w.-]+)/", text)) == {PLACE}


def test_its_table_of_doors_leads_to_its_sections() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"(?m)^##+ (.+)$", DOORS)
    }
    targets = set(re.findall(r"\]\(#([\w-]+)\)", DOORS))
    assert targets
    assert targets <= headings


def test_what_it_says_of_the_capped_memory_is_what_the_test_allows() -> None:
    from tests.setup.test_binder import MOST_MB

    assert f"if the last figure reaches {MOST_MB:.0f} MB" in DOORS


def test_its_figures_from_a_fresh_clone_are_in_the_form_that_the_bench_prints() -> None:
    head, rule, *rows = clone.table([0.0] * len(clone.BEFORE)).splitlines()
    _, _, printed = DOORS.partition(f"\n{head}\n{rule}\n")
    *found, after = printed.splitlines()[: len(rows) + 1]
    assert after == ""
    for row, line in zip(rows, found, strict=True):
        assert re.fullmatch(re.escape(row.removesuffix("0 |")) + r"\d+ \|", line), line
