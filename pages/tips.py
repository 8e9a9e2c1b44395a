"""A Sphinx extension that puts the meanings of a lesson's terms into its page.

``terms.js`` shows them where a term is pointed at or has the focus. They are part of the page,
because a page that is opened from a file may not fetch others.
"""

import json
import re
from typing import Any

from sphinx.application import Sphinx

from pages.glossary import Term, terms

_LINK = re.compile(
    r'href="[^"]*glossary\.html#(term-[^"]+)"[^>]*><span class="std std-term">(.*?)<'
)
_ROLE = re.compile(r"\{(\w+)\}`([^`<]+?)(?: <[^>]*>)?`")


def plain(meaning: str) -> str:
    """A definition without markup, in which sections have only RFC 9846's numbers.

    >>> plain("A *value* of `psk_ke`; see {term}`PSK`. {sec}`4.3.9`")
    'A value of psk_ke; see PSK. RFC 9846 section 4.3.9'
    """
    named = _ROLE.sub(
        lambda one: ("RFC 9846 section " if one[1] == "sec" else "") + one[2], meaning
    )
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", named.replace("*", "")).replace("`", "")


def meanings(body: str, glossary: list[Term]) -> dict[str, str]:
    """The meanings of all terms that a page links, by the ends of the links' addresses."""
    by_name = {name: plain(term.meaning) for term in glossary for name in term.names}
    return {end: by_name[name] for end, name in _LINK.findall(body) if name in by_name}


def add(_: Sphinx, name: str, __: str, context: dict[str, Any], ___: object) -> None:
    """Append the meanings to a lesson."""
    if name.startswith("notebooks/") and (found := meanings(context["body"], terms())):
        data = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
        context["body"] += f'<script type="application/json" id="terms">{data}</script>'


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
