"""The site without a server: built, served on loopback, three lessons run, nothing calls out.

These three take in everything that the browser's Python does another way: certificates and key
exchange, the search, pictures that cannot be drawn, captures, cells that need a program.
``python -m tests.lite`` visits all ten.
"""

from collections.abc import Iterator

import pytest

from lite.build import build
from tests.browser.lab_server import LabServer
from tests.lite.browser import closed_browser, served, visit

LESSONS = ("00_start_here", "04_forward_secrecy", "07_external_psk_and_entropy")

pytestmark = [pytest.mark.browser, pytest.mark.registry]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with served(build(tmp_path_factory.mktemp("lite") / "site")) as at:
        yield at


def test_lessons_run_and_answer_and_nothing_leaves_this_machine(site: LabServer) -> None:
    with closed_browser() as (browser, asked):
        for name in LESSONS:
            found = visit(browser, site, f"{name}.ipynb", widgets=2)
            assert found.errors == [], name
            assert found.silent == [], name
            assert found.answered > 0, name
            assert found.complaints == [], name
            assert found.outside == [], name
        assert asked == []
        # The twin: a worker that does call out is seen.
        page = browser.new_page()
        page.goto(f"{site.url}jupyter-lite.json")
        page.evaluate(
            """() => new Promise(done => {
                const text = "fetch('http://example.invalid/').catch(e => 0).then(postMessage)";
                const worker = new Worker(URL.createObjectURL(new Blob([text])));
                worker.onmessage = done;
            })"""
        )
        assert any("example.invalid" in one for one in asked)
