"""The picture of the schedule shows the table: no more, no less, and nothing by color alone."""

import re
from html import unescape
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from tls13lab.adversary.plan import SINGLE_LEAKS, plan
from tls13lab.crypto.schedule import (
    LEAVES,
    SCHEDULE,
    TRAFFIC_SECRETS,
    Context,
    Operation,
    ancestors,
    descendants,
)
from tls13lab.pictures import dot, ink, loss
from tls13lab.pictures import schedule_layout as layout
from tls13lab.pictures.loss import loss_of, shape_of
from tls13lab.pictures.picture import shortened
from tls13lab.pictures.schedule_graph import schedule_graph
from tls13lab.pictures.schedule_layout import DRAWN_MODES
from tls13lab.wire.faults import NotAllowed
from tls13lab.wire.names import Mode

EVERY = (*LEAVES, *SCHEDULE)
EDGES = {f"{one}--{row.name}" for row in SCHEDULE.values() for one in row.inputs}
EARLY = {name for name in SCHEDULE if layout.stage_of(name) == "early_secret"}
BOUND = {row.name for row in SCHEDULE.values() if row.context in layout.POINTS}
PLACES = {
    **{f"{leaf} of {row}": place for (leaf, row), place in layout.INPUTS.items()},
    **layout.ROWS,
    **layout.MESSAGES,
    **{name: record.place for name, record in layout.RECORDS.items()},
}
PART = re.compile(
    r'<g class="part" data-part="([^"]*)"><title>([^<]*)</title>'
    r'<rect [^>]*style="([^"]*)"[^>]*/>((?:<text [^>]*>[^<]*</text>)*)</g>'
)


def parts(svg: str) -> list[tuple[str, list[str], str, list[str]]]:
    """Each part: its name, its tip, its style and its lines."""
    return [
        (
            unescape(name),
            unescape(tip).splitlines(),
            style,
            re.findall(r">([^<]+)<", unescape(text)),
        )
        for name, tip, style, text in PART.findall(svg)
    ]


def looking(svg: str, look: ink.Look) -> set[str]:
    """The names of the parts that look so."""
    return {name for name, _, style, _ in parts(svg) if style == look.style}


def lines(svg: str, attribute: str, declaration: str) -> set[str]:
    """The lines whose path has this declaration."""
    found = re.findall(rf'<g {attribute}="([^"]+)"><path ([^>]*)/>', svg)
    return {name for name, path in found if declaration in path}


# The layout: complete, and nothing on top of anything else. --------------------------------------


def test_every_row_input_and_point_of_the_table_has_a_place() -> None:
    assert set(layout.ROWS) == set(SCHEDULE)
    assert set(layout.INPUTS) == {
        (leaf, row.name) for row in SCHEDULE.values() for leaf in row.inputs if leaf in LEAVES
    }
    of_the_table = {row.context for row in SCHEDULE.values()}
    assert set(layout.POINTS) == of_the_table - {Context.NONE, Context.EMPTY}
    assert {record.secret for record in layout.RECORDS.values()} == set(TRAFFIC_SECRETS)
    assert set(layout.STAGES) == {
        row.name for row in SCHEDULE.values() if row.operation is Operation.EXTRACT
    }


def test_a_row_without_a_place_is_not_left_out_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(layout.ROWS, "exporter_secret")
    with pytest.raises(KeyError, match="exporter_secret"):
        schedule_graph("psk")


def test_every_row_stands_in_the_frame_of_its_stage_and_all_in_the_picture() -> None:
    for name, place in layout.ROWS.items():
        frame = layout.STAGES[layout.stage_of(name)]
        assert frame.x < place.x < place.right < frame.right
        assert frame.y < place.y < place.bottom < frame.bottom
    for place in (*PLACES.values(), *layout.STAGES.values(), layout.LANE):
        assert 0 < place.x < place.right <= layout.WIDTH <= ink.WIDTH
        assert 0 < place.y < place.bottom <= layout.HEIGHT


def test_no_box_lies_on_another_but_a_message_in_its_record() -> None:
    within = {(name, flight) for flight, names in layout.FLIGHTS.items() for name in names}
    for (one, a), (other, b) in combinations(PLACES.items(), 2):
        apart = a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y
        assert apart or (one, other) in within, (one, other)


def test_the_spine_is_in_the_middle_the_inputs_left_of_it_and_what_it_gives_right() -> None:
    spine = {name for name, row in SCHEDULE.items() if row.operation is Operation.EXTRACT}
    (x,) = {layout.ROWS[name].x for name in spine}
    assert all(place.right < x for place in layout.INPUTS.values())
    assert {name for name, place in layout.ROWS.items() if place.x == x} == {
        name for row in SCHEDULE.values() if row.name in spine for name in (row.name, *row.inputs)
    } - set(LEAVES)


def test_the_points_of_the_transcript_come_in_the_order_of_its_messages() -> None:
    heights = [place.y for place in layout.MESSAGES.values()]
    assert heights == sorted(heights)
    for last, y in layout.POINTS.values():
        below = [place.y for place in layout.MESSAGES.values() if place.y > layout.MESSAGES[last].y]
        assert layout.MESSAGES[last].bottom < y < min(below, default=layout.HEIGHT)


def test_lines_from_two_points_of_the_transcript_never_meet() -> None:
    spans = []
    for context, (_, y) in layout.POINTS.items():
        ends = [layout.ROWS[row.name].centre for row in SCHEDULE.values() if row.context is context]
        spans.append((min(y, *ends), max(y, *ends)))
    for (_, low), (high, _) in pairwise(spans):
        assert low < high


# The picture -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", DRAWN_MODES)
def test_every_row_and_input_of_the_table_is_drawn_and_nothing_else(mode: Mode) -> None:
    svg = schedule_graph(mode=mode).svg
    names = [name for name, _, _, _ in parts(svg)]
    leaves = [leaf for leaf, _ in layout.INPUTS]
    assert sorted(names) == sorted([*leaves, *SCHEDULE, *layout.MESSAGES, *layout.RECORDS])
    assert lines(svg, "data-edge", "") == EDGES
    assert lines(svg, "data-bound", "") == BOUND
    assert svg.count('class="part"') == len(names)


@pytest.mark.parametrize("mode", DRAWN_MODES)
def test_every_label_is_on_its_edge(mode: Mode) -> None:
    svg = unescape(schedule_graph(mode=mode).svg)
    for row in SCHEDULE.values():
        if row.operation is not Operation.EXTRACT:
            on = re.search(rf'data-edge="{row.inputs[0]}--{row.name}">.*?</g>', svg)
            assert on is not None
            assert f'>"{row.label}"<' in on[0]


@pytest.mark.parametrize("mode", DRAWN_MODES)
def test_every_question_is_asked_of_the_same_picture(mode: Mode) -> None:
    """Each part stays where it is, in every mode, with values, and after a theft."""

    def places(svg: str) -> set[tuple[str, str]]:
        found = re.findall(r'data-part="([^"]*)"><title>[^<]*</title>(<rect [^>]*?) style', svg)
        named = {(unescape(name), place) for name, place in found}
        return {(name, place) for name, place in named if name in {*EVERY, *PLACES}}

    same = places(schedule_graph().svg)
    assert len(same) == len(PLACES)
    values = dict.fromkeys(EVERY, bytes(32))
    for lit, stolen in ((None, ()), ("psk", ()), ("main_secret", ()), (None, ("client_ecdhe",))):
        assert places(schedule_graph(lit, mode, values, stolen).svg) == same


@pytest.mark.parametrize("name", EVERY)
def test_what_is_lit_is_what_it_depends_on(name: str) -> None:
    picture = schedule_graph(name)
    marked = {
        mark: {row[1] for row in picture.rows if row[0] == mark}
        for mark in ("chosen", "needed for it", "made from it")
    }
    messages = set(layout.transcript(SCHEDULE[name].context)) if name in SCHEDULE else set()
    assert marked["chosen"] == {name} == looking(picture.svg, ink.CHOSEN)
    messages.discard("Certificate")  # there is none in psk_dhe_ke
    assert marked["needed for it"] == looking(picture.svg, ink.NEEDED) == ancestors(name) | messages
    assert marked["made from it"] == descendants(name) == looking(picture.svg, ink.MADE)
    lit = (ancestors(name) | {name}) & set(SCHEDULE)
    assert lines(picture.svg, "data-edge", 'stroke-width="3"') == {
        f"{source}--{row}" for row in lit for source in SCHEDULE[row].inputs
    }
    assert lines(picture.svg, "data-edge", "stroke-dasharray") == {
        f"{source}--{row}"
        for row in descendants(name)
        for source in SCHEDULE[row].inputs
        if source in descendants(name) | {name}
    }
    assert lines(picture.svg, "data-bound", 'stroke-width="3"') == lit & BOUND
    assert f"{name} depends on" in picture.alt


def test_a_use_of_zeros_is_lit_only_where_it_goes_in() -> None:
    def lit(name: str) -> list[bool]:
        every = parts(schedule_graph(name).svg)
        return [style == ink.NEEDED.style for part, _, style, _ in every if part == "zeros"]

    assert lit("handshake_secret") == [True, False]
    assert lit("main_secret") == [True, True]


def test_the_legend_names_each_look_that_is_there() -> None:
    svg = schedule_graph("main_secret").svg
    for words in ("chosen", "needed for it", "made from it", "neither"):
        assert f">{words}</text>" in svg
    assert "needed for it" not in schedule_graph().svg
    nothing_kept = schedule_graph(mode="full", stolen={"client_ecdhe"}).svg
    assert ">kept secret</text>" not in nothing_kept
    assert ">kept secret</text>" in schedule_graph(stolen={"psk"}).svg


def test_the_modes_differ_in_what_is_zeros_or_absent_and_in_nothing_else() -> None:
    def said(mode: Mode) -> dict[str, str]:
        return {row[1]: row[2] for row in schedule_graph(mode=mode).rows}

    ke, dhe, full = said("psk_ke"), said("psk_dhe_ke"), said("full")
    assert {name for name in dhe if ke[name] != dhe[name]} == {"ecdhe"}
    assert {name for name in dhe if full.get(name) != dhe[name]} == {"psk", "early data"}
    assert set(full) - set(dhe) == {"Certificate"}
    assert ke["ecdhe"] == full["psk"] == "zeros"
    absent = looking(schedule_graph(mode="psk_ke").svg, ink.ABSENT)
    assert absent == {"zeros", "ecdhe", "Certificate"}
    assert "ecdhe = zeros" in schedule_graph(mode="psk_ke").svg
    assert "= zeros" not in schedule_graph(mode="psk_dhe_ke").svg


def test_values_are_shown_short_each_in_its_own_box() -> None:
    values = {name: bytes([number]) * 32 for number, name in enumerate(SCHEDULE)}
    values |= {"psk": b"\xaa" * 32, "ecdhe": b"\xbb" * 32, "zeros": bytes(32)}
    picture = schedule_graph("main_secret", "psk_ke", values)
    for name, tip, _, words in parts(picture.svg):
        shown = [line for line in words if ".." in line]
        if name in SCHEDULE or name == "psk":
            value = values[name]
            assert shown == [f"{value[:4].hex()}..{value[-2:].hex()}"]
            assert shortened(value) in tip
            assert shortened(value) in picture.text
            assert value.hex() not in picture.svg + picture.text
        else:
            # What is zeros in this mode shows no value, even if one is at hand.
            assert shown == []
    assert "bbbb" not in picture.svg + picture.text


def test_arrow_keys_go_through_the_connection_in_its_order() -> None:
    names = [name for name, _, _, _ in parts(schedule_graph().svg)]
    lane = ["ClientHello", "early data", "ServerHello", "server's handshake", "EncryptedExtensions"]
    assert names[len(layout.INPUTS) :][: len(SCHEDULE)] == list(SCHEDULE)
    assert names[len(layout.INPUTS) + len(SCHEDULE) :][: len(lane)] == lane


def test_a_secret_without_a_value_shows_none() -> None:
    picture = schedule_graph(None, "psk_ke", {"psk": bytes(32)})
    assert picture.svg.count("00000000..0000") == 1


def test_every_tip_has_the_row_of_the_table_and_its_section() -> None:
    tips = {name: tip for name, tip, _, _ in parts(schedule_graph("psk").svg)}
    for name, tip in tips.items():
        assert tip[0] == name
        assert tip[-1].startswith("RFC 9846 section ")
    for row in SCHEDULE.values():
        told = "\n".join(tips[row.name])
        for words in (row.operation.value, *row.inputs, row.label, row.rfc8446_name, row.keylog):
            assert words in told
        if row.context in layout.POINTS:
            assert row.context.value in told
            assert row.name in "\n".join(tips[layout.POINTS[row.context][0]])
    assert "needed for it" not in tips["psk"]
    assert "made from it" in tips["main_secret"]


def test_the_same_arguments_give_the_same_bytes_and_others_another_digest() -> None:
    assert schedule_graph("psk") == schedule_graph("psk")
    digests = {schedule_graph(lit, mode).digest for lit in (None, *EVERY) for mode in DRAWN_MODES}
    assert len(digests) == (len(EVERY) + 1) * len(DRAWN_MODES)


@pytest.mark.parametrize("lit", [None, *EVERY])
def test_what_is_drawn_is_a_document_with_letters_that_can_be_read(lit: str | None) -> None:
    svg = schedule_graph(lit).svg
    ElementTree.fromstring(svg)
    assert min(map(int, re.findall(r'font-size="(\d+)"', svg))) >= ink.SMALL


def test_nothing_has_to_be_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> str:
        raise AssertionError("laid out")

    monkeypatch.setattr(dot, "svg", refuse)
    for name in EVERY:
        schedule_graph(name)


@pytest.mark.parametrize(
    "wrong", [{"lit": "no_such_secret"}, {"mode": "no_such_mode"}, {"stolen": {"no_such_leak"}}]
)
def test_what_there_is_not_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises((KeyError, NotAllowed), match="no_such"):
        schedule_graph(**wrong)  # type: ignore[arg-type]


def test_a_certificate_beside_a_psk_changes_nothing_in_the_schedule() -> None:
    """draft-ietf-tls-8773bis 5.3: PSK and (EC)DHE secret are both in it, as in psk_dhe_ke."""
    both, alone = (schedule_graph(mode=mode) for mode in ("cert_with_extern_psk", "psk_dhe_ke"))
    assert [row for row in both.rows if row[1] != "Certificate"] == list(alone.rows)


# A theft -----------------------------------------------------------------------------------------


def marks_of(mode: Mode, *stolen: str) -> dict[str, str]:
    return {row[1]: row[0] for row in schedule_graph(mode=mode, stolen=stolen).rows}


def test_a_stolen_psk_opens_all_of_psk_ke_and_the_early_stage_of_psk_dhe_ke() -> None:
    ke, dhe = marks_of("psk_ke", "psk"), marks_of("psk_dhe_ke", "psk")
    assert ke["psk"] == dhe["psk"] == "stolen"
    assert {name for name in SCHEDULE if ke[name] == "worked out"} == set(SCHEDULE)
    assert {name for name in SCHEDULE if dhe[name] == "worked out"} == EARLY
    assert {name for name in layout.RECORDS if ke[name] == "read"} == set(layout.RECORDS)
    assert {name for name in layout.RECORDS if dhe[name] == "read"} == {"early data"}
    assert {dhe[name] for name in layout.RECORDS} == {"read", "kept secret"}
    # The twin: with one more leak all is lost.
    more = marks_of("psk_dhe_ke", "psk", "server_ecdhe")
    assert {more[name] for name in layout.RECORDS} == {"read"}
    assert more["ecdhe"] == "worked out"
    assert more["server_ecdhe"] == "stolen"


@pytest.mark.parametrize("mode", DRAWN_MODES)
@pytest.mark.parametrize("stolen", [*SINGLE_LEAKS, *SCHEDULE])
def test_what_is_said_to_be_read_is_what_the_adversary_can_derive(mode: Mode, stolen: str) -> None:
    shape = shape_of({stolen}, mode)
    found = loss_of(shape)
    data = {"client's data", "server's data"} & found.records
    assert bool(data) == bool(plan(shape, "application_data"))
    assert ("early data" in found.records) == bool(plan(shape, "early_data"))
    # Nothing goes up the spine: from a secret follows only what is made from it. Without a PSK,
    # anybody can work out the early stage, because its inputs are zeros.
    if stolen in SCHEDULE:
        public = loss_of(shape_of((), mode)).opened
        assert public == (EARLY if mode == "full" else set())
        assert found.opened - public <= descendants(stolen)


@pytest.mark.parametrize("mode", DRAWN_MODES)
@pytest.mark.parametrize("stolen", loss.LEAKS - {"psk"})
def test_what_was_stolen_is_in_the_picture_and_says_so(mode: Mode, stolen: str) -> None:
    picture = schedule_graph(mode=mode, stolen={stolen})
    every = {name: (tip, style, words) for name, tip, style, words in parts(picture.svg)}
    input_of = {name: leaf for leaf, names in loss.SOURCES.items() for name in names}
    if stolen in input_of and layout.is_zeros(input_of[stolen], mode):
        assert stolen not in every  # there is no such thing in this mode
        return
    tip, style, words = every[stolen]
    assert style == ink.STOLEN.style
    assert words[-1] == "stolen"
    assert "stolen" in tip
    assert f"{stolen} stolen" in picture.alt


def test_every_color_of_a_theft_has_its_word_beside_it() -> None:
    svg = schedule_graph(mode="psk_dhe_ke", stolen={"psk"}).svg
    signs = {
        ink.STOLEN.style: {"stolen"},
        ink.OPENED.style: {"worked out", "read"},
        ink.KEPT.style: {"kept secret"},
        ink.RECORDED.style: {"recorded"},
    }
    met = set()
    for _, _, style, words in parts(svg):
        if style in signs:
            met.add(style)
            assert words[-1] in signs[style]
    assert met == set(signs)
