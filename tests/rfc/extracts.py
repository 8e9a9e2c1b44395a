"""What the project needs of the RFCs' texts: ``python -m tests.rfc.extracts FOLDER`` writes it.

``FOLDER`` holds ``rfc9846.md``, ``rfc9257.md`` and ``rfc9258.md``, the Markdown sources that the
RFCs were made from (the IETF's TLS working group keeps them on GitHub). ``extracts.tsv`` has a line
for each section, with its number, its title, and of its text the sentences that are quoted
somewhere in the project, between them ``[...]``. The command says which quotations are not in the
RFCs, and then ends with status 1.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.rfc.quotations import Quotation, everything
from tests.rfc.texts import Section, sections_of

RFCS = ("9846", "9257", "9258")
STORED = Path(__file__).with_name("extracts.tsv")
GAP = " [...] "
_LONGEST_SENTENCE = 600
_SENTENCE_END = re.compile(r"(?<=[.;:?!])\s+(?=[\"(A-Z0-9])")
_OR_A_WORK = r"(?: \[[\w-]+\])? "
_NEAR = 0.5
_WORDS_IN_A_ROW = 4
_ORDERS = re.compile(r"\b(MUST|SHOULD|MAY|RECOMMENDED|SHALL)\b")

Texts = Mapping[str, Iterable[Section]]
"""By the RFC's number, its sections."""


@dataclass
class Found:
    """Where in an RFC a quotation stands: the section, and the places of its parts in the text."""

    rfc: str
    section: Section
    spans: list[tuple[int, int]] = field(default_factory=list)


def stored() -> dict[str, list[Section]]:
    """The extracts that are in the repository."""
    result: dict[str, list[Section]] = {rfc: [] for rfc in RFCS}
    for line in STORED.read_text(encoding="utf-8").splitlines():
        rfc, number, title, text = line.split("\t")
        result[rfc].append(Section(number, title, text))
    return result


def find(quotation: Quotation, texts: Texts) -> Found | None:
    """In the section that is given, or below it; anywhere, if none is given."""
    for rfc, sections in texts.items():
        if quotation.rfc not in ("", f"RFC {rfc}"):
            continue
        for section in sections:
            if f"{section.number}.".startswith(f"{quotation.section}." * bool(quotation.section)):
                spans = _spans(quotation.parts, section.text)
                if spans:
                    return Found(rfc, section, spans)
    return None


def _spans(parts: tuple[str, ...], text: str) -> list[tuple[int, int]]:
    """Where the parts stand, one behind the other, or nothing.

    A first capital is free, and a work that the RFC names in brackets may be left out.
    """
    at, spans = 0, []
    for part in parts:
        first = f"[{part[0].lower()}{part[0].upper()}]" if part[0].isalpha() else re.escape(part[0])
        rest = _OR_A_WORK.join(re.escape(word) for word in part[1:].split(" "))
        match = re.compile(first + rest).search(text, at)
        if match is None:
            return []
        spans.append(match.span())
        at = match.end()
    return spans


def is_quotation(quotation: Quotation, known: set[tuple[str, ...]]) -> bool:
    """Whether it says that it is one, or sounds like one of ``known`` (from ``runs``)."""
    if not quotation.enough:
        return False
    if quotation.section or _ORDERS.search(quotation.words):
        return True
    own = _runs(" ".join(quotation.parts))
    return len(own) >= 3 and len(own & known) >= _NEAR * len(own)


def runs(texts: Texts) -> set[tuple[str, ...]]:
    """All runs of four words, by which a changed quotation is known again."""
    return {
        run for sections in texts.values() for section in sections for run in _runs(section.text)
    }


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {
        tuple(words[at : at + _WORDS_IN_A_ROW]) for at in range(len(words) - _WORDS_IN_A_ROW + 1)
    }


def strangers(quotations: Iterable[Quotation], texts: Texts) -> list[Quotation]:
    """The quotations that are not in these texts, or not in the section that they give."""
    known = runs(texts)
    return [one for one in quotations if is_quotation(one, known) and not find(one, texts)]


# Writing them ------------------------------------------------------------------------------------


def extracted(quotations: Iterable[Quotation], texts: Texts) -> str:
    """The file: what is quoted, sentence by sentence."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for one in quotations:
        found = find(one, texts) if one.enough else None
        if found:
            spans.setdefault((found.rfc, found.section.number), []).extend(found.spans)
    lines = (
        (rfc, one.number, one.title, _sentences(one.text, spans.get((rfc, one.number), [])))
        for rfc, sections in texts.items()
        for one in sections
    )
    return "".join("\t".join(line) + "\n" for line in lines)


def _sentences(text: str, spans: list[tuple[int, int]]) -> str:
    """The sentences of ``text`` that lie under the spans; of a very long one, what is quoted."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    keep: list[tuple[int, int]] = []
    for start, end in spans:
        first = max((at for at in ends if at <= start), default=0)
        last = min((at for at in ends if at >= end), default=len(text))
        keep.append((first, last) if last - first <= _LONGEST_SENTENCE else (start, end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(keep):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return GAP.join(text[start:end].strip() for start, end in merged)


def main(folder: Path) -> int:
    """Write the extracts; returns how many quotations are in no RFC."""
    texts = {
        rfc: sections_of((folder / f"rfc{rfc}.md").read_text(encoding="utf-8")) for rfc in RFCS
    }
    quotations = list(everything())
    wrong = strangers(quotations, texts)
    for one in wrong:
        print(f"{one.where}: not in {one.rfc or 'the RFCs'} {one.section}: {one.words}")
    STORED.write_text(extracted(quotations, texts), encoding="utf-8", newline="\n")
    return len(wrong)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.rfc.extracts FOLDER (with rfc9846.md, ... in it)")
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
