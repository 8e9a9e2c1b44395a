"""CPace in the model: what can be checked, by whom; the same on bytes, and by ProVerif."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tls13lab.evidence.race import ASKS, CLIENT_COMES, LISTENS, PAKE, PSK, SCALAR, race
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.cpace import (
    ALICES,
    ANOTHER,
    CPACE_QUANTUM,
    CPACE_RULES,
    MALLORYS,
    PRINTERS,
    SCENES,
    WORD,
    Run,
    asked_server,
    checkable,
    client_came,
    generator,
    gets_in,
    isk,
    listened,
    share,
    without_pake,
)
from tls13lab.symbolic.rules import RULES, Rule
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.scenes import IDENTITY, PUBLIC
from tls13lab.symbolic.terms import Term, name

MODEL = (Path(__file__).parent / "cpace.pv").read_text(encoding="ascii")


def found(run: Run, leaks: Iterable[Term] = (), more: Iterable[Rule] = ()) -> list[str]:
    return [term.symbol for term in checkable(run, leaks, more)]


# The listener -------------------------------------------------------------------------------------


def test_a_listener_has_nothing_to_check_a_guess_with() -> None:
    assert found(listened()) == []


def test_without_the_pake_the_binder_tells() -> None:
    assert found(without_pake()) == ["binder"]


@pytest.mark.parametrize("scalar", [ALICES, PRINTERS])
def test_with_a_scalar_the_share_tells(scalar: Term) -> None:
    assert found(listened(), [scalar]) == ["cpace_share"]


def test_a_scalar_of_another_run_tells_nothing() -> None:
    assert found(listened(), [name("y of another run")]) == []


def test_with_a_quantum_computer_the_binder_tells_again() -> None:
    assert found(listened(), more=[CPACE_QUANTUM]) == ["binder"]


def test_not_even_a_stolen_key_of_the_run_tells_the_word() -> None:
    run = listened()
    assert run.connection.psk is not None
    assert found(run, [run.connection.psk]) == []
    assert found(run, [run.connection.name("client_ecdhe")]) == []


def test_the_connection_after_it_may_be_psk_ke() -> None:
    """There records open under the PSK alone, which is what a guess of the word does not give."""
    base = generator(WORD)
    Ya, Yb = share(base, ALICES), share(base, PRINTERS)
    one = SymbolicConnection("behind", "psk_ke", isk(base, ALICES, PRINTERS, Ya, Yb), IDENTITY)
    assert found(Run((Ya, Yb, *one.wire), one)) == []
    weak = SymbolicConnection("behind", "psk_ke", WORD, IDENTITY)
    assert found(Run(weak.wire, weak)) != []


# Who takes part -----------------------------------------------------------------------------------


def test_a_false_server_checks_its_own_guess_and_no_other() -> None:
    assert found(client_came(WORD)) == ["binder"]
    assert found(client_came(ANOTHER)) == []


def test_a_false_client_gets_in_with_its_own_guess_and_learns_no_more() -> None:
    assert (gets_in(asked_server(WORD)), gets_in(asked_server(ANOTHER))) == (True, False)
    assert found(asked_server(WORD)) == found(asked_server(ANOTHER)) == []


def test_with_alice_s_scalar_a_wrong_guess_is_no_hindrance() -> None:
    assert found(client_came(ANOTHER), [ALICES]) == ["cpace_share"]


def test_the_honest_ends_make_one_key() -> None:
    base = generator(WORD)
    Ya, Yb = share(base, ALICES), share(base, PRINTERS)
    assert isk(base, ALICES, PRINTERS, Ya, Yb) is isk(base, PRINTERS, ALICES, Ya, Yb)
    assert isk(base, ALICES, MALLORYS, Ya, Yb) is not isk(base, ALICES, PRINTERS, Ya, Yb)


def test_each_rule_is_used() -> None:
    """Without one of them, who has the word and a scalar does not come to the honest end's key."""
    run = client_came(WORD)
    for left_out in CPACE_RULES:
        kept = [rule for rule in CPACE_RULES if rule is not left_out]
        assert run.connection.client_hello not in _knowledge(run, kept), left_out.name
    assert run.connection.client_hello in _knowledge(run, CPACE_RULES)


def _knowledge(run: Run, rules: Iterable[Rule]) -> Knowledge:
    """What comes of the word, a scalar and Alice's share alone, by CPace's rules and TLS's."""
    one = run.connection
    own = (one.name("client_random"), one.name("client_ecdhe"), MALLORYS, WORD)
    Ya = share(generator(WORD), ALICES)
    world = World([one.client_hello, *own, Ya], [*RULES.values(), *rules])
    return world.saturate([*PUBLIC, *own, Ya])


# The same on bytes --------------------------------------------------------------------------------


def on_bytes(*words: bytes) -> dict[tuple[str, str], bool]:
    """For each lane, with one run granted, whether these words find "lab"."""
    lanes = race(b"lab", words, runs=1)
    return {(one.protection, one.attacker): one.found is not None for one in lanes}


def test_the_race_on_bytes_agrees_lane_by_lane() -> None:
    """One list has the word at its head, the other spends the run on another word."""
    right, wrong_first = on_bytes(b"lab"), on_bytes(b"door", b"lab")
    assert wrong_first[PSK, LISTENS] is bool(found(without_pake())) is True
    assert wrong_first[PAKE, LISTENS] is bool(found(listened())) is False
    assert wrong_first[PAKE, SCALAR] is bool(found(listened(), [ALICES])) is True
    assert right[PAKE, CLIENT_COMES] is bool(found(client_came(WORD))) is True
    assert wrong_first[PAKE, CLIENT_COMES] is bool(found(client_came(ANOTHER))) is False
    assert right[PAKE, ASKS] is gets_in(asked_server(WORD)) is True
    assert wrong_first[PAKE, ASKS] is gets_in(asked_server(ANOTHER)) is False


def test_the_scenes_by_name() -> None:
    told = {named: bool(checkable(scene())) for named, scene in SCENES.items()}
    assert [named for named, tells in told.items() if tells] == [
        "the word is the PSK, listens",
        "CPace first, lets a client come, right guess",
    ]


# ProVerif's answers -------------------------------------------------------------------------------

VARIANTS: dict[str, tuple[Callable[[str], str], bool]] = {
    "CPace, active": (lambda text: text, True),
    "with a scalar that leaks": (
        lambda text: text.replace("(* LEAK *)", "; out(c, ya)"),
        False,
    ),
    "with the word as the key": (
        lambda text: re.sub(r"let key = isk\(.*\) in", "let key = word in", text),
        False,
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_proverif_says_the_same(variant: str, tmp_path: Path) -> None:
    program = shutil.which("proverif")
    if program is None:
        pytest.skip("no proverif on the PATH; it is in no package registry that CI can use")
    change, safe = VARIANTS[variant]
    text = change(MODEL)
    assert (text == MODEL) is safe, "the change found its place"
    file = tmp_path / "cpace.pv"
    file.write_text(text, "ascii")
    told = subprocess.run(
        [program, str(file)], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert f"RESULT Weak secret word is {str(safe).lower()}." in told
