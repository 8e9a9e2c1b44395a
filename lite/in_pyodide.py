"""Runs in Pyodide, from ``bytecode.mjs``: compiles what a lesson imports, into a wheel.

The wheel has nothing but bytecode and lies over the others, which stay as they are. Its files are
not checked against their sources (PEP 552), because both come from the same build.
"""

import importlib
import importlib.util
import py_compile
import sys
import zipfile
from pathlib import Path

IMPORTED = ("IPython", "ipykernel", "ipywidgets", "anywidget", "tls13lab.lesson")
WHOLE = ("pyodide_kernel", "piplite", "ipykernel", "tls13lab")
"""Packages of which all files are compiled; these import some of theirs only when they run."""


def sources(site: Path) -> set[Path]:
    """The files of all modules that were imported, and of the packages that are taken whole."""
    for name in IMPORTED:
        importlib.import_module(name)
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    found = {Path(file) for file in files if file and file.endswith(".py")}
    found |= {path for name in WHOLE for path in (site / name).rglob("*.py")}
    return {path for path in found if path.is_relative_to(site)}


def compiled(name: str, to: Path) -> None:
    """Write the wheel ``name`` to a file."""
    site = Path(importlib.import_module("IPython").__file__ or "").parent.parent
    project, version = name.split("-")[:2]
    info = f"{project}-{version}.dist-info"
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in sorted(sources(site)):
            file = Path(importlib.util.cache_from_source(str(path)))
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(path), str(file), doraise=True, invalidation_mode=mode)
            wheel.write(file, file.relative_to(site))
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
