"""Byte inspector, crack panel, and that a widget stays as it was when its cell runs again."""

import asyncio
import threading
from html import unescape

import pytest

from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.pictures.byte_map import BINDER, TRANSCRIPT, parts_of_capture, parts_of_message
from tls13lab.psk.keys import ExternalPsk
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource
from tls13lab.search.target import targets
from tls13lab.widgets.byte_inspector import MOST_PARTS, ByteInspector, InspectorView
from tls13lab.widgets.crack_panel import RUNNING, CrackPanel, CrackView
from tls13lab.widgets.entropy_explorer import EntropyExplorer
from tls13lab.widgets.handshake_stepper import HandshakeStepper
from tls13lab.widgets.in_steps import InSteps
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider
from tls13lab.wire.names import Mode


def hello(mode: Mode = "psk_dhe_ke") -> bytes:
    pair = Pair(*lesson_configs(mode), seed="bytes")
    pair.handshake()
    return pair.conversation().steps[0].messages[0]


# Byte map and inspector --------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["full", "psk_ke", "psk_dhe_ke"])
def test_every_byte_is_in_just_one_field(mode: Mode) -> None:
    items = record(talk(*lesson_configs(mode), f"map {mode}"))
    for part in (*parts_of_capture(items), *parts_of_message(hello(mode))):
        places = [at for one in part.fields for at in range(one.start, one.end)]
        assert places == list(range(len(part.hex) // 2))
        assert all(one.meaning and one.section and one.hashes for one in part.fields)


def test_what_the_binder_covers_ends_before_the_binders() -> None:
    raw = hello()
    (part,) = parts_of_message(raw)
    bound = [one for one in part.fields if one.hashes == BINDER]
    rest = [one for one in part.fields if one.hashes == TRANSCRIPT]
    assert bound[0].start == 0
    assert bound[-1].end == rest[0].start == len(raw) - 35  # two lengths and 32 bytes
    assert [one.path.split(".")[-1] for one in rest] == ["binders", "binder", "binder"]


def test_a_hello_without_psk_goes_into_no_binder() -> None:
    (part,) = parts_of_message(hello("full"))
    assert {one.hashes for one in part.fields} == {TRANSCRIPT}


def test_headers_and_other_records_are_not_in_the_transcript() -> None:
    parts = parts_of_capture(record(talk(*lesson_configs("psk_ke"), "headers")))
    for part in parts:
        wire = part.title.endswith("on the wire")
        handshake = part.hex.startswith("16")
        for one in part.fields:
            if wire and (one.start < 5 or not handshake):
                assert one.hashes.startswith("none")


def test_a_damaged_message_is_shown_as_far_as_it_goes() -> None:
    (part,) = parts_of_message(hello()[:-3])
    assert part.title.startswith("unreadable")
    assert part.fields[0].hashes == TRANSCRIPT


def test_a_long_part_is_cut_and_says_so() -> None:
    client, server = lesson_configs("psk_ke")
    items = record(talk(client, server, "long", client_says=bytes(9000)))
    (long,) = [part for part in parts_of_capture(items) if "the first 4096 of" in part.title]
    assert len(long.hex) == 2 * 4096
    assert long.fields[-1].end == 4096


def test_the_view_says_where_one_is() -> None:
    view = InspectorView(parts_of_message(hello()))
    assert view.choose(0, 6).here.path == "client_hello.random"
    assert view.choose(9, 10**9).here.path.endswith("binders.binder")
    assert view.choose(-1, -5).here.path == "msg_type"


def test_the_inspector_gives_a_table_where_no_kernel_runs() -> None:
    shown = ByteInspector.of_message(hello(), 6)._repr_mimebundle_()
    assert {"text/html", "text/plain"} < set(shown)
    assert "client_hello.random" in shown["text/plain"]
    assert "binders.binder" in unescape(shown["text/html"]).replace("<wbr>", "")


def test_the_inspector_follows_the_browser() -> None:
    inspector = ByteInspector.of_message(hello())
    inspector.byte = 6
    assert inspector.view.here.path == "client_hello.random"


def test_an_inspector_of_a_capture_offers_every_part_up_to_a_limit() -> None:
    items = record(*(talk(*lesson_configs("psk_ke"), f"many {n}") for n in range(20)))
    inspector = ByteInspector.of_capture(items)
    assert len(inspector.parts) == MOST_PARTS
    with pytest.raises(ValueError, match="nothing to inspect"):
        ByteInspector.of_capture(())


# Crack panel -------------------------------------------------------------------------------------


def weak(word: bytes = b"zz9", *, threads: bool = True) -> CrackPanel:
    talked = talk(*lesson_configs("psk_dhe_ke", ExternalPsk(b"printer", word)), "weak")
    source = MaskSource(Mask.parse("?l?l?d", {}))
    return CrackPanel(tuple(targets(record(talked))), source, threads=threads)


def test_a_search_runs_to_its_end() -> None:
    found = weak()
    assert found.view.rows[0] == ("state", "ready")
    assert dict(found.view.rows)["PSK of identity printer"] == "not sought yet"
    first = found._repr_mimebundle_()
    assert "zz9" not in found.answer.value + first["text/html"] + first["text/plain"]
    found.start()
    found.start()  # a second press while it runs does nothing
    found.wait()
    assert dict(found.view.rows)["state"] == "done"
    assert dict(found.view.rows)["PSK of identity printer"] == "zz9"
    assert (found.start_button.disabled, found.stop_button.disabled) == (True, True)
    assert "found: zz9" in found.answer.value
    assert "zz9" not in found._repr_mimebundle_()["text/plain"], "the first view stays what it was"


def test_without_threads_a_search_leaves_room_for_its_buttons() -> None:
    async def look() -> None:
        panel = weak(threads=False)
        panel.start()
        panel.start()  # a second press does nothing
        assert panel.view.state == RUNNING  # the press is answered first
        while panel.view.state != "done":
            await asyncio.sleep(0)
        assert dict(panel.view.rows)["PSK of identity printer"] == "zz9"
        assert panel.start_button.disabled

    asyncio.run(look())


def test_without_threads_whoever_waits_does_the_rest() -> None:
    async def look() -> None:
        panel = weak(threads=False)
        panel.start()
        panel.wait()
        assert panel.view.state == "done"

    asyncio.run(look())


def test_a_search_without_success_says_so() -> None:
    found = weak(b"not in the mask")
    found.start()
    found.wait()
    assert dict(found.view.rows)["PSK of identity printer"] == "not found"
    assert dict(found.view.rows)["guesses tried"] == "6,760 of 6,760"


def test_a_stopped_search_goes_on_where_it_was() -> None:
    found = weak()
    found.stop()
    found.start()
    found.stop()
    found.wait()
    before = found.view.tried
    while found.view.state == "stopped":
        found.start()
        found.wait()
    assert found.view.state == "done"
    assert found.view.tried >= before
    assert found.view.found == ((0, b"zz9"),)


def test_the_view_has_no_speed_before_it_ran() -> None:
    assert dict(CrackView((), 10).rows)["speed"] == "not known yet"


# Threads -----------------------------------------------------------------------------------------


def test_what_changes_in_another_thread_meanwhile_is_rendered_too() -> None:
    value = [0]
    seen: list[str] = []

    def render() -> tuple[str, str]:
        told = str(value[0])
        if len(seen) == 1:
            value[0] = 1
            other = threading.Thread(target=panel.refresh)
            other.start()
            other.join()
        seen.append(told)
        return told, told

    panel = Panel([], render)
    panel.refresh()
    assert seen == ["0", "0", "1"]
    assert panel.answer.value == "1"


# State -------------------------------------------------------------------------------------------


def test_a_widget_is_as_it_was_when_its_cell_runs_again() -> None:
    first = EntropyExplorer()
    first.length.value += 5
    again = EntropyExplorer()
    assert again.length.value == first.length.value
    assert again.answer.value == first.answer.value
    # What stands there without a kernel is still the first view.
    assert again._repr_mimebundle_()["text/plain"] == EntropyExplorer()._first_text


def test_another_widget_of_the_kind_has_a_state_of_its_own() -> None:
    conversations = []
    for mode in ("psk_ke", "full"):
        pair = Pair(*lesson_configs(mode), seed=mode)
        pair.handshake()
        conversations.append(pair.conversation())
    one = HandshakeStepper(conversations[0])
    one.slider.value = 3
    assert HandshakeStepper(conversations[1]).slider.value == 1
    assert HandshakeStepper(conversations[0]).slider.value == 3


def test_a_slider_stays_between_its_ends() -> None:
    slider = Slider(min=1, max=9, value=99, description="Bits:")
    assert slider.value == 9
    slider.value = -5
    assert slider.value == 1
    slider.value = 7
    slider.max = 4
    assert slider.value == 4
    slider.min, slider.max = 0, 0
    assert slider.value == 0


def test_who_waits_for_work_sees_what_it_shows_last() -> None:
    seen: list[str] = []
    ended, released = threading.Event(), threading.Event()

    def show() -> None:
        if running.running:
            seen.append("begun")
            return
        ended.set()
        released.wait()
        seen.append("ended")

    running = InSteps(lambda _stopped: iter((None,)), show, threads=True)
    running.begin()
    ended.wait()
    threading.Timer(0.02, released.set).start()
    running.wait()
    assert seen == ["begun", "ended"]
