"""The pages that marking makes, in a real browser: accessible, on a phone, without any request."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from coursework.judge.records import Marked, Record
from coursework.judge.seal import BLANK, NOT_YET, RIGHT, Verdict
from coursework.source import everything
from deploy import class_page, feedback
from tests.browser.access import faults

pytestmark = [pytest.mark.browser, pytest.mark.full]

LONG = "Not yet. Called with `" + "a" * 120 + "`, it raised ValueError: " + "b" * 120


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    course = tmp_path_factory.mktemp("course")
    kinds = (RIGHT, NOT_YET, BLANK)
    marked = tuple(
        Marked(
            name,
            "ab",
            tuple(
                Verdict(one.number, kinds[n % 3], LONG, one.points * (n % 3 == 0), one.points)
                for n, one in enumerate(tasks)
            ),
        )
        for name, tasks in everything().items()
    )
    record = Record("zoë", "1", marked)
    names = feedback.write(course, record)
    there = course / "feedback" / "zoë" / "tls13lab"
    return [class_page.write(course, [record]), *(there / name for name in names[:2])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
def test_a_page_is_accessible_fits_and_asks_for_nothing(
    browser: Browser, pages: list[Path], width: int, scheme: str
) -> None:
    # axe-core is a script, which the page's own policy would refuse.
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    for path in pages:
        page = context.new_page()
        page.goto(path.as_uri())
        loaded = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        assert loaded == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page, ["main"], []) == []
        page.close()
    context.close()
