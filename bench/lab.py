"""From the command to a notebook that can be used: ``run.py lab``, installed already, in Chromium.

The clock starts when ``python3 run.py lab`` does. The first reading is when the server answers, the
second when the browser shows the first notebook with its kernel idle, the third when all of it was
run and the first control that is moved has changed what its widget shows.
"""

import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import find_chromium

if TYPE_CHECKING:
    from tests.browser.lab_page import LabPage

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/00_start_here.ipynb"
DEADLINE = 90.0
IN_REACH = "--LabApp.expose_app_in_browser=True"
"""Cells that are scrolled out of the page are read from the application itself."""


def usable_seconds() -> dict[str, float]:
    """Seconds to each reading; nothing where there is no Chromium."""
    if find_chromium() is None:
        return {}
    from tests.browser.lab_server import jupyter

    token = secrets.token_hex(16)
    command = [sys.executable, str(ROOT / "run.py"), "lab", "--no-browser"]
    command += [f"--IdentityProvider.token={token}", IN_REACH]
    with tempfile.TemporaryDirectory() as base:
        log = Path(base) / "lab.log"
        began = time.perf_counter()
        with jupyter(command, ROOT, dict(os.environ), log) as (_, url):
            return readings(began, url, token)


def readings(began: float, url: str, token: str) -> dict[str, float]:
    """Seconds since ``began``, at which the lab was started that answers now, to each reading."""
    from tests.browser.lab_page import LabPage
    from tests.browser.lab_server import LabServer
    from tests.browser.launched import launched

    found = {"server answers": time.perf_counter() - began}
    with launched() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = LabPage(context, LabServer(url, token, ROOT))
        page.open(NOTEBOOK)
        found["notebook usable"] = time.perf_counter() - began
        page.run_all()
        _first_answer(page)
        found["first widget answered"] = time.perf_counter() - began
        page.close()
    return found


def _first_answer(page: "LabPage") -> None:
    """Wait until the first widget is alive, and move a control of it until it answers."""
    cell = page.widget_cells()[0]
    deadline = time.monotonic() + DEADLINE
    while not page.output(cell).locator(".widget-html-content").count():
        if time.monotonic() > deadline:
            raise RuntimeError("no widget came to life")
        page.page.wait_for_timeout(20)
    if not page.move_a_control(cell):
        raise RuntimeError("the widget does not answer")
