"""The harness itself: on notebooks made for it, it sees what is well and what is not."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage
from tests.browser.made import open_made

pytestmark = [pytest.mark.browser, pytest.mark.full]

WIDGET = """
import ipywidgets
def panel(control, linked):
    answer = ipywidgets.HTML()
    def show(_=None):
        answer.value = f"<b>{{control.value}}</b>" if linked else "always this"
    control.observe(show, "value")
    show()
    return ipywidgets.VBox([control, answer])
panel(ipywidgets.{control}, {linked})
"""
SLIDER = "IntSlider(min=1, max=9, value=9, description='Bits')"  # at its end: must go back
DROPDOWN = "Dropdown(options=['psk_ke', 'psk_dhe_ke'], description='Mode')"
CHECKBOX = "Checkbox(value=False, description='Leak')"
OUTSIDE = "http://tls13lab.invalid/picture.png"


def test_an_error_is_seen(lab_page: LabPage) -> None:
    open_made(lab_page, "error", "1 + 1", "1 / 0", "2 + 2")
    assert lab_page.run_all() == ["cell 1: ZeroDivisionError: division by zero"]


def test_controls_that_answer_and_one_that_never_does(lab_page: LabPage) -> None:
    lots = "print('\\n' * 200)"  # so that not all cells are in sight at once
    live = [WIDGET.format(control=c, linked=True) for c in (SLIDER, DROPDOWN, CHECKBOX)]
    dead = WIDGET.format(control=CHECKBOX, linked=False)
    open_made(
        lab_page, "widgets", live[0], lots, live[1], lots, live[2], dead, widgets=(0, 2, 4, 5)
    )
    assert lab_page.run_all() == []
    assert lab_page.widget_cells() == [0, 2, 4, 5]
    for cell in (0, 2, 4):
        driven = lab_page.drive(cell)
        assert (len(driven.controls), driven.dead) == (1, [])
        assert len(driven.milliseconds) == 2  # once by keyboard, once by mouse
        assert lab_page.move_a_control(cell)
    assert lab_page.drive(5).dead == [
        "input[type=checkbox] 0 by keyboard",
        "input[type=checkbox] 0 by mouse",
    ]
    assert not lab_page.move_a_control(5)
    assert lab_page.outside == []
    assert lab_page.complaints == []


def test_a_request_that_leaves_this_machine_is_seen(lab_page: LabPage) -> None:
    open_made(
        lab_page, "outside", f"from IPython.display import HTML\nHTML('<img src=\"{OUTSIDE}\">')"
    )
    assert lab_page.run_all() == []
    lab_page.page.wait_for_timeout(500)
    assert OUTSIDE in lab_page.outside
    assert lab_page.complaints, "the console also says that it could not be loaded"


STOPPING = """
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import lesson_configs
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource
from tls13lab.search.target import targets
from tls13lab.widgets.crack_panel import CrackPanel
found = tuple(targets(record(talk(*lesson_configs("psk_ke"), "stopping"))))
CrackPanel(found, MaskSource(Mask.parse("?a?a?a?a?a?a?a?a?a", {})))  # ipywidgets: for ever
"""


def test_a_search_is_stopped_and_gone_on_with(lab_page: LabPage) -> None:
    open_made(lab_page, "stopping", STOPPING)
    assert lab_page.run_all() == []
    area = lab_page.output(0)
    start, stop = area.get_by_role("button", name="Start"), area.get_by_role("button", name="Stop")
    for state in ("running", "stopped", "running", "stopped"):
        (start if state == "running" else stop).click()
        expect(area.get_by_text(f"The search is {state}")).to_be_visible()
    assert lab_page.complaints == []


def test_a_fault_that_keeps_people_out_is_seen(lab_page: LabPage) -> None:
    shown = "import ipywidgets\nipywidgets.Dropdown(options=['a', 'b'])"  # of what?
    open_made(lab_page, "faults", shown)
    assert lab_page.run_all() == []
    (fault,) = lab_page.faults(0)
    assert "select-name" in fault
