"""What a page costs: bytes, requests, and scripts that it waits for; without a network."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.site.conftest import Site
from tests.site.test_in_chromium import PHONE, Visit

pytestmark = pytest.mark.browser

LESSONS = sorted(f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb"))
TABLES = ["docs/interop", "docs/conformance", "docs/requirements", "docs/claims", "rfc"]
OTHERS = ["index", "lessons", "glossary", "api/psk", *TABLES]

MOST_BYTES = 1_500_000
MOST_REQUESTS = 26
MOST_WAITED_FOR = 1
"""Scripts without ``defer``: only the theme's settings, which scripts in the page use at once."""
MOST_WAITED_BYTES = 1_000


def files(asked: list[str]) -> set[Path]:
    """The files behind addresses; each counts once, as a browser would load it."""
    return {Path(one.split("?")[0].removeprefix("file://")) for one in asked}


@pytest.fixture(scope="module")
def asked(browser: Browser, built: Site) -> dict[str, list[str]]:
    """The addresses that each page asks for, on a phone without a network."""
    found = {}
    for name in [*OTHERS, *LESSONS]:
        context = browser.new_context(viewport=PHONE, offline=True)
        visit = Visit(context.new_page(), built.folder)
        visit.to(name).wait_for_load_state("networkidle")
        found[name] = [one for one in visit.asked if not one.startswith("data:")]
        context.close()
    return found


def test_no_page_asks_another_host(asked: dict[str, list[str]]) -> None:
    assert [one for page in asked.values() for one in page if "file://" not in one] == []


def test_pages_are_light(asked: dict[str, list[str]]) -> None:
    weights = {
        name: sum(path.stat().st_size for path in files(of_it)) for name, of_it in asked.items()
    }
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}
    assert weights["index"] < MOST_BYTES / 1.5


def test_pages_ask_for_little(asked: dict[str, list[str]]) -> None:
    counts = {name: len(of_it) for name, of_it in asked.items()}
    assert {name: count for name, count in counts.items() if count > MOST_REQUESTS} == {}


@pytest.mark.parametrize("name", ["index", LESSONS[3], TABLES[0]])
def test_a_page_waits_for_almost_no_script(built: Site, name: str) -> None:
    path = built.folder / f"{name}.html"
    scripts = re.findall(r"<script([^>]*) src=\"([^\"?]+)", path.read_text(encoding="utf-8"))
    waited = [path.parent / source for more, source in scripts if "defer" not in more]
    assert len(scripts) > 4
    assert len(waited) <= MOST_WAITED_FOR
    assert sum(one.stat().st_size for one in waited) < MOST_WAITED_BYTES
