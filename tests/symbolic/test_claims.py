"""The matrix: answers that the RFC gives in words, and that each rule carries some of them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import cast

import pytest

from tls13lab.crypto.schedule import FAMILIES, SCHEDULE
from tls13lab.symbolic import claims, scenes, speaking
from tls13lab.symbolic.claims import Cell, decide
from tls13lab.symbolic.connection import CERTIFICATE, CERTIFICATE_KEY, ZEROS
from tls13lab.symbolic.rules import QUANTUM, RULES
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.terms import Term, subterms
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    ASSETS,
    LEAKS,
    SCENE_MODES,
    Adversary,
    Asset,
    Leak,
    SceneMode,
)

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


def verdict(
    mode: str, asset: str, *leaks: Leak, adversary: Adversary = "passive", **options: str
) -> str:
    # Modes and assets are put together of parts here, which no type can follow.
    return decide(cast(SceneMode, mode), cast(Asset, asset), adversary, leaks, options).verdict


def test_every_question_is_asked_once() -> None:
    asked = [key(cell) for cell in claims.cells()]
    assert len(set(asked)) == len(asked)
    thefts = 1 + len(LEAKS) + len(LEAKS) * (len(LEAKS) - 1) // 2
    # Freshness is asked twice: with a memory against replays, and without. Who the peer is, eight
    # times: in a group of two and a larger one, with the importer and without, with fixed roles
    # and with both.
    assert len(asked) == len(SCENE_MODES) * len(ADVERSARIES) * thefts * (len(ASSETS) + 1 + 7)
    assert all(cell.why for cell in claims.cells() if cell.verdict == "outside")
    assert all((cell.steps > 0) == (cell.verdict == "lost") for cell in claims.cells())


@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_a_shared_psk_does_not_say_who_is_there(mode: SceneMode) -> None:
    """RFC 9257 section 4: nothing is stolen, and the peer may be oneself."""
    two = {"group": "two", "importer": "off", "roles": "both"}
    kept = [two | {"roles": "fixed"}, two | {"importer": "on"}]
    # A third member is somebody else to be taken to, whoever is client and whoever is server:
    more = {"group": "more", "importer": "off"}
    kept += [more | {"importer": "on", "roles": roles} for roles in ("both", "fixed")]
    lost = [two, more | {"roles": "both"}, more | {"roles": "fixed"}]
    for options in kept + lost:
        told = verdict(mode, "peer_identity", adversary="active", **options)
        assert told == ("lost" if options in lost else "kept")
        assert verdict(mode, "peer_identity", "psk", adversary="active", **options) == "lost"


# What a server that takes tickets loses with the ticket key alone: it cannot tell a ticket that
# somebody else sealed from its own. 4.7.1.
FORGED = {
    (mode, asset, "active", leaks, ())
    for asset in ("client_authentication", "application_data", "next_psk")
    for mode, others in (
        ("external-psk_ke", ["quantum"]),
        ("external-psk_dhe_ke", ["client_ecdhe", "server_ecdhe", "quantum"]),
    )
    for leaks in [("ticket_key",), *(("ticket_key", other) for other in others)]
}


def test_whoever_has_the_ticket_key_seals_a_ticket_of_its_own() -> None:
    """Without the rule all of these are kept, and so is who the peer is; nothing else changes."""
    assert len(FORGED) == 18
    without = tuple(rule for name, rule in RULES.items() if name != "ticket")
    flipped = {
        key(cell)
        for cell in claims.cells()
        if cell.verdict == "lost"
        and decide(cell.mode, cell.asset, cell.adversary, cell.leaks, cell.options, without).verdict
        == "kept"
    }
    there = {one for one in flipped if not claims.absent(one[0], one[3])}  # type: ignore[arg-type]
    absent_here = {("external-psk_ke", "quantum")}
    asked = {one for one in FORGED if (one[0], one[3][-1]) not in absent_here}
    assert {one for one in there if one[1] != "peer_identity"} == asked
    assert flipped >= FORGED
    # Whom the server takes for its peer falls with its client's place, in every group.
    peers = {one[4] for one in there if one[1] == "peer_identity"}
    kept = {tuple(one.items()) for one in claims.OPTIONS["peer_identity"]} - peers
    assert {options[1:] for options in kept} == {
        (("importer", "off"), ("roles", "both")),
        (("importer", "off"), ("roles", "fixed")),
    }
    assert {one[1] for one in flipped} == {
        "client_authentication",
        "application_data",
        "next_psk",
        "peer_identity",
    }


def test_a_leak_that_the_mode_does_not_have_changes_nothing() -> None:
    verdicts = {key(cell): cell.verdict for cell in claims.cells()}
    some = 0
    for cell in claims.cells():
        fewer = tuple(one for one in cell.leaks if one not in cell.absent)
        assert cell.verdict == verdicts[(*key(cell)[:3], fewer, key(cell)[4])]
        some += bool(cell.absent)
    assert some > 1000
    # A certificate's key beside a stolen PSK hides no loss:
    assert verdict("external-psk_ke", "application_data", "psk", "certificate_key") == "lost"
    assert claims.absent("external-psk_ke", LEAKS) == (
        "client_ecdhe",
        "server_ecdhe",
        "initial_ecdhe",
        "certificate_key",
        "quantum",
    )
    assert claims.absent("full", LEAKS) == ("psk", "initial_ecdhe", "weak_psk")


def test_a_ticket_is_kept_from_its_key_until_it_is_used() -> None:
    later = {(cell.mode, cell.adversary, cell.asset) for cell in claims.cells() if cell.horizon}
    assert {asset for _, _, asset in later} == {"next_psk"}
    # After a resumption in psk_ke the ticket key opens that one, and so its tickets as well.
    others = {mode for mode in SCENE_MODES if mode.startswith("resumption-psk_ke")}
    assert {mode for mode, *_ in later} == set(SCENE_MODES) - others
    for cell in claims.cells():
        if cell.horizon:
            assert (cell.verdict, "ticket_key" in cell.leaks) == ("kept", True)
        elif cell.asset == "next_psk" and "ticket_key" in cell.leaks:
            assert cell.verdict == "lost"


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


def test_a_quantum_computer_breaks_signatures_as_it_breaks_shares() -> None:
    """Forged for who is there while the client connects; of no use to who comes later."""
    ask = ("full", "server_authentication")
    assert verdict(*ask, "quantum", adversary="active") == "lost"
    assert verdict(*ask, "quantum", adversary="active_then_leak") == "kept"
    # It needs nothing but the certificate: the counter-test hides that.
    scene = speaking.false_server("full")
    hidden = replace(scene, known=tuple(one for one in scene.known if one is not CERTIFICATE))
    for played, taken in ((scene, 2), (hidden, 1)):
        world = played.world((*RULES.values(), QUANTUM), [CERTIFICATE_KEY])
        assert played.play(world, ())[1] == taken
    # Whoever has it has what the key's thief has, in every cell.
    for cell in claims.cells():
        if cell.leaks == ("certificate_key",) and cell.verdict == "lost":
            options = dict(cell.options)
            told = verdict(cell.mode, cell.asset, "quantum", adversary=cell.adversary, **options)
            assert told == "lost"


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
        for mode in SCENE_MODES[1:]:
            assert verdict(mode, asset, adversary="active") == "kept"
            assert verdict(mode, asset, "psk", adversary="active") == "lost"


def test_replay_is_stopped_by_a_memory_and_by_nothing_else() -> None:
    for mode in SCENE_MODES[1:]:
        ask = (mode, "early_data_freshness")
        assert verdict(*ask, adversary="active", anti_replay="off") == "lost"
        assert verdict(*ask, adversary="active", anti_replay="on") == "kept"
        assert verdict(*ask, "psk", adversary="active", anti_replay="on") == "lost"


def test_more_leaks_never_keep_more() -> None:
    verdicts = {key(cell): cell.verdict for cell in claims.cells()}
    for cell in claims.cells():
        if cell.verdict == "kept":
            for leak in cell.leaks:
                fewer = tuple(one for one in cell.leaks if one != leak)
                assert verdicts[(*key(cell)[:3], fewer, key(cell)[4])] == "kept"


def test_a_stronger_adversary_gets_all_that_a_weaker_one_gets() -> None:
    verdicts = {key(cell): cell.verdict for cell in claims.cells()}
    for cell in claims.cells():
        if cell.verdict == "lost":
            for stronger in ADVERSARIES[ADVERSARIES.index(cell.adversary) :]:
                assert verdicts[(cell.mode, cell.asset, stronger, *key(cell)[3:])] == "lost"


# The third adversary: it has spoken before anything leaked --------------------------------------


@pytest.mark.parametrize("kind", ["external", "resumption"])
def test_full_forward_secrecy(kind: str) -> None:
    """RFC 9846 F.1: also against an adversary that took part; but early data has none (2.3)."""
    for asset, told in (("application_data", "kept"), ("next_psk", "kept"), ("early_data", "lost")):
        ask = f"{kind}-psk_dhe_ke", asset
        assert verdict(*ask, "psk", adversary="active_then_leak") == told
        assert verdict(*ask, "psk", adversary="active") == "lost"
    for asset in ("application_data", "next_psk", "early_data"):
        assert verdict(f"{kind}-psk_ke", asset, "psk", adversary="active_then_leak") == "lost"


def test_having_spoken_gains_nothing_if_the_leaks_come_later() -> None:
    """That is what a Finished before the first data is for; see the hasty client below."""
    passive = {key(cell): cell.verdict for cell in claims.cells() if cell.adversary == "passive"}
    for cell in claims.cells():
        if cell.adversary == "active_then_leak" and cell.asset in claims.SECRECY:
            assert cell.verdict == passive[(cell.mode, cell.asset, "passive", *key(cell)[3:])]


def test_what_leaks_later_changes_nothing_of_who_took_part() -> None:
    for cell in claims.cells():
        if cell.adversary == "active_then_leak" and cell.asset not in claims.SECRECY:
            without = decide(cell.mode, cell.asset, "active", (), cell.options)
            assert cell.verdict == without.verdict


def test_a_hasty_client_has_weak_forward_secrecy_only() -> None:
    """A client that sends data before it has seen a Finished: who listens reads none of it; whoever
    answered it needs only the PSK, later. With psk_dhe_ke as it is, that does not help."""
    both: tuple[tuple[SceneMode, bool], ...] = (
        ("external-psk_dhe_ke", False),
        ("external-psk_ke", True),
    )
    for mode, overheard in both:
        this = scenes.connections(mode)[-1]
        scene = speaking.hasty(mode)
        world = scene.world(RULES.values(), [this.psk or ZEROS])
        turns = scene.play(world, ())[1]
        assert turns == len(scene.turns)  # it needs nothing to be sent the record
        (wanted,) = scene.asked("application_data", turns)
        assert wanted not in world.saturate(scene.heard(turns))
        assert wanted in world.saturate([*scene.heard(turns), this.psk or ZEROS])
        heard = [*scenes.PUBLIC, *speaking.hastily(this)]
        told = world_of(heard, this.psk)
        assert (this.client_data in told) is overheard


def world_of(heard: list[Term], stolen: Term | None) -> Knowledge:
    known = [*heard, *([] if stolen is None else [stolen])]
    return World(known, RULES.values()).saturate(known)


# Resumed after an external PSK --------------------------------------------------------------------


def test_a_ticket_is_as_strong_as_the_connection_with_an_external_psk_that_issued_it() -> None:
    """Who listens and guesses a weak PSK: (EC)DHE in the first connection keeps what follows."""
    for second in ("psk_ke", "psk_dhe_ke"):
        after_dhe = f"resumption-{second}-from-external-psk_dhe_ke"
        for asset in claims.SECRECY:
            assert verdict(after_dhe, asset, "weak_psk") == "kept"
        assert verdict(after_dhe, "psk", "weak_psk", "initial_ecdhe") == "lost"
        after_ke = f"resumption-{second}-from-external-psk_ke"
        assert verdict(after_ke, "psk", "weak_psk") == "lost"
        assert verdict(after_ke, "early_data", "weak_psk") == "lost"
    resumed = "resumption-{}-from-external-psk_ke"
    assert verdict(resumed.format("psk_ke"), "application_data", "weak_psk") == "lost"
    assert verdict(resumed.format("psk_dhe_ke"), "application_data", "weak_psk") == "kept"


@pytest.mark.parametrize("mode", [mode for mode in SCENE_MODES if "-from-" in mode])
def test_who_has_guessed_first_and_speaks_has_everything(mode: SceneMode) -> None:
    for asset in ASSETS:
        if not claims.outside(mode, asset, "active"):
            options = {"anti_replay": "on"} if asset == "early_data_freshness" else {}
            assert verdict(mode, asset, "weak_psk", adversary="active", **options) == "lost"
            assert verdict(mode, asset, adversary="active", **options) == "kept"


def test_everything_kept_has_a_twin_that_is_lost() -> None:
    """With one or two leaks more: a claim that could not fail would say nothing.

    What happened before anything leaked is not undone by a leak: there the leaks come beforehand.
    """

    def twins(cell: Cell) -> Iterator[Cell]:
        more = [one for one in LEAKS if one not in cell.leaks]
        speaks_first = cell.adversary == "active_then_leak" and cell.asset not in claims.SECRECY
        adversary = "active" if speaks_first else cell.adversary
        for size in (0, 1, 2):
            for others in combinations(more, size):
                leaks = (*cell.leaks, *others)
                yield decide(cell.mode, cell.asset, adversary, leaks, cell.options)

    for cell in claims.cells():
        if cell.verdict == "kept":
            assert any(twin.verdict == "lost" for twin in twins(cell)), cell


@pytest.mark.parametrize(
    "rule", [name for name in RULES if name not in NOT_ASKED_FOR | NEVER_ALONE]
)
def test_without_this_rule_some_claims_flip(rule: str) -> None:
    without = tuple(one for name, one in RULES.items() if name != rule)
    assert any(
        decide(cell.mode, cell.asset, cell.adversary, cell.leaks, cell.options, without).verdict
        == "kept"
        for cell in claims.cells()
        if cell.verdict == "lost"
    )


def test_the_rows_that_carry_no_claim_occur_in_no_scene() -> None:
    builds = (scenes.recorded, speaking.false_server, speaking.false_client, speaking.afresh)
    symbols = {
        term.symbol
        for build in builds
        for mode in SCENE_MODES
        for scene in [build(mode)]
        for term in subterms(
            [*scene.known, *(term for turn in scene.turns for term in (*turn.makes, *turn.gets))]
        )
    }
    assert not symbols & NOT_ASKED_FOR
    assert {*SCHEDULE, *FAMILIES} - NOT_ASKED_FOR <= symbols | {"ext_binder_key", "res_binder_key"}
