"""View-models do what their controls ask; the widgets' answers follow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.widgets import p95, update_times
from tests.pictures.test_pictures import DHE, KE
from tls13lab.crypto.schedule import LEAVES, SCHEDULE
from tls13lab.pictures.byte_view import named_fields
from tls13lab.pictures.compare import compare
from tls13lab.pictures.compare_picture import FIRST
from tls13lab.widgets.bit_flipper import BitFlipper, FlipView
from tls13lab.widgets.handshake_stepper import HandshakeStepper, StepperView
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.schedule_explorer import ScheduleExplorer, ScheduleView
from tls13lab.widgets.side_by_side import SideBySide

HELLO = DHE.steps[0].messages[0]


@given(st.integers(), st.booleans())
def test_a_stepper_is_always_at_a_record(position: int, eavesdropper: bool) -> None:
    view = StepperView(DHE).go(position).look(eavesdropper=eavesdropper)
    assert 1 <= view.position <= view.last
    assert f"{view.position} of {view.last}" in view.text()


def test_the_stepper_moves_by_buttons_and_slider() -> None:
    stepper = HandshakeStepper(DHE)
    first, back, forward, last = stepper.buttons
    seen = [stepper.answer.value]
    forward.click()
    assert stepper.slider.value == 2
    last.click()
    assert stepper.slider.value == len(DHE.steps)
    seen.append(stepper.answer.value)
    back.click()
    assert stepper.slider.value == len(DHE.steps) - 1
    first.click()
    first.click()
    assert stepper.slider.value == 1
    assert stepper.answer.value == seen[0] != seen[1]


def test_a_click_on_a_record_goes_to_it() -> None:
    stepper = HandshakeStepper(DHE)

    def click(part: str) -> None:
        stepper.answer._handle_custom_msg({"part": part}, [])

    for number in (4, 1, len(DHE.steps)):  # also to one that is not shown yet
        click(f"record-{number}")
        assert stepper.slider.value == number
        assert f"{number} of {len(DHE.steps)}" in stepper.answer.value
    click("keys-client-0")
    click("record-x")
    assert stepper.slider.value == len(DHE.steps)


def test_every_record_is_a_part_at_each_step_and_those_to_come_tell_nothing() -> None:
    last = len(DHE.steps)
    for position in range(1, last + 1):
        svg = StepperView(DHE).go(position)._picture.svg
        parts = re.findall(r'data-part="(record-\d+)"><title>(.*?)</title>', svg, re.S)
        assert [name for name, _ in parts] == [f"record-{n}" for n in range(1, last + 1)]
        for number, (_, tip) in enumerate(parts, 1):
            assert ("\nholds: " in tip) == (number < position)
            assert ("is about this record" in tip) == (number == position)
            assert ("not shown yet" in tip) == (number > position)


def test_bytes_are_in_one_fold_at_each_record() -> None:
    for position in range(1, len(DHE.steps) + 1):
        html = StepperView(DHE).go(position).html()
        assert html.count("<details") == 1
        assert f"The record on the wire ({len(DHE.steps[position - 1].wire)} bytes)" in html


def test_the_eavesdropper_gets_no_secret_and_no_hidden_message() -> None:
    stepper = HandshakeStepper(DHE, position=4)
    assert "server_application_traffic_secret_0" in stepper.answer.value
    assert "Finished" in stepper.answer.value
    stepper.outside.value = True
    assert "new secret" not in stepper.answer.value
    assert "Finished" not in stepper.answer.value
    assert "not visible from outside" in stepper.answer.value


def shown_from_outside(position: int) -> str:
    view = StepperView(DHE).go(position).look(eavesdropper=True)
    picture = view._picture
    return view.html().replace(picture.image, picture.svg) + view.text()


@pytest.mark.parametrize("position", range(1, len(DHE.steps) + 1))
def test_the_eavesdropper_is_told_nothing_but_the_wire(position: int) -> None:
    shown = shown_from_outside(position)
    for told in (
        "handshake keys",
        "application keys",
        "EncryptedExtensions",
        "Finished",
        "secret:",
    ):
        assert told not in shown
    for name, value in DHE.secrets.items():
        assert value[:4].hex() not in shown, name
        assert value[:4].hex(" ") not in shown, name


def test_the_eavesdropper_can_read_the_identity_and_the_binder() -> None:
    shown = shown_from_outside(1)
    assert "pre_shared_key" in shown
    assert "identity &quot;lab&quot;, binder" in shown
    # The twin: of a protected record only the header and the ciphertext's length are there.
    facts = dict(StepperView(DHE).go(4).look(eavesdropper=True).facts())
    assert set(facts) == {"record", "holds", "an eavesdropper sees"}


def test_each_step_shows_its_record_and_its_messages() -> None:
    summaries = [name for name, _ in StepperView(DHE).go(4).views()]
    assert summaries[0] == "The record on the wire (64 bytes)"
    assert [name.split(" (")[0] for name in summaries[1:]] == [
        "Every byte of EncryptedExtensions",
        "Every byte of Finished",
    ]
    outside = StepperView(DHE).go(4).look(eavesdropper=True)
    assert [name for name, _ in outside.views()] == summaries[:1]


def test_every_secret_can_be_chosen() -> None:
    explorer = ScheduleExplorer()
    answers = set()
    for name in (*LEAVES, *SCHEDULE):
        explorer.secret.value = name
        assert f"{name} depends on" in explorer.answer.value
        answers.add(explorer.answer.value)
    assert len(answers) == len(LEAVES) + len(SCHEDULE)
    explorer.mode.value = "psk_ke"
    assert "psk_ke" in explorer.answer.value
    with pytest.raises(ValueError, match="there is no"):
        ScheduleView().choose("no_such_secret", "psk_ke")


def test_a_click_in_the_picture_and_the_menu_choose_the_same() -> None:
    explorer = ScheduleExplorer()
    for part in ("psk", "main_secret"):
        explorer.answer._handle_custom_msg({"part": part}, [])
        assert explorer.secret.value == part
        assert f"{part} depends on" in explorer.answer.value
    # What is no secret can be pointed at, but not chosen.
    for part in ("ClientHello", "early data", "no such part", ""):
        explorer.answer._handle_custom_msg({"part": part}, [])
        assert explorer.secret.value == "main_secret"


def test_side_by_side_uncovers_the_first_difference() -> None:
    widget = SideBySide(KE, DHE)
    back, forward, everything = widget.buttons
    # It opens with nothing given away, also where no kernel runs.
    first = widget._repr_mimebundle_()
    for shown in (widget.answer.value, first["text/html"], first["text/plain"]):
        assert "No difference so far" in shown
        assert FIRST not in shown
        assert "supported_groups" not in shown
    assert FIRST not in widget.view.picture().svg
    assert widget.view.picture().image in widget.answer.value
    assert "Row 1 of 14, client ClientHello: sent on both sides. No diff" in widget.answer.value
    seen = set()
    while "No difference so far" in widget.answer.value:
        assert FIRST not in widget.view.picture().svg
        seen.add(widget.view.note())  # each row says something new, also one that is not drawn
        forward.click()
    assert len(seen) == widget.slider.value - 1
    assert "supported_groups: absent in psk_ke, there in psk_dhe_ke. First" in widget.answer.value
    assert "First difference: client ClientHello: supported_groups" in widget.answer.value
    assert FIRST in widget.view.picture().svg
    back.click()
    assert "No difference so far" in widget.answer.value
    everything.click()
    assert widget.slider.value == widget.slider.max == len(compare(KE, DHE).rows)
    assert widget.view.picture().image in widget.answer.value


@given(st.integers(), st.integers(), st.integers())
def test_one_bit_is_flipped_and_it_is_in_the_field(number: int, byte: int, bit: int) -> None:
    view = FlipView(HELLO).choose(number, byte, bit)
    changed = view.flipped()
    different = [i for i in range(len(HELLO)) if changed[i] != HELLO[i]]
    assert len(different) == 1
    assert view.where.start <= different[0] < view.where.end
    assert (changed[different[0]] ^ HELLO[different[0]]).bit_count() == 1


def test_the_bit_flipper_shows_the_outcome_of_its_choice() -> None:
    seen: list[bytes] = []

    def outcome(raw: bytes) -> str:
        seen.append(raw)
        return "caught by <somebody>"

    widget = BitFlipper(HELLO, outcome, start="binders")
    assert "binders" in widget.view.where.path
    assert "caught by &lt;somebody&gt;" in widget.answer.value
    widget.field.value = len(named_fields(HELLO)) - 1
    widget.byte.value = 3
    widget.bit.value = 7
    assert seen[-1] == widget.view.flipped() != HELLO
    assert widget.byte.max == widget.view.where.length - 1
    widget.field.value = 0
    assert widget.byte.value == 0


def test_a_click_on_a_byte_or_a_bit_chooses_it() -> None:
    widget = BitFlipper(HELLO, lambda _: "", start="random")

    def click(part: str) -> None:
        widget.answer._handle_custom_msg({"part": part}, [])

    click("byte-31")
    click("bit-5")
    assert (widget.view.byte, widget.view.bit) == (widget.byte.value, widget.bit.value) == (31, 5)
    click("record-2")
    click("byte-")
    assert (widget.view.byte, widget.view.bit) == (31, 5)
    assert widget.view.picture().image in widget.answer.value


def test_every_bit_of_every_byte_can_be_reached_with_the_controls() -> None:
    seen: set[bytes] = set()

    def outcome(raw: bytes) -> str:
        seen.add(raw)
        return ""

    widget = BitFlipper(HELLO, outcome)
    fields = named_fields(HELLO)
    for number, span in enumerate(fields):
        widget.field.value = number
        for byte in range(span.length):
            widget.byte.value = byte
            for bit in range(8):
                widget.bit.value = bit
    assert len(seen) == 8 * len(HELLO)


def test_the_flipper_begins_with_the_field_that_is_meant() -> None:
    def where(start: str) -> str:
        return BitFlipper(HELLO, lambda _: "", start).view.where.path

    assert where("binders.binder") == "client_hello.extensions.pre_shared_key.binders.binder"
    assert where("length of client_hello.cipher") == "length of client_hello.cipher_suites"
    assert where("no such field") == where("") == named_fields(HELLO)[0].path


def test_an_outcome_is_asked_for_once_for_each_change() -> None:
    asked: list[bytes] = []

    def outcome(raw: bytes) -> str:
        asked.append(raw)
        return str(len(asked))

    widget = BitFlipper(HELLO, outcome, start="random")
    widget.byte.value = widget.byte.max
    del asked[:]
    # From the last of 32 bytes to a field of one: the byte's slider must move too.
    widget.field.value = 0
    assert widget.byte.value == widget.byte.max == 0
    assert asked == [widget.view.flipped()]


def test_an_outcome_that_fails_is_not_mistaken_for_the_one_before() -> None:
    def outcome(raw: bytes) -> str:
        if raw[0] != HELLO[0]:
            raise ZeroDivisionError("a <mistake> in the lesson")
        return "the outcome before"

    widget = BitFlipper(HELLO, outcome, start="random")
    assert "the outcome before" in widget.answer.value
    with pytest.raises(ZeroDivisionError):
        widget.field.value = 0
    assert "the outcome before" not in widget.answer.value
    assert "ZeroDivisionError: a &lt;mistake&gt; in the lesson" in widget.answer.value
    widget.field.value = 3
    assert "the outcome before" in widget.answer.value


def test_the_static_form_is_the_same_each_time() -> None:
    def form(panel: Panel) -> tuple[str, str]:
        bundle = panel._repr_mimebundle_()
        return bundle["text/html"], bundle["text/plain"]

    stepper = HandshakeStepper(DHE)
    before = form(stepper)
    stepper.slider.value = 3
    assert form(stepper) == before == form(HandshakeStepper(DHE))
    assert form(ScheduleExplorer()) == form(ScheduleExplorer())
    assert form(SideBySide(KE, DHE)) == form(SideBySide(KE, DHE))


def test_timings_cover_every_position() -> None:
    times = update_times(rounds=1)
    assert len(times["schedule explorer"]) >= len(LEAVES) + len(SCHEDULE) - 1
    assert len(times["handshake stepper"]) >= len(DHE.steps) - 1
    assert len(times["bit flipper"]) >= len(named_fields(HELLO)) - 1
    assert all(one > 0 for many in times.values() for one in many)
    assert p95([3.0, 1.0, 2.0]) == 3.0


PANELS = [
    ScheduleExplorer(),
    HandshakeStepper(DHE),
    SideBySide(KE, DHE),
    BitFlipper(HELLO, lambda _: "x"),
]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: type(panel).__name__)
def test_a_panel_has_a_static_form_and_labels(panel: Panel) -> None:
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "0x" not in bundle["text/plain"]
    assert panel._first_html in bundle["text/html"]
    controls = list(panel.box.children[:-1])
    while controls:
        control = controls.pop()
        controls += getattr(control, "children", ())
        assert getattr(control, "children", ()) or control.description


def test_every_image_has_alternative_text() -> None:
    for panel in PANELS:
        assert panel.answer.value.count("<img") == panel.answer.value.count(' alt="')
