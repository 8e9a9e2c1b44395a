"""pytest for the whole project: notebooks as nbval runs them, and nothing written elsewhere.

``pytest --nbval notebooks/``, the command of nbval's own documentation, works as it stands, with or
without ``-n``, strict or lax. nbval and its companions need a few things set for that:

- A notebook's cells build on one another, so they stay in order and on one worker; pytest-randomly
  would shuffle them, and pytest-xdist would share them out one by one.
- The kernel is this Python, and what is taken out before outputs are compared stands in
  ``tests/nbval_sanitize.cfg``. Both can be overridden on the command line.
"""

import os
import sys
from pathlib import Path

import pytest

import run

SANITIZE = run.ROOT / "tests" / "nbval_sanitize.cfg"
NBVAL_CELL_TIMEOUT = 2000.0
CELL_TIMEOUT = 300.0
"""Seconds after which a cell counts as hanging; nbval waits 2,000 unless told otherwise."""

if Path(sys.prefix) == run.VENV:  # typed by hand, as from run.py: Jupyter's files stay in .venv
    os.environ.update(run.environment())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Fill in what nbval was not told. Before xdist, which shares tests out by ``dist``."""
    option = config.option
    if not (getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)):
        return
    option.nbval_sanitize_with = option.nbval_sanitize_with or str(SANITIZE)
    option.nbval_current_env = option.nbval_current_env or not option.nbval_kernel_name
    if option.nbval_cell_timeout == NBVAL_CELL_TIMEOUT:
        option.nbval_cell_timeout = CELL_TIMEOUT
    if getattr(option, "dist", "no") != "no":
        option.dist = "loadfile"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks last, each from its first cell to its last, whatever shuffled them before."""
    items.sort(key=place)


def place(item: pytest.Item) -> tuple[bool, Path, int]:
    """Where an item belongs: tests first, in the order that they have; then cell by cell."""
    number: int | None = getattr(item, "cell_num", None)
    return (False, Path(), 0) if number is None else (True, item.path, number)
