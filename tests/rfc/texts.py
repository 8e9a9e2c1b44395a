"""An RFC's text by section, out of the Markdown that its authors wrote it in (kramdown-rfc).

Only the command in :mod:`tests.rfc.extracts` reads whole RFCs; the tests read its extracts.

>>> source = "--- middle\\n# One {#a}\\n\\nSee {{b}}.\\n## Two {#b}\\nA `word`\\nof {{RFC5869}}.\\n"
>>> for section in sections_of(source):
...     print(section)
Section(number='1', title='One', text='See Section 1.1.')
Section(number='1.1', title='Two', text='A word of [RFC5869].')
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

_HEADING = re.compile(r"(?m)^(#+)[ \t]+(.+?)[ \t]*(?:\{#([\w-]+)\}|\{:.*\})?$")


_UNNUMBERED = ("Contributors", "Acknowledgements")


@dataclass(frozen=True, slots=True)
class Section:
    """``text`` is one line: no mark-up, references as a reader sees them, straight quotes."""

    number: str
    title: str
    text: str


def sections_of(source: str) -> list[Section]:
    """All numbered sections and appendices, in their order."""
    raw = list(_split(source))
    anchors = {anchor: number for number, _, anchor, _ in raw}
    return [Section(number, title, _plain(text, anchors)) for number, title, _, text in raw]


def _split(source: str) -> Iterator[tuple[str, str, str, str]]:
    """Number, title, anchor and source of each section."""
    counts: list[int] = []
    back = False
    body = source[source.index("--- middle\n") :]
    for before, heading, text in _headed(body):
        if re.search(r"(?m)^--- back$", before):
            back, counts = True, []
        if heading[2] in _UNNUMBERED:
            continue
        depth = len(heading[1])
        counts = [*counts[:depth], *[0] * (depth - len(counts))]
        counts[-1] += 1
        first = ascii_uppercase[counts[0] - 1] if back else str(counts[0])
        number = ".".join([first, *map(str, counts[1:])])
        yield number, heading[2], heading[3] or _slug(heading[2]), text


def _headed(body: str) -> Iterator[tuple[str, re.Match[str], str]]:
    """What stands before each heading, the heading, and what stands below it."""
    headings = list(_HEADING.finditer(body))
    ends = [*(one.start() for one in headings[1:]), len(body)]
    before = ""
    for heading, end in zip(headings, ends, strict=True):
        text = body[heading.end() : end]
        yield before, heading, text
        before = text


def _slug(title: str) -> str:
    """The anchor that kramdown gives a heading without one."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).strip().replace(" ", "-")


def _plain(text: str, anchors: dict[str, str]) -> str:
    def reference(match: re.Match[str]) -> str:
        target = match[1].lstrip("?!").partition("=")[0]
        if target in anchors:
            number = anchors[target]
            return f"{'Appendix' if number[0].isalpha() else 'Section'} {number}"
        return re.sub(r"^(Section \S+ of )?(.+)$", r"\1[\2]", target)

    text = re.sub(r"\{\{\s*([^}]+?)\s*\}\}", lambda match: reference(match), _joined(text))
    text = re.sub(r"<sup>(.+?)</sup>", r"^\1", text)
    text = re.sub(r"(?m)^\{:?:.*\}\s*$|^~~~~?.*$", " ", text)
    text = re.sub(r"(?m)^(?:[-*]|\d+\.|:)\s+", "", text)
    return one_line(text)


def _joined(text: str) -> str:
    """References that are broken over two lines, in one."""
    return re.sub(r"\{\{[^}]*\}\}", lambda match: re.sub(r"\s+", " ", match[0]), text)


def one_line(text: str) -> str:
    """Without line ends, mark-up and typographic quotes; what remains is compared as it stands."""
    text = text.replace("\u201c", '"').replace("\u201d", '"').replace("\u2019", "'")
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()
