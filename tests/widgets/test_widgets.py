"""View-models do what their controls ask; the widgets' answers follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures.test_pictures import DHE, KE
from tls13lab.crypto.schedule import LEAVES, SCHEDULE
from tls13lab.pictures.byte_view import named_fields
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


def test_the_eavesdropper_gets_no_secret_and_no_hidden_message() -> None:
    stepper = HandshakeStepper(DHE, position=4)
    assert "server_application_traffic_secret_0" in stepper.answer.value
    assert "Finished" in stepper.answer.value
    stepper.outside.value = True
    assert "new secret" not in stepper.answer.value
    assert "Finished" not in stepper.answer.value
    assert "not visible from outside" in stepper.answer.value


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


def test_side_by_side_uncovers_the_first_difference() -> None:
    widget = SideBySide(KE, DHE)
    assert "First difference: client ClientHello" in widget.answer.value
    widget.slider.value = 1
    assert "No difference so far" in widget.answer.value


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
    assert bundle["text/html"].endswith(panel._first_html)
    controls = list(panel.box.children[:-1])
    while controls:
        control = controls.pop()
        controls += getattr(control, "children", ())
        assert getattr(control, "children", ()) or control.description


def test_every_image_has_alternative_text() -> None:
    for panel in PANELS:
        assert panel.answer.value.count("<img") == panel.answer.value.count("<img alt=")
