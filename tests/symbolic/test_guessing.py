"""Guess and verify: the engine finds what a guess can be checked against, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tls13lab.symbolic import scenes, speaking, vocabulary
from tls13lab.symbolic.claims import cells, decide
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.guessing import GUESS, saturate, verifiers
from tls13lab.symbolic.rules import RULES, DerivationStep, Rule
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.wire.names import Mode

PSK = name("psk")


def connection(mode: Mode, *, binder: bool = True) -> SymbolicConnection:
    return SymbolicConnection("this", mode, PSK, scenes.IDENTITY, binder=binder)


def found(
    one: SymbolicConnection, heard: tuple[Term, ...], own: tuple[Term, ...] = ()
) -> list[str]:
    """What verifies a guess, by symbol; of a record, whose traffic secret protects it."""
    known = (*scenes.PUBLIC, *heard, *own)
    world = World([*known, one.client_data, one.server_data, PSK], RULES.values())

    def told(term: Term) -> str:
        return term.arguments[0].arguments[0].symbol if term.symbol == "sealed" else term.symbol

    return [told(term) for term in verifiers(world, known, PSK)]


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_the_engine_finds_the_binder_in_a_client_hello_alone(mode: Mode) -> None:
    one = connection(mode)
    assert found(one, (one.client_hello,)) == ["binder"]


def test_without_a_binder_psk_ke_is_checked_against_its_records() -> None:
    one = connection("psk_ke", binder=False)
    assert found(one, (one.client_hello,)) == []
    told = found(one, one.wire)
    assert "binder" not in told
    # Finished is inside them: a record opens or it does not.
    assert {"server_handshake_traffic_secret", "client_handshake_traffic_secret"} <= set(told)
    assert "server_application_traffic_secret_0" in told


def test_without_a_binder_psk_dhe_ke_is_checked_against_early_data_only() -> None:
    one = connection("psk_dhe_ke", binder=False)
    assert found(one, one.wire) == []
    early = replace(one, early_data=True)
    assert found(early, early.wire) == ["client_early_traffic_secret"]


def test_without_a_binder_a_false_client_gets_something_to_check_from_the_server() -> None:
    """The server answers anyone: its flight is under keys that only the PSK is missing for."""
    one = connection("psk_dhe_ke", binder=False)
    answer = (one.client_hello, one.server_hello, one.server_flight_record)
    mine = (one.name("client_ecdhe"), one.name("client_random"))
    assert found(one, answer, mine) == ["server_handshake_traffic_secret"]
    # With a binder it has to guess before the server says a word.
    bound = connection("psk_dhe_ke")
    scene = speaking.false_client("external-psk_dhe_ke")
    assert bound.client_hello.symbol == scene.turns[0].makes[0].symbol
    knowledge = scene.world(RULES.values()).saturate(scene.known)
    assert scene.turns[0].makes[0] not in knowledge


def test_what_is_known_is_not_guessed_and_what_is_not_used_cannot_be_checked() -> None:
    one = connection("psk_ke")
    world = World([*one.wire, PSK], RULES.values())
    assert verifiers(world, [*one.wire, PSK, *scenes.PUBLIC], PSK) == ()
    assert found(one, (one.server_hello,)) == []


def test_a_field_that_only_comes_from_the_term_itself_verifies_nothing() -> None:
    """Opening with the guess and sealing again is a circle; the opening is what counts."""
    key, iv = apply("key", PSK), apply("iv", PSK)
    record = apply("sealed", key, iv, name("content"))
    plain = apply("FLAT", PSK, name("content"))
    world = World([record, plain], RULES.values())
    assert verifiers(world, [record], PSK) == (record,)
    assert verifiers(world, [plain], PSK) == ()


def test_two_ways_to_one_new_term_verify_nothing_that_nothing_else_verifies() -> None:
    """They are not looked for. With these rules they need not be; with another one, they would."""
    for mode in ("external-psk_ke", "external-psk_dhe_ke"):
        for build in (scenes.recorded, speaking.false_server, speaking.false_client):
            scene = build(mode)
            world = scene.world(RULES.values(), [PSK])
            before, guessed = world.saturate(scene.known), world.saturate([*scene.known, PSK])
            ways: dict[Term, set[str]] = {}
            for step in world.steps:
                if step.conclusion not in before and all(one in guessed for one in step.premises):
                    ways.setdefault(step.conclusion, set()).add(step.rule)
            twice = [term for term, rules in ways.items() if len(rules) > 1]
            assert not twice or verifiers(world, scene.known, PSK)
    # Encryption that authenticates nothing: the same secret under two keys of the guess. A guess
    # could be told by comparing the two, but neither opens audibly, and the secret is new.
    content = name("content")
    masked = [apply("masked", apply(row, PSK), content) for row in ("key", "iv")]

    def unmask(term: Term) -> Iterator[DerivationStep]:
        if term.symbol == "masked":
            yield DerivationStep("unmask", (term.arguments[0], term), term.arguments[1])

    rules = [*RULES.values(), Rule("unmask", "decrypt, and notice nothing", "", unmask)]
    world = World([*masked, PSK], rules)
    assert content in world.saturate([*masked, PSK])
    assert verifiers(world, masked, PSK) == ()


def test_a_guess_is_a_step_that_names_its_verifier() -> None:
    scene = scenes.recorded("external-psk_dhe_ke")
    knowledge = saturate(scene.world(RULES.values()), scene.known, [PSK])
    *_, last = knowledge.derivation(PSK)
    assert (last.rule, [term.symbol for term in last.premises]) == (GUESS, ["binder"])


def test_the_note_of_section_2_2_is_a_row_of_the_matrix() -> None:
    """A weak PSK falls in both modes; (EC)DHE keeps what was recorded, and nothing that comes."""
    for mode in ("external-psk_ke", "external-psk_dhe_ke"):
        assert decide(mode, "psk", "passive", ("weak_psk",)).verdict == "lost"
        assert decide(mode, "server_authentication", "active", ("weak_psk",)).verdict == "lost"
    read = {
        (cell.mode, cell.adversary): cell.verdict
        for cell in cells()
        if cell.asset == "application_data" and cell.leaks == ("weak_psk",)
    }
    assert read["external-psk_ke", "passive"] == "lost"
    assert read["external-psk_dhe_ke", "passive"] == "kept"
    assert read["external-psk_dhe_ke", "active"] == "lost"
    assert {read[mode, "passive"] for mode in vocabulary.SCENE_MODES if "ext" not in mode} == {
        "kept"
    }


def test_a_weak_psk_is_lost_just_where_a_stolen_one_is() -> None:
    """In the external modes: in the others the PSK that is guessed is not the one in question."""
    for cell in cells():
        if cell.leaks == ("weak_psk",) and cell.mode.startswith("external") and not cell.why:
            stolen = decide(cell.mode, cell.asset, cell.adversary, ("psk",), cell.options)
            assert cell.verdict == stolen.verdict
