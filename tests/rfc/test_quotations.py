"""What is quoted from the RFCs stands in them, word by word, in the section that is given."""

from functools import cache

import pytest

from tests.rfc import extracts
from tests.rfc.quotations import Quotation, everything, in_blocks, in_prose
from tests.rfc.texts import Section, sections_of

ADD = (
    "Is it the RFC's wording, and in that section? If so, put it among the extracts: "
    "`python -m tests.rfc.extracts FOLDER`, where FOLDER holds the RFCs' Markdown sources. "
    "If it is no quotation of an RFC, take the quotation marks or the section's number away."
)
STORED = extracts.stored()


@cache
def quotations() -> list[Quotation]:
    return list(everything())


@pytest.mark.full
def test_every_quotation_is_in_the_rfc() -> None:
    wrong = extracts.strangers(quotations(), STORED)
    told = [f'{one.where}: "{one.words}" {one.rfc} {one.section}' for one in wrong]
    assert not told, "\n".join([*told, ADD])


@pytest.mark.full
def test_much_is_quoted_and_every_extract_serves() -> None:
    found = [one for one in quotations() if one.enough and extracts.find(one, STORED)]
    assert len(found) > 120
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for quotation in found:
        place = extracts.find(quotation, STORED)
        assert place is not None
        places.setdefault((place.rfc, place.section.number), []).extend(place.spans)
    for rfc, sections in STORED.items():
        for section in sections:
            at = 0
            for piece in section.text.split(extracts.GAP) if section.text else ():
                end = at + len(piece)
                spans = places.get((rfc, section.number), [])
                assert any(start < end and stop > at for start, stop in spans), piece
                at = end + len(extracts.GAP)


TEXTS = {
    "9846": [
        Section("4.3", "Extensions", "See below."),
        Section(
            "4.3.1",
            "One",
            'A server MUST send "x" at once. It MAY wait for a while [RFC1149] instead.',
        ),
    ]
}


@pytest.mark.parametrize(
    "text",
    [
        'It says "A server MUST send "x" at once" (4.3.1).',
        'It says "a server MUST send "x" at once." (section 4.3)',
        'It says "A server MUST [...] wait for a while instead" (RFC 9846, 4.3.1).',
        'It says "It MAY wait ... instead" there.',
        'It says "nothing of that kind at all".',
    ],
)
def test_what_is_quoted_rightly_or_not_at_all(text: str) -> None:
    assert not extracts.strangers(in_prose(text, "here"), TEXTS)


@pytest.mark.parametrize(
    "text",
    [
        'It says "A server MUST send "y" at once" (4.3.1).',
        'It says "A server MUST send "x" at once" (4.3.2).',
        'It says "A server MUST send "x" at once" (RFC 9257, 4.3.1).',
        'It says "It MUST wait ... instead" there.',
        'It says "It may wait for a while instead" there.',
        'It says "something or other quite different" (4.3.1).',
    ],
)
def test_a_changed_word_or_a_wrong_section_is_noticed(text: str) -> None:
    assert len(extracts.strangers(in_prose(text, "here"), TEXTS)) == 1


def test_a_block_quote_is_read_with_its_section() -> None:
    cited = "RFC 9846 section 4.3.1 (RFC 8446 section 4.2.1)"
    text = f"Heard:\n\n> A server MUST send `x`\n> at once.\n>\n> {cited}\n"
    (one,) = in_blocks(text, "here")
    assert (one.parts, one.rfc, one.section) == (
        ("A server MUST send x at once",),
        "RFC 9846",
        "4.3.1",
    )
    assert not list(in_prose(text, "here"))
    missing = in_blocks("> A server MUST wait.\n> RFC 9846 section 4.3.1", "here")
    assert len(extracts.strangers(missing, TEXTS)) == 1


def test_the_older_rfc_s_words_are_not_looked_for() -> None:
    assert not list(in_prose('(RFC 8446 section 2.3: "This data is not forward secret")', "here"))


def test_the_extracts_keep_the_sentences_that_are_quoted() -> None:
    quotation = Quotation("here", "wait for a while", "RFC 9846", "4.3.1")
    first, second = extracts.extracted([quotation], TEXTS).splitlines()
    assert first == "9846\t4.3\tExtensions\t"
    assert second == "9846\t4.3.1\tOne\tIt MAY wait for a while [RFC1149] instead."


def test_sections_are_numbered_as_the_publisher_does() -> None:
    front = "--- middle\n# A\ntext\n## B {#b}\nSee {{c}}.\n# D\n"
    back = "--- back\n# Acknowledgements\n# C\n{{Section 2 of RFC5869}}\n## E\n"
    read = [(one.number, one.title, one.text) for one in sections_of(front + back)]
    assert read[1] == ("1.1", "B", "See Appendix A.")
    assert read[3][2] == "Section 2 of [RFC5869]"
    assert [number for number, _, _ in read] == ["1", "1.1", "2", "A", "A.1"]
