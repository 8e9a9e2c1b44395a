"""A Sphinx extension for signatures.

A constant's value is shown only if it is short. The lines of a long signature become plain lines;
Sphinx itself makes a definition list without definitions, which confuses screen readers. Where
Sphinx shows the full name of a class as text, only the last part is shown.

>>> as_lines("<dl>\\n<dd>a: int,</dd>\\n<dd>b: int,</dd>\\n</dl>")
'<span class="sig-line">a: int,</span><span class="sig-line">b: int,</span>'
"""

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

LONGEST = 60
"""Most characters of a value that is shown, including the equals sign."""
_WHOLE_NAME = re.compile(r'(<span class="pre">)~(?:\w+\.)+(\w+)')
_LIST = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def leave_out_long_values(_: Sphinx, __: str, ___: str, content: nodes.Element) -> None:
    """Remove a long `` = ...`` from a signature."""
    signature = content.parent[0]
    for note in list(signature.findall(addnodes.desc_annotation)):
        if note.astext().lstrip().startswith("=") and len(note.astext()) > LONGEST:
            note.parent.remove(note)


def as_lines(body: str) -> str:
    """A page in which each such list is replaced by lines, which ``site.css`` formats."""

    def lines(match: re.Match[str]) -> str:
        found = re.findall(r"<dd>(.*)</dd>", match.group(1))
        return "".join(f'<span class="sig-line">{one}</span>' for one in found)

    return _LIST.sub(lines, body)


def short_names(body: str) -> str:
    """A page in whose signatures each class has only the last part of its name.

    >>> short_names('<span class="pre">~tls13lab.messages.post_handshake.KeyUpdate,</span>')
    '<span class="pre">KeyUpdate,</span>'
    """
    return _WHOLE_NAME.sub(r"\1\2", body)


def _in_page(_: Sphinx, __: str, ___: str, context: dict[str, Any], ____: object) -> None:
    if "body" in context:
        context["body"] = short_names(as_lines(context["body"]))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("object-description-transform", leave_out_long_values)
    app.connect("html-page-context", _in_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
