"""The properties beside the matrix: model, script and search agree, and each could have failed."""

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.evidence.some import some
from tls13lab.crypto import keyschedule
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE, Length, Operation
from tls13lab.evidence import agreement, properties, reveals, searched, ticket_nonce
from tls13lab.evidence.agreement import TWICE, Carrying, ends
from tls13lab.evidence.cast import cast_of
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.stage import stage
from tls13lab.handshake.connection import Connection
from tls13lab.impostor.moves import Leaked
from tls13lab.impostor.parties import Runs
from tls13lab.impostor.unscripted import search
from tls13lab.symbolic import agreement as agreed
from tls13lab.symbolic import reveals as revealed
from tls13lab.symbolic.reveals import ASKED, RevealVerdict, counter_of
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.vocabulary import SCENE_MODES, SceneMode

PSK_MODES = [mode for mode in SCENE_MODES if mode != "full"]


@cache
def every() -> list[dict[str, Any]]:
    """All of them; not when pytest collects, because it takes seconds."""
    return list(properties.properties())


def of(name: str, **asks: str) -> list[dict[str, Any]]:
    return [
        one
        for one in every()
        if one["property"] == name and asks.items() <= (one["asks"] | {"mode": one["mode"]}).items()
    ]


def told(name: str, **asks: str) -> set[str]:
    found = of(name, **asks)
    assert found
    return {one["verdict"] for one in found}


def test_each_is_asked_once_and_has_a_counter_test() -> None:
    keys = [(one["property"], one["mode"], *one["asks"].items()) for one in every()]
    assert len(set(keys)) == len(keys)
    assert {one["property"] for one in every()} == set(properties.NAMES)
    for one in every():
        assert set(one["decided"].values()) == {one["verdict"]}
        assert one["evidence"] == ("both" if one["verdict"] == "lost" else "model")
        assert one["counter_test"]
        assert one["citation"].startswith("RFC 9846 ")


def test_the_summary_counts_all_of_them() -> None:
    heading, *lines = properties.summary(every())
    assert "Properties" in heading
    counts = Counter(one["verdict"] for one in every())
    for verdict in ("lost", "kept"):
        numbers = [int(line.partition(f" {verdict}")[0].split()[-1]) for line in lines]
        assert sum(numbers) == counts[verdict]


# Key compromise impersonation ---------------------------------------------------------------------


def test_a_stolen_psk_lets_the_thief_pose_as_anyone_to_whom_it_robbed() -> None:
    for robbed in ("client", "server"):
        for poses in ("as the robbed", "to the robbed"):
            assert told(properties.NAMES[0], robbed=robbed, stolen="psk", poses=poses) == {"lost"}


def test_the_certificates_key_does_not() -> None:
    """The counter-test: it poses as the server, and as nobody to the server."""
    asked = {"robbed": "server", "stolen": "certificate_key"}
    assert told(properties.NAMES[0], **asked, poses="as the robbed") == {"lost"}
    assert told(properties.NAMES[0], **asked, poses="to the robbed") == {"kept"}


def test_a_ticket_key_of_an_external_server_does_so_in_one_direction_only() -> None:
    asked = {"mode": "external-psk_dhe_ke", "stolen": "ticket_key"}
    assert told(properties.NAMES[0], **asked, poses="to the robbed") == {"lost"}
    assert told(properties.NAMES[0], **asked, poses="as the robbed") == {"kept"}


# Agreement ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", PSK_MODES)
def test_both_ends_agree_until_the_psk_is_stolen(mode: SceneMode) -> None:
    for on in agreed.FIELDS:
        assert told("agreement", mode=mode, on=on, stolen="nothing") == {"kept"}
        assert told("agreement", mode=mode, on=on, stolen="psk") == {"lost"}


@pytest.mark.parametrize("mode", some(PSK_MODES))
def test_the_search_agrees(mode: SceneMode) -> None:
    assert not agreement.found(mode, ())
    assert agreement.found(mode, ("psk",))


def test_selfie_is_no_disagreement() -> None:
    """Who is there is another question: the member agrees with itself, on everything."""
    options = {"group": "two", "importer": "off", "roles": "both"}
    assert searched.lost("external-psk_ke", "peer_identity", (), options)
    assert told("agreement", mode="external-psk_ke", stolen="nothing") == {"kept"}


@pytest.mark.parametrize("mode", PSK_MODES)
def test_what_is_carried_unchanged_does_arrive(mode: SceneMode) -> None:
    """The counter-test of the scripts: but for the change, both ends come to the end."""
    one = stage(mode)
    client = replace(one.client, early_data=b"")
    assert ends(one.now_ms, client, [Connection.server(one.server)], Carrying())


@pytest.mark.parametrize(
    "mode",
    some(mode for mode in PSK_MODES if "psk_ke" in mode.split("-from")[0]),
)
def test_planted_two_sessions_that_draw_the_same_random_bytes(mode: SceneMode) -> None:
    """Then one Finished ends both: two sessions for one. By script, and found by the search."""
    one = stage(mode)
    client = replace(one.client, early_data=b"")
    bobs = [Connection.server(one.server) for _ in range(2)]
    assert ends(one.now_ms, client, bobs, Carrying(), seeds=lambda number: "the same")
    bobs = [Connection.server(one.server) for _ in range(2)]
    assert not ends(one.now_ms, client, bobs, Carrying())

    def planted(seed: str) -> bool:
        cast = cast_of(mode, TWICE)
        parties = tuple(
            replace(party, seed=seed) if party.name.startswith("answers") else party
            for party in cast.parties
        )
        found = search(replace(cast, parties=parties), Leaked(), Runs(one.now_ms)).honest
        counted = [session for session in found if agreement._counts(session)]
        return any(not agreement._has_one_partner(session, found) for session in counted)

    assert planted("the same")
    assert not planted("")


def test_a_wrong_answer_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "got", lambda *asked: True)
    with pytest.raises(Disagreement, match="agreement in resumption-psk_ke"):
        list(properties.properties())


# Reveals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", revealed.REVEAL_MODES)
def test_a_reveal_opens_its_own_use_and_nothing_else(mode: SceneMode) -> None:
    own = {
        "session_keys": "application_data",
        "exporter_secret": "exported",
        "early_exporter_secret": "early_exported",
    }
    for what, asked in own.items():
        lost = {
            one["asks"]["asked"]
            for one in of("reveal", mode=mode, revealed=what)
            if one["verdict"] == "lost"
        }
        assert lost == {asked}


@pytest.mark.parametrize("mode", revealed.REVEAL_MODES)
def test_each_of_them_can_be_opened(mode: SceneMode) -> None:
    """The counter-tests, by the model and on bytes."""
    for asked in ASKED:
        counter = counter_of(asked)
        assert revealed.decide(mode, counter, asked).verdict == "lost"
        assert asked in reveals.opened(mode, counter)


@pytest.mark.parametrize("mode", revealed.REVEAL_MODES)
def test_the_table_is_searched_downwards_and_leads_there(mode: SceneMode) -> None:
    """The search could say otherwise: from what lies above, it reaches what lies below."""
    assert reveals.reached(mode, ("psk",)) == {"psk", "early_data"}
    assert reveals.reached(mode, ("resumption_secret",)) == {"next_psk"}
    assert reveals.reached(mode, ("main_secret",)) == {"application_data", "next_psk"}


def test_the_search_runs_every_line_of_the_table() -> None:
    """Its shortcut gives what the key schedule gives, line by line."""
    secret = bytes(range(32))
    made = set(reveals._from("external-psk_dhe_ke", secret))
    for row in (*SCHEDULE.values(), *FAMILIES.values()):
        inputs = (secret, bytes(32)) if row.operation is Operation.EXTRACT else (secret,)
        for context in reveals._contexts("external-psk_dhe_ke", row):
            length = {Length.KEY: 16, Length.CALLER: reveals.EXPORTED}.get(row.length)
            label = reveals.LABEL if row.name == "derived_exporter_secret" else None
            value = keyschedule.run(row, "sha256", inputs, context, length=length, label=label)
            assert value in made, row.name


@pytest.mark.full
@pytest.mark.parametrize("what", revealed.REVEALED)
def test_one_line_more_reaches_nothing_more(what: str) -> None:
    for mode in revealed.REVEAL_MODES:
        assert reveals.reached(mode, (what,), 3) == reveals.reached(mode, (what,))


def test_without_the_exporters_rows_nothing_is_exported() -> None:
    rules = tuple(rule for name, rule in RULES.items() if name != "exported")
    ask: tuple[SceneMode, tuple[str, ...], str]
    ask = "external-psk_ke", ("exporter_secret",), "exported"
    assert revealed.decide(*ask).verdict == "lost"
    assert revealed.decide(*ask, rules) == RevealVerdict(*ask, "kept")


# The ticket nonce ---------------------------------------------------------------------------------


def test_siblings_fall_together_if_they_have_one_nonce() -> None:
    assert told("ticket_nonce_reuse", nonces="own", asked="ticket 2") == {"kept"}
    assert told("ticket_nonce_reuse", nonces="same", asked="ticket 2") == {"lost"}
    first, second = ticket_nonce.tickets("same")
    assert (first.key == second.key, first.identity == second.identity) == (True, False)
    first, second = ticket_nonce.tickets("own")
    assert first.key != second.key
