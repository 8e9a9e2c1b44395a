"""Panels on a page without Python show, for every setting, what Python shows, byte for byte."""

from functools import cache

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.access import faults
from tls13lab.adversary.theft import Theft
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
from tls13lab.search.pieces import WordSource
from tls13lab.search.wordlist import COMMON
from tls13lab.widgets.bit_flipper import BitFlipper
from tls13lab.widgets.crack_panel import CrackPanel
from tls13lab.widgets.entropy_explorer import EntropyExplorer
from tls13lab.widgets.guess_meter import DRAWN, HOW, PERSON, GuessMeter
from tls13lab.widgets.handshake_stepper import HandshakeStepper
from tls13lab.widgets.matrix_explorer import ALL, ASK, MatrixExplorer
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.schedule_explorer import ScheduleExplorer
from tls13lab.widgets.side_by_side import SideBySide
from tls13lab.widgets.tape import (
    Tape,
    TooManyViews,
    player,
    player_style,
    settings,
    still_html,
    tape,
    taped_html,
)
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
    "matrix": MatrixExplorer(),
    "meter": GuessMeter(
        protections=("nothing: psk_ke", "(EC)DHE: psk_dhe_ke"),
        who=("a recording and one laptop core", "a recording and 1,000 GPUs"),
    ),
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


@cache
def body(name: str) -> str:
    """A panel on tape, made once: with all settings it takes a while."""
    return taped_html(PANELS[name])


def opened(browser: Browser, *names: str) -> Page:
    """A page with these panels on tape, and no connection to Python."""
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    bodies = "".join(map(body, names))
    script = player().replace("</", "<\\/")
    page.set_content(
        f"<!doctype html><html lang=en><title>tapes</title><style>{player_style()}</style>"
        f'<main><a id="run-here" href="#">Run</a>{bodies}</main>'
        f"<script>{script}</script></html>"
    )
    return page


@pytest.mark.browser
@pytest.mark.full
@pytest.mark.parametrize("name", PANELS)
def test_every_view_is_pythons_byte_for_byte(browser: Browser, name: str) -> None:
    page = opened(browser, name)
    played = page.locator(".tls13lab-tape").evaluate(EVERY_VIEW)
    wanted = {",".join(map(str, chosen)): html for chosen, html in settings(PANELS[name])}
    assert dict(played) == wanted
    page.close()


@pytest.mark.browser
@pytest.mark.full
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
@pytest.mark.full
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


@pytest.mark.browser
@pytest.mark.full
def test_every_tile_of_the_matrix_answers_and_a_rule_can_be_taken_away(browser: Browser) -> None:
    page = opened(browser, "matrix")
    said, without = page.get_by_role("status"), page.get_by_role("combobox", name="Without:")
    expect(page.get_by_text(ASK)).to_be_visible()
    page.locator('[data-part="external-psk_ke/psk"]').click()
    expect(said).to_contain_text("external-psk_ke, leak: psk: application_data is lost.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("external-psk_ke, no leak: application_data is kept.")
    without.select_option(index=1)
    expect(page.get_by_text(f"Without the rule {labels(without)[1]},")).to_be_visible()
    # About an active adversary only what holds with all rules is on the tape.
    page.get_by_role("combobox", name="Adversary:").select_option(index=1)
    expect(without).to_have_value("0")
    assert without.locator("option:enabled").all_inner_texts() == [ALL]
    assert page.locator(".tls13lab-needs a").get_attribute("href") == "#run-here"
    page.close()


@pytest.mark.browser
@pytest.mark.full
def test_the_number_of_words_turns_the_meter_to_drawn_words(browser: Browser) -> None:
    page = opened(browser, "meter")
    how, count = (
        page.get_by_role("combobox", name="PSK:"),
        page.get_by_role("slider", name="Drawn words:"),
    )
    how.select_option(label=PERSON)
    count.press("ArrowRight")
    expect(how).to_have_value(str(HOW.index(DRAWN)))
    expect(page.get_by_text("3 of 13")).to_be_visible()
    assert page.locator(".tls13lab-moves").count() == 0  # it is no row of steps
    expect(page.get_by_text("needs Python: Run this lesson here.")).to_be_visible()
    page.close()


def test_what_cannot_be_taped_says_what_it_needs() -> None:
    panel = CrackPanel((), WordSource(COMMON))
    html = still_html(panel)
    assert panel.view.html() in html
    assert 'The search needs Python: <a href="#run-here">' in html


def labels(menu: Locator) -> list[str]:
    """The options of a menu."""
    return menu.locator("option").all_inner_texts()


@pytest.mark.browser
@pytest.mark.full
def test_folds_stay_open_and_nobody_is_kept_out(browser: Browser) -> None:
    page = opened(browser, *PANELS)
    stepper = page.locator(".tls13lab-tape").first
    stepper.locator("summary").first.click()
    stepper.get_by_role("button", name="Forward").click()
    expect(stepper).to_have_attribute("data-setting", "1,0")
    expect(stepper.locator("details").first).to_have_attribute("open", "")
    assert faults(page, ["main"], []) == []
    page.close()
