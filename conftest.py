"""pytest for the whole project: which tests take long, and how nbval runs the notebooks.

``run.py test`` leaves out what is marked ``full``: the folders in ``FULL``, what installs packages,
single tests elsewhere, and parts of long lists (``tests/sampled.py``); and for each property,
Hypothesis draws fewer examples. ``run.py test --all`` runs all. A folder whose packages are not
installed is not collected, and the head of the report says so.

``pytest --nbval notebooks/``, the command of nbval's own documentation, works as it stands, with or
without ``-n``, strict or lax. nbval and its companions need a few things set for that:

- A notebook's cells build on one another, so they stay in order and on one worker; pytest-randomly
  would shuffle them, and pytest-xdist would share them out one by one.
- The kernel is this Python, and what is taken out before outputs are compared stands in
  ``tests/nbval_sanitize.cfg``. Both can be overridden on the command line.
"""

import gc
import os
import sys
from collections.abc import Generator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

import installing
from run import NOT_FULL
from tests.conftest import IN_CI

SANITIZE = installing.ROOT / "tests" / "nbval_sanitize.cfg"
NBVAL_CELL_TIMEOUT = 2000.0
CELL_TIMEOUT = 300.0
"""Seconds after which a cell counts as hanging; nbval's default is 2,000."""

QUICK_EXAMPLES = 25
"""How many examples Hypothesis draws in a quick run for a test that does not say; else 100."""

FULL = {
    "pages": "sphinx",
    "tests/deploy": "jupyterhub",
    "tests/fuzz": "atheris",
    "tests/lite": "jupyterlite_core",
    "tests/site": "sphinx",
}
"""Folders whose tests are ``full``, and the package that each requires."""

if (
    Path(sys.prefix) == installing.VENV
):  # typed by hand, as from run.py: Jupyter's files stay in .venv
    os.environ.update(installing.environment())
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Tests, examples and the notebooks that nbval runs must not read the answers that a person keeps in
# the folder, or leave any there. Their kernels inherit this setting.
os.environ["TLS13LAB_PROGRESS"] = "off"


def left_out(config: pytest.Config) -> dict[str, str]:
    """The folders that are not run, and the missing package of each."""
    missing = {folder: package for folder, package in FULL.items() if not find_spec(package)}
    # In CI nothing may be missing: there the folder's own imports fail.
    return {} if IN_CI and config.option.markexpr != NOT_FULL else missing


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not collect the folders whose packages are missing."""
    folders = (installing.ROOT / folder for folder in left_out(config))
    return True if any(collection_path.is_relative_to(folder) for folder in folders) else None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name the folders that are not run."""
    return [
        f"not run: {folder} ({package} is not installed; python3 run.py test --all installs it)"
        for folder, package in left_out(config).items()
    ]


@cache
def is_full(path: Path) -> bool:
    """Whether all tests of this file are ``full``."""
    return any(path.is_relative_to(installing.ROOT / folder) for folder in FULL)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what lies in the folders that take long, and what installs packages."""
    if is_full(item.path) or item.get_closest_marker("registry"):
        item.add_marker("full")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Fill in what Hypothesis and nbval were not told.

    Before xdist, which shares tests out by ``dist``.
    """
    option = config.option
    if option.markexpr == NOT_FULL:
        settings.register_profile("quick", settings(), max_examples=QUICK_EXAMPLES)
        settings.load_profile("quick")
    if not (getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)):
        return
    option.nbval_sanitize_with = option.nbval_sanitize_with or str(SANITIZE)
    option.nbval_current_env = option.nbval_current_env or not option.nbval_kernel_name
    if option.nbval_cell_timeout == NBVAL_CELL_TIMEOUT:
        option.nbval_cell_timeout = CELL_TIMEOUT
    if getattr(option, "dist", "no") != "no":
        option.dist = "loadfile"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the 12,000 tests out of the garbage collector's rounds: a twelfth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks last, each from its first cell to its last, whatever shuffled them before."""
    items.sort(key=place)


def place(item: pytest.Item) -> tuple[bool, Path, int]:
    """Where an item belongs: tests first, in the order that they have; then cell by cell."""
    number: int | None = getattr(item, "cell_num", None)
    return (False, Path(), 0) if number is None else (True, item.path, number)
