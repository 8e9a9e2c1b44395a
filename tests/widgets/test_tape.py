"""Panels on a page without Python show, for every setting, what Python shows, byte for byte."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.access import faults
from tls13lab.adversary.theft import Theft
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
from tls13lab.widgets.bit_flipper import BitFlipper
from tls13lab.widgets.entropy_explorer import EntropyExplorer
from tls13lab.widgets.handshake_stepper import HandshakeStepper
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.schedule_explorer import ScheduleExplorer
from tls13lab.widgets.side_by_side import SideBySide
from tls13lab.widgets.tape import Tape, TooManyViews, player, settings, tape, taped_html
from tls13lab.widgets.theft_panel import TheftPanel

KE, DHE = (talk(*lesson_configs(mode), "tape") for mode in ("psk_ke", "psk_dhe_ke"))
HELLO = DHE.conversation().message("ClientHello")
PANELS: dict[str, Panel] = {
    "stepper": HandshakeStepper(DHE.conversation()),
    "schedule": ScheduleExplorer(),
    "entropy": EntropyExplorer(),
    "side by side": SideBySide(KE.conversation(), DHE.conversation()),
    "flipper": BitFlipper(HELLO, lambda changed: f"é <{sum(changed)}>"),
    "theft": TheftPanel(record(KE, DHE), {"psk": Theft(psks=(LESSON_PSK.key,))}),
}
EVERY_VIEW = """async host => {
    const tape = await host.tls13labTape();
    return tape.settings.map(chosen => [chosen.join(), tape.view(chosen)]);
}"""


def test_a_tape_gives_back_what_was_taped() -> None:
    views = ["", "words", "<p>a</p>", "<p>b < c</p>", "<i>&lt;</i>\n"]
    made = Tape.of(views)
    assert [made.view(number) for number in range(len(views))] == views


def test_the_values_of_a_control_may_depend_on_another() -> None:
    found = dict(settings(PANELS["flipper"]))
    assert len(found) == 8 * len(HELLO)  # every bit once


def test_controls_stand_afterwards_where_they_stood() -> None:
    panel = SideBySide(KE.conversation(), DHE.conversation())
    panel.slider.value = 3
    before = panel.answer.value
    tape(panel)
    assert (panel.slider.value, panel.answer.value) == (3, before)


def test_what_has_too_many_settings_is_refused() -> None:
    with pytest.raises(TooManyViews, match="EntropyExplorer has more than 20 settings"):
        tape(PANELS["entropy"], most=20)


def opened(browser: Browser, *names: str) -> Page:
    """A page with these panels on tape, and no connection to Python."""
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    bodies = "".join(taped_html(PANELS[name]) for name in names)
    script = player().replace("</", "<\\/")
    page.set_content(
        f"<!doctype html><html lang=en><title>tapes</title><main>{bodies}</main>"
        f"<script>{script}</script></html>"
    )
    return page


@pytest.mark.browser
@pytest.mark.parametrize("name", PANELS)
def test_every_view_is_pythons_byte_for_byte(browser: Browser, name: str) -> None:
    page = opened(browser, name)
    played = page.locator(".tls13lab-tape").evaluate(EVERY_VIEW)
    wanted = {",".join(map(str, chosen)): html for chosen, html in settings(PANELS[name])}
    assert dict(played) == wanted
    page.close()


@pytest.mark.browser
def test_it_is_moved_by_keys_and_mouse(browser: Browser) -> None:
    page = opened(browser, "stepper", "flipper")
    stepper, flipper = page.locator(".tls13lab-tape").all()
    expect(stepper).to_have_attribute("data-setting", "0,0")
    stepper.get_by_role("button", name="Forward").click()
    expect(stepper).to_have_attribute("data-setting", "1,0")
    expect(stepper.get_by_text("2 of", exact=False).first).to_be_visible()
    stepper.get_by_role("button", name="Last").click()
    stepper.get_by_role("button", name="Forward").click()  # there is nothing after the last
    last = len(DHE.conversation().steps) - 1
    expect(stepper).to_have_attribute("data-setting", f"{last},0")
    stepper.get_by_label("as an eavesdropper sees it").press("Space")
    expect(stepper).to_have_attribute("data-setting", f"{last},1")
    stepper.get_by_role("slider").press("Home")
    expect(stepper).to_have_attribute("data-setting", "0,1")

    byte = flipper.get_by_role("slider", name="Byte:")
    expect(byte).to_have_attribute("max", "0")
    menu = flipper.get_by_role("combobox")
    menu.select_option(label=labels(menu)[5])
    byte.press("End")
    assert int(byte.get_attribute("max") or 0) > 0
    flipper.get_by_role("combobox").select_option(index=0)  # which has one byte
    expect(flipper).to_have_attribute("data-setting", "0,0,0")
    page.close()


@pytest.mark.browser
def test_a_click_on_a_part_sets_the_controls_and_the_part_keeps_the_keyboard(
    browser: Browser,
) -> None:
    page = opened(browser, "schedule")
    tape = page.locator(".tls13lab-tape")
    secret = tape.get_by_role("combobox").first
    tape.locator('.part[data-part="handshake_secret"]').click()
    expect(secret).to_have_value(str(labels(secret).index("handshake_secret")))
    # The picture is another one now, and its part has the focus: a key goes on from there.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(secret).not_to_have_value(str(labels(secret).index("handshake_secret")))
    page.close()


def labels(menu: Locator) -> list[str]:
    """The options of a menu."""
    return menu.locator("option").all_inner_texts()


@pytest.mark.browser
def test_folds_stay_open_and_nobody_is_kept_out(browser: Browser) -> None:
    page = opened(browser, *PANELS)
    stepper = page.locator(".tls13lab-tape").first
    stepper.locator("summary").first.click()
    stepper.get_by_role("button", name="Forward").click()
    expect(stepper).to_have_attribute("data-setting", "1,0")
    expect(stepper.locator("details").first).to_have_attribute("open", "")
    assert faults(page, ["main"], []) == []
    page.close()
