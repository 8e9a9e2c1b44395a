"""Instruments and predictions in the built pages of the lessons, with no kernel and no network."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.access import faults
from tests.site.conftest import Site

pytestmark = pytest.mark.browser

LESSON_OF_METERS = "07_external_psk_and_entropy"


PAPER: ViewportSize = {"width": 718, "height": 1000}  # A4 less its margins
CUT = """() => [...document.querySelectorAll(".tls13lab-picture-live")].flatMap(host => {
    const svg = host.shadowRoot.querySelector("svg");
    const scrolled = parseFloat(svg.style.minWidth) > 800;
    return host.clientWidth && !scrolled && svg.getBoundingClientRect().width > host.clientWidth
        ? [host.clientWidth] : [];
})"""
OVER = """() => [...document.querySelectorAll(".bd-article *")]
    .filter(one => one.checkVisibility())
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1
        || (one.clientHeight && one.scrollHeight > one.clientHeight + 4
            && ["auto", "scroll"].includes(getComputedStyle(one).overflowY)))
    .map(one => `${one.tagName} ${one.className}`)"""


@contextmanager
def lesson(browser: Browser, built: Site, name: str, width: int = 1280) -> Iterator[Page]:
    """A lesson's page, opened from its file; anything that is asked of the network fails."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((built.folder / f"notebooks/{name}.html").as_uri())
    yield page
    assert said == []
    context.close()


def test_the_first_handshake_is_moved_at_once(browser: Browser, built: Site) -> None:
    with lesson(browser, built, "00_start_here") as page:
        stepper = page.locator(".tls13lab-tape").first
        expect(stepper).to_have_class("tls13lab-tape tls13lab-playing")
        expect(stepper).to_have_attribute("data-setting", "0")
        stepper.get_by_role("button", name="Forward").click()
        expect(stepper).to_have_attribute("data-setting", "1")
        expect(stepper).to_contain_text("2 of")


def test_stealing_the_psk_opens_the_one_and_not_the_other(browser: Browser, built: Site) -> None:
    with lesson(browser, built, "04_forward_secrecy") as page:
        panel = page.locator(".tls13lab-tape").filter(has=page.get_by_role("checkbox")).first
        expect(panel).to_contain_text("psk_ke")
        boxes = panel.get_by_role("checkbox")
        for number in range(boxes.count()):
            boxes.nth(number).set_checked(False)
        expect(panel).not_to_contain_text("lost")
        panel.get_by_label("psk", exact=True).check()
        expect(panel).to_contain_text("lost")
        expect(panel).to_contain_text("kept")


def test_a_prediction_is_compared_when_its_answer_is_opened(browser: Browser, built: Site) -> None:
    with lesson(browser, built, "00_start_here") as page:
        asked, answer = (
            page.locator(".tls13lab-predict").first,
            page.locator(".tls13lab-reveal").first,
        )
        expect(answer).to_contain_text("Choose your answer above")
        wrong = asked.get_by_role("radio").first
        wrong.check()
        expect(asked.get_by_role("status")).to_contain_text("Your prediction: none")
        expect(answer).not_to_contain_text("happened.")  # nothing is said before it is opened
        answer.locator("summary").click()
        expect(answer).to_contain_text("That is not what happened.")
        expect(wrong).to_be_disabled()


def test_the_inspector_shows_another_byte(browser: Browser, built: Site) -> None:
    with lesson(browser, built, "02_resumption") as page:
        inspector = page.locator(".tls13lab-inspector")
        told = inspector.get_by_role("status")
        before = told.inner_text()
        inspector.locator("[role=gridcell][tabindex='0']").press("ArrowRight")
        expect(told).not_to_have_text(before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_keep_nobody_out(browser: Browser, built: Site, scheme: str) -> None:
    for name in ("00_start_here", "02_resumption", "04_forward_secrecy", LESSON_OF_METERS):
        with lesson(browser, built, name) as page:
            page.evaluate(f"document.documentElement.dataset.theme = '{scheme}'")
            places = [
                *(".tls13lab-tape", ".tls13lab-still", ".tls13lab-inspector"),
                *(".tls13lab-predict", ".tls13lab-reveal"),
            ]
            assert faults(page, [one for one in places if page.locator(one).count()], []) == []


def test_what_an_instrument_calculates_with_is_what_the_text_above_it_says(
    browser: Browser, built: Site
) -> None:
    with lesson(browser, built, LESSON_OF_METERS) as page:
        cell = page.locator(".cell", has=page.locator(".tls13lab-tape")).filter(
            has_text="own_rate()"
        )
        rate = cell.locator(".stream").inner_text().split()[0]
        assert rate in cell.locator(".tls13lab-view table").first.inner_text()


def test_at_a_desk_no_picture_is_cut(browser: Browser, built: Site) -> None:
    """Except those that are always scrolled: their letters would become too small."""
    for name in ("01_key_schedule", "03_psk_modes", "04_forward_secrecy"):
        with lesson(browser, built, name) as page:
            page.locator(".tls13lab-picture-live").first.wait_for(state="attached")
            assert page.evaluate(CUT) == [], name


def test_on_paper_nothing_is_cut_and_the_dark_mode_is_light(browser: Browser, built: Site) -> None:
    context = browser.new_context(viewport=PAPER, color_scheme="dark", offline=True)
    page = context.new_page()
    for name in ("notebooks/01_key_schedule", "notebooks/06_symbolic_model", "docs/requirements"):
        page.emulate_media(media="screen")
        page.goto((built.folder / f"{name}.html").as_uri())
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(OVER) == [], name
        assert faults(page, [".bd-article"], []) == []
    context.close()


def test_on_a_phone_nothing_is_wider_than_the_page(browser: Browser, built: Site) -> None:
    for name in ("00_start_here", "01_key_schedule", "04_forward_secrecy"):
        with lesson(browser, built, name, width=390) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
