"""The matrix: answers that the RFC gives in words, and that each rule carries some of them."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from tls13lab.crypto.schedule import FAMILIES, SCHEDULE
from tls13lab.symbolic import claims, scenes
from tls13lab.symbolic.claims import ADVERSARIES, ASSETS, LEAKS, Cell, decide
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.scenes import MODES
from tls13lab.symbolic.terms import subterms

MATRIX = claims.cells()

# The rows that no asset of the matrix hangs on: exporters, and the keys after a KeyUpdate.
NOT_ASKED_FOR = {
    "early_exporter_secret",
    "exporter_secret",
    "derived_exporter_secret",
    "exported",
    "next_traffic_secret",
}
# Whoever can make an imported binder can also stand in for a server, who makes none: the one asset
# that asks for it, peer_identity, is lost either way.
NEVER_ALONE = {"imp_binder_key"}


def key(cell: Cell) -> tuple[object, ...]:
    return (cell.mode, cell.asset, cell.adversary, cell.leaks, tuple(cell.options.items()))


def verdict(mode: str, asset: str, *leaks: str, adversary: str = "passive", **options: str) -> str:
    return decide(mode, asset, adversary, leaks, options).verdict


def test_every_question_is_asked_once() -> None:
    asked = [key(cell) for cell in MATRIX]
    assert len(set(asked)) == len(asked)
    thefts = 1 + len(LEAKS) + len(LEAKS) * (len(LEAKS) - 1) // 2
    # Freshness is asked twice: with a memory against replays, and without. Who the peer is, four
    # times: with the importer and without, with fixed roles and with both.
    assert len(asked) == len(MODES) * len(ADVERSARIES) * thefts * (len(ASSETS) + 1 + 3)
    assert all(cell.why for cell in MATRIX if cell.verdict == "outside")
    assert all((cell.steps > 0) == (cell.verdict == "lost") for cell in MATRIX)


@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_a_shared_psk_does_not_say_who_is_there(mode: str) -> None:
    """RFC 9257 section 4: nothing is stolen, and the peer may be oneself."""
    both = {"importer": "off", "roles": "both"}
    for options in (both, both | {"roles": "fixed"}, both | {"importer": "on"}):
        told = verdict(mode, "peer_identity", adversary="active", **options)
        assert told == ("lost" if options == both else "kept")
        assert verdict(mode, "peer_identity", "psk", adversary="active", **options) == "lost"


@pytest.mark.parametrize("kind", ["resumption", "external"])
def test_section_2_2_forward_secrecy(kind: str) -> None:
    """A PSK with (EC)DHE keeps it, a PSK alone loses it; 0-RTT loses it in both (2.3)."""
    assert verdict(f"{kind}-psk_ke", "application_data", "psk") == "lost"
    assert verdict(f"{kind}-psk_dhe_ke", "application_data", "psk") == "kept"
    assert verdict(f"{kind}-psk_dhe_ke", "application_data", "psk", "client_ecdhe") == "lost"
    for mode in ("psk_ke", "psk_dhe_ke"):
        assert verdict(f"{kind}-{mode}", "early_data", "psk") == "lost"


def test_a_certificate_key_opens_no_recording() -> None:
    for mode in ("full", "resumption-psk_ke", "resumption-psk_dhe_ke"):
        assert verdict(mode, "application_data", "certificate_key") == "kept"
    assert verdict("full", "server_authentication", "certificate_key", adversary="active") == "lost"


def test_a_ticket_is_as_strong_as_the_handshake_that_issued_it() -> None:
    for leak in ("initial_ecdhe", "quantum"):
        assert verdict("resumption-psk_ke", "application_data", leak) == "lost"
    assert verdict("external-psk_ke", "application_data", "quantum") == "kept"


def test_a_ticket_key_opens_what_the_tickets_resumed_in_psk_ke_only() -> None:
    assert verdict("resumption-psk_ke", "application_data", "ticket_key") == "lost"
    assert verdict("resumption-psk_dhe_ke", "application_data", "ticket_key") == "kept"
    assert verdict("resumption-psk_dhe_ke", "early_data", "ticket_key") == "lost"


def test_a_stolen_psk_impersonates_either_side() -> None:
    for asset in ("server_authentication", "client_authentication"):
        for mode in MODES[1:]:
            assert verdict(mode, asset, adversary="active") == "kept"
            assert verdict(mode, asset, "psk", adversary="active") == "lost"


def test_replay_is_stopped_by_a_memory_and_by_nothing_else() -> None:
    for mode in MODES[1:]:
        ask = (mode, "early_data_freshness")
        assert verdict(*ask, adversary="active", anti_replay="off") == "lost"
        assert verdict(*ask, adversary="active", anti_replay="on") == "kept"
        assert verdict(*ask, "psk", adversary="active", anti_replay="on") == "lost"


def test_more_leaks_never_keep_more() -> None:
    verdicts = {key(cell): cell.verdict for cell in MATRIX}
    for cell in MATRIX:
        if cell.verdict == "kept":
            for leak in cell.leaks:
                fewer = tuple(one for one in cell.leaks if one != leak)
                assert verdicts[(*key(cell)[:3], fewer, key(cell)[4])] == "kept"


def test_an_active_adversary_gets_all_that_a_passive_one_gets() -> None:
    verdicts = {key(cell): cell.verdict for cell in MATRIX}
    for cell in MATRIX:
        if cell.adversary == "passive" and cell.verdict == "lost":
            assert verdicts[(cell.mode, cell.asset, "active", *key(cell)[3:])] == "lost"


def test_everything_kept_has_a_twin_that_is_lost() -> None:
    """With one or two leaks more: a claim that could not fail would say nothing."""

    def twins(cell: Cell) -> Iterator[Cell]:
        more = [one for one in LEAKS if one not in cell.leaks]
        for size in (1, 2):
            for others in combinations(more, size):
                leaks = (*cell.leaks, *others)
                yield decide(cell.mode, cell.asset, cell.adversary, leaks, cell.options)

    for cell in MATRIX:
        if cell.verdict == "kept":
            assert any(twin.verdict == "lost" for twin in twins(cell)), cell


@pytest.mark.parametrize(
    "rule", [name for name in RULES if name not in NOT_ASKED_FOR | NEVER_ALONE]
)
def test_without_this_rule_some_claims_flip(rule: str) -> None:
    without = tuple(one for name, one in RULES.items() if name != rule)
    flipped = [
        cell
        for cell in MATRIX
        if cell.verdict == "lost"
        and decide(cell.mode, cell.asset, cell.adversary, cell.leaks, cell.options, without).verdict
        == "kept"
    ]
    assert flipped


def test_the_rows_that_carry_no_claim_occur_in_no_scene() -> None:
    builds = (scenes.recorded, scenes.false_server, scenes.false_client, scenes.afresh)
    symbols = {
        term.symbol
        for build in builds
        for mode in MODES
        for scene in [build(mode)]
        for term in subterms(
            [*scene.known, *(term for turn in scene.turns for term in (*turn.makes, *turn.gets))]
        )
    }
    assert not symbols & NOT_ASKED_FOR
    assert {*SCHEDULE, *FAMILIES} - NOT_ASKED_FOR <= symbols | {"ext_binder_key", "res_binder_key"}
