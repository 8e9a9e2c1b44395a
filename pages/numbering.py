"""RFC 9846's sections by number, with their titles and their numbers in RFC 8446.

The table is in ``sections.tsv``, and comes from the tables of contents of both RFCs; ``new`` marks
sections that RFC 8446 did not have. A test compares it with all pairs of numbers in lessons and
documents.

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
    """A section; ``old`` is its number in RFC 8446, empty for a new section."""

    number: str
    old: str
    title: str

    @property
    def address(self) -> str:
        """The address of the section on the RFC Editor's site."""
        return address("9846", self.number)

    @property
    def old_address(self) -> str:
        """The address of the section in RFC 8446; only if it is not new."""
        return address("8446", self.old)

    @property
    def label(self) -> str:
        """The label of the section on the page of sections."""
        return "rfc-" + self.number.lower().replace(".", "-")


def _read() -> dict[str, Section]:
    _, *rows = TABLE.read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows)
    return {new: Section(new, "" if old == "new" else old, title) for new, old, title in cells}


SECTIONS = _read()
"""All sections in the order of the RFC."""


def kind(number: str) -> str:
    """``section`` or ``appendix``."""
    return "appendix" if number[0].isalpha() else "section"


def address(rfc: str, number: str) -> str:
    """The address of a section on the RFC Editor's site.

    >>> address("9258", "5.1")
    'https://www.rfc-editor.org/rfc/rfc9258#section-5.1'
    """
    return f"https://www.rfc-editor.org/rfc/rfc{rfc}#{kind(number)}-{number}"


def both(number: str) -> str:
    """A section as the lessons cite it. Raises KeyError if RFC 9846 has no such section."""
    old = SECTIONS[number].old
    beside = f"RFC 8446 {kind(old)} {old}" if old else "new in it"
    return f"RFC 9846 {kind(number)} {number} ({beside})"
