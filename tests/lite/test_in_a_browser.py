"""The site without a server: built, served on loopback, three lessons run, nothing calls out.

These three take in everything that the browser's Python does another way: certificates and key
exchange, the search, pictures that cannot be drawn, captures, cells that need a program; and one
is on a phone's screen. ``python -m tests.lite`` visits all ten.
"""

from collections.abc import Iterator

import pytest

from lite.build import build
from tests.browser.access import faults
from tests.browser.lab_server import LabServer
from tests.lite.browser import DESK, PHONE, closed_browser, served, visit

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
