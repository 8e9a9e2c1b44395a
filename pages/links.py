"""A Sphinx extension for links to sections of RFCs and to terms.

- A citation such as ``RFC 9846 section 4.3.9`` becomes a link to that section on the page of
  sections, which has links to the RFC and to everything about it.
- In a lesson, the first occurrence of a term becomes a link to the glossary.
- ``{sec}`4.3.9``` writes "RFC 9846 section 4.3.9 (RFC 8446 section 4.2.9)" with the same link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from pages.citations import cited
from pages.glossary import terms
from pages.numbering import SECTIONS, both

# Places for which a link would be wrong, or inside another link.
_NOT_IN = (
    nodes.comment,
    nodes.literal,
    nodes.literal_block,
    nodes.raw,
    nodes.reference,
    nodes.term,
    nodes.title,
    addnodes.desc_signature,
    addnodes.pending_xref,
)
# Quotations and tables get no links to terms.
_NO_TERMS_IN = (nodes.block_quote, nodes.table, nodes.strong)


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    role: str
    target: str


class LinkCitations(SphinxTransform):
    """Turns citations into links to the page of sections."""

    default_priority = 780

    def apply(self, **_: object) -> None:
        """Change every page except the page of sections itself."""
        if self.env.docname == "rfc":
            return
        for text in _texts(self.document, _NOT_IN):
            links = (
                _Link(one.start, one.end, "ref", _label(one.rfc, one.number))
                for one in cited(text.astext())
            )
            _replace(text, list(links))


class LinkTerms(SphinxTransform):
    """Turns the first occurrence of each term in a lesson into a link to the glossary."""

    default_priority = 790

    def apply(self, **_: object) -> None:
        """Change only the notebooks."""
        if not self.env.docname.startswith("notebooks/"):
            return
        names = {name: term.name for term in terms() for name in term.names}
        longest_first = sorted(names, key=len, reverse=True)
        pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(s?)(?![\w-])")
        done: set[str] = set()
        for text in _texts(self.document, _NOT_IN + _NO_TERMS_IN):
            links = []
            for one in pattern.finditer(text.astext()):
                term = names[one.group(1)]
                if term not in done:
                    done.add(term)
                    links.append(_Link(one.start(), one.end(), "term", one.group(1)))
            _replace(text, links)


def _texts(document: nodes.document, outside: tuple[type[nodes.Node], ...]) -> list[nodes.Text]:
    """All pieces of running text; pieces that were split at line ends are joined first."""
    for parent in list(document.findall(nodes.TextElement)):
        _join(parent)
    return [text for text in document.findall(nodes.Text) if not _is_in(text, outside)]


def _is_in(text: nodes.Node, outside: tuple[type[nodes.Node], ...]) -> bool:
    parent = text.parent
    while parent is not None:
        if isinstance(parent, outside):
            return True
        parent = parent.parent
    return False


def _join(parent: nodes.TextElement) -> None:
    joined: list[nodes.Node] = []
    for child in parent.children:
        if joined and isinstance(child, nodes.Text) and isinstance(joined[-1], nodes.Text):
            joined[-1] = nodes.Text(joined[-1].astext() + child.astext())
        else:
            joined.append(child)
    if len(joined) < len(parent.children):
        parent[:] = joined


def _replace(text: nodes.Text, links: list[_Link]) -> None:
    """Put links into a piece of text."""
    if links:
        text.parent.replace(text, list(_pieces(text.astext(), links)))


def _pieces(text: str, links: list[_Link]) -> Iterator[nodes.Node]:
    at = 0
    for link in links:
        if link.start > at:
            yield nodes.Text(text[at : link.start])
        yield _reference(text[link.start : link.end], link.role, link.target)
        at = link.end
    if at < len(text):
        yield nodes.Text(text[at:])


def _reference(shown: str, role: str, target: str) -> addnodes.pending_xref:
    inner = nodes.inline(shown, shown, classes=["std", f"std-{role}"])
    options = {"refdomain": "std", "reftype": role, "reftarget": target, "refexplicit": True}
    return addnodes.pending_xref(shown, inner, refwarn=True, **options)


def _label(rfc: str, number: str) -> str:
    return SECTIONS[number].label if rfc == "9846" else f"rfc{rfc}"


def _section_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, *_: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The role ``{sec}``."""
    if text not in SECTIONS:
        message = inliner.reporter.error(f"RFC 9846 has no section {text}", line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    return [_reference(both(text), "ref", SECTIONS[text].label)], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.add_role("sec", _section_role)
    app.add_transform(LinkCitations)
    app.add_transform(LinkTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
