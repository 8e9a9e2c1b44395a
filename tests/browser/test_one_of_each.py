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
    "CrackPanel": """
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource
from tls13lab.search.target import targets
from tls13lab.widgets.crack_panel import CrackPanel
CrackPanel(tuple(targets(record(dhe))), MaskSource(Mask.parse("?a?a?a?a?a?a?a?a?a", {})))""",
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
        driven = lab_page.drive(cell)
        assert driven.controls, f"{name} shows no control"
        assert driven.dead == [], name
        assert lab_page.faults(cell) == [], name
    assert lab_page.outside == []
    assert lab_page.complaints == []


@pytest.mark.browser
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
