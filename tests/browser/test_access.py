"""The check for what keeps people out: it finds one pale word among many, and says where."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.access import LONG, faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.full]

ROWS = LONG // 4  # of two words each, above and below the odd one
GOOD = "<tr><th scope='row'>a row</th><td>its words</td></tr>"
PALE = "#888888"  # 3.5 to 1 on white; 4.5 are asked for


def found(
    browser: "Browser", odd: str, exclude: tuple[str, ...] = (), around: int = ROWS
) -> list[str]:
    """The faults of a table with one odd row, and so many good ones before and after it."""
    rows = GOOD * around + odd + GOOD * around
    with browser.new_page() as page:
        page.set_content(
            "<!doctype html><html lang='en'><title>a page</title><main><h1>A table</h1>"
            f"<style>.pale {{color: {PALE}}}</style><table>{rows}</table></main>"
        )
        return faults(page, ["body"], list(exclude))


def test_a_good_page_has_none(browser: "Browser") -> None:
    assert found(browser, GOOD) == []


@pytest.mark.parametrize(
    "odd",
    [
        GOOD.replace("<td", "<td class='pale'"),
        GOOD.replace("<td", f"<td style='color: {PALE}'"),
        GOOD.replace("<tr", "<tr style='background: #444444'"),
        GOOD.replace("<tr", "<tr style='opacity: 0.4'"),
        GOOD.replace("its words", f"its <b style='color: {PALE}'>words</b>"),
        GOOD.replace("its words", f"<input aria-label='a' value='b' style='color: {PALE}'>"),
    ],
)
def test_a_pale_word_in_the_middle_is_found(browser: "Browser", odd: str) -> None:
    (said,) = found(browser, odd)
    assert "(color-contrast, " in said


def test_in_a_short_table_it_is_found_too(browser: "Browser") -> None:
    (said,) = found(browser, GOOD.replace("<td", "<td class='pale'"), around=1)
    assert "(color-contrast, 1)" in said


def test_what_is_left_out_is_not_looked_at(browser: "Browser") -> None:
    assert found(browser, GOOD.replace("<td", "<td class='pale'"), (".pale",)) == []


def test_other_faults_are_found_everywhere(browser: "Browser") -> None:
    (said,) = found(browser, GOOD.replace("its words", "<button></button>"))
    assert "(button-name, 1)" in said
