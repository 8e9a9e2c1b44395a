"""The front ends of the view and the byte inspector in a real browser, without JupyterLab."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser.access import faults
from tests.pictures.test_pictures import DHE
from tests.widgets.fronts import show, value
from tls13lab.pictures.byte_map import as_json, parts_of_message
from tls13lab.widgets.byte_inspector import ByteInspector
from tls13lab.widgets.handshake_stepper import StepperView
from tls13lab.widgets.view import View

pytestmark = [pytest.mark.browser, pytest.mark.full]

HELLO = DHE.steps[0].messages[0]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """As wide as a cell's output in JupyterLab at 1280 pixels."""
    page = browser.new_page(viewport={"width": 864, "height": 800})
    yield page
    page.close()


# The view, with the stepper in it -----------------------------------------------------------------


def step(position: int) -> str:
    return StepperView(DHE).go(position).html()


def test_what_is_folded_out_stays_so_from_step_to_step(page: Page) -> None:
    show(page, View._esm, value=step(1))
    fold = page.locator("details")
    expect(fold).to_have_count(1)
    assert not fold.evaluate("one => one.open")
    fold.locator("summary").click()
    for position in (2, 3, 4):
        page.evaluate("html => window.model.set('value', html)", step(position))
        assert fold.evaluate("one => one.open")
        expect(page.get_by_text(f"{position} of {len(DHE.steps)}, from the")).to_be_visible()
    # Also after a view that has no fold.
    page.evaluate("window.model.set('value', '<p>nothing</p>')")
    page.evaluate("html => window.model.set('value', html)", step(1))
    assert fold.evaluate("one => one.open")
    fold.locator("summary").click()
    page.evaluate("html => window.model.set('value', html)", step(2))
    assert not fold.evaluate("one => one.open")


def test_a_record_that_is_clicked_is_told_and_keeps_the_keyboard(page: Page) -> None:
    show(page, View._esm, value=step(2))
    page.get_by_role("button", name="record 4; not shown yet").click()
    assert page.evaluate("window.model.sent") == [{"part": "record-4"}]
    page.evaluate("html => window.model.set('value', html)", step(4))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("window.model.sent.at(-1)") == {"part": "record-3"}


def test_picture_and_facts_stand_side_by_side_where_there_is_room(page: Page) -> None:
    show(page, View._esm, value=step(4))
    picture, facts = page.locator(".tls13lab-picture-live"), page.locator("table").first

    def boxes() -> list[FloatRect]:
        found = [one.bounding_box() for one in (picture, facts)]
        return [one for one in found if one is not None]

    left, right = boxes()
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 40
    # Letters have their natural size: at least 13 pixels.
    svg = "document.querySelector('.tls13lab-picture-live').shadowRoot.querySelector('svg')"
    assert page.evaluate(f"{svg}.getScreenCTM().a") == pytest.approx(1, abs=0.001)
    height = page.evaluate("document.querySelector('main').getBoundingClientRect().height")
    assert height < 700 - 40  # the row of buttons is not here
    page.set_viewport_size({"width": 390, "height": 800})
    above, below = boxes()
    assert above["y"] + above["height"] <= below["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# The byte inspector -------------------------------------------------------------------------------


def inspect(page: Page, byte: int) -> None:
    parts = as_json(parts_of_message(HELLO))
    show(page, ByteInspector._esm, ByteInspector._css, parts=parts, part=0, byte=byte)


IN_SIGHT = """() => {
    const grid = document.querySelector("[role=grid]").getBoundingClientRect();
    const { top, bottom } = document.querySelector("[aria-selected=true]").getBoundingClientRect();
    return grid.top <= top && bottom <= grid.bottom;
}"""
SCROLLED = "document.querySelector('[role=grid]').scrollTop"


def test_it_opens_where_its_byte_is_and_follows_it(page: Page) -> None:
    last = len(HELLO) - 1
    page.set_viewport_size({"width": 390, "height": 800})  # more rows than the grid is high
    inspect(page, last)
    page.wait_for_function(IN_SIGHT)
    assert page.evaluate(SCROLLED) > 0
    for key, at in (("Home", 0), ("ArrowDown", 8), ("ArrowRight", 9), ("End", last)):
        page.locator("[aria-selected=true]").press(key)
        assert value(page, "byte") == at
        assert page.evaluate(IN_SIGHT)
    page.get_by_label("Field:").select_option(label="6: client_hello.random")
    assert value(page, "byte") == 6
    assert page.evaluate(IN_SIGHT)
    page.evaluate("at => window.model.set('byte', at)", last)  # from Python
    assert page.evaluate(IN_SIGHT)


def test_pointing_shows_and_only_a_click_chooses(page: Page) -> None:
    inspect(page, 6)
    told, cells = page.get_by_role("status"), page.locator("[role=gridcell]")
    expect(told).to_contain_text("number 6, counted")
    cells.nth(40).hover()
    expect(told).to_contain_text("number 40, counted")
    assert value(page, "byte") == 6
    page.mouse.move(5, 790)
    expect(told).to_contain_text("number 6, counted")
    cells.nth(40).click()
    assert value(page, "byte") == 40
    # The keys go on from there, wherever the mouse rests.
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text("number 56, counted")
    assert value(page, "byte") == 56
    assert page.evaluate("window.model.saved") == 2


def test_bytes_scrolled_below_a_resting_mouse_are_not_pointed_at(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    inspect(page, 0)
    cells = page.locator("[role=gridcell]")
    cells.nth(3).hover()
    cells.nth(0).focus()
    page.keyboard.press("End")
    page.wait_for_timeout(200)  # in which the browser would tell where the mouse is now
    expect(page.get_by_role("status")).to_contain_text(f"number {len(HELLO) - 1}, counted")


@pytest.mark.parametrize("width", [390, 864])
def test_it_fits_and_keeps_nobody_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    inspect(page, 30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    grid = "document.querySelector('[role=grid]')"
    assert page.evaluate(f"{grid}.scrollWidth <= {grid}.clientWidth")
    assert page.locator("[role=row]").first.locator("[role=gridcell]").count() == (
        8 if width == 390 else 16
    )
    assert faults(page, ["main"], []) == []


def test_the_place_of_a_field_stays_on_one_line(page: Page) -> None:
    inspector = ByteInspector.of_message(HELLO)
    page.set_viewport_size({"width": 390, "height": 800})
    page.set_content(inspector._repr_mimebundle_()["text/html"])
    cells = page.locator("tbody tr").all()
    assert len(cells) > 20
    for row in cells:
        first = row.locator("td").first
        assert first.evaluate("one => getComputedStyle(one).textAlign") == "left"
        lines = first.evaluate(
            "one => { const all = document.createRange(); all.selectNodeContents(one);"
            " return all.getClientRects().length; }"
        )
        assert lines == 1


def test_all_columns_of_the_fields_are_in_sight_and_the_table_is_not_long(page: Page) -> None:
    """In JupyterLab's style, and as wide as an output is there on a screen of 1280 pixels."""
    inspector = ByteInspector.of_message(HELLO)
    html = inspector._repr_mimebundle_()["text/html"]
    style = "* {font: 13px sans-serif} table {table-layout: fixed} td, th {white-space: normal}"
    page.set_viewport_size({"width": 860, "height": 900})
    page.set_content(f"<style>{style}</style>{html}")
    box = page.get_by_role("group", name="the fields of ClientHello")
    sizes = "one => [one.scrollWidth - one.clientWidth, one.clientHeight, one.scrollHeight]"
    beyond, high, whole = box.evaluate(sizes)
    assert beyond == 0
    assert high <= 640 < whole
    rows = box.locator("tbody tr").all()
    assert max(row.evaluate("one => one.offsetHeight") for row in rows) < 70
