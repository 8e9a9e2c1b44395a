"""Builds the site in ``build/lite``, and serves it: ``python3 run.py lite [--serve [PORT]]``.

The site needs no network: Python, the packages and the notebooks are files of the site. The kernel
starts with all packages loaded, so the lessons need no cell that installs them. Pyodide's other
packages stay in its list with their public addresses, but nothing asks for them.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL
from packaging.utils import canonicalize_name, parse_wheel_filename

from lite import bytecode, front, lessons
from lite.parts import (
    LABEXTENSIONS,
    LOCK,
    NEEDED,
    ROOT,
    Missing,
    copied,
    our_wheel,
    pyodide,
    wheels,
)
from pages.lessons import lessons as all_lessons

SITE = ROOT / "build" / "lite"
APPS = ("lab", "notebooks")
PORT = 8000
SETTINGS = "@jupyterlite/pyodide-kernel-extension:kernel"
# It is for instructors; it is installed here only because the tests require it.
DISABLED = ["@jupyter/nbgrader"]

BUILDING = {"FederatedExtensionAddon": {"extra_labextensions_path": [str(LABEXTENSIONS)]}}


def build(site: Path = SITE) -> Path:
    """Build the whole site; an earlier one is replaced."""
    runtime, packages = pyodide(), wheels()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        source, contents = copied(work / "source"), work / "contents"
        lessons.write(ROOT / "notebooks", contents, source / "tls13lab/pictures/stored/lessons")
        packages.append(our_wheel(source))
        place = work / "pyodide"
        place.mkdir()
        for part in [*(runtime / name for name in NEEDED), *packages]:
            bytecode.copy_of_use(part, place)
        packages = [place / one.name for one in packages]
        listed = json.loads((runtime / LOCK).read_text("utf-8"))
        (place / LOCK).write_text(json.dumps(locked(listed, packages)))
        packages += bytecode.wheels(place)
        lock = locked(listed, packages)
        (place / LOCK).write_text(json.dumps(lock))
        names = sorted(lock["packages"][name]["name"] for name in map(name_of, packages))
        (work / "jupyter-lite.json").write_text(json.dumps(settings(names)))
        (work / "jupyter_lite_config.json").write_text(json.dumps(BUILDING))
        shutil.rmtree(site, ignore_errors=True)
        assemble(work, contents, site)
        shutil.move(place, site / "static" / "pyodide")
        (site / "index.html").write_text(front.page(all_lessons()), encoding="utf-8")
        (site / ".nojekyll").touch()  # tells GitHub Pages to publish the files unchanged
    return site


def name_of(wheel: Path) -> str:
    """The name of a wheel's package, as the lock spells it."""
    return str(parse_wheel_filename(wheel.name)[0])


def locked(lock: dict[str, Any], packages: Iterable[Path]) -> dict[str, Any]:
    """Pyodide's list of packages, with ours in the site and all others at public addresses."""
    for package in lock["packages"].values():
        package["file_name"] = f"{PYODIDE_CDN_URL}/{package['file_name']}"
    for wheel in packages:
        name, version = name_of(wheel), str(parse_wheel_filename(wheel.name)[1])
        for other in [key for key in lock["packages"] if canonicalize_name(key) == name]:
            del lock["packages"][other]
        lock["packages"][name] = {
            "name": name,
            "version": version,
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "install_dir": "site",
            "package_type": "package",
            "imports": [],
            "depends": [],
            "unvendored_tests": False,
        }
    return lock


def settings(packages: Sequence[str]) -> dict[str, Any]:
    """The site's configuration: where Python is, and which packages it loads at the start."""
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": list(packages)},
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "tls13lab",
            "defaultKernelName": lessons.KERNEL["name"],
            "disabledExtensions": DISABLED,
            "exposeAppInBrowser": True,  # the tests read the notebook's model
            "litePluginSettings": {SETTINGS: kernel},
        },
    }


def assemble(work: Path, contents: Path, site: Path) -> None:
    """Let JupyterLite write its own files, and the notebooks, to ``site``."""
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(work)]
    command += ["--contents", str(contents), "--output-dir", str(site)]
    command += ["--no-sourcemaps", *(f"--apps={app}" for app in APPS)]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"JupyterLite could not be built: {(done.stderr or done.stdout)[-2000:]}")


class Handler(SimpleHTTPRequestHandler):
    """Serves static files with the media types that browsers require, on every system."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing, because a page asks for hundreds of files."""


def server(site: Path = SITE, port: int = 0) -> ThreadingHTTPServer:
    """A server for the site, on loopback only."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(site)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site and say how to open it; with ``--serve``, serve it until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="run.py lite", description=build.__doc__)
    parser.add_argument(
        "--serve", nargs="?", const=PORT, type=int, metavar="PORT", help="serve it on this machine"
    )
    wanted = parser.parse_args(arguments)
    try:
        site = build()
    except Missing as missing:
        print(f"run.py: {missing}", file=sys.stderr)
        return 1
    where = site.relative_to(ROOT)
    if wanted.serve is None:
        print(f"{where} is built; python3 run.py lite --serve shows it, as any web server does:")
        print(f"    python3 -m http.server --bind 127.0.0.1 --directory {where}")
        return 0
    with server(site, wanted.serve) as serving:
        print(f"http://127.0.0.1:{serving.server_port}/    (Ctrl-C ends it)", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
