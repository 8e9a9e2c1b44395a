"""Each message says what it is for, where it is shown; the plain stepper shows nothing else."""

import re

import pytest

from pages.numbering import SECTIONS
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.messages.handshake import message_name
from tls13lab.pictures.purposes import _OTHERS, PURPOSES, purpose, purposes_of
from tls13lab.pictures.sequence import sequence_of_names
from tls13lab.widgets.handshake_stepper import HandshakeStepper, StepperView
from tls13lab.wire.codepoints import HandshakeType

PAIR = Pair(*lesson_configs("full"), seed="purposes")
PAIR.handshake()
PAIR.client.send(b"a secret")
PAIR.pump()
CONVERSATION = PAIR.conversation()


def test_every_message_that_the_lab_knows_has_one() -> None:
    named = {kind.name.title().replace("_", "") for kind in HandshakeType} - {"MessageHash"}
    assert set(PURPOSES) == named
    with pytest.raises(KeyError):
        purpose("ServerKeyExchange")


def test_its_section_is_the_one_on_that_message() -> None:
    for name, found in PURPOSES.items():
        title = SECTIONS[found.section].title.replace(" ", "").lower()
        word = "keyandinitializationvectorupdate" if name == "KeyUpdate" else name.lower()
        assert title.startswith(word), (name, title)
    assert {SECTIONS[found.section].title for found in _OTHERS.values()} == {
        "Middlebox Compatibility Mode",
        "Record Protocol",
        "Alert Protocol",
    }


def test_of_a_record_each_message_in_it() -> None:
    for step in CONVERSATION.steps:
        names = [name for name, _ in purposes_of(step)]
        assert names == [message_name(raw) for raw in step.messages] or len(names) == 1


def test_a_hello_is_said_to_have_only_what_it_has() -> None:
    said = {}
    for mode in ("full", "psk_ke", "psk_dhe_ke"):
        pair = Pair(*lesson_configs(mode), seed="purposes")
        pair.handshake()
        hellos = [dict(purposes_of(step)) for step in pair.conversation().steps[:2]]
        said[mode] = hellos[0]["ClientHello"].words, hellos[1]["ServerHello"].words
    assert ["PSKs" in client for client, _ in said.values()] == [False, True, True]
    for side in (0, 1):
        shares = ["Diffie-Hellman" in words[side] for words in said.values()]
        assert shares == [True, False, True]


def test_the_stepper_says_it_in_both_views() -> None:
    words = purpose("Finished").words
    last = len(CONVERSATION.steps)
    for plain in (False, True):
        shown = [StepperView(CONVERSATION, at, plain=plain).text() for at in range(1, last + 1)]
        assert sum(f"Finished: {words}" in text for text in shown) == 2


def test_the_plain_view_gives_away_neither_keys_nor_bytes() -> None:
    shown = [StepperView(CONVERSATION, at, plain=True) for at in range(1, 99)]
    for view in shown:
        everything = view.go(view.position).html() + view.go(view.position).text()
        assert not re.search(r"eavesdropper|traffic|handshake keys|\{|dasharray", everything)
    assert "as an eavesdropper sees it" not in str(HandshakeStepper(CONVERSATION, plain=True).box)


@pytest.mark.parametrize(("upto", "rows"), [(-1, 0), (0, 0), (3, 3), (99, len(CONVERSATION.steps))])
def test_so_many_records_are_drawn(upto: int, rows: int) -> None:
    picture = sequence_of_names(CONVERSATION, upto)
    assert len(picture.rows) == rows == picture.svg.count("<polygon")
