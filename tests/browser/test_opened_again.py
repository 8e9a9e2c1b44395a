"""Saved widgets, opened again: they live with their kernel, and can be read without it.

JupyterLab alone would say "Error displaying widget: model not found" in place of the static views.
"""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage
from tests.browser.made import open_made

pytestmark = [pytest.mark.browser, pytest.mark.full]

CELLS = """
from tls13lab.widgets.prediction import Prediction
Prediction("Does the PSK alone open it?", ["yes", "no"], key="opened again")"""
SAVE = """async () => {
    const shown = window.jupyterapp.shell.currentWidget;
    await shown.context.save();
    return shown.context.path;
}"""
RESTART = """async () => {
    const session = window.jupyterapp.shell.currentWidget.sessionContext.session;
    await session.kernel.restart();
    await session.kernel.info;
}"""


def test_without_its_kernel_the_static_view_is_there_and_with_it_the_live_one(
    lab_page: LabPage,
) -> None:
    open_made(lab_page, "opened-again", CELLS)
    assert lab_page.run_all() == []
    expect(lab_page.page.locator(".widget-radio").first).to_be_visible()
    path = lab_page.page.evaluate(SAVE)
    saved = json.loads((lab_page.server.folder / path).read_text("utf-8"))
    assert "widgets" not in saved["metadata"]  # the file holds no copy of the widgets' state

    lab_page.close_notebooks()
    lab_page.open(path)  # the kernel is still there
    expect(lab_page.page.locator(".widget-radio").first).to_be_visible()

    lab_page.page.evaluate(RESTART)  # the session goes on, and the widgets are gone
    lab_page.page.reload()
    lab_page.page.wait_for_function("window.jupyterapp !== undefined")
    lab_page.page.evaluate("async () => { await window.jupyterapp.restored; }")
    lab_page.open(path)
    output = lab_page.page.locator(".jp-OutputArea-output").first
    expect(output).to_contain_text("Does the PSK alone open it?")
    expect(lab_page.page.locator(".widget-radio")).to_have_count(0)

    lab_page.clear()  # which ends the kernel
    lab_page.open(path)
    output = lab_page.page.locator(".jp-OutputArea-output").first
    expect(output).to_contain_text("Does the PSK alone open it?")
    expect(lab_page.page.locator(".widget-radio")).to_have_count(0)
    expect(lab_page.page.get_by_text("Error displaying widget")).to_have_count(0)
