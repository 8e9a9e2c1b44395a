"""One notebook in a real JupyterLab in a real browser: open it, run all of it, move its widget.

What a student would do with mouse and keys is done with mouse and keys. Only the results are read
from JupyterLab's own model, because cells that are scrolled away are not in the page.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.browser.access import faults
from tests.browser.driving import Driven, drive
from tests.browser.lab_server import LabServer

OPEN_MS = 300_000
RUN_SECONDS = 900.0
CLOSE_SECONDS = 120.0
CLOSE_AGAIN_MS = 5_000

# Every cell's outputs: was there an error, and did the cell announce it with a tag?
READ_CELLS = """() => {
    const notebook = window.jupyterapp.shell.currentWidget;
    const cells = notebook.content.model.sharedModel.toJSON().cells;
    return {
        status: notebook.sessionContext.session?.kernel?.status ?? "none",
        lastRan: cells.at(-1).execution_count !== null,
        errors: cells.flatMap((cell, index) => (cell.outputs ?? [])
            .filter(o => o.output_type === "error")
            .filter(() => !(cell.metadata.tags ?? []).includes("raises-exception"))
            .map(o => `cell ${index}: ${o.ename}: ${o.evalue}`)),
        widgets: cells.flatMap((cell, index) => (cell.metadata.tags ?? [])
            .some(tag => tag === "widget" || tag === "predict") ? [index] : []),
    };
}"""
# In the JupyterLab that is there already, which takes a fifth of the time that a new one takes.
OPEN_HERE = """async path => {
    const shown = await window.jupyterapp.commands.execute("docmanager:open", {path});
    await shown.context.ready;
    await shown.sessionContext.ready;
}"""
CLOSE_ALL = """() => {
    for (const shown of [...window.jupyterapp.shell.widgets("main")]) {
        if (shown.context) shown.context.model.dirty = false; // else it asks whether to save
        shown.close();
    }
}"""
# JupyterLab asks only every ten seconds which kernels run. A notebook that is opened before that
# would be connected to one that was ended.
ASK_WHAT_RUNS = """async () => {
    const {sessions, kernels} = window.jupyterapp.serviceManager;
    await Promise.all([sessions.refreshRunning(), kernels.refreshRunning()]);
}"""
SCROLL_TO_CELL = """async index => {
    const content = window.jupyterapp.shell.currentWidget.content;
    content.activeCellIndex = index;
    await content.scrollToItem(index, "start");
}"""


class LabPage:
    """A page of JupyterLab with one notebook, and all that it asked for and complained of."""

    def __init__(self, context: BrowserContext, server: LabServer) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.outside: list[str] = []  # addresses asked for that are not this machine's own
        self.complaints: list[str] = []  # the console's errors and uncaught exceptions
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in ("127.0.0.1", "::1"):
            self.outside.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path: str) -> None:
        """Open the notebook ``path`` (in the served folder) and wait until it can be used."""
        if self.page.url.startswith(self.server.url):
            self.page.evaluate(OPEN_HERE, path)
        else:
            workspace = path.replace("/", "-").removesuffix(".ipynb")
            query = f"token={self.server.token}&reset"
            self.page.goto(f"{self.server.url}lab/workspaces/{workspace}/tree/{path}?{query}")
        expect(self.page.locator(".jp-Notebook")).to_be_visible(timeout=OPEN_MS)
        expect(self.page.locator(".jp-Spinner")).to_have_count(0, timeout=OPEN_MS)
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the status bar says that the kernel has nothing to do."""
        bar = self.page.locator("#jp-main-statusbar")
        expect(bar).to_contain_text("Idle", timeout=OPEN_MS)

    def read(self) -> dict[str, Any]:
        """What the notebook's model says now; see ``READ_CELLS``."""
        answer: dict[str, Any] = self.page.evaluate(READ_CELLS)
        return answer

    def run_all(self) -> list[str]:
        """Menu Run, Run All Cells, to the end; the errors shown that no cell announces.

        The last cell must not have been run before: that it has run is how the end is seen.
        """
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            state = self.read()
            if state["status"] == "idle" and (state["lastRan"] or state["errors"]):
                return list(state["errors"])
            self.page.wait_for_timeout(100)
        return [f"still not done after {RUN_SECONDS:.0f} s: {self.read()}"]

    def widget_cells(self) -> list[int]:
        """The numbers of the cells tagged ``widget`` or ``predict``."""
        return list(self.read()["widgets"])

    def output(self, cell: int) -> Locator:
        """The output area of a cell, scrolled into sight."""
        self.page.evaluate(SCROLL_TO_CELL, cell)
        area = self.page.locator(f'.jp-Cell[data-windowed-list-index="{cell}"] .jp-OutputArea')
        expect(area.first).to_be_visible()
        return area.first

    def move_a_control(self, cell: int) -> bool:
        """Move the cell's controls, in turn, until its answer changes: did it?"""
        return bool(drive(self.page, self.output(cell), first=True).milliseconds)

    def drive(self, cell: int, *, some: bool = False) -> Driven:
        """Move a cell's controls, or some, by keyboard and by mouse; see :mod:`driving`."""
        return drive(self.page, self.output(cell), some=some)

    def faults(self, cell: int) -> list[str]:
        """What keeps people out of a cell's live output; see :mod:`access`."""
        self.output(cell)
        place = f'.jp-Cell[data-windowed-list-index="{cell}"] .jp-OutputArea'
        return faults(self.page, [place], [])

    def clear(self) -> None:
        """Close every notebook, end their kernels, and forget what was asked for and said."""
        self.close_notebooks()
        self._end_kernels()
        self.page.evaluate(ASK_WHAT_RUNS)
        self.outside.clear()
        self.complaints.clear()

    def close_notebooks(self) -> None:
        """Close every notebook and wait until it is gone; its kernel stays.

        JupyterLab closes a notebook some time after it was told to, and does not if a question
        came up meanwhile (the kernel died, the file has changed). So the question is dismissed
        and the notebook is closed again until it is gone. What stood in the way is in the error.
        """
        questions: list[str] = []
        deadline = time.monotonic() + CLOSE_SECONDS
        while True:
            for question in self.page.locator(".jp-Dialog").all():
                questions.append(question.inner_text())
                self.page.keyboard.press("Escape")
            self.page.evaluate(CLOSE_ALL)
            try:
                expect(self.page.locator(".jp-Notebook")).to_have_count(0, timeout=CLOSE_AGAIN_MS)
                break
            except AssertionError:
                if time.monotonic() > deadline:
                    raise AssertionError(
                        f"a notebook would not close; JupyterLab asked {questions} "
                        f"and complained {self.complaints}"
                    ) from None

    def close(self) -> None:
        """Close the page and end the kernels that it used, so that they do not pile up."""
        self._end_kernels()
        self.page.close()

    def _end_kernels(self) -> None:
        api = f"{self.server.url}api/sessions"
        headers = {"Authorization": f"token {self.server.token}"}
        for session in self.page.request.get(api, headers=headers).json():
            self.page.request.delete(f"{api}/{session['id']}", headers=headers)
