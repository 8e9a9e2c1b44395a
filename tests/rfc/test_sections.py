"""Every number of a section that the project gives is one that the RFC has."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from pages.citations import cited
from pages.numbering import SECTIONS
from tests.rfc import extracts
from tests.rfc.quotations import sources, texts
from tests.rfc.texts import one_line
from tls13lab.exercises.questions import QUESTIONS
from tls13lab.pictures import meanings
from tls13lab.probe.finding import CATALOGUE

NUMBERS = {rfc: {one.number for one in rows} for rfc, rows in extracts.stored().items()}
OLD = {one.old for one in SECTIONS.values()} | {"4.1.3"}

# Two numbers alone may be a version or a task's; three, or a letter, are a section's.
NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){2,3}|[A-F](?:\.\d{1,2}){1,2})"
BARE = re.compile(
    rf"\((?P<alone>{NUMBER})\)|(?<!X\.690 )(?<!FIPS 180-4 )\b"
    r"(?:[Ss]ections?|[Aa]ppendix) (?P<named>(?:\d{1,2}|[A-F])(?:\.\d{1,2})+)"
)
PAIR = re.compile(
    rf"(?P<new>{NUMBER}|\d\.\d)[, ]*\((?:RFC )?(?:8446)?[: ]*(?:section |appendix )?"
    rf"(?P<old>{NUMBER}|\d\.\d)[),]"
)


@cache
def prose() -> list[tuple[str, str]]:
    return [(where, one_line(text)) for path in sources() for where, text, _ in texts(path)]


def bare(text: str) -> Iterator[str]:
    """Numbers without the name of an RFC before them."""
    for match in BARE.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        if not re.search(r"RFC (?!9846)\d{4}\)?[,:]?\s*\(?$|8446[^;)]*$", before):
            yield match["alone"] or match["named"]


def test_the_table_of_sections_is_the_rfc_s() -> None:
    ours = [(number, one.title) for number, one in SECTIONS.items()]
    assert ours == [(one.number, one.title) for one in extracts.stored()["9846"]]


@pytest.mark.full
@pytest.mark.parametrize("rfc", sorted(NUMBERS))
def test_every_section_that_is_cited_exists(rfc: str) -> None:
    numbers = [
        (where, one.number) for where, text in prose() for one in cited(text) if one.rfc == rfc
    ]
    assert len(numbers) > 5
    assert [one for one in numbers if one[1] not in NUMBERS[rfc]] == []


@pytest.mark.full
def test_every_section_in_brackets_exists() -> None:
    """A number in brackets may also be RFC 8446's, behind RFC 9846's."""
    numbers = [(where, number) for where, text in prose() for number in bare(text)]
    numbers = [one for one in numbers if "tests/site/" not in one[0]]  # wrong ones, on purpose
    assert len(numbers) > 200
    assert [one for one in numbers if one[1] not in NUMBERS["9846"] | OLD] == []


@pytest.mark.full
def test_the_two_rfcs_numbers_go_together_everywhere() -> None:
    pairs = [
        (where, one["new"], one["old"]) for where, text in prose() for one in PAIR.finditer(text)
    ]
    assert len(pairs) > 60
    assert [one for one in pairs if one[1] in SECTIONS and SECTIONS[one[1]].old != one[2]] == []


@pytest.mark.parametrize("text", ["(4.3.12)", "see appendix F.11", "section 8.4", "(G.1.2)"])
def test_a_number_that_is_not_there_is_seen(text: str) -> None:
    assert [one for one in bare(text) if one not in NUMBERS["9846"] | OLD] or "G" in text


def test_what_the_pictures_and_the_quiz_cite_exists() -> None:
    inspected = [one for one in meanings._SECTIONS.values() if not one.startswith("RFC")]
    assert len(inspected) > 20
    asked = [
        one.number for question in QUESTIONS for one in cited(question.section) if one.rfc == "9846"
    ]
    assert len(asked) > 15
    assert set(inspected) | set(asked) <= NUMBERS["9846"]


def test_the_probes_give_both_numbers_of_a_section() -> None:
    pairs = {name: (kind.section, kind.section_8446) for name, kind in CATALOGUE.items()}
    known = {name: pair for name, pair in pairs.items() if pair[0] in SECTIONS}
    assert len(known) > 30
    assert {n: pair for n, pair in known.items() if SECTIONS[pair[0]].old != pair[1]} == {}
