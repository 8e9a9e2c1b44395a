"""How much memory the lab takes: JupyterLab idle, during each notebook, and with all of them open.

Linux only: a figure is the proportional set size (PSS) of JupyterLab and of all that it started,
which counts a page that several processes share once. What a browser needs is not in it.
``python -m bench.doors`` prints the figures, and the test of Binder's environment bounds them.
"""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient

EVERY_S = 0.05
SHARE = 0.1
"""Of the time, at most this share goes into looking: what is looked at may need the processor."""
CELL_S = 120.0
MB = 1e6


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its process, where it listens, and where it notes its kernels."""

    pid: int
    url: str
    token: str
    runtime: Path


def tree(root: int) -> list[int]:
    """The process ``root`` and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of the program, in parentheses, may have spaces.
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, ())
    return found


def pss(root: int) -> int:
    """Bytes that the process ``root`` and its descendants take."""
    total = 0
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


class Peak:
    """The most that a process tree took while this ran."""

    def __init__(self, root: int) -> None:
        self.bytes = pss(root)
        self._root, self._ended = root, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        pause = EVERY_S
        while not self._ended.wait(pause):
            began = time.monotonic()
            self.bytes = max(self.bytes, pss(self._root))
            pause = max(EVERY_S, (time.monotonic() - began) * (1 / SHARE - 1))

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.bytes = max(self.bytes, pss(self._root))


def ask(lab: Lab, method: str, path: str, content: object = None) -> Any:
    """One call of the server's own interface."""
    data = None if content is None else json.dumps(content).encode()
    headers = {"Authorization": f"token {lab.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{lab.url}api/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or "null")


@contextmanager
def kernel(lab: Lab, path: str) -> Iterator[BlockingKernelClient]:
    """A kernel that the server starts for the notebook at ``path``, as when it is opened.

    It stays when this ends, as it does when a student goes on to the next notebook.
    """
    wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    session = ask(lab, "POST", "sessions", wanted)
    connection = lab.runtime / f"kernel-{session['kernel']['id']}.json"
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    # Its heartbeat would declare a kernel dead that is merely slow to begin.
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()


def run_notebook(lab: Lab, folder: Path, path: str) -> None:
    """Run every cell of a notebook; raises RuntimeError at one that fails."""
    notebook = nbformat.read(folder / path, as_version=4)  # type: ignore[no-untyped-call]
    with kernel(lab, path) as client:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                reply = client.execute_interactive(
                    cell.source, allow_stdin=False, output_hook=lambda _: None, timeout=CELL_S
                )
                said = reply["content"]
                if said["status"] != "ok":
                    raise RuntimeError(f"{path}, cell {cell.id}: {said['ename']}: {said['evalue']}")


def close_all(lab: Lab) -> None:
    """End every kernel."""
    for session in ask(lab, "GET", "sessions"):
        ask(lab, "DELETE", f"sessions/{session['id']}")


def installed(python: str) -> dict[str, float]:
    """MB of each package of an environment, the largest first, without bytecode."""
    asked = (
        "import json; from importlib.metadata import distributions as d;"
        "print(json.dumps({one.name: sum((f.size or 0) for f in one.files or () "
        "if f.suffix != '.pyc') for one in d()}))"
    )
    told = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    sizes: dict[str, int] = json.loads(told.stdout)
    return {name: size / MB for name, size in sorted(sizes.items(), key=lambda item: -item[1])}


def peaks(
    lab: Lab, folder: Path, *, keep: bool, say: Callable[[str], None] = print
) -> dict[str, float]:
    """The most MB (millions of bytes) that all of it took: idle, and during each notebook.

    With ``keep`` the kernels of the notebooks before stay, so the last figure is with all open.
    """
    found = {"JupyterLab, no notebook": pss(lab.pid) / MB}
    for file in sorted((folder / "notebooks").glob("*.ipynb")):
        with Peak(lab.pid) as peak:
            run_notebook(lab, folder, f"notebooks/{file.name}")
        found[file.stem] = peak.bytes / MB
        say(f"{file.stem}: {found[file.stem]:.0f} MB")
        if not keep:
            close_all(lab)
    return found
