"""A real JupyterLab on a free loopback port, with all of its state in a folder of the test's."""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import run
from tests.held_ports import held_port

STOP_SECONDS = 30.0
START_SECONDS = 600.0
"""Only ends a hang; ``run.py lab`` may have to install first."""


@dataclass(frozen=True)
class LabServer:
    """A running server: where it listens, its token, and the folder that it serves."""

    url: str
    token: str
    folder: Path


@contextmanager
def start_lab(folder: Path, state: Path) -> Iterator[LabServer]:
    """Serve ``folder`` with the JupyterLab of the running Python; all state goes into ``state``."""
    settings = state / "settings"
    overrides = settings / "overrides.d" / "tls13lab.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(run.NEWS_OFF))
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}", f"--LabApp.app_settings_dir={settings}"]
    # With the application in reach, the test reads cells that are scrolled out of the page.
    command += ["--LabApp.expose_app_in_browser=True"]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "IPYTHONDIR": str(state / "ipython"),
    }
    with jupyter(command, folder, environment, state / "server.log") as (_, url):
        yield LabServer(url, token, folder)


@contextmanager
def jupyter(
    command: list[str], folder: Path, environment: dict[str, str], log: Path
) -> Iterator[tuple[int, str]]:
    """Run a Jupyter server on a port of its own: its process and its URL, once it answers there."""
    with held_port() as port:
        command = [*command, f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
        with log.open("wb") as output:
            server = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=folder
            )
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for(f"{url}api", server, log)
            yield server.pid, url
        finally:
            server.terminate()
            try:
                server.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:  # how Jupyter ends is not what is tested here
                server.kill()
                server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers. The file that Jupyter writes comes earlier: before it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
