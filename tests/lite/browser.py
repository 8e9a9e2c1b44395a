"""A lesson on the site without a server, in a real Chromium that can reach nothing but loopback.

Whatever would leave this machine, from the page or from any of its workers, goes to a proxy of our
own, which writes it down and answers nothing. Chromium itself asks its maker for updates, the time,
forms and an account, whatever is shown in it: those few hosts are left out of what the proxy notes.
No font, script or package comes from them.
"""

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect

from lite import front
from lite.build import server
from tests.browser.conftest import add_last_cell
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.launched import launched

READY_MS = 120_000
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
OF_THE_BROWSER = re.compile(
    r"[/ ]((update|optimizationguide-pa|content-autofill)\.googleapis|(accounts|clients2)\.google"
    r"|android\.clients\.google|redirector\.gvt1|edgedl\.me\.gvt1)\.com[:/ ]"
)


class LitePage(LabPage):
    """The same page, found by its link; there is no server whose kernels are to be ended."""

    def open(self, path: str) -> None:
        """From the site's first page into the lesson; wait until Python has started."""
        self.page.goto(self.server.url)
        self.page.locator(f'a[href$="{path}"]').click()
        expect(self.page.locator(".jp-Notebook")).to_be_visible(timeout=READY_MS)
        kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
        self.page.wait_for_function(f"{kernel}?.status === 'idle'", timeout=READY_MS)

    def answers(self, cell: int) -> bool:
        """Whether a cell's widget answers when it is moved."""
        shown = self.output(cell).locator(".widget-html-content, .tls13lab-view, [role=grid]").first
        expect(shown).to_be_attached(timeout=READY_MS)
        return self.move_a_control(cell)

    def close(self) -> None:
        """End the page, and Python with it."""
        self.page.close()


@dataclass
class Visited:
    """What came of a lesson: seconds until it was ready, had run, had answered; and its faults."""

    ready: float = 0.0
    ran: float = 0.0
    answered: float = 0.0
    errors: list[str] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def visit(
    browser: Browser,
    site: LabServer,
    name: str,
    widgets: int | None = None,
    screen: ViewportSize = DESK,
) -> Visited:
    """Open a lesson, run all of it, move a control of its first ``widgets`` widgets.

    On a small ``screen`` it is opened by itself, without the lab around it.
    """
    context = browser.new_context(viewport=screen)
    page, found = LitePage(context, site), Visited()
    place = front.LAB if screen["width"] >= DESK["width"] else front.ALONE
    began = time.monotonic()
    try:
        page.open(place.format(name=name))
        found.ready = time.monotonic() - began
        found.errors = page.run_all()
        found.ran = time.monotonic() - began - found.ready
        for cell in page.widget_cells()[:widgets]:
            if not page.answers(cell):
                found.silent.append(cell)
            found.answered = found.answered or time.monotonic() - began
        found.errors += page.read()["errors"]
        found.outside = page.outside
        # The kernel's debugger and the file browser ask for files that may not be there.
        found.complaints = [one for one in page.complaints if "404" not in one]
    finally:
        page.close()
        context.close()
    return found


@contextmanager
def served(site: Path) -> Iterator[LabServer]:
    """The site at a loopback address, each lesson with a last cell that says when all has run.

    It is served as GitHub Pages would: in a folder, not at the root.
    """
    for path in (site / "files").glob("*.ipynb"):
        add_last_cell(path)
    with server(site.parent) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        try:
            yield LabServer(f"http://127.0.0.1:{serving.server_port}/{site.name}/", "", site)
        finally:
            serving.shutdown()


class _Refusing(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        first = self.rfile.readline(2000).decode("latin-1").strip()
        if first and not OF_THE_BROWSER.search(first):
            self.server.asked.append(first)  # type: ignore[attr-defined]


@contextmanager
def closed_browser() -> Iterator[tuple[Browser, list[str]]]:
    """Chromium, and what it would have asked of other machines."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as proxy:
        proxy.daemon_threads = True
        asked: list[str] = []
        proxy.asked = asked  # type: ignore[attr-defined]
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        # As a flag: Playwright's own setting would send loopback there, too.
        through = f"--proxy-server=http://127.0.0.1:{proxy.server_address[1]}"
        try:
            with launched(through) as browser:
                yield browser, asked
        finally:
            proxy.shutdown()
