"""A real JupyterLab on a free loopback port, with all of its state in a folder of the test's."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import run

START_SECONDS = 60.0


@dataclass(frozen=True)
class LabServer:
    """A running server: where it listens, its token, and the folder that it serves."""

    url: str
    token: str
    folder: Path


@contextmanager
def start_lab(folder: Path, state: Path) -> Iterator[LabServer]:
    """Serve ``folder`` with the JupyterLab of the running Python; all state goes into ``state``."""
    runtime, settings = state / "runtime", state / "settings"
    overrides = settings / "overrides.d" / "tls13lab.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(run.NEWS_OFF))
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    command += [f"--IdentityProvider.token={token}", f"--LabApp.app_settings_dir={settings}"]
    # With the application in reach, the test reads cells that are scrolled out of the page.
    command += ["--LabApp.expose_app_in_browser=True"]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(state / "ipython"),
    }
    log = state / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=folder
        )
    try:
        yield LabServer(address(server, runtime, log), token, folder)
    finally:
        server.terminate()
        server.wait(timeout=20)


def address(
    server: subprocess.Popen[bytes], runtime: Path, log: Path, seconds: float = START_SECONDS
) -> str:
    """The server's URL, from the file that it writes once it listens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        for info in runtime.glob("jpserver-*.json"):
            text = info.read_text()
            if text:  # it is made empty and filled a moment later
                return str(json.loads(text)["url"])
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
