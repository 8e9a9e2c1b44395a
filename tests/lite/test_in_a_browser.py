"""The site without a server: built, served on loopback, three lessons run, nothing calls out.

These three take in everything that the browser's Python does another way: certificates and key
exchange, the search, pictures that cannot be drawn, captures, cells that need a program; and one
is on a phone's screen. ``python -m tests.lite`` visits all ten.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from lite.build import build
from pages.launch import Doors
from pages.run_here import button
from tests.browser.access import faults
from tests.browser.lab_server import LabServer
from tests.conftest import ROOT
from tests.lite.browser import DESK, PHONE, READY_MS, closed_browser, served, visit

LESSONS = {
    "00_start_here": PHONE,
    "04_forward_secrecy": DESK,
    "07_external_psk_and_entropy": DESK,
}

pytestmark = [pytest.mark.browser, pytest.mark.registry]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with served(build(tmp_path_factory.mktemp("lite") / "site")) as at:
        yield at


def test_lessons_run_and_answer_and_nothing_leaves_this_machine(site: LabServer) -> None:
    with closed_browser() as (browser, asked):
        for name, screen in LESSONS.items():
            found = visit(browser, site, name, widgets=2, screen=screen)
            assert found.errors == [], name
            assert found.silent == [], name
            assert found.answered > 0, name
            assert found.complaints == [], name
            assert found.outside == [], name
        assert asked == []
        # The twin: a worker that does call out is seen, also if it calls the browser's maker.
        page = browser.new_page()
        page.goto(f"{site.url}jupyter-lite.json")
        page.evaluate(
            """() => new Promise(done => {
                const text = `
                    const call = host => fetch("http://" + host + "/").catch(e => 0);
                    Promise.all(["example.invalid", "fonts.googleapis.com"].map(call))
                        .then(postMessage)
                `;
                const worker = new Worker(URL.createObjectURL(new Blob([text])));
                worker.onmessage = done;
            })"""
        )
        for host in ("example.invalid", "fonts.googleapis.com"):
            assert any(host in one for one in asked), host


def test_a_lesson_of_the_site_to_read_runs_where_its_text_was(site: LabServer) -> None:
    folder = site.folder.parent / "read" / "notebooks"
    folder.mkdir(parents=True)
    doors = Doors.of({"TLS13LAB_LITE": f"../{site.folder.name}/"})
    shown = f"<h1>00</h1>{button('notebooks/00_start_here', doors)}<p>the text</p>"
    scripts = [ROOT / "pages/source/_static" / name for name in ("site.js", "run.js")]
    script = "\n".join(one.read_text(encoding="utf-8") for one in scripts)
    (folder / "00.html").write_text(f"<title>00</title>{shown}<script>{script}</script>")
    with closed_browser() as (browser, asked):
        page = browser.new_page(viewport=PHONE)
        page.goto(f"{site.url}../read/notebooks/00.html")
        page.get_by_role("link", name="Run this lesson here").click()
        said = page.get_by_role("status")
        expect(said).to_contain_text("Starting Python", timeout=READY_MS)
        expect(page.get_by_text("the text", exact=True)).to_be_hidden()
        expect(said).to_contain_text("Python is ready", timeout=READY_MS)
        lab = page.frame_locator("iframe")
        lab.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        first = lab.locator(".jp-CodeCell .jp-InputPrompt").first
        expect(first).to_have_text("[1]:", timeout=READY_MS)
        page.get_by_role("button", name="Back to the text").click()
        expect(page.get_by_text("the text", exact=True)).to_be_visible()
        assert page.locator("iframe").count() == 0
        assert asked == []


def test_the_first_page_is_for_everybody(site: LabServer) -> None:
    with closed_browser() as (browser, asked):
        page = browser.new_page(viewport=PHONE)
        page.goto(site.url)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert faults(page, ["body"], []) == [], scheme
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert page.locator("li a").count() == 20
        assert asked == []
