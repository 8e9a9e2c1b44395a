"""The sequence diagram in its two forms: sizes, parts, and what each part tells."""

import re
from dataclasses import replace
from html import unescape
from itertools import product

import pytest

from tests.pictures.test_pictures import DHE, KE
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.sequence import (
    NARROW_HEIGHT,
    record_of,
    sequence,
    sequence_of_names,
)
from tls13lab.pictures.text_size import width, wrapped
from tls13lab.psk.stateless import StatelessTickets, TicketKey


def full() -> Conversation:
    """A handshake with certificates, tickets, data in both directions and two alerts."""
    client, server = lesson_configs("full")
    server = replace(server, tickets=StatelessTickets(TicketKey.new(bytes)))
    pair = Pair(client, server, seed="a long one")
    pair.handshake()
    pair.pump()
    for side in (pair.client, pair.server):
        side.send(b"some data")
        pair.pump()
    for side in (pair.client, pair.server):
        side.close()
        pair.pump()
    return pair.conversation()


FULL = full()


def forms(conversation: Conversation, upto: int | None = None) -> dict[str, Picture]:
    """Every form of the diagram."""
    found = {
        f"eavesdropper={outside}, narrow={narrow}": sequence(
            conversation, upto, eavesdropper=outside, narrow=narrow
        )
        for outside, narrow in product((False, True), repeat=2)
    }
    for narrow in (False, True):
        found[f"names, narrow={narrow}"] = sequence_of_names(conversation, upto, narrow=narrow)
    return found


def tips(picture: Picture) -> dict[str, str]:
    found = re.findall(r'data-part="([^"]+)"><title>(.*?)</title>', picture.svg, re.S)
    return {name: unescape(tip) for name, tip in found}


@pytest.mark.parametrize("conversation", [KE, DHE, FULL])
def test_no_form_is_too_wide_or_too_small_to_read(conversation: Conversation) -> None:
    for name, picture in forms(conversation, 3).items():
        size = re.match(r'<svg [^>]*?width="(\d+)" height="(\d+)"', picture.svg)
        assert size, name
        assert int(size[1]) <= (416 if "narrow=True" in name else ink.WIDTH)
        if "narrow=True" in name:
            assert int(size[2]) <= NARROW_HEIGHT
        letters = [float(each) for each in re.findall(r'font-size="([\d.]+)"', picture.svg)]
        assert min(letters) >= ink.SMALL, name


def test_a_narrow_one_moves_together_for_more_records() -> None:
    def heights(more: int) -> list[int]:
        longer = replace(FULL, steps=FULL.steps + FULL.steps[:more])
        shown = (picture for name, picture in forms(longer).items() if "narrow=True" in name)
        return [int(re.findall(r'height="(\d+)"', picture.svg)[0]) for picture in shown]

    assert len(FULL.steps) == 11
    assert max(heights(2)) <= NARROW_HEIGHT
    # Then each takes what its words take.
    assert {b - a for a, b in zip(heights(5), heights(6), strict=True)} == {36}


def test_each_record_is_a_part_with_its_row_its_bytes_and_its_section() -> None:
    found = tips(sequence(FULL))
    for number, (step, row) in enumerate(zip(FULL.steps, sequence(FULL).rows, strict=True), 1):
        tip = found[f"record-{number}"]
        assert tip.startswith(f"record {number}, from the {step.sender}\n")
        for cell in row[2:]:
            assert f": {cell}\n" in tip
        assert f"its bytes: {step.wire[:6].hex(' ')}" in tip
        assert "RFC 9846 section" in tip
    assert "CertificateVerify proves, by a signature" in found["record-4"]


def test_an_eavesdroppers_tips_come_from_the_wire() -> None:
    found = tips(sequence(FULL, eavesdropper=True))
    assert "ClientHello offers" in found["record-1"]
    assert "only its length can be seen (RFC 9846 section 5.2)" in found["record-4"]
    for tip in found.values():
        assert not re.search("Certificate|Finished|Ticket|Application Data|handshake keys", tip)
    assert "the server sends protected records\nfrom record 4 on" in found.values()
    # The twin: the endpoints know which keys these are.
    assert "the server sends under handshake keys" in tips(sequence(FULL))["keys-server-4"]


def test_names_alone_tell_neither_keys_nor_bytes() -> None:
    found = tips(sequence_of_names(FULL))
    assert all(name.startswith("record-") for name in found)
    for tip in found.values():
        assert not re.search(r"(handshake|application) keys|protected|bytes:|on the wire|\{", tip)
    # The twin: with the endpoints' eyes all of it is there.
    assert re.search(r"handshake keys.*on the wire.*bytes:", tips(sequence(FULL))["record-4"], re.S)


def test_only_what_is_there_is_in_the_legend() -> None:
    shown = sequence(FULL).svg
    assert "{ } under handshake keys; [ ] under application keys" in shown
    assert "early keys" not in shown
    clear = replace(DHE, steps=DHE.steps[:3])
    assert "{ }" not in sequence(clear).svg


def test_a_side_is_told_by_more_than_its_colour() -> None:
    svg = sequence(DHE).svg
    for number, step in enumerate(DHE.steps, 1):
        (arrow,) = re.findall(rf'data-part="record-{number}".*?</g>', svg, re.S)
        colour, other = ink.CLIENT, ink.SERVER
        if step.sender == "server":
            colour, other = other, colour
        assert colour in arrow
        assert other not in arrow
        assert (' rx="' in arrow) == (step.sender == "client")  # a disc, not a square


def test_a_record_is_marked_only_if_it_was_asked_for() -> None:
    assert ink.CHOSEN.fill not in sequence(DHE).svg
    assert sequence(DHE, 3).svg.count(ink.CHOSEN.fill) == 1


def test_records_by_the_names_of_their_parts() -> None:
    assert [record_of(name) for name in tips(sequence(DHE, 2)) if record_of(name)] == [1, 2]
    assert record_of("record-") is record_of("theft") is None


def test_words_are_broken_at_spaces_and_are_all_there() -> None:
    words = "{EncryptedExtensions, Certificate, CertificateVerify, Finished}"
    lines = wrapped(words, 14, 200)
    assert " ".join(lines) == words
    assert len(lines) > 1
    assert all(width(line, 14) <= 200 for line in lines)
    assert wrapped(words, 14, 1) == words.split()
    assert wrapped("", 14, 100) == []
