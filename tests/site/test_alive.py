"""What moves on the site, moved: the front page's theft, tables, terms, and Python in a lesson."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from pages.theft import scenes
from tests.browser.access import faults
from tests.browser.launched import PATIENCE_MS
from tests.conftest import ROOT
from tests.site.conftest import Site
from tests.site.test_in_chromium import DESK, PHONE

pytestmark = pytest.mark.browser

LESSON = sorted((ROOT / "notebooks").glob("*.ipynb"))[3].stem


@pytest.fixture
def page(browser: Browser, built: Site) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, offline=True)
    yield context.new_page()
    context.close()


def at(built: Site, name: str) -> str:
    return (built.folder / f"{name}.html").as_uri()


def test_a_stolen_psk_opens_one_mode_and_not_the_other_by_keyboard(page: Page, built: Site) -> None:
    page.goto(at(built, "index"))
    psk_ke, psk_dhe_ke = scenes()
    lines, said = page.locator(".try-line:visible"), page.locator(".try-said")
    assert said.inner_text() == psk_ke.before
    page.get_by_role("switch", name="Steal the PSK").press("Space")
    expect(said).to_have_text(psk_ke.after)
    for line, of_it in zip(lines.all(), psk_ke.lines, strict=True):
        assert of_it.opened in line.inner_text()
    page.get_by_role("radio", name="psk_ke").press("ArrowRight")
    expect(said).to_have_text(psk_dhe_ke.after)
    assert [line.inner_text().count("stays closed") for line in lines.all()] == [0, 0, 1, 1, 1, 1]
    page.get_by_role("switch").press("Space")
    expect(said).to_have_text(psk_dhe_ke.before)
    assert page.locator(".try-result:visible").count() == 0


def test_it_goes_back_and_forward_and_the_focus_stays_on_a_button(page: Page, built: Site) -> None:
    page.goto(at(built, "index"))
    back, forward = (page.get_by_role("button", name=name) for name in ("Back", "Forward"))
    lines = page.locator(".try-scene:visible .try-line")
    for left in range(5, 0, -1):
        back.press("Enter")
        assert lines.locator("visible=true").count() == left
    expect(back).to_be_disabled()
    expect(forward).to_be_focused()
    assert page.locator(".try-line[aria-current]:visible").inner_text().startswith("client to")
    forward.press("Enter")
    expect(page.locator(".try-place")).to_have_text("record 2 of 6")


def test_on_a_phone_it_answers_a_tap_without_moving(browser: Browser, built: Site) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, offline=True)
    page = context.new_page()
    page.goto(at(built, "index"))
    box = page.locator(".try-scene:visible .try-lines")
    before = box.bounding_box()
    page.locator(".try-steal").tap(timeout=PATIENCE_MS)
    expect(page.locator(".is-open .try-result:visible").first).to_be_visible()
    after = box.bounding_box()
    assert before is not None
    assert after is not None
    assert (before["x"], before["y"]) == (after["x"], after["y"])
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    context.close()


def test_without_scripts_both_modes_are_there_after_the_theft(
    browser: Browser, built: Site
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(at(built, "index"))
    assert page.locator(".try-line:visible").count() == 12
    assert page.locator(".is-open .try-result:visible").count() == 4
    assert page.locator(".try-controls:visible").count() == 0
    for scene in scenes():
        expect(page.get_by_text(scene.after)).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_of_it_keeps_anybody_out(browser: Browser, built: Site, theme: str) -> None:
    dark = browser.new_context(viewport=DESK, color_scheme="dark" if theme == "dark" else "light")
    page = dark.new_page()
    page.goto(at(built, "index"))
    page.get_by_role("switch").check()
    page.wait_for_timeout(500)  # until what opens has faded in: half seen it has less contrast
    found = {"index, stolen": faults(page, ["body"], [])}
    page.get_by_role("radio", name="psk_dhe_ke").check()
    page.wait_for_timeout(500)
    found["index, kept"] = faults(page, ["body"], [])
    for name in ("docs/interop", "docs/conformance", "docs/requirements", "docs/claims", "rfc"):
        page.goto(at(built, name))
        found[name] = faults(page, ["body"], [])
    page.goto(at(built, f"notebooks/{LESSON}"))
    page.locator("a:has(> .std-term)").first.focus()
    found[LESSON] = faults(page, ["body"], [".cell"])
    dark.close()
    assert {name: one for name, one in found.items() if one} == {}


def test_a_table_is_filtered_by_words_and_sorted_by_its_heads(page: Page, built: Site) -> None:
    page.goto(at(built, "docs/requirements"))
    rows = page.locator("table.table tbody tr")
    count, box = rows.count(), page.get_by_label("Rows with")
    status = page.locator(".filter [role=status]")
    expect(status).to_have_text(f"{count} of {count} rows")
    box.fill("client DECODE_error")
    shown = rows.locator("visible=true")
    assert 0 < shown.count() < count
    expect(status).to_have_text(f"{shown.count()} of {count} rows")
    for text in shown.all_inner_texts():
        assert "client" in text
        assert "decode_error" in text
    box.fill("")
    original = rows.all_inner_texts()
    head = page.locator("th", has_text="section")
    for direction in ("ascending", "descending", "none"):
        head.get_by_role("button").press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        cells = [text.split()[0] for text in rows.all_inner_texts()]
        numbers = [
            [int(one) if one.isdigit() else ord(one) for one in cell.split(".")] for cell in cells
        ]
        if direction == "ascending":
            assert numbers == sorted(numbers)
        elif direction == "descending":
            assert numbers == sorted(numbers, reverse=True)
    assert rows.all_inner_texts() == original


def test_without_scripts_a_table_is_a_table(browser: Browser, built: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(at(built, "docs/requirements"))
    assert page.locator("tbody tr:visible").count() > 100
    assert page.locator("button.sort, .filter").count() == 0
    context.close()


def test_a_term_says_what_it_means_where_it_stands(page: Page, built: Site) -> None:
    page.goto(at(built, f"notebooks/{LESSON}"))
    term, tip = (
        page.locator("a:has(> .std-term)", has_text="binder").first,
        page.locator("#term-tip"),
    )
    expect(tip).to_be_hidden()
    term.focus()
    expect(tip).to_contain_text("A MAC in the ClientHello")
    expect(term).to_have_attribute("aria-describedby", "term-tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(term).not_to_have_attribute("aria-describedby", "term-tip")
    term.hover()
    expect(tip).to_be_visible()
    tip.hover()  # it stays for whoever wants to read or select it
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()


def test_from_a_file_the_button_of_a_lesson_says_why_nothing_starts(
    page: Page, built: Site
) -> None:
    page.goto(at(built, f"notebooks/{LESSON}"))
    page.get_by_role("link", name="Run this lesson here").click()
    expect(page.locator(".run-said")).to_contain_text("python3 run.py lite --serve")
    assert Path(page.url).name == f"{LESSON}.html"
    assert page.locator("iframe").count() == 0


@contextmanager
def served(browser: Browser, built: Site, lab: bool) -> Iterator[Page]:
    """The site as from a server, with no lab in the browser, or with one that never starts."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/site/"):
            route.fulfill(path=built.folder / path.removeprefix("/site/"))
        elif lab:
            route.fulfill(body="<title>Its Python never comes</title>")
        else:
            route.fulfill(status=404)

    page.route("http://lab.test/**", answer)
    yield page
    context.close()


def test_python_that_does_not_start_is_said_in_the_end(browser: Browser, built: Site) -> None:
    with served(browser, built, lab=True) as page:
        page.clock.install()
        page.goto(f"http://lab.test/site/notebooks/{LESSON}.html")
        page.get_by_role("link", name="Run this lesson here").first.click()
        said = page.locator(".run-said")
        expect(said).to_have_text("Loading the lab")
        page.clock.run_for(125_000)
        expect(said).to_contain_text("Python did not start.")
        expect(page.get_by_role("progressbar")).to_be_hidden()
        expect(page.get_by_role("button", name="Back to the text")).to_be_visible()


def test_a_link_to_a_lab_that_is_not_there_says_so(
    browser: Browser, page: Page, built: Site
) -> None:
    with served(browser, built, lab=False) as without:
        for name, link in (
            ("index", "In this browser"),
            ("lessons", "in this browser"),
            (f"notebooks/{LESSON}", "Run this lesson here"),
        ):
            without.goto(f"http://lab.test/site/{name}.html")
            without.get_by_role("link", name=link, exact=True).first.click()
            expect(without.get_by_text("is not part of this copy of the site")).to_be_visible()
            assert without.url.endswith(f"/site/{name}.html")
        without.locator(".dropdown-launch-buttons > button").first.click()
        without.locator(".dropdown-launch-buttons a", has_text="JupyterLite").first.click()
        expect(without.get_by_role("alert")).to_contain_text("not part of this copy")
    page.goto(at(built, "index"))
    page.get_by_role("link", name="In this browser").click()
    expect(page.get_by_role("alert")).to_contain_text("opened from a file")


def test_every_button_has_a_name_and_a_use(page: Page, built: Site) -> None:
    page.goto(at(built, "docs/doors"))
    assert all(text.strip() for text in page.locator("button.sort").all_inner_texts())
    page.set_viewport_size(PHONE)
    contents = page.locator(".secondary-toggle:visible")
    expect(contents).to_have_count(1)
    page.goto(at(built, "index"))
    expect(contents).to_have_count(0)


def test_every_page_says_what_it_is_for_those_who_link_to_it(built: Site) -> None:
    for path in built.pages():
        if path.name == "404.html":
            continue
        text = path.read_text(encoding="utf-8")
        for name in ('name="description" content="', 'property="og:title" content="'):
            assert text.partition(name)[2].partition('"')[0].strip(), f"{path}: {name}"
    card = (built.folder / "_static/card.png").read_bytes()
    assert card.startswith(b"\x89PNG")
    places = (built.folder / "sitemap.xml").read_text().count("<loc>https://")
    assert places >= 40
    assert "sitemap.xml" in (built.folder / "robots.txt").read_text()
