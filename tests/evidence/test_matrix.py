"""Model and bytes agree in every cell and chain; and the bytes can say otherwise."""

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from tls13lab.cli.app import cli
from tls13lab.evidence import active, passive
from tls13lab.evidence.chains import chains
from tls13lab.evidence.matrix import Disagreement, described, verdicts
from tls13lab.evidence.stage import stage
from tls13lab.symbolic.claims import Cell, cells, decide, questions
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    ASSETS,
    LEAKS,
    SCENE_MODES,
    Adversary,
    Asset,
    Leaks,
    SceneMode,
)

ASKED_OF_NOTHING: tuple[SceneMode, Asset, Adversary, Leaks] = (
    "external-psk_dhe_ke",
    "next_psk",
    "passive",
    (),
)


EACH = 17
"""A quick run plays one of this many cells: a prime, so that no row or column is left out."""


@cache
def every_cell(each: int = 1) -> list[dict[str, Any]]:
    return [described(cell) for cell in cells()[::each]]


@pytest.fixture(params=[EACH, pytest.param(1, marks=pytest.mark.full)])
def played(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return every_cell(request.param)


def test_every_lost_cell_was_done_on_bytes(played: list[dict[str, Any]]) -> None:
    assert {cell["evidence"] for cell in played if cell["verdict"] == "lost"} == {"both"}
    assert {cell["evidence"] for cell in played if cell["verdict"] != "lost"} == {"model"}


def test_the_vocabulary(played: list[dict[str, Any]]) -> None:
    assert {cell["mode"] for cell in played} == set(SCENE_MODES)
    assert {cell["asset"] for cell in played} == set(ASSETS)
    assert {cell["adversary"] for cell in played} == set(ADVERSARIES)
    assert {leak for cell in played for leak in cell["leaks"]} == set(LEAKS)
    keys = {"mode", "asset", "adversary", "leaks", "options", "verdict", "evidence", "steps"}
    keys |= {"decided", "log2_guesses", "computed"}
    for cell in played:
        why = {"why"} if cell["verdict"] == "outside" else set()
        assert set(cell) - {"absent", "until"} == keys | {"citation"} | why
        assert set(cell.get("absent", ())) <= set(cell["leaks"])
    assert {cell["verdict"] for cell in played if "until" in cell} == {"kept"}


def test_nothing_is_lost_to_who_only_listens_and_stole_nothing(
    played: list[dict[str, Any]],
) -> None:
    none = [cell for cell in played if cell["adversary"] == "passive" and not cell["leaks"]]
    assert {cell["verdict"] for cell in none} == {"kept", "outside"}


def test_a_model_without_a_rule_is_found_out_by_the_bytes() -> None:
    """Take a rule away, and the model says "kept" where the bytes say "lost"."""
    without = tuple(rule for name, rule in RULES.items() if name != "open")
    asked = (decide(*ask, rules=without) for ask in questions() if ask[3] == ("psk",))
    wrong = next(cell for cell in asked if not cell.why and not cell.absent)
    with pytest.raises(Disagreement, match="the model says kept, the bytes say lost"):
        verdicts(wrong)


def test_a_model_that_says_too_much_is_found_out_by_the_bytes() -> None:
    lie = Cell("external-psk_dhe_ke", "application_data", "passive", ("psk",), "lost", 9)
    with pytest.raises(Disagreement, match="the model says lost, the bytes say kept"):
        described(lie)
    lie = Cell("full", "server_authentication", "active", ("ticket_key",), "lost", 9)
    with pytest.raises(Disagreement):
        described(lie)


def test_a_model_that_forgets_forged_tickets_is_found_out_by_the_bytes() -> None:
    without = tuple(rule for name, rule in RULES.items() if name != "ticket")
    cell = decide(
        "external-psk_dhe_ke", "client_authentication", "active", ("ticket_key",), rules=without
    )
    with pytest.raises(Disagreement, match="the model says kept, the bytes say lost"):
        verdicts(cell)


def test_a_model_that_forgets_the_horizon_is_found_out_by_the_bytes() -> None:
    cell = decide("external-psk_dhe_ke", "next_psk", "passive", ("ticket_key",))
    with pytest.raises(Disagreement, match="first use"):
        verdicts(replace(cell, horizon=""))
    with pytest.raises(Disagreement, match="first use"):
        verdicts(replace(decide(*ASKED_OF_NOTHING), horizon="until something"))


def test_what_was_got_is_the_very_bytes() -> None:
    finding, psks = passive.listen("external-psk_ke", ("psk",), "application_data")
    assert finding.plaintext["client"].head == b"client's words"
    truth = {ticket.key for ticket in stage("external-psk_ke").this.tickets}
    assert truth <= set(psks)


def test_replay_needs_no_secret_and_a_memory_stops_it() -> None:
    ask: tuple[SceneMode, Asset, tuple[str, ...]]
    ask = ("resumption-psk_dhe_ke", "early_data_freshness", ())
    assert active.got(*ask, {"anti_replay": "off"})
    assert not active.got(*ask, {"anti_replay": "on"})


def test_the_chains_by_hand() -> None:
    opened = {(*one["modes"][1:], one["leak"]): one["opened"] for one in chains()}
    assert len(opened) == 16
    assert opened["psk_ke", "psk_dhe_ke", "first_psk"] == [2]
    assert opened["psk_dhe_ke", "psk_ke", "second_psk"] == [3]
    assert opened["psk_dhe_ke", "psk_ke", "resumption_secret"] == []
    assert not any(found for key, found in opened.items() if key[-1] == "sibling_psk")


def test_each_cell_has_its_cost(played: list[dict[str, Any]]) -> None:
    for cell in played:
        small = cell["log2_guesses"] is not None and cell["log2_guesses"] <= 20.0
        assert small == (cell["verdict"] == "lost")
        assert bool(cell["computed"]) == bool(cell["log2_guesses"])


@pytest.mark.full
def test_the_command_says_the_cost_in_time_and_money() -> None:
    ask = ["claims", "--json", "--weak-bits", "31", "--rate", "1000", "--cents", "36"]
    told = json.loads(CliRunner().invoke(cli, ask).stdout)["cells"]
    asked = "external-psk_ke", "application_data", ["weak_psk"]
    found = [one for one in told if (one["mode"], one["asset"], one["leaks"]) == asked]
    assert {one["log2_guesses"] for one in found} == {30.0}
    assert {round(one["seconds"]) for one in found} == {round(2**30 / 1000)}
    assert {round(one["cents"]) for one in found} == {round(2**30 / 1000 / 100)}
    assert all(("seconds" in one) == (one["log2_guesses"] is not None) for one in told)
    text = CliRunner().invoke(cli, ["claims", "--weak-bits", "31", "--rate", "1000"]).stdout
    assert "x30" in text
    assert "2^ 30.0 guesses  12 days" in text


def test_a_price_needs_a_rate() -> None:
    assert CliRunner().invoke(cli, ["claims", "--cents", "5"]).exit_code == 2


@pytest.mark.full
def test_the_command() -> None:
    result = CliRunner().invoke(cli, ["claims", "--json"])
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["cells"] == every_cell()
    assert len(told["chains"]) == 16


@pytest.mark.full
def test_the_command_in_words() -> None:
    text = CliRunner().invoke(cli, ["claims"]).stdout
    counts = Counter(cell["verdict"] for cell in every_cell())
    assert f"{counts['lost']} cells lost, by the model and a script on bytes" in text
    assert f"{counts['outside']} cells outside, by the model\n" in text
    assert "psk + client_ecdhe; psk + server_ecdhe" in text
