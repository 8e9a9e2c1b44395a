"""Finds the sections of RFCs that a text cites.

>>> text = "RFC 9846 sections 2.2, 4.3.11 (4.2.11) and appendix F.1"
>>> [(citation.rfc, citation.number) for citation in cited(text)]
[('9846', '2.2'), ('9846', '4.3.11'), ('9846', 'F.1')]
>>> text = "Section 4.3.9 (RFC 8446: 4.2.9); RFC 9258 section 5.1"
>>> [(citation.rfc, citation.number) for citation in cited(text)]
[('9846', '4.3.9'), ('9258', '5.1')]

Numbers of RFC 8446 are skipped, because they accompany RFC 9846's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = r"(?:[Ss]ections?|[Aa]ppendix|[Aa]ppendices|App\.)\s+"
# A single letter is an appendix only after that word; otherwise it may begin a sentence.
_NUMBER = (
    rf"(?:{_WORD})?(?:\d{{1,2}}(?:\.\d{{1,2}})*|[A-F](?:\.\d{{1,2}})+)(?![\w-])|{_WORD}[A-F]\b"
)
# "4.7.1 (4.6.1), 4.3.11 (RFC 8446 section 4.2.11) and F.1": numbers, each perhaps with the old one.
_OLD = r"\s*\((?:RFC\s+)?(?:8446)?[:\s]*(?:same|(?:section|appendix)?\s*[\dA-F.]+)\)"
_LIST = rf"(?:{_NUMBER})(?:(?:{_OLD})?(?:,\s+and|,|\s+and|\s+or)\s+(?:{_NUMBER}))*"
_AFTER_THE_RFC = re.compile(rf"RFC\s+(\d{{4}}),?\s+(?P<all>{_LIST})")
_BEFORE_THE_OLD = re.compile(
    r"(?P<all>(?:[Ss]ection|[Aa]ppendix)\s+([\dA-F][\d.]*))\s+\(RFC\s+8446\b"
)
_ONE = re.compile(rf"{_OLD}|(?P<one>(?:{_WORD})?(?P<number>[\dA-F](?:[\d.]*\d)?))(?![\w])")


@dataclass(frozen=True, slots=True)
class Citation:
    """A section, and the start and end of its citation in the text."""

    rfc: str
    number: str
    start: int
    end: int


def cited(text: str) -> list[Citation]:
    """All citations in the order of the text, without overlaps."""
    found = [*_with_the_rfc(text), *_without_the_rfc(text)]
    result: list[Citation] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not result or one.start >= result[-1].end:
            result.append(one)
    return result


def _with_the_rfc(text: str) -> Iterator[Citation]:
    for match in _AFTER_THE_RFC.finditer(text):
        rfc = match.group(1)
        if rfc == "8446":
            continue
        numbers = _ONE.finditer(text, match.start("all"), match.end("all"))
        for place, one in enumerate(one for one in numbers if one.group("number")):
            start = one.start("one") if place else match.start()
            yield Citation(rfc, one.group("number"), start, one.end())


def _without_the_rfc(text: str) -> Iterator[Citation]:
    for match in _BEFORE_THE_OLD.finditer(text):
        yield Citation("9846", match.group(2), match.start(), match.end("all"))
