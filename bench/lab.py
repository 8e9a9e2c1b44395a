"""From the command to a notebook that can be used: ``run.py lab``, installed already, in Chromium.

The clock starts when ``python3 run.py lab`` does. The first reading is when the server answers, the
second when the browser shows the first notebook with its kernel idle.
"""

import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/00_start_here.ipynb"
DEADLINE = 90.0


def usable_seconds() -> dict[str, float]:
    """Seconds to each reading; nothing where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {}
    port, token = _free_port(), secrets.token_hex(16)
    command = [sys.executable, str(ROOT / "run.py"), "lab", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0"]
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_for(f"{url}api", server)
        answered = time.perf_counter() - began
        _wait_for_notebook(chromium, f"{url}lab/tree/{NOTEBOOK}?token={token}&reset")
        return {"server answers": answered, "notebook usable": time.perf_counter() - began}
    finally:
        server.terminate()
        server.wait(timeout=20)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("JupyterLab did not start")


def _wait_for_notebook(chromium: str, url: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.goto(url)
        limit = DEADLINE * 1000
        expect(page.locator(".jp-Notebook")).to_be_visible(timeout=limit)
        expect(page.locator(".jp-Spinner")).to_have_count(0, timeout=limit)
        expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=limit)
        browser.close()
