"""What the pictures show is what the table and the conversation say."""

import re
from html import escape, unescape

import pytest

from tests.conftest import missing
from tests.pictures import store
from tls13lab.crypto.schedule import LEAVES, SCHEDULE, ancestors
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures import dot
from tls13lab.pictures.byte_view import byte_view, named_fields
from tls13lab.pictures.compare import compare
from tls13lab.pictures.conversation_text import content_name, keys_in_force, seen_by_eavesdropper
from tls13lab.pictures.picture import Picture, html_table, shortened, text_table
from tls13lab.pictures.schedule_graph import MODES, schedule_dot, schedule_graph
from tls13lab.pictures.sequence import sequence
from tls13lab.records.epochs import Epoch


def conversation(mode: str) -> Conversation:
    pair = Pair(*lesson_configs(mode), seed=f"pictures {mode}")
    pair.handshake()
    pair.client.send(b"a secret of the client")
    pair.client.close()
    pair.pump()
    return pair.conversation()


KE, DHE = conversation("psk_ke"), conversation("psk_dhe_ke")


def test_every_row_and_input_of_the_table_is_drawn() -> None:
    source = schedule_dot()
    for name in (*LEAVES, *SCHEDULE):
        assert f'id="node-{name}"' in source
    edges = set(re.findall(r'id="?([\w]+--[\w]+)"?', source))
    assert edges == {f"{one}--{row.name}" for row in SCHEDULE.values() for one in row.inputs}


@pytest.mark.parametrize("mode", MODES)
def test_every_node_and_label_is_in_the_svg(mode: str) -> None:
    svg = unescape(schedule_graph(mode=mode).svg)
    for row in SCHEDULE.values():
        assert f'id="node-{row.name}"' in svg
        assert row.label in svg


@pytest.mark.parametrize("name", [*LEAVES, *SCHEDULE])
def test_what_is_lit_is_what_it_depends_on(name: str) -> None:
    picture = schedule_graph(name)
    needed = {row[1] for row in picture.rows if row[0] == "needed for it"}
    assert needed == ancestors(name) - set(LEAVES)
    assert [row[1] for row in picture.rows if row[0] == "chosen"] == [name] * (name in SCHEDULE)
    thick = re.findall(r'\[id="node-(\w+)"\] path\{|\[id="node-(\w+)"\] path,', picture.svg)
    assert {one or other for one, other in thick} >= ancestors(name) | {name}
    assert name in picture.alt


def test_psk_ke_differs_from_psk_dhe_ke_in_one_leaf() -> None:
    one, other = (schedule_dot(mode).splitlines() for mode in ("psk_ke", "psk_dhe_ke"))
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert "ecdhe = zeros" in differing[0][0]


def test_values_are_shown_short_and_only_in_the_table() -> None:
    value = bytes(range(32))
    picture = schedule_graph("main_secret", values={"main_secret": value})
    assert shortened(value) in picture.text
    assert value.hex() not in picture.svg


def test_without_a_layout_program_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dot, "layout_program", lambda: None)
    with pytest.raises(dot.NoLayout, match="install graphviz-pure"):
        dot.svg("digraph { never_stored }")


def test_the_stored_pictures_are_current_and_are_used_where_nothing_can_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = dot.layout_program()
    if program is None or "graphviz-pure" not in program:
        missing("graphviz-pure is not installed, and only it draws the same everywhere")
    stored = {one.name: one.read_text(encoding="utf-8") for one in store.FOLDER.glob("*.svg")}
    assert stored == store.current(), "run python -m tests.pictures.store"
    monkeypatch.setattr(dot, "layout_program", lambda: None)
    dot.svg.cache_clear()
    assert {dot.svg(schedule_dot(mode)) for mode in MODES} == set(stored.values())
    dot.svg.cache_clear()


def test_a_picture_carries_alt_text_digest_and_table() -> None:
    picture = Picture("<svg/>", 'a "quoted" thing', ("a",), (("<b>",),))
    bundle = picture._repr_mimebundle_()
    assert escape('a "quoted" thing') in bundle["text/html"]
    assert "&lt;b&gt;" in bundle["text/html"]
    assert picture.digest in bundle["text/plain"]
    assert Picture("<svg></svg>", "", (), ()).digest != picture.digest


def test_tables_escape_and_align() -> None:
    assert "<script>" not in html_table(("x",), [("<script>",)])
    assert text_table(("a", "b"), [("long", "c")]).splitlines()[0] == "a    | b"


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_a_sequence_shows_just_the_steps_asked_for(mode: str) -> None:
    whole = KE if mode == "psk_ke" else DHE
    for upto in range(len(whole.steps) + 1):
        picture = sequence(whole, upto)
        assert picture.svg.count("<polygon") == upto == len(picture.rows)
        names = [content_name(step) for step in whole.steps[:upto]]
        assert [row[2] for row in picture.rows] == names
        assert all(escape(name) in picture.svg for name in names)


def test_an_eavesdropper_sees_nothing_that_is_protected() -> None:
    picture = sequence(DHE, eavesdropper=True)
    for hidden in ("EncryptedExtensions", "Finished", "Application Data", "close_notify"):
        assert hidden not in picture.svg
        assert hidden not in picture.text
    assert "ClientHello in the clear" in picture.text
    # The twin: with the endpoints' eyes all of it is there.
    assert "{EncryptedExtensions, Finished}" in sequence(DHE).text


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
