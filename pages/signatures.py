"""Sphinx's part: a constant's value is shown where it is short."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

LONGEST = 60
"""Characters of a value, with the sign before it."""


def leave_out_long_values(_: Sphinx, __: str, ___: str, content: nodes.Element) -> None:
    """Take `` = ...`` off a signature where it would fill lines."""
    signature = content.parent[0]
    for note in list(signature.findall(addnodes.desc_annotation)):
        if note.astext().lstrip().startswith("=") and len(note.astext()) > LONGEST:
            note.parent.remove(note)


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("object-description-transform", leave_out_long_values)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
