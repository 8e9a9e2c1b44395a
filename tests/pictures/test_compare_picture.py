"""The picture of a comparison says what its table says."""

from html import escape
from xml.etree import ElementTree

from tests.pictures.test_pictures import DHE, KE
from tls13lab.pictures.compare import compare
from tls13lab.pictures.compare_picture import FIRST, compare_picture


def arrows(svg: str) -> int:
    return svg.count("<polygon")


def test_every_message_has_an_arrow_and_every_difference_a_line() -> None:
    picture, table = compare_picture(KE, DHE), compare(KE, DHE)
    assert picture.rows == table.rows
    messages = [row for row in table.rows if row[1].startswith(("client", "server"))]
    sent = [row[side] for row in messages if ": " not in row[1] for side in (2, 3)]
    assert arrows(picture.svg) == sent.count("sent")
    for mark, place, left, right in table.rows:
        detail = place.partition(": ")[2]
        for value in (left, right):
            if detail:
                assert (escape(f"{detail}: {value}") in picture.svg) == bool(mark)


def test_just_one_difference_is_the_first() -> None:
    picture = compare_picture(KE, DHE)
    assert picture.svg.count(FIRST) == 1
    assert "client ClientHello: supported_groups" in picture.alt
    # The twin: there is none between a conversation and itself.
    same = compare_picture(KE, KE)
    assert FIRST not in same.svg
    assert "stroke-dasharray" not in same.svg
    assert "none so far" in same.alt


def test_the_picture_keeps_its_size_while_it_is_uncovered() -> None:
    sizes, seen = set(), []
    for upto in range(1, len(compare(KE, DHE).rows) + 1):
        picture = compare_picture(KE, DHE, upto)
        sizes.add(ElementTree.fromstring(picture.svg).get("viewBox"))
        seen.append(arrows(picture.svg))
        assert len(picture.rows) == upto
    assert len(sizes) == 1
    assert seen == sorted(seen)
    assert seen[0] == 2


def test_a_message_that_one_side_lacks_is_said_to_be_absent() -> None:
    from dataclasses import replace

    short = replace(KE, steps=KE.steps[:2])
    picture = compare_picture(short, KE)
    assert "(no EncryptedExtensions)" in picture.svg
    assert "server EncryptedExtensions" in picture.alt
