"""Pictures whose parts can be pointed at, in a real browser; and what is left without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.access import faults
from tests.pictures.every import every
from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture, least_width
from tls13lab.pictures.scripts import alive
from tls13lab.pictures.svg import box, document, part, text

pytestmark = [pytest.mark.browser, pytest.mark.full]

SVG = document(
    300,
    120,
    [
        "<style>rect{stroke-width:7}</style>",
        part(
            "psk",
            ["psk", "an input, 32 bytes", "<7.1>"],
            box(20, 40, 80, 40, ink.STOLEN),
            text(60, 65, "psk"),
        ),
        part("ecdhe", ["ecdhe"], box(180, 40, 80, 40, ink.KEPT), text(220, 65, "ecdhe")),
    ],
)
PICTURE = Picture(SVG, "two inputs", ("name",), (("psk",), ("ecdhe",)))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own for each test: one that was filled before does not see the mouse leave."""
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


@pytest.fixture
def shown(page: Page) -> Page:
    """The picture as a cell's output, with a rectangle beside it that is not the picture's."""
    beside = '<svg width="9" height="9"><rect id="beside" width="9" height="9"/></svg>'
    html = PICTURE._repr_mimebundle_()["text/html"]
    page.set_content(f"<html lang=en><title>t</title><main>{html}{beside}</main></html>")
    return page


def test_what_is_pointed_at_is_told(shown: Page) -> None:
    tip = shown.locator(".tls13lab-tip")
    expect(tip).to_have_count(0)
    shown.get_by_role("button", name="psk; an input, 32 bytes; <7.1>").hover()
    expect(tip).to_have_text("psk\nan input, 32 bytes\n<7.1>", use_inner_text=True)
    shown.mouse.move(790, 590)
    expect(tip).to_have_count(0)


def test_keys_go_from_part_to_part(shown: Page) -> None:
    tip = shown.locator(".tls13lab-tip")
    shown.keyboard.press("Tab")
    expect(tip).to_contain_text("an input")
    shown.keyboard.press("ArrowRight")
    expect(tip).to_have_text("ecdhe")
    shown.keyboard.press("ArrowRight")  # there is none after the last
    expect(tip).to_have_text("ecdhe")
    shown.keyboard.press("Home")
    expect(tip).to_contain_text("an input")
    shown.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    shown.keyboard.press("Tab")  # one stop a picture
    assert not shown.evaluate("document.activeElement.closest('.tls13lab-picture-live')")


def test_a_click_and_a_key_tell_the_page_which_part(shown: Page) -> None:
    shown.evaluate(
        "window.heard = []; document.addEventListener("
        "'tls13lab-part', event => window.heard.push(event.detail))"
    )
    shown.get_by_role("button", name="ecdhe").click()
    shown.keyboard.press("ArrowLeft")
    shown.keyboard.press("Enter")
    assert shown.evaluate("window.heard") == ["ecdhe", "psk"]


def test_its_styles_are_its_own(shown: Page) -> None:
    width = "getComputedStyle(document.getElementById('beside')).strokeWidth"
    assert shown.evaluate(width) == "1px"
    inside = "document.querySelector('.tls13lab-picture-live').shadowRoot.querySelector('svg rect')"
    assert shown.evaluate(f"getComputedStyle({inside}).strokeWidth") == "7px"


def test_it_keeps_nobody_out(shown: Page) -> None:
    shown.keyboard.press("Tab")
    assert faults(shown, ["main"], []) == []


def test_without_scripts_the_image_stays(page: Page) -> None:
    page.set_content(f"<main>{PICTURE.html}</main>")
    expect(page.get_by_role("img", name="two inputs")).to_be_visible()
    assert "<script" not in PICTURE.html
    assert "<script" not in alive("<p>no picture</p>")


def test_on_a_phone_it_is_scrolled_before_its_letters_get_too_small(shown: Page) -> None:
    wide = document(800, 40, [part("a", ["a"], text(400, 20, "small", ink.SMALL))])
    assert least_width(wide) == round(800 * ink.READABLE / ink.SMALL) == 677
    html = Picture(wide, "wide", ("a",), (("b",),))._repr_mimebundle_()["text/html"]
    shown.set_viewport_size({"width": 390, "height": 600})
    shown.set_content(html)
    size = "document.querySelector('.tls13lab-picture-live').shadowRoot.querySelector('svg')"
    assert shown.evaluate(f"{size}.getBoundingClientRect().width") == 677 + 2 * 8
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_picture_has_a_table_with_as_many_cells_in_each_row() -> None:
    for name, pictures in every().items():
        for picture in pictures:
            assert {len(row) for row in picture.rows} <= {len(picture.header)}, name
            assert picture.text
