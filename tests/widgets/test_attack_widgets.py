"""The theft panel and the matrix explorer: view-models, controls, and their static forms."""

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.captures.tape import Tape
from tls13lab.adversary.plan import Shape
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import CapturedRecord
from tls13lab.cli.app import cli
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
from tls13lab.pictures.picture import least_width, shortened
from tls13lab.pictures.schedule_graph import theft_graph
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.vocabulary import ADVERSARIES, ASSETS
from tls13lab.widgets.matrix_explorer import ALL, ASK, MatrixExplorer, MatrixView, name_of
from tls13lab.widgets.theft_panel import TheftPanel, TheftView

DHE = talk(*lesson_configs("psk_dhe_ke"), "dhe")
SHARE = DHE.client.secrets["client_ecdhe"]
KE = talk(*lesson_configs("psk_ke"), "ke")
ITEMS = record(KE, DHE)
LEAKS = {
    "psk": Theft(psks=(LESSON_PSK.key,)),
    "client_ecdhe": Theft(client_ecdhe=(SHARE,)),
}


def verdicts(view: TheftView) -> list[str]:
    return [finding.verdict for finding in view.findings]


def test_what_each_theft_opens() -> None:
    view = TheftView(ITEMS, LEAKS)
    assert verdicts(view) == ["kept", "kept"]
    assert verdicts(view.steal("psk")) == ["lost", "kept"]
    assert verdicts(view.steal("client_ecdhe")) == ["kept", "kept"]
    assert verdicts(view.steal("psk", "client_ecdhe")) == ["lost", "lost"]
    assert view.steal("psk").rows[1][4] == "client_ecdhe, server_ecdhe"
    with pytest.raises(KeyError):
        view.steal("something else")


WRONG = "a PSK of somebody else's"


def test_where_each_theft_fits_in_the_words_of_break(tmp_path: Path) -> None:
    """One recording, both doors: the panel's sentences are those of the command line."""
    leaks = {**LEAKS, WRONG: Theft(psks=(bytes(16),))}
    view = TheftView(ITEMS, leaks)
    assert view.places == ()
    view = view.steal("psk", "client_ecdhe", WRONG)
    chosen = 'is the one offered as "lab": it makes the recorded binder, and the server chose it'
    assert view.places == (
        f"connection 1: the stolen PSK {chosen}",
        f"connection 2: the stolen PSK {chosen}",
        "connection 2: the stolen private key belongs to the client's share",
        f"the leak {WRONG} fits no connection in this capture",
    )
    assert view.places[0] in view.text()
    assert f"<li>{escape(view.places[3])}</li>" in view.html()

    capture = tmp_path / "talk.pcap"
    with Tape(capture) as tape:
        for item in ITEMS:
            if isinstance(item, CapturedRecord):
                tape(item.connection, item.sender, item.wire)
    secrets = (f"psk={LESSON_PSK.key.hex()}", f"client_ecdhe={SHARE.hex()}")
    arguments = [word for secret in secrets for word in ("--leak", secret)]
    said = CliRunner().invoke(cli, ["break", str(capture), *arguments]).stdout
    lines = [line.partition(": ")[2] for line in view.places[:3]]
    assert [line.strip() for line in said.splitlines() if "the stolen" in line] == lines
    other = CliRunner().invoke(cli, ["break", str(capture), "--leak", f"psk={'00' * 16}"]).stdout
    assert view.places[3].replace(WRONG, "psk") in other


def test_the_panel_follows_its_boxes() -> None:
    panel = TheftPanel(ITEMS, LEAKS, "psk")
    assert "Connection 1, psk_ke, is opened" in panel.answer.value
    assert "Read from the client: client&#x27;s words" in panel.answer.value
    panel.boxes["client_ecdhe"].value = True
    assert "Connection 2, psk_dhe_ke, is opened" in panel.answer.value
    assert "Step by step" in panel.answer.value
    assert "The bytes of each step" in panel.answer.value
    for box in panel.boxes.values():
        box.value = False
    assert "Connection 2, psk_dhe_ke, stays closed" in panel.answer.value
    assert "Step by step" not in panel.answer.value
    bundle = panel._repr_mimebundle_()
    assert "Connection 1, psk_ke, is opened" in bundle["text/html"]
    assert "client's words" in bundle["text/plain"]


def test_what_was_read_and_the_picture_come_first_and_a_long_table_is_folded() -> None:
    shown = TheftView(ITEMS, LEAKS).steal("psk").html()
    places = [shown.index(one) for one in ("is opened", "Read from", "<img", "<th scope", "<li>")]
    assert places == sorted(places)
    assert "All " not in shown
    longer = TheftView(record(*[KE] * 5), LEAKS).steal("psk").html()
    assert longer.index("<summary>All 5 connections<") < longer.index("<th scope")


def test_the_boxes_share_a_row_and_the_picture_leaves_room_for_them() -> None:
    """A picture of 720 by 700 pixels, a row and a line fit into a window 900 pixels high."""
    panel = TheftPanel(ITEMS, LEAKS, "psk")
    row, answer = panel.box.children
    assert row.children == (*panel.boxes.values(), panel.connection)
    assert row.layout.flex_flow == "row wrap"
    assert answer is panel.answer
    picture = panel.view.picture()
    assert picture is not None
    wide, high = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', picture.svg)[0])
    (widest,) = map(int, re.findall(r'<div style="max-width:(\d+)px">', panel.answer.value))
    assert widest >= least_width(picture.svg) + 16
    assert high * widest / wide < 700


def test_each_connection_can_be_shown_beside_the_other() -> None:
    panel = TheftPanel(ITEMS, LEAKS, "psk")
    assert [number for _, number in panel.connection.options] == [0, 1, 2]
    panel.connection.value = 2
    assert "Connection 2, psk_dhe_ke, stays closed" in panel.answer.value
    panel.boxes["client_ecdhe"].value = True
    panel.connection.value = 1
    assert "Connection 1, psk_ke, is opened" in panel.answer.value


def test_the_picture_says_what_the_bytes_say() -> None:
    """What is said to be read in it is what was read, for each connection and each theft."""
    view = TheftView(ITEMS, LEAKS)
    for stolen in ((), ("psk",), ("client_ecdhe",), ("psk", "client_ecdhe")):
        for number in (1, 2):
            shown = view.steal(*stolen).show(number)
            picture, finding = shown.picture(), shown.finding
            assert picture is not None
            assert finding is not None
            read = {row[1] for row in picture.rows if row[0] == "read"}
            assert ("client's data" in read) == ("client" in finding.plaintext)
            assert ("server's data" in read) == ("server" in finding.plaintext)
            marks = {row[1]: row[0] for row in picture.rows}
            assert {name for name in stolen if marks.get(name) == "stolen"} == set(finding.leaks)
    assert picture is not None
    values = {row[1]: row[7] for row in picture.rows}
    assert values["main_secret"] == shortened(DHE.client.secrets["main_secret"])


def test_a_psk_from_an_earlier_connection_was_worked_out_and_not_stolen() -> None:
    issuer = talk(*lesson_configs("psk_ke"), "issuer")
    picture = theft_graph(Shape("psk_ke", held=frozenset({"psk"})), found={"psk"})
    assert {row[1]: row[0] for row in picture.rows}["psk"] == "worked out"
    # The twin: one that was stolen.
    (finding,) = TheftView(record(issuer), LEAKS).steal("psk").findings
    assert finding.psk_from is None
    assert finding.shape is not None
    assert {row[1]: row[0] for row in theft_graph(finding.shape).rows}["psk"] == "stolen"


def test_without_hellos_there_is_no_picture() -> None:
    view = TheftView((), LEAKS)
    assert view.picture() is None
    assert "no connection whose hellos are recorded" in view.html()


def test_taking_a_rule_away_flips_cells_and_says_so() -> None:
    view = MatrixView()
    assert view.flipped() == ()
    gone = view.choose("application_data", "passive", "ecdhe")
    assert {cell.mode for cell in gone.flipped()} >= {"full"}
    grid = gone.grid()
    assert grid.columns[:2] == ("none", "psk")
    tiles = [tile for row in grid.groups[0].rows for tile in row.tiles]
    assert sum(tile.more == "FLIPPED" for tile in tiles) == len(gone.flipped()) > 0
    assert "flip" in gone.note()


def test_the_explorer_answers_every_choice() -> None:
    explorer = MatrixExplorer()
    for rule in RULES:
        explorer.without.value = rule  # type: ignore[attr-defined]
        assert f"Without the rule {rule}" in explorer.answer.value
    explorer.without.value = ALL  # type: ignore[attr-defined]
    explorer.asset.value = "server_authentication"  # type: ignore[attr-defined]
    assert "outside for this adversary" in explorer.answer.value
    explorer.adversary.value = "active"  # type: ignore[attr-defined]
    assert "lost" in explorer.answer.value


def test_every_tile_says_why_and_the_counter_test_is_there() -> None:
    for asset in ASSETS:
        for adversary in ADVERSARIES:
            view = MatrixView(asset, adversary)
            for cell in view.cells():
                why = replace(view, chosen=name_of(cell)).why()
                assert why is not None
                said = " ".join((why.heading, *why.sentences, why.title))
                assert f"{asset} is {cell.verdict}" in said
                if cell.absent:
                    assert "changes nothing" in said
                elif cell.verdict == "kept":
                    assert "Counter-test: with" in said or "Not even two" in said
                    assert bool(why.steps) == ("Counter-test" in said) or "(0 steps)" in said
                else:
                    assert ("Counter-test: without" in said) or (
                        not cell.leaks or "It is lost without this leak, too" in said
                    )


def test_what_is_missing_opens_it() -> None:
    view = MatrixView(chosen="external-psk_dhe_ke/psk")
    why = view.why()
    assert why is not None
    assert "What is missing: client_ecdhe; or server_ecdhe; or quantum." in why.sentences
    assert why.title.startswith("Counter-test: with client_ecdhe as well, it is lost (")
    assert why.steps[0][1:3] == ("early_secret", "zeros, psk")
    lost = replace(view, chosen="external-psk_ke/psk").why()
    assert lost is not None
    assert "Counter-test: without this leak, it is kept." in lost.sentences


def test_a_guess_is_called_a_guess() -> None:
    why = MatrixView(chosen="external-psk_ke/weak_psk").why()
    assert why is not None
    assert [row[1] for row in why.steps if row[3].startswith("guess")] == ["psk"]


def test_a_click_asks_why_and_the_tile_is_marked() -> None:
    explorer = MatrixExplorer()
    assert ASK in explorer.answer.value
    explorer.answer._handle_custom_msg({"part": "external-psk_ke/psk"}, [])
    assert "external-psk_ke, leak: psk: application_data is lost" in explorer.answer.value
    assert explorer.answer.value.count('aria-selected="true"') == 1
    assert ASK in explorer._repr_mimebundle_()["text/plain"], "the first view stays what it was"
    explorer.answer._handle_custom_msg({"part": "no such tile"}, [])
    assert ASK in explorer.answer.value
