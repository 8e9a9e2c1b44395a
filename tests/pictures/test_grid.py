"""The grid of tiles in a real browser: with and without scripts, by keys, narrow, dark, printed."""

from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.access import faults
from tls13lab.pictures import ink
from tls13lab.pictures.claims_matrix import matrix_picture
from tls13lab.pictures.grid import Grid, Group, Tile, TileRow
from tls13lab.symbolic.claims import cells

pytestmark = [pytest.mark.browser, pytest.mark.full]


def tile(name: str, look: ink.Look = ink.KEPT, word: str = "kept") -> Tile:
    return Tile(name, word, look, (f"{name}: {word}", "<because>"))


SMALL = Grid(
    "two & two",
    ("left", "right"),
    (
        Group("above", (TileRow("one", (tile("1l"), tile("1r", ink.OPENED, "lost"))),)),
        Group("below", (TileRow("two", (tile("2l"), tile("2r"))),)),
    ),
    "row",
    (("kept", ink.KEPT, "nobody reads it"),),
    (("one", "a note"),),
    "Notes",
)


@cache
def matrix() -> Grid:
    """Not when pytest collects: all cells take seconds."""
    return matrix_picture([cell for cell in cells() if cell.asset == "application_data"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


def show(page: Page, html: str) -> None:
    page.set_content(f"<!doctype html><html lang=en><title>t</title><main>{html}</main></html>")


@pytest.fixture
def shown(page: Page) -> Page:
    show(page, SMALL._repr_mimebundle_()["text/html"])
    return page


def test_arrow_keys_go_over_the_grid(shown: Page) -> None:
    tip = shown.locator(".tls13lab-tip")
    expect(tip).to_have_count(0)
    shown.keyboard.press("Tab")
    for key, name in (
        ("ArrowRight", "1r"),
        ("ArrowRight", "1r"),  # there is none after the last
        ("ArrowDown", "2r"),
        ("Home", "2l"),
        ("ArrowUp", "1l"),
        ("End", "1r"),
    ):
        shown.keyboard.press(key)
        expect(tip).to_contain_text(f"{name}: ")
    expect(tip).to_contain_text("<because>")
    shown.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    shown.keyboard.press("Tab")  # one stop a grid
    assert not shown.evaluate("document.activeElement.closest('table')")


def test_a_click_and_enter_tell_the_page_which_tile(shown: Page) -> None:
    shown.evaluate(
        "window.heard = []; document.addEventListener("
        "'tls13lab-part', event => window.heard.push(event.detail))"
    )
    shown.get_by_role("gridcell", name="2l: kept; <because>").click()
    shown.keyboard.press("ArrowUp")
    shown.keyboard.press("Enter")
    assert shown.evaluate("window.heard") == ["2l", "1l"]


def test_what_is_pointed_at_is_told(shown: Page) -> None:
    shown.locator("[data-part='1r']").hover()
    expect(shown.locator(".tls13lab-tip")).to_have_text("1r: lost\n<because>", use_inner_text=True)
    shown.mouse.move(790, 590)
    expect(shown.locator(".tls13lab-tip")).to_have_count(0)


def test_it_keeps_nobody_out(page: Page) -> None:
    for html in (SMALL.html, SMALL._repr_mimebundle_()["text/html"], matrix().html):
        show(page, html)
        page.keyboard.press("Tab")
        assert faults(page, ["main"], []) == []


@pytest.mark.parametrize("width", [390, 828, 1280])
def test_it_is_scrolled_in_its_own_box_with_its_row_headings_in_sight(
    page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    show(page, matrix()._repr_mimebundle_()["text/html"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    last = page.locator("[data-part]").nth(8)
    last.focus()
    box, heading = last.bounding_box(), page.locator("th[scope=row]").first.bounding_box()
    assert box is not None
    assert heading is not None
    assert 0 <= heading["x"] < heading["x"] + heading["width"] <= box["x"]
    assert box["x"] + box["width"] <= width
    sizes = page.evaluate(
        "[...document.querySelectorAll('th, [data-part] div')]"
        ".map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= ink.READABLE
    spilled = page.evaluate(
        "[...document.querySelectorAll('th, [data-part] div')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    )
    assert spilled == []


def test_no_meaning_is_in_a_colour_alone() -> None:
    """Without backgrounds, as when printed, words and borders still differ."""
    tiles = [one for group in matrix().groups for row in group.rows for one in row.tiles]
    looks = {(one.word, one.look.width, one.look.dashes) for one in tiles}
    assert len(looks) == len({one.word for one in tiles}) == len({look[1:] for look in looks})


def test_without_scripts_it_is_a_table(page: Page) -> None:
    show(page, SMALL.html)
    expect(page.get_by_role("table", name="two & two")).to_be_visible()
    expect(page.get_by_role("cell", name="lost")).to_be_visible()
    expect(page.get_by_role("rowheader", name="two")).to_be_visible()
    assert "<script" not in SMALL.html
    assert page.locator("[data-part='1r']").get_attribute("title") == "1r: lost\n<because>"
