"""A Sphinx extension that closes the extra sections of the lessons.

A section that is marked as extra shows its heading; all below the mark is in ``<details>``, which a
browser opens when a link leads into it. (Folded code is MyST-NB's own business: see
``coursework.folding``.)
"""

from docutils import nodes
from sphinx.application import Sphinx

SUMMARY = "Open this extra section"


# Docutils names its nodes in small letters.
class fold(nodes.General, nodes.Element):
    """What is shown when the reader opens it."""


def close_extras(_: Sphinx, document: nodes.document) -> None:
    """Put everything below the mark of an extra section into a ``fold``."""
    for section in list(document.findall(nodes.section)):
        for place, child in enumerate(section.children[:-1]):
            if isinstance(child, nodes.paragraph) and _is_mark(child):
                inside = fold()
                inside += section.children[place + 1 :]
                section[place + 1 :] = [inside]
                break


def _is_mark(paragraph: nodes.paragraph) -> bool:
    return (
        len(paragraph) == 1
        and isinstance(paragraph[0], nodes.emphasis)
        and paragraph.astext().startswith("Extra")
    )


def _visit(self, node: fold) -> None:  # type: ignore[no-untyped-def] # Sphinx has no type for it
    self.body.append(f'<details class="extra"><summary>{SUMMARY}</summary>\n')


def _depart(self, node: fold) -> None:  # type: ignore[no-untyped-def]
    self.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_node(fold, html=(_visit, _depart))
    app.connect("doctree-read", close_extras)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
