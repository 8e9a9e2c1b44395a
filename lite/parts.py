"""Fetches the parts of the site: Pyodide from npm, wheels from PyPI, and this package's own wheel.

They are kept in ``.venv/lite``, so only the first build needs a network.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION, PYODIDE_VERSION

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "lite" / "requirements.txt"
KEPT = Path(sys.prefix) / "lite"
LABEXTENSIONS = KEPT / "labextensions"
"""Where ``run.py`` puts JupyterLite's kernel; an ordinary JupyterLab could not load it."""
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
# The kernel's own wheels, which are part of its package.
KERNEL = ("piplite", "pyodide_kernel", "ipykernel")


class Missing(Exception):
    """Something that the build needs is missing; the text says what to do."""


def pyodide(kept: Path = KEPT) -> Path:
    """The folder with Python for the browser, in the version that the kernel needs."""
    folder = kept / f"pyodide-{PYODIDE_VERSION}"
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise Missing(
                "Python for the browser comes from npm, which is missing: install Node.js"
            )
        kept.mkdir(parents=True, exist_ok=True)
        _call([npm, "pack", "--silent", f"pyodide@{PYODIDE_VERSION}"], kept, "Pyodide")
        archive = kept / f"pyodide-{PYODIDE_VERSION}.tgz"
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(part, filter="data")
        (part / "package").rename(folder)
        part.rmdir()
        archive.unlink()
    return folder


def wheels(kept: Path = KEPT) -> list[Path]:
    """The wheels that ``lite/requirements.txt`` names, and the kernel's own."""
    wanted = REQUIREMENTS.read_bytes() + (ROOT / "requirements.txt").read_bytes()
    folder = kept / f"wheels-{hashlib.sha256(wanted).hexdigest()[:16]}"
    if not folder.is_dir():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        options = ["--no-deps", "--only-binary=:all:", "--platform", "any", "--abi", "none"]
        options += ["--implementation", "py", "--python-version", PYODIDE_PYTHON_VERSION]
        command = [sys.executable, "-m", "pip", "download", "-q", *options, "-d", str(part)]
        _call([*command, "-r", str(REQUIREMENTS)], ROOT, "the wheels for the browser")
        part.rename(folder)
    brought = LABEXTENSIONS / "@jupyterlite" / "pyodide-kernel-extension" / "static" / "pypi"
    own = [wheel for name in KERNEL for wheel in brought.glob(f"{name}-*.whl")]
    return sorted(folder.glob("*.whl")) + own


def copied(folder: Path) -> Path:
    """Copy this package's sources, so that the build can add files; returns ``folder``."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tls13lab", folder / "tls13lab", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def our_wheel(source: Path) -> Path:
    """Build this package's wheel from a copy of its sources."""
    folder = source / "dist"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _call(command, source, "this package's wheel")
    return next(folder.glob("tls13lab-*.whl"))


def _call(command: Sequence[str], folder: Path, what: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise Missing(f"could not get {what} (the first build needs a network): {last}")
