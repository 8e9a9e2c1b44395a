"""One widget of each kind in a real JupyterLab: it answers to keys and mouse, and keeps nobody out.

Every widget of every lesson is driven by ``test_notebooks_in_lab``, which takes minutes.
"""

import pkgutil
from importlib import import_module

import anywidget
import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage
from tests.browser.made import open_made
from tls13lab import widgets
from tls13lab.exercises.quiz import Quiz
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.prediction import Prediction
from tls13lab.widgets.slider import Slider
from tls13lab.widgets.view import View

SETUP = """
from tls13lab.adversary.theft import Theft
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
ke, dhe = (talk(*lesson_configs(mode), "gallery") for mode in ("psk_ke", "psk_dhe_ke"))
"""
GALLERY = {
    "BitFlipper": """
from tls13lab.widgets.bit_flipper import BitFlipper
BitFlipper(dhe.conversation().steps[0].messages[0], str)""",
    "ByteInspector": """
from tls13lab.widgets.byte_inspector import ByteInspector
ByteInspector.of_message(dhe.conversation().steps[0].messages[0])""",
    "EntropyExplorer": """
from tls13lab.widgets.entropy_explorer import EntropyExplorer
EntropyExplorer()""",
    "GuessMeter": """
from tls13lab.widgets.guess_meter import GuessMeter
GuessMeter(most_seconds=2)""",
    "HandshakeStepper": """
from tls13lab.widgets.handshake_stepper import HandshakeStepper
HandshakeStepper(dhe.conversation())""",
    "MatrixExplorer": """
from tls13lab.widgets.matrix_explorer import MatrixExplorer
MatrixExplorer()""",
    "Prediction": """
from tls13lab.widgets.prediction import Prediction
Prediction("Does the PSK alone open it?", ["yes", "no"])""",
    "Quiz": """
from tls13lab.exercises.quiz import Quiz
Quiz("before")""",
    "ScheduleExplorer": """
from tls13lab.widgets.schedule_explorer import ScheduleExplorer
ScheduleExplorer()""",
    "SideBySide": """
from tls13lab.widgets.side_by_side import SideBySide
SideBySide(ke.conversation(), dhe.conversation())""",
    "TheftPanel": """
from tls13lab.widgets.theft_panel import TheftPanel
TheftPanel(record(ke, dhe), {"psk": Theft(psks=(LESSON_PSK.key,))})""",
    # The last: its search goes on until the kernel ends, and takes the processor from the others.
    "CrackPanel": """
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource
from tls13lab.search.target import targets
from tls13lab.widgets.crack_panel import CrackPanel
CrackPanel(tuple(targets(record(dhe))), MaskSource(Mask.parse("?a?a?a?a?a?a?a?a?a", {})))""",
}


def test_no_kind_of_widget_is_missing() -> None:
    modules = pkgutil.iter_modules(widgets.__path__, f"{widgets.__name__}.")
    found = {Prediction, Quiz} | {
        one
        for module in modules
        for one in vars(import_module(module.name)).values()
        if isinstance(one, type) and issubclass(one, Panel | anywidget.AnyWidget)
    }
    parts = {Panel, anywidget.AnyWidget, Slider, View}
    assert set(GALLERY) == {one.__name__ for one in found - parts}


@pytest.mark.browser
def test_each_answers_to_keys_and_mouse_and_keeps_nobody_out(lab_page: LabPage) -> None:
    open_made(lab_page, "gallery", SETUP, *GALLERY.values(), widgets=range(1, len(GALLERY) + 1))
    assert lab_page.run_all() == []
    for cell, name in enumerate(GALLERY, start=1):
        driven = lab_page.drive(cell, some=True)
        assert driven.controls, f"{name} shows no control"
        assert driven.dead == [], name
        assert lab_page.faults(cell) == [], name
    assert lab_page.outside == []
    assert lab_page.complaints == []


@pytest.mark.browser
@pytest.mark.full
def test_a_click_or_a_key_in_the_schedule_chooses_a_secret(lab_page: LabPage) -> None:
    open_made(lab_page, "schedule", GALLERY["ScheduleExplorer"], widgets=[0])
    assert lab_page.run_all() == []
    shown = lab_page.output(0)
    menu = shown.locator("select").first
    expect(menu).to_have_value("resumption_secret")
    shown.locator('[data-part="handshake_secret"]').click()
    expect(menu).to_have_value("handshake_secret")
    expect(shown.locator('svg[aria-label*="handshake_secret depends on"]')).to_be_visible()
    # The part that was clicked still has the keyboard; the next one is a key away.
    lab_page.page.keyboard.press("ArrowRight")
    lab_page.page.keyboard.press("Enter")
    expect(menu).to_have_value("client_handshake_traffic_secret")


LONG = """
from dataclasses import replace
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.widgets.handshake_stepper import HandshakeStepper
client, server = lesson_configs("full")
pair = Pair(client, replace(server, tickets=StatelessTickets(TicketKey.new(bytes))), seed="long")
pair.handshake()
pair.pump()
for act in (pair.client.send, pair.server.send):
    act(b"data")
    pair.pump()
for side in (pair.client, pair.server):
    side.close()
    pair.pump()
conversation = pair.conversation()
"""
STEPPERS = ("HandshakeStepper(conversation)", "HandshakeStepper(conversation, plain=True)")
HIGHEST = 700


@pytest.mark.browser
@pytest.mark.full
def test_a_stepper_shows_picture_and_facts_at_once_and_hears_clicks(lab_page: LabPage) -> None:
    open_made(lab_page, "stepper", LONG, *STEPPERS, widgets=(1, 2))
    assert lab_page.run_all() == []
    for cell in (1, 2):
        area = lab_page.output(cell)
        picture, facts = area.locator(".tls13lab-picture-live"), area.locator("table").first
        number = area.get_by_role("slider")
        last = int(number.get_attribute("max") or 0)
        assert last == 11
        for record in range(1, last + 1):
            expect(number).to_have_value(str(record))
            expect(facts).to_contain_text(f"{record} of {last}")
            size = area.bounding_box()
            assert size is not None
            assert size["height"] <= HIGHEST, record
            left, right = picture.bounding_box(), facts.bounding_box()
            assert left is not None
            assert right is not None
            assert left["x"] + left["width"] <= right["x"]
            area.get_by_role("button", name="Forward").click()
        for record in (3, 9):  # back, and then to one that is not shown
            area.locator(f".part[data-part='record-{record}']").click()
            expect(facts).to_contain_text(f"{record} of {last}")
            expect(number).to_have_value(str(record))
    assert lab_page.complaints == []
