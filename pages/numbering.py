"""RFC 9846's sections by number, with their titles and the numbers that RFC 8446 gave them.

The table is ``sections.tsv``, after the two RFCs' tables of contents; ``new`` is what RFC 8446 did
not have. A test compares it with every pair of numbers that stands in a lesson or a document.

>>> both("4.3.11")
'RFC 9846 section 4.3.11 (RFC 8446 section 4.2.11)'
>>> both("F.8")
'RFC 9846 appendix F.8 (new in it)'
"""

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("sections.tsv")


@dataclass(frozen=True, slots=True)
class Section:
    """``old`` is the number in RFC 8446, empty where the section is new."""

    number: str
    old: str
    title: str

    @property
    def address(self) -> str:
        """Where RFC 9846's publisher shows it."""
        return address("9846", self.number)

    @property
    def old_address(self) -> str:
        """Where RFC 8446's publisher shows it; only if there is an ``old``."""
        return address("8446", self.old)

    @property
    def label(self) -> str:
        """The name of its place on the page of sections."""
        return "rfc-" + self.number.lower().replace(".", "-")


def _read() -> dict[str, Section]:
    _, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows)
    return {new: Section(new, "" if old == "new" else old, title) for new, old, title in cells}


SECTIONS = _read()
"""In the order of the RFC."""


def kind(number: str) -> str:
    """``section`` or ``appendix``."""
    return "appendix" if number[0].isalpha() else "section"


def address(rfc: str, number: str) -> str:
    """Where the publisher of the RFCs shows a section.

    >>> address("9258", "5.1")
    'https://www.rfc-editor.org/rfc/rfc9258#section-5.1'
    """
    return f"https://www.rfc-editor.org/rfc/rfc{rfc}#{kind(number)}-{number}"


def both(number: str) -> str:
    """A section as the lessons cite it; KeyError if RFC 9846 has none of that number."""
    old = SECTIONS[number].old
    beside = f"RFC 8446 {kind(old)} {old}" if old else "new in it"
    return f"RFC 9846 {kind(number)} {number} ({beside})"
