"""Copies of the lessons for a Jupyter without tls13lab, such as Colab.

Each copy has two more cells, which install the package, and its links lead to the other copies. The
notebooks of the repository have no such cells, because most readers have the package. What opens
folded is folded in Colab's way.
"""

import os
import re
import tomllib
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursework.anchors import relink
from coursework.folding import for_colab
from coursework.place import NOTEBOOKS

BRANCH = "colab"
"""The branch of the repository where Colab finds the copies."""

ABOUT = """\
### Before you begin

The next cell installs the lab if it is missing. This takes about a minute. If the lab is already
installed, the cell does nothing."""
INSTALL = """\
import importlib.util

if importlib.util.find_spec("tls13lab") is None:
    %pip install --quiet "tls13lab[lessons] @ {source}"
    importlib.invalidate_caches()"""


class NoAddress(Exception):
    """The address of the repository, from which the copies install the package, is not set."""


def repository(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the repository: from GitHub's environment, or from ``pyproject.toml``."""
    if "GITHUB_REPOSITORY" in environment:
        return f"https://github.com/{environment['GITHUB_REPOSITORY']}"
    text = (NOTEBOOKS.parent / "pyproject.toml").read_text(encoding="utf-8")
    address = str(tomllib.loads(text)["project"]["urls"]["Repository"])
    if "/OWNER/" in address:
        raise NoAddress(
            "say whose copy this is: python3 run.py owner NAME, with the account on GitHub"
        )
    return address


def source(address: str, environment: Mapping[str, str] = os.environ) -> str:
    """The requirement for pip: the repository, at the commit from which the copy was made."""
    commit = environment.get("GITHUB_SHA")
    return f"git+{address}@{commit}" if commit else f"git+{address}"


def prepare(notebook: NotebookNode, address: str, package: str) -> None:
    """Insert the two cells after the title, let links lead to copies, and fold for Colab."""
    relink(notebook, NOTEBOOKS, lambda _, cell: f"scrollTo={cell}")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"\]\((\d\d_\w+\.ipynb)", rf"]({in_colab(address)}/\1", cell.source
            )
    notebook.cells[1:1] = [
        new_markdown_cell(ABOUT, id="elsewhere-about"),
        new_code_cell(INSTALL.format(source=package), id="elsewhere-install"),
    ]
    for_colab(notebook)


def in_colab(address: str) -> str:
    """The address at which Colab shows the copies."""
    place = address.removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{place}/blob/{BRANCH}"
