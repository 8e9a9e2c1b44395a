"""The terms of the glossary and the sections that they belong to, read from its source.

The source is ``source/glossary.md``: a term, or several on lines of their own, then what they mean,
indented, with the section as ``{sec}`NUMBER```, or another RFC's in words.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pages.citations import cited

SOURCE = Path(__file__).with_name("source") / "glossary.md"


@dataclass(frozen=True, slots=True)
class Term:
    """``names`` are all that it is known by; the first is the one that it is listed under."""

    names: tuple[str, ...]
    meaning: str

    @property
    def name(self) -> str:
        """The name that it is listed under."""
        return self.names[0]

    @property
    def sections(self) -> list[tuple[str, str]]:
        """RFC and section of each citation in its meaning."""
        ours = [("9846", number) for number in re.findall(r"\{sec\}`([^`]+)`", self.meaning)]
        return ours + [(one.rfc, one.number) for one in cited(self.meaning)]


def terms(source: Path = SOURCE) -> list[Term]:
    """All terms, in the order of the source."""
    text = source.read_text(encoding="utf-8")
    (body,) = re.findall(r"(?s):::\{glossary\}\n(.*?)\n:::", text)
    blocks = re.findall(r"((?:^\S.*\n)+)((?:^(?: +.*)?\n?)+)", body, re.M)
    return [Term(tuple(names.splitlines()), " ".join(text.split())) for names, text in blocks]
