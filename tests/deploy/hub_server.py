"""The committed JupyterHub configuration, run on loopback with all of its state in one folder."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.conftest import ROOT
from tests.held_ports import held_port

CONFIG = ROOT / "deploy" / "jupyterhub" / "jupyterhub_config.py"
START_SECONDS = 600.0


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, the password for all, the collector's key, process and state."""

    url: str
    password: str
    token: str
    pid: int
    state: Path
    log: Path


def environment(state: Path, notebooks: Path, **more: str) -> dict[str, str]:
    """What the configuration reads, and nothing of this process's own Jupyter or student."""
    kept = {k: v for k, v in os.environ.items() if not re.match("JUPYTER|TLS13LAB|PYTHON", k)}
    return kept | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TLS13LAB_HUB_STATE": str(state),
        "TLS13LAB_HUB_NOTEBOOKS": str(notebooks),
        **more,
    }


@contextmanager
def start_hub(state: Path, notebooks: Path, *options: str) -> Iterator[Hub]:
    """JupyterHub by its committed configuration, in the trial mode; ended with all it started."""
    state.mkdir(parents=True)
    log = state / "hub.log"
    with held_port() as front, held_port() as inner, held_port() as api:
        url, password = f"http://127.0.0.1:{front}", secrets.token_hex(16)
        command = [sys.executable, "-m", "jupyterhub", f"--config={CONFIG}"]
        command += [f"--JupyterHub.hub_port={inner}"]
        command += [f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api}", *options]
        trial = {"TLS13LAB_HUB_TRIAL": password, "TLS13LAB_HUB_ADDRESS": url}
        with log.open("wb") as output:
            hub = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(state, notebooks, **trial),
                cwd=state,
                start_new_session=True,
            )
        try:
            wait_for(hub, log)
            token = (state / "collect.token").read_text()
            yield Hub(url, password, token, hub.pid, state, log)
        finally:
            end(hub)


def wait_for(hub: subprocess.Popen[bytes], log: Path) -> None:
    """Until it says that it runs."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and hub.poll() is None:
        if "JupyterHub is now running" in log.read_text():
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterHub did not start:\n{log.read_text()[-3000:]}")


def end(hub: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, as Ctrl-C does. What then still runs is killed, and that is an error."""
    family = descendants(hub.pid)
    hub.send_signal(signal.SIGINT)
    try:
        hub.wait(timeout=60)
    except subprocess.TimeoutExpired:
        hub.kill()
        hub.wait()
    deadline = time.monotonic() + 60
    while alive(family) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = alive(family)
    for one in left:
        one.kill()
    if left:
        raise RuntimeError(f"the hub left running: {left}")


def alive(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that only waits for its end to be noticed does not."""
    found = []
    for one in family:
        with suppress(psutil.NoSuchProcess):
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def descendants(pid: int) -> list[psutil.Process]:
    """The processes below ``pid``: proxy, services, students' servers and kernels."""
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []
