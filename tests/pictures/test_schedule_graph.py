"""The picture of the schedule shows the table: no more, no less, and nothing by color alone."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation, ancestors, descendants
from tls13lab.pictures import dot
from tls13lab.pictures.picture import shortened
from tls13lab.pictures.schedule_dot import MODES, PLACE_OF_A_VALUE, schedule_dot, stage_of
from tls13lab.pictures.schedule_graph import drawn_as, schedule_graph
from tls13lab.wire.names import Mode

EVERY = (*LEAVES, *SCHEDULE)
USES = {f"{leaf}.{row.name}" for row in SCHEDULE.values() for leaf in row.inputs if leaf in LEAVES}
INPUTS = {f"{one}--{row.name}" for row in SCHEDULE.values() for one in row.inputs}


def ids(svg: str, kind: str) -> set[str]:
    """The ids of the drawn nodes or edges."""
    document = ElementTree.fromstring(svg)
    return {one.get("id", "") for one in document.iter() if one.get("class") == kind}


def styled(svg: str, declaration: str) -> set[str]:
    """The ids whose shape has ``declaration`` as the last word on its style."""
    last: dict[str, str] = {}
    for selectors, style in re.findall(r"(\[id=[^{]*)\{([^}]*)\}", svg):
        for name, shape in re.findall(r'\[id="([^"]+)"\] (\w+)', selectors):
            if shape == "path":
                last[name] = style
    return {name for name, style in last.items() if declaration in style}


@pytest.mark.parametrize("mode", MODES)
def test_every_row_and_input_of_the_table_is_drawn_and_nothing_else(mode: Mode) -> None:
    svg = schedule_graph(mode=mode).svg
    assert ids(svg, "node") == {f"node-{name}" for name in {*SCHEDULE, *USES}}
    assert ids(svg, "edge") == INPUTS


@pytest.mark.parametrize("mode", MODES)
def test_every_label_is_on_its_edge(mode: Mode) -> None:
    document = ElementTree.fromstring(schedule_graph(mode=mode).svg)
    words = {
        one.get("id"): "".join(one.itertext()).split("\n")
        for one in document.iter()
        if one.get("class") == "edge"
    }
    for row in SCHEDULE.values():
        if row.operation is not Operation.EXTRACT:
            assert f'"{row.label}"' in [
                line.strip() for line in words[f"{row.inputs[0]}--{row.name}"]
            ]


def test_every_row_stands_in_the_frame_of_its_stage() -> None:
    frames = re.findall(r"subgraph cluster_(\w+) \{(.*?)\n\t\}", schedule_dot(), re.DOTALL)
    for stage, inside in frames:
        names = re.findall(r"^\t\t(\w+) \[label", inside, re.MULTILINE)
        assert set(names) == {name for name in SCHEDULE if stage_of(name) == stage}
    assert len(frames) == 3


@pytest.mark.parametrize("name", EVERY)
def test_what_is_lit_is_what_it_depends_on(name: str) -> None:
    picture = schedule_graph(name)
    marked = {
        mark: {row[1] for row in picture.rows if row[0] == mark}
        for mark in ("chosen", "needed for it", "made from it")
    }
    assert marked["chosen"] == {name}
    assert marked["needed for it"] == ancestors(name)
    assert marked["made from it"] == descendants(name)
    thick = styled(picture.svg, "stroke-width:3")
    drawn = {node.removeprefix("node-").partition(".")[0] for node in thick if "--" not in node}
    assert drawn == ancestors(name)
    lit = ancestors(name) | {name}
    assert {one for one in thick if "--" in one} == {
        f"{source}--{row}" for row in lit & set(SCHEDULE) for source in SCHEDULE[row].inputs
    }
    chosen = {f"node-{node}" for node in drawn_as(name, SCHEDULE)}
    assert styled(picture.svg, "stroke-width:5") == chosen
    dashed = {one for one in styled(picture.svg, "stroke-dasharray") if "--" not in one}
    assert dashed == {f"node-{row}" for row in descendants(name)}
    assert name in picture.alt


def test_a_use_of_zeros_is_lit_only_where_it_goes_in() -> None:
    thick = styled(schedule_graph("handshake_secret").svg, "stroke-width:3")
    assert "node-zeros.early_secret" in thick
    assert "node-zeros.main_secret" not in thick
    assert "node-zeros.main_secret" in styled(schedule_graph("main_secret").svg, "stroke-width:3")


def test_the_legend_names_each_style_and_is_inside_the_picture() -> None:
    svg = schedule_graph("main_secret").svg
    document = ElementTree.fromstring(svg)
    height = float(document.get("viewBox", "").split()[3])
    for words in ("chosen", "needed for it", "made from it", "neither"):
        at = re.search(rf'y="(\d+)">{words}</text>', svg)
        assert at is not None
        assert float(at[1]) < height
    assert "needed for it" not in schedule_graph().svg


def test_the_modes_differ_in_what_is_zeros_and_in_nothing_else() -> None:
    def said(mode: Mode) -> dict[str, str]:
        return {row[1]: row[2] for row in schedule_graph(mode=mode).rows}

    ke, dhe, full = said("psk_ke"), said("psk_dhe_ke"), said("full")
    assert {name for name in dhe if ke[name] != dhe[name]} == {"ecdhe"}
    assert {name for name in dhe if full[name] != dhe[name]} == {"psk"}
    assert ke["ecdhe"] == full["psk"] == "zeros"
    assert "ecdhe = zeros" in schedule_dot("psk_ke")
    assert "zeros in the place of ecdhe" in schedule_dot("psk_ke")
    assert "= zeros" not in schedule_dot("psk_dhe_ke")


def test_values_are_shown_short_each_in_its_own_node() -> None:
    values = {name: bytes([number]) * 32 for number, name in enumerate(SCHEDULE)}
    values |= {"psk": b"\xaa" * 32, "ecdhe": b"\xbb" * 32, "zeros": bytes(32)}
    picture = schedule_graph("main_secret", "psk_ke", values)
    titled = re.findall(r"<title>([\w.]+)</title>(.*?)</g>", picture.svg, re.DOTALL)
    shown = {name: re.findall(r">([0-9a-f]{8}\.\.[0-9a-f]{4})<", rest) for name, rest in titled}
    for name in SCHEDULE:
        value = values[name]
        assert shown[name] == [f"{value[:4].hex()}..{value[-2:].hex()}"]
        assert shortened(value) in picture.text
        assert value.hex() not in picture.svg + picture.text
    assert shown["psk.early_secret"] == ["aaaaaaaa..aaaa"]
    # What is zeros in this mode shows no value, even if one is at hand.
    assert "bbbb" not in picture.svg + picture.text
    assert PLACE_OF_A_VALUE not in picture.svg


def test_a_secret_without_a_value_has_an_empty_place() -> None:
    picture = schedule_graph(None, "psk_ke", {"psk": bytes(32)})
    assert PLACE_OF_A_VALUE not in picture.svg
    assert picture.svg.count("00000000..0000") == 1


def test_the_same_arguments_give_the_same_bytes_and_others_another_digest() -> None:
    assert schedule_graph("psk") == schedule_graph("psk")
    digests = {schedule_graph(lit, mode).digest for lit in (None, *EVERY) for mode in MODES}
    assert len(digests) == (len(EVERY) + 1) * len(MODES)


@pytest.mark.parametrize("lit", [None, *EVERY])
def test_what_is_drawn_is_a_document_and_hides_no_word(lit: str | None) -> None:
    picture = schedule_graph(lit)
    ElementTree.fromstring(picture.svg)
    text = unescape(picture.svg)
    for name in SCHEDULE:
        assert f"<title>{name}</title>" in text


def test_another_secret_needs_no_other_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule_graph("psk")

    def refuse(_: str, __: str) -> str:
        raise AssertionError("laid out again")

    monkeypatch.setattr(dot, "run", refuse)
    for name in EVERY:
        schedule_graph(name)


def test_where_nothing_can_draw_the_table_and_the_source_remain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(_: str) -> str:
        raise dot.NoLayout

    drawn = schedule_graph("psk")
    monkeypatch.setattr(dot, "svg", nothing)
    picture = schedule_graph("psk")
    assert "&quot;key schedule&quot;" in picture.html
    assert picture.text == drawn.text


@pytest.mark.parametrize("wrong", [{"lit": "no_such_secret"}, {"mode": "no_such_mode"}])
def test_what_there_is_not_is_a_key_error(wrong: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        schedule_graph(**wrong)  # type: ignore[arg-type]


def test_a_certificate_beside_a_psk_changes_nothing_in_the_schedule() -> None:
    """draft-ietf-tls-8773bis 5.3: PSK and (EC)DHE secret are both in it, as in psk_dhe_ke."""
    both, alone = (schedule_graph(mode=mode) for mode in ("cert_with_extern_psk", "psk_dhe_ke"))
    assert both.svg == alone.svg
