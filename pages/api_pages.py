"""Writes the pages of the API reference: one for each room, in the order of the rooms' table.

Each module is a section, whose text comes from its docstrings.
"""

import re
from collections.abc import Iterator

from pages.cross_references import PACKAGE, module
from pages.lessons import ROOT

INDEX = """\
API reference
=============

The package tls13lab, room by room. Data flows from the top of this list to the bottom, and a room
imports only rooms above it; :doc:`/CONTRIBUTING` says why. The code is meant to be read as well as
called; a good place to begin is :py:mod:`tls13lab.crypto.schedule`. The tests run the examples in
docstrings. All names are in the :ref:`genindex`, and all modules in the :ref:`modindex`.

.. list-table::

{rows}

.. toctree::
   :hidden:

{pages}

Beside the rooms
----------------

.. automodule:: tls13lab.lesson

.. automodule:: tls13lab.whole_file
   :members:
"""


def rooms() -> dict[str, str]:
    """Each room with its contents, in the order of the table in ``CONTRIBUTING.md``.

    Raises ValueError if the table and the package differ.
    """
    house = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `(\w+)/` \| (.+) \|$", house, re.M))
    there = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    if set(table) != there:
        raise ValueError(f"CONTRIBUTING.md's table and tls13lab/ differ: {set(table) ^ there}")
    return table


def api_pages() -> dict[str, str]:
    """All pages by their names, in reStructuredText, the format of docstrings."""
    described = {room: _as_rst(what) for room, what in rooms().items()}
    rows = (f"   * - :doc:`{room}`\n     - {what}" for room, what in described.items())
    pages = {room: "\n".join(_room(room, what)) for room, what in described.items()}
    names = "\n".join(f"   {room}" for room in pages)
    return {"index": INDEX.format(rows="\n".join(rows), pages=names)} | pages


def _room(room: str, what: str) -> Iterator[str]:
    yield from (room, "=" * len(room), "", f"{what[0].upper()}{what[1:]}.", "")
    yield f".. automodule:: tls13lab.{room}\n"
    for path in sorted((PACKAGE / room).rglob("*.py")):
        if path != PACKAGE / room / "__init__.py":
            name = module(path)
            title = name.removeprefix(f"tls13lab.{room}.")
            yield from (title, "-" * len(title), "")
            yield f".. automodule:: {name}\n   :members:\n"


def _as_rst(markdown: str) -> str:
    """A line of Markdown as reStructuredText; here, the formats differ only in code."""
    return re.sub(r"`([^`]+)`", r"``\1``", markdown)
