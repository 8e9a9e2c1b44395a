"""The terms of the glossary, with the sections of RFCs in their definitions.

They are read from ``source/glossary.md``. A term is on a line; several names for it are on
consecutive lines. Its definition follows, indented. It cites sections as ``{sec}`NUMBER```, or in
words for other RFCs.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pages.citations import cited

SOURCE = Path(__file__).with_name("source") / "glossary.md"


@dataclass(frozen=True, slots=True)
class Term:
    """A term; the first of its ``names`` is the main one."""

    names: tuple[str, ...]
    meaning: str

    @property
    def name(self) -> str:
        """The main name."""
        return self.names[0]

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The RFC and section of each citation in the definition."""
        ours = [("9846", number) for number in re.findall(r"\{sec\}`([^`]+)`", self.meaning)]
        return ours + [(one.rfc, one.number) for one in cited(self.meaning)]


def terms(source: Path = SOURCE) -> list[Term]:
    """All terms in the order of the glossary."""
    text = source.read_text(encoding="utf-8")
    (body,) = re.findall(r"(?s):::\{glossary\}\n(.*?)\n:::", text)
    blocks = re.findall(r"((?:^\S.*\n)+)((?:^(?: +.*)?\n?)+)", body, re.M)
    return [Term(tuple(names.splitlines()), " ".join(text.split())) for names, text in blocks]
