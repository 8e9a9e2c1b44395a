"""Chromium, as every test and benchmark starts it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import chromium

# No sandbox, because in a container the tests may run as root; the rest keeps the browser itself
# from calling home, so that every request seen is the page's.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
"""For what must be seen; Playwright's own 5 s are too short for a machine with other work."""


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A browser, with ``more`` flags.

    Keep it for one file of tests, no longer: while it is there, Playwright's event loop runs, and
    ``asyncio.run`` refuses to work in this process, also in the tests of other rooms.
    """
    path = chromium()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()
