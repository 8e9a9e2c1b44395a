"""What a student did is there in the next kernel, and a link leads to what is still open."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import start_lab
from tests.browser.made import open_made
from tests.conftest import ROOT
from tls13lab.exercises.outline import PREDICTION, lesson
from tls13lab.widgets.keeping import FILE, VARIABLE

pytestmark = [pytest.mark.browser, pytest.mark.full]

KEY = lesson("02").of_kind(PREDICTION)[0].key
SETUP = f"""
from tls13lab.lesson import Explain, Prediction, check, progress
from coursework.answers import solved
from tls13lab.exercises.catalogue import task
asked = Prediction("How many tickets?", ("none", "one"), key="{KEY}")
asked"""
CELLS = (
    SETUP,
    'Explain("02.1")',
    'check("2.1", solved(task("2.1"), "anyone"))',
    'asked.reveal("none", "So it is."); progress("02")',
    "progress()",
)
PREDICT, EXPLAIN, ONE, ALL = 0, 1, 3, 4
NARROW = ViewportSize(width=390, height=800)
WIDE = ViewportSize(width=1280, height=900)
AT_THE_TOP = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content.node;
    const seen = notebook.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect();
    return [...notebook.querySelectorAll("h2, h3")]
        .filter(one => one.getBoundingClientRect().height)
        .filter(one => one.getBoundingClientRect().top >= seen.top - 8)
        .filter(one => one.getBoundingClientRect().top < seen.bottom)
        .map(one => one.textContent.replace("¶", ""));
}"""


@pytest.fixture(scope="module")
def own_tab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabPage]:
    """A JupyterLab whose kernels keep things, as a student's does."""
    base = tmp_path_factory.mktemp("own")
    folder = base / "project"
    folder.mkdir()
    shutil.copy(ROOT / "notebooks" / lesson("02").notebook, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv(VARIABLE)
        with start_lab(folder, base / "state") as server:
            context = browser.new_context(viewport=WIDE)
            page = LabPage(context, server)
            yield page
            page.close()
            context.close()


@pytest.fixture
def own_page(own_tab: LabPage) -> Iterator[LabPage]:
    """The page, with no notebook open, no kernel and nothing kept."""
    (Path(own_tab.server.folder) / FILE).unlink(missing_ok=True)
    yield own_tab
    own_tab.clear()


def kept(page: LabPage) -> dict[str, Any]:
    path = Path(page.server.folder) / FILE
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def test_a_choice_and_a_text_survive_their_kernel_and_a_link_leads_on(own_page: LabPage) -> None:
    page = own_page
    open_made(page, "own-work", *CELLS)
    assert page.run_all() == []
    page.output(PREDICT).get_by_label("none").check()
    page.output(EXPLAIN).get_by_label("In your words").fill("It comes <later>.")
    expect(page.output(EXPLAIN)).to_contain_text("Kept.")
    assert kept(page)["explanations"]["02.1"]["text"] == "It comes <later>."

    page.clear()  # which ends the kernel
    open_made(page, "own-work-again", *CELLS)
    assert page.run_all() == []
    expect(page.output(PREDICT).get_by_label("none")).to_be_checked()
    expect(page.output(EXPLAIN).get_by_label("In your words")).to_have_value("It comes <later>.")
    assert kept(page)["predictions"][KEY] == {"chosen": "none", "predicted": "none", "right": True}
    expect(page.output(ONE)).to_contain_text("1 of 5 tasks solved; 1 of 4 predictions made, 1 of")
    for cell in (EXPLAIN, ONE, ALL):
        assert page.faults(cell) == [], cell
    driven = page.drive(EXPLAIN)
    assert (len(driven.controls), driven.dead) == (1, [])

    link = page.output(ONE).get_by_role("link")
    heading = link.inner_text()
    link.click()
    page.page.wait_for_function(f"heading => ({AT_THE_TOP})()[0] === heading", arg=heading)
    assert page.complaints == []
    assert page.outside == []


def test_on_a_phone_nothing_is_wider_than_its_place(own_page: LabPage) -> None:
    page = own_page
    open_made(page, "own-work-narrow", *CELLS)
    assert page.run_all() == []
    page.page.set_viewport_size(NARROW)
    page.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    for cell in (EXPLAIN, ONE, ALL):
        area = page.output(cell)
        assert area.evaluate("one => one.scrollWidth <= one.clientWidth + 1"), cell
    page.page.set_viewport_size(WIDE)
