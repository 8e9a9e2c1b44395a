"""The lessons for a Jupyter that has no tls13lab, such as Colab: a first cell that installs it.

The notebooks of the repository have no such cell, because it would stand in the way of everybody
who has the package: these are copies, each with two cells more and with links that lead to copies.
"""

import os
import re
import tomllib
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coursework.place import NOTEBOOKS

BRANCH = "colab"
"""Where the copies lie in the repository that Colab is pointed to."""

ABOUT = """\
### Before you begin

The next cell installs the lab if it is not here, which takes about a minute; if it is here, it does
nothing."""
INSTALL = """\
import importlib.util

if importlib.util.find_spec("tls13lab") is None:
    %pip install --quiet "tls13lab[lessons] @ {source}"
    importlib.invalidate_caches()"""


class NoAddress(Exception):
    """Nobody said where the copies are to get the package from."""


def repository(environment: Mapping[str, str] = os.environ) -> str:
    """The address of this copy of the project: GitHub's word in its workflows, or pyproject's."""
    if "GITHUB_REPOSITORY" in environment:
        return f"https://github.com/{environment['GITHUB_REPOSITORY']}"
    text = (NOTEBOOKS.parent / "pyproject.toml").read_text(encoding="utf-8")
    address = str(tomllib.loads(text)["project"]["urls"]["Repository"])
    if "/OWNER/" in address:
        raise NoAddress(
            "put the address of your copy in place of OWNER in pyproject.toml (Repository)"
        )
    return address


def source(address: str, environment: Mapping[str, str] = os.environ) -> str:
    """What pip installs from: the repository, in the version that the copy was made of."""
    commit = environment.get("GITHUB_SHA")
    return f"git+{address}@{commit}" if commit else f"git+{address}"


def prepare(notebook: NotebookNode, address: str, package: str) -> None:
    """Put the two cells behind the title, and let links to lessons lead to copies."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(
                r"\]\((\d\d_\w+\.ipynb)", rf"]({in_colab(address)}/\1", cell.source
            )
    notebook.cells[1:1] = [
        new_markdown_cell(ABOUT, id="elsewhere-about"),
        new_code_cell(INSTALL.format(source=package), id="elsewhere-install"),
    ]


def in_colab(address: str) -> str:
    """Where Colab shows the copies."""
    place = address.removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{place}/blob/{BRANCH}"
