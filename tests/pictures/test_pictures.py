"""What the pictures show is what the table and the conversation say."""

import re
from html import escape

import pytest

from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.byte_view import binder_marks, byte_view, named_fields, record_view
from tls13lab.pictures.compare import compare
from tls13lab.pictures.conversation_text import content_name, keys_in_force, seen_by_eavesdropper
from tls13lab.pictures.picture import Picture, html_table, text_table
from tls13lab.pictures.sequence import sequence
from tls13lab.records.protection import Epoch
from tls13lab.wire.names import Mode


def conversation(mode: Mode) -> Conversation:
    pair = Pair(*lesson_configs(mode), seed=f"pictures {mode}")
    pair.handshake()
    pair.client.send(b"a secret of the client")
    pair.client.close()
    pair.pump()
    return pair.conversation()


KE, DHE = conversation("psk_ke"), conversation("psk_dhe_ke")


def test_a_picture_carries_alt_text_digest_and_table() -> None:
    picture = Picture("<svg/>", 'a "quoted" thing', ("a",), (("<b>",),))
    bundle = picture._repr_mimebundle_()
    assert escape('a "quoted" thing') in bundle["text/html"]
    assert "&lt;b&gt;" in bundle["text/html"]
    assert picture.digest in bundle["text/plain"]
    assert Picture("<svg></svg>", "", (), ()).digest != picture.digest


def test_a_picture_that_nothing_could_draw_shows_its_source() -> None:
    picture = Picture("", "an alt", ("a",), (("b",),), 'digraph { "<x>" }')
    assert "<img" not in picture.html
    assert "<pre>digraph { &quot;&lt;x&gt;&quot; }</pre>" in picture.html
    assert "an alt" in picture.html
    assert picture.digest == Picture("<svg/>", "an alt", ("a",), (), picture.source).digest


def test_tables_escape_and_align() -> None:
    assert "<script>" not in html_table(("x",), [("<script>",)])
    assert text_table(("a", "b"), [("long", "c")]).splitlines()[0] == "a    | b"


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_a_sequence_shows_just_the_steps_asked_for(mode: str) -> None:
    whole = KE if mode == "psk_ke" else DHE
    for upto in range(len(whole.steps) + 1):
        picture = sequence(whole, upto)
        assert picture.svg.count("<polygon") == upto == len(picture.rows)
        assert sequence(whole, upto) == picture
        names = [content_name(step) for step in whole.steps[:upto]]
        assert [row[2] for row in picture.rows] == names
        for number, name in enumerate(names, 1):
            (arrow,) = re.findall(
                rf'<g class="part" data-part="record-{number}">.*?</g>', picture.svg, re.S
            )
            assert all(escape(word) in arrow.partition("</title>")[2] for word in name.split())
            assert f"holds: {escape(name)}" in arrow.partition("</title>")[0]


def test_an_eavesdropper_sees_nothing_that_is_protected() -> None:
    picture = sequence(DHE, eavesdropper=True)
    for hidden in ("EncryptedExtensions", "Finished", "Application Data", "close_notify"):
        assert hidden not in picture.svg
        assert hidden not in picture.text
    assert "ClientHello in the clear" in picture.text
    # The twin: with the endpoints' eyes all of it is there.
    assert "{EncryptedExtensions, Finished}" in sequence(DHE).text


def test_an_eavesdropper_cannot_tell_one_key_from_another() -> None:
    picture = sequence(DHE, eavesdropper=True)
    for shown in (picture.svg, picture.text, picture.html):
        assert "handshake keys" not in shown
        assert "application keys" not in shown
    # Two bars a side: without keys, and with some.
    assert picture.svg.count('class="keys"') == 4
    # The twin: the endpoints' bars have a third part where the client's application keys begin.
    assert sequence(DHE).svg.count('class="keys"') == 5
    assert "application keys" in sequence(DHE).svg


def test_a_sequence_is_drawn_whatever_went_wrong() -> None:
    for steps in ((), DHE.steps[:1], DHE.steps[3:4]):
        broken = Conversation(steps, "unfinished", "", None, {})
        assert len(sequence(broken).rows) == len(steps)
        assert len(sequence(broken, 99, eavesdropper=True).rows) == len(steps)


def test_what_an_eavesdropper_sees_depends_on_the_wire_bytes_alone() -> None:
    for step in DHE.steps:
        assert (seen_by_eavesdropper(step.wire).startswith("a protected")) == bool(step.epoch)


def test_keys_in_force_follow_each_sender() -> None:
    assert keys_in_force(DHE, 0) == {"client": Epoch.PLAINTEXT, "server": Epoch.PLAINTEXT}
    assert keys_in_force(DHE, len(DHE.steps))["client"] is Epoch.APPLICATION


def test_the_first_difference_between_the_modes_is_in_the_client_hello() -> None:
    comparison = compare(KE, DHE)
    assert comparison.first_difference.startswith("client ClientHello")
    rows = {place: (left, right) for _, place, left, right in comparison.rows}
    assert rows["input of handshake_secret"] == ("zeros", "ecdhe")
    assert rows["server ServerHello: key_share"] == ("absent", "x25519")
    assert rows["server ServerHello: pre_shared_key"] == ("there", "there")
    assert compare(KE, KE).first_difference == ""
    assert "FIRST DIFFERENCE" in comparison.text
    assert "FIRST DIFFERENCE" in comparison._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("step", range(4))
def test_every_byte_of_a_message_is_named_once(step: int) -> None:
    for raw in DHE.steps[step].messages:
        at = 0
        for one in named_fields(raw):
            assert one.start == at
            at = one.end
        assert at == len(raw)


def test_marks_and_filters_of_a_byte_view() -> None:
    raw = DHE.steps[0].messages[0]
    view = byte_view(raw, {"binders": range(len(raw) - 35, len(raw))})
    marked = [row[2] for row in view.rows if row[3] == "binders"]
    assert all("binders" in path for path in marked)
    assert len(marked) == 3
    assert {row[2] for row in byte_view(raw, only="identity").rows} == {
        "length of client_hello.extensions.pre_shared_key.identities.identity",
        "client_hello.extensions.pre_shared_key.identities.identity",
    }
    assert "client_hello.random" in view._repr_mimebundle_()["text/plain"]


def test_the_binder_covers_what_truncate_leaves() -> None:
    hello = DHE.steps[0].messages[0]
    marks = binder_marks(hello)
    assert list(marks["covered by the binder"]) + list(marks["not covered"]) == list(
        range(len(hello))
    )
    rows = byte_view(hello, marks).rows
    assert {row[3] for row in rows} == {"covered by the binder", "not covered"}
    for row in rows:
        assert ("binders" in row[2]) == (row[3] == "not covered")
    assert binder_marks(DHE.steps[1].messages[0]) == {}


def test_a_record_shows_its_header_and_hides_its_content() -> None:
    clear, protected = record_view(DHE.steps[0].wire), record_view(DHE.steps[3].wire)
    assert [row[2] for row in clear.rows] == [
        "content_type",
        "legacy_record_version",
        "length",
        "fragment",
    ]
    assert protected.rows[-1][2] == "ciphertext"
    assert protected.rows[0][3] == "application_data"
