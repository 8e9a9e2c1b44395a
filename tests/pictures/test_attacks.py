"""What an attack looks like: numbered steps, a tree, a timeline, the matrix."""

import re
from collections import Counter
from html import unescape

import pytest

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft, together
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
from tls13lab.pictures import dot, ink
from tls13lab.pictures.attack_tree import attack_dot, attack_tree
from tls13lab.pictures.claims_matrix import (
    matrix_page,
    matrix_picture,
    matrix_text,
    pairs_that_matter,
    rows_of,
    shown,
)
from tls13lab.pictures.derivation_text import derivation_rows, how, origin, short_name
from tls13lab.pictures.grid import Grid, Tile
from tls13lab.pictures.picture import shortened
from tls13lab.pictures.timeline import timeline
from tls13lab.symbolic.claims import Cell, cells
from tls13lab.symbolic.vocabulary import ADVERSARIES

KE, DHE = (talk(*lesson_configs(mode), mode) for mode in ("psk_ke", "psk_dhe_ke"))
PSK = Theft(psks=(LESSON_PSK.key,))


def findings(theft: Theft = PSK) -> list[Finding]:
    return list(eavesdrop(record(KE, DHE), theft))


def test_each_step_builds_on_earlier_ones_or_on_what_was_given() -> None:
    rows = derivation_rows(findings()[0].steps)
    for at, (number, _, sources, _, _) in enumerate(rows, 1):
        assert number == str(at)
        for source in sources.split(", "):
            assert not source.isdigit() or int(source) < at
    assert rows[0][1:4] == ("early_secret", "zeros, psk", "HKDF-Extract [7.1]")
    assert any('"c ap traffic"' in row[3] for row in rows)


def test_the_tree_shows_theft_recording_and_goal_by_shape() -> None:
    steps = findings()[0].steps
    picture = attack_tree(steps, "connection 1")
    assert picture.alt == "attack tree: psk stolen, connection 1 read"
    text = attack_dot([done.step for done in steps])
    assert text.count("shape=octagon") == 1
    assert len(re.findall("peripheries=2", text)) == 2  # both directions' data
    assert "ClientHello" in text
    assert "<svg" in picture.svg
    assert len(picture.rows) == len(steps)


def test_every_node_is_a_part_that_tells_its_step_its_bytes_and_its_section() -> None:
    steps = findings()[0].steps
    picture = attack_tree(steps)
    found = re.findall(r'class="node part" data-part="([^"]*)"><title>([^<]*)</title>', picture.svg)
    tips = {unescape(name): unescape(tip).splitlines() for name, tip in found}
    assert len(found) == picture.svg.count('id="term-')
    assert tips["psk"] == ["psk", "stolen"]
    assert tips["ClientHello"] == ["ClientHello", "recorded"]
    for done in steps:
        name = short_name(done.step.conclusion)
        assert tips[name][0] == name
        assert tips[name][-1].startswith("RFC ")
        if done.value:
            assert shortened(done.value) in tips[name]
    assert tips["early_secret"][1:3] == ["HKDF-Extract(zeros, psk)", "worked out"]
    assert "read" in tips["client's application data"]
    # Nothing else in the drawing shows a tip.
    assert picture.svg.count("<title>") == len(found)


def test_no_letter_of_a_tree_is_ever_shown_smaller_than_it_is_drawn() -> None:
    picture = attack_tree(findings()[0].steps)
    sizes = {float(one) for one in re.findall(r'font-size="([\d.]+)"', picture.svg)}
    assert sizes == {ink.SMALL}
    width = re.search(
        r'<svg width="(\d+)" height="\d+"\s+viewBox="0.00 0.00 ([\d.]+) ', picture.svg
    )
    assert width is not None
    assert float(width[1]) == pytest.approx(float(width[2]), abs=1)
    padding = 8
    assert f"min-width:{int(width[1]) + 2 * padding}px" in picture.image


def test_a_label_of_the_schedule_is_never_broken() -> None:
    drawn = unescape(attack_tree(findings()[0].steps).svg)
    labelled = re.findall(r">([^<]*\"[^<]*)</text>", drawn)
    assert '"s hs traffic" [7.1]' in labelled
    assert [line for line in labelled if line.count('"') != 2] == []


def test_two_thefts_are_two_octagons() -> None:
    share = DHE.client.secrets["client_ecdhe"]
    steps = findings(Theft(psks=(LESSON_PSK.key,), client_ecdhe=(share,)))[1].steps
    assert attack_dot([done.step for done in steps]).count("shape=octagon") == 2
    given = {one for done in steps for one in done.step.premises} - {
        done.step.conclusion for done in steps
    }
    assert [origin(one) for one in given].count("stolen") == 2


def test_the_attacks_by_any_of_these_thefts_are_stored() -> None:
    client, server = (
        Theft(client_ecdhe=(DHE.client.secrets["client_ecdhe"],)),
        Theft(server_ecdhe=(DHE.server.secrets["server_ecdhe"],)),
    )
    lost = [
        one
        for thefts in ([PSK], [PSK, client], [PSK, server], [PSK, client, server])
        for one in findings(together(thefts))
        if one.verdict == "lost"
    ]
    assert len(lost) == 7
    for one in lost:
        assert dot.stored(attack_dot([done.step for done in one.steps]))
    # The twin: part of an attack is another graph.
    assert not dot.stored(attack_dot([done.step for done in lost[0].steps[1:]]))


def test_short_names_never_show_what_is_inside() -> None:
    for done in findings()[0].steps:
        assert len(short_name(done.step.conclusion)) < 60
        assert re.search(r"\[[\d.]+\]$", how(done.step))


def test_without_a_layout_program_the_steps_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: str) -> str:
        raise dot.NoLayout("nothing here")

    monkeypatch.setattr(dot, "svg", none)
    picture = attack_tree(findings()[0].steps)
    assert "digraph attack" in picture.image
    assert "early_secret" in picture.text


def test_the_timeline_is_the_same_each_time_and_says_it_in_words() -> None:
    rows = {"both": findings()}
    one, other = timeline(rows, 1, "a theft"), timeline(rows, 1, "a theft")
    assert one.svg == other.svg
    assert one.rows == (("both", "psk_ke: read", "psk_dhe_ke: kept"),)
    assert "stolen here" in one.svg
    assert "<dc:date>" not in one.svg
    assert timeline({"a": findings(Theft())}).rows == (("a", "psk_ke: kept", "psk_dhe_ke: kept"),)


def test_the_matrix_in_words_and_as_a_picture() -> None:
    every = cells()
    rows = rows_of(every)
    row = rows["passive", "external-psk_dhe_ke", "application_data", ""]
    assert set(pairs_that_matter(row)) == {
        ("psk", "client_ecdhe"),
        ("psk", "server_ecdhe"),
        ("psk", "quantum"),
        # A weak PSK is as good as stolen.
        ("client_ecdhe", "weak_psk"),
        ("server_ecdhe", "weak_psk"),
        ("quantum", "weak_psk"),
    }
    text = matrix_text(every)
    headings = [text.index(f"full, {adversary} adversary") for adversary in ADVERSARIES]
    assert headings == sorted(headings)
    grid = matrix_picture(every)
    tiles = [tile for group in grid.groups for one in group.rows for tile in one.tiles]
    assert sum(len(group.rows) for group in grid.groups) == len(rows)
    assert len({tile.name for tile in tiles}) == len(tiles)
    single = [row[leaks] for row in rows.values() for leaks in row if len(leaks) < 2]
    words = Counter(tile.word for tile in tiles)
    assert words == Counter(map(shown, single))
    assert words["for now"] == sum(bool(cell.horizon) and not cell.absent for cell in single) > 0
    assert sum(bool(pairs_that_matter(row)) for row in rows.values()) == len(grid.notes)
    for part in (every, [cell for cell in every if cell.asset == "psk"]):
        lines = matrix_text(part).splitlines()
        begin = {re.search(r"(?<= )[0x.~-]( [\dx.~-]){8}", line) for line in lines}
        assert len({found.start() for found in begin if found}) == 1  # one below the other
    assert "- -" in text
    assert "~" in text


def test_a_tile_says_what_else_it_takes() -> None:
    (cell,) = (
        tile
        for group in matrix_picture(cells()).groups
        for row in group.rows
        for tile in row.tiles
        if tile.name == "passive/external-psk_dhe_ke/application_data//psk"
    )
    assert cell.word == "kept"
    assert "lost together with client_ecdhe, or with server_ecdhe, or with quantum" in cell.tip


def test_the_matrix_of_one_mode_has_assets_for_rows() -> None:
    grid = matrix_picture([cell for cell in cells() if cell.mode == "full"])
    assert [group.heading for group in grid.groups] == ["full"]
    assert "application_data, passive" in [row.heading for row in grid.groups[0].rows]


def test_a_change_of_the_matrix_shows_in_its_text() -> None:
    every = [cell for cell in cells() if cell.asset == "psk"]
    one, other = matrix_picture(every), matrix_picture(every[: len(every) // 2])
    assert one.text == matrix_picture(every).text != other.text
    assert one.digest in one.text.splitlines()[0]
    assert one.digest not in other.text


def test_the_costs_stand_in_the_tiles_and_their_tips() -> None:
    some = [cell for cell in cells() if cell.mode == "external-psk_ke" and cell.asset == "psk"]

    def guesses(cell: Cell) -> float | None:
        return 20.0 if "weak_psk" in cell.leaks else None

    assert "2^" not in matrix_page(some)
    text = matrix_page(some, guesses, lambda bits: f"{bits * 3:.0f} seconds")
    assert "costs 2^20.0 guesses, 60 seconds" in text
    (found,) = {tile.more for tile in _tiles(matrix_picture(some, guesses)) if tile.more}
    assert found == "2^20"


def _tiles(grid: Grid) -> list[Tile]:
    return [tile for group in grid.groups for row in group.rows for tile in row.tiles]


def test_the_matrix_as_a_page_asks_nobody() -> None:
    text = matrix_page(cells())
    assert "</html>" in text
    assert "http" not in text.replace("http-equiv", "")
    assert "src=" not in text
