"""``tls13lab doctor``: what is installed here, and how to get what is missing."""

import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import click

from tls13lab import __version__
from tls13lab.cli import report
from tls13lab.peers.openssl import OpenSSLUnavailable, find_openssl
from tls13lab.pictures.dot import layout_programs

IN_CHECKOUT = (Path(__file__).resolve().parents[2] / "run.py").is_file()
INSTALL = "run: python3 run.py lab" if IN_CHECKOUT else "install the package with its extra [lab]"
LIBRARIES = ("jupyterlab", "ipywidgets", "graphviz", "matplotlib", "anywidget")


@dataclass(frozen=True, slots=True)
class Dependency:
    """One requirement: whether it is there, its version, whether it is needed, and what to do."""

    name: str
    there: bool
    detail: str
    needed: bool
    advice: str


def findings() -> list[Dependency]:
    """All requirements, the needed ones first."""
    return [
        Dependency(
            "Python", sys.version_info >= (3, 11), platform.python_version(), True, "use 3.11"
        ),
        Dependency("tls13lab", True, __version__, True, ""),
        _package("cryptography", needed=True),
        _mlkem(),
        *(_package(name) for name in LIBRARIES),
        _binder_search(),
        _layout(),
        *_openssl(),
        _browser(),
        _tshark(),
    ]


def _package(name: str, *, needed: bool = False) -> Dependency:
    try:
        return Dependency(name, True, metadata.version(name), needed, "")
    except metadata.PackageNotFoundError:
        return Dependency(name, False, "not installed", needed, INSTALL)


def _mlkem() -> Dependency:
    from tls13lab.crypto.entropy import seeded
    from tls13lab.crypto.groups import initiate
    from tls13lab.wire.codepoints import NamedGroup

    try:
        initiate(NamedGroup.X25519MLKEM768, seeded("doctor"))
    except Exception as error:  # any error of the library is only reported
        advice = "install cryptography 50 or later"
        return Dependency("X25519MLKEM768", False, type(error).__name__, False, advice)
    return Dependency("X25519MLKEM768", True, "works", False, "")


def _binder_search() -> Dependency:
    """Whether compiled code can try guesses. Compiling it here finds a broken LLVM."""
    name, detail = "compiled binder search", ""
    try:
        from tls13lab.search.llvm.compiled import tester

        tester("sha256", "test")
    except ImportError as error:
        detail = f"no {error.name} here" if error.name else str(error)
    except (OSError, RuntimeError) as error:
        detail = f"llvmlite does not work here ({type(error).__name__})"
    advice = (
        "pip install llvmlite numpy: without them, `crack` and lesson 07 find the same PSKs, but "
        "try about 20 times fewer guesses per second"
    )
    return Dependency(name, not detail, detail or "works", False, advice)


def _layout() -> Dependency:
    programs = ", ".join(layout_programs())
    advice = "pip install pygraphviz: only graphs that are not stored need it"
    return Dependency("graph layout", bool(programs), programs or "not found", False, advice)


def _openssl() -> list[Dependency]:
    advice = "install OpenSSL 3: the live sections of the lessons use it"
    try:
        found = find_openssl()
    except OpenSSLUnavailable as error:
        return [Dependency("openssl", False, str(error), False, advice)]
    rows = [Dependency("openssl", True, found.banner, False, "")]
    newer = "a newer OpenSSL has it"
    for name, able in found.abilities.items():
        rows.append(Dependency(f"openssl: {name}", able, "yes" if able else "no", False, newer))
    return rows


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Possible names of the browser that the tests use."""


def _browser() -> Dependency:
    found = next((name for name in CHROMIUM if shutil.which(name)), None)
    advice = "install Chromium: only the browser tests use it"
    return Dependency("browser for tests", found is not None, found or "not found", False, advice)


def _tshark() -> Dependency:
    there = shutil.which("tshark") is not None
    advice = "install tshark: only tests and benchmarks use it"
    return Dependency("tshark", there, "found" if there else "not found", False, advice)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(*, as_json: bool) -> None:
    """Show what is installed, and how to get what is missing.

    \b
    Examples:
      tls13lab doctor
      tls13lab doctor --json
    """

    def work() -> report.Result:
        rows = findings()
        ok = all(row.there for row in rows if row.needed)
        return {"ok": ok, "findings": [asdict(row) for row in rows]}

    report.run(work, _lines, as_json=as_json)


def _lines(result: report.Result) -> str:
    lines = []
    for row in result["findings"]:
        mark = "ok     " if row["there"] else "MISSING" if row["needed"] else "absent "
        advice = "" if row["there"] or not row["advice"] else f"; {row['advice']}"
        lines.append(f"{mark} {row['name']}: {row['detail']}{advice}")
    return "\n".join(lines)
