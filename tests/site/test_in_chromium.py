"""The site in a real browser: dark and light, phone and desk, silent, and open to everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.access import faults
from tests.conftest import ROOT
from tests.site.conftest import Site

pytestmark = pytest.mark.browser

LESSONS = sorted(f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb"))
OTHERS = ["index", "lessons", "glossary", "rfc", "CONTRIBUTING"]
API = [
    "api/index",
    *sorted(f"api/{path.parent.name}" for path in ROOT.glob("tls13lab/*/__init__.py")),
]
DOCUMENTS = sorted(f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md"))
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


class Visit:
    """A page, with all that it asked for and complained of."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda one: self.asked.append(one.url))
        page.on("pageerror", lambda one: self.complaints.append(str(one)))
        page.on(
            "console",
            lambda one: self.complaints.append(one.text) if one.type != "log" else None,
        )

    def to(self, name: str) -> Page:
        self.page.goto((self.folder / f"{name}.html").as_uri())
        return self.page

    def outside(self) -> list[str]:
        home = self.folder.as_uri()
        return [url for url in self.asked if not url.startswith((home, "data:"))]


@pytest.fixture
def visit(browser: Browser, built: Site) -> Iterator[Visit]:
    context = browser.new_context(viewport=DESK)
    yield Visit(context.new_page(), built.folder)
    context.close()


def colours(page: Page) -> tuple[str, str]:
    """The theme by its name, and the page's background."""
    script = "[document.documentElement.dataset.theme, getComputedStyle(document.body).background]"
    theme, background = page.evaluate(script)
    return theme, background


def test_the_theme_is_switched_and_stays_so_on_the_next_page(visit: Visit) -> None:
    page = visit.to("index")
    seen = {}
    for name in ("Light", "Dark"):
        page.locator(".theme-switch-button").first.click()
        page.get_by_role("button", name=name, exact=True).first.click()
        theme, seen[name] = colours(page)
        assert theme == name.lower()
    assert seen["Light"] != seen["Dark"]
    assert colours(visit.to("glossary")) == ("dark", seen["Dark"])
    assert visit.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_in_the_text(visit: Visit, theme: str) -> None:
    """One page of each kind; what lessons show is looked at in tests/browser, all of it."""
    visit.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    found = {}
    for name in ("index", "glossary", "api/records", "docs/probe", LESSONS[8]):
        found[name] = faults(visit.to(name), [".bd-article"], [])
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_on_the_page_for_what_is_missing(visit: Visit, theme: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert faults(visit.to("404"), ["body"], []) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_in_the_frame(visit: Visit, theme: str) -> None:
    visit.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert faults(visit.to("api/records"), ["body"], [".bd-article"]) == []


def test_no_page_moves_sideways_on_a_phone_asks_outside_or_complains(visit: Visit) -> None:
    visit.page.set_viewport_size(PHONE)
    wide = []
    for name in [*OTHERS, *API, *DOCUMENTS, *LESSONS, "search", "genindex"]:
        page = visit.to(name)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append(f"{name}: {width}")
    assert wide == []
    assert visit.outside() == []
    assert visit.complaints == []


def test_a_search_finds_a_term(visit: Visit) -> None:
    page = visit.page
    page.goto((visit.folder / "search.html").as_uri() + "?q=obfuscated_ticket_age")
    results = page.locator("#search-results li a")
    expect(results.first).to_be_visible()
    assert any("02" in text for text in results.all_inner_texts())
    assert visit.outside() == []


def test_the_rocket_opens_the_doors_by_keyboard(visit: Visit) -> None:
    page = visit.to("notebooks/03_psk_modes")
    page.locator(".dropdown-launch-buttons > button").first.press("Enter")
    for name in ("Binder", "Colab", "JupyterLite"):
        expect(page.locator(".dropdown-launch-buttons a", has_text=name).first).to_be_visible()
