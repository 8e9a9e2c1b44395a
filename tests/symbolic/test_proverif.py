"""The ProVerif models: well formed, one a cell; where there is a ``proverif``, proved by it."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.symbolic.proverif.asking import ask, digest, every_model, recorded, results
from tls13lab.cli.app import cli
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.symbolic import agreement, vocabulary
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.proverif.guess import Guess, found, guesses, secret_of
from tls13lab.symbolic.proverif.lines import OfferLines
from tls13lab.symbolic.proverif.models import Model
from tls13lab.symbolic.vocabulary import SCENE_MODES, SceneMode

pytestmark = pytest.mark.full  # it takes seconds to write thousands of models

RESERVED = frozenset(
    [
        "among",
        "axiom",
        "channel",
        "choice",
        "clauses",
        "const",
        "def",
        "diff",
        "do",
        "elimtrue",
        "else",
        "equation",
        "equivalence",
        "event",
        "expand",
        "fail",
        "for",
        "forall",
        "foreach",
        "free",
        "fun",
        "get",
        "if",
        "implementation",
        "in",
        "insert",
        "lemma",
        "let",
        "letfun",
        "letproba",
        "new",
        "noninterf",
        "noselect",
        "not",
        "nounif",
        "open",
        "or",
        "otherwise",
        "out",
        "param",
        "phase",
        "pred",
        "proba",
        "process",
        "proof",
        "public_vars",
        "putbegin",
        "query",
        "reduc",
        "restriction",
        "secret",
        "select",
        "set",
        "suchthat",
        "sync",
        "table",
        "then",
        "type",
        "weaksecret",
        "yield",
    ]
)
# A few of each kind that ProVerif is asked about here; ``python -m tests.symbolic.proverif`` asks
# it about all of them.
ASKED = [
    "full-application_data-passive-nothing",
    "full-application_data-passive-client_ecdhe",
    "full-server_authentication-active-nothing",
    "full-server_authentication-active-certificate_key",
    "external-psk_ke-application_data-passive-psk",
    "external-psk_dhe_ke-application_data-passive-psk",
    "external-psk_dhe_ke-application_data-passive-psk-client_ecdhe",
    "external-psk_dhe_ke-early_data-passive-psk",
    "external-psk_dhe_ke-application_data-active-psk",
    "external-psk_ke-client_authentication-active-nothing",
    "external-psk_ke-client_authentication-active-psk",
    "external-psk_ke-client_authentication-active-ticket_key",
    "external-psk_ke-application_data-active-ticket_key",
    "external-psk_dhe_ke-next_psk-active-ticket_key",
    "external-psk_dhe_ke-next_psk-active-nothing",
    "external-psk_dhe_ke-early_data_freshness-active-ticket_key-anti_replay_on",
    "external-psk_dhe_ke-next_psk-passive-psk-quantum",
    "resumption-psk_ke-client_authentication-active-nothing",
    "resumption-psk_ke-server_authentication-active-ticket_key",
    "resumption-psk_dhe_ke-application_data-passive-ticket_key",
    "resumption-psk_dhe_ke-server_authentication-active-certificate_key",
    "external-psk_ke-early_data_freshness-active-nothing-anti_replay_on",
    "external-psk_ke-early_data_freshness-active-nothing-anti_replay_off",
    "external-psk_ke-early_data_freshness-active-psk-anti_replay_on",
    # Full forward secrecy: the adversary has spoken, and the PSK comes afterwards.
    "external-psk_dhe_ke-application_data-active_then_leak-psk",
    "external-psk_dhe_ke-next_psk-active_then_leak-psk",
    "external-psk_dhe_ke-early_data-active_then_leak-psk",
    "external-psk_dhe_ke-application_data-active_then_leak-psk-client_ecdhe",
    "external-psk_ke-application_data-active_then_leak-psk",
    "external-psk_ke-server_authentication-active_then_leak-psk",
    "full-application_data-active_then_leak-certificate_key",
    "resumption-psk_dhe_ke-application_data-active_then_leak-ticket_key",
    "external-psk_dhe_ke-application_data-passive-weak_psk",
    "external-psk_dhe_ke-application_data-active_then_leak-weak_psk",
    "external-psk_dhe_ke-guess-active_then_leak-nothing-no_binder-no_early_data",
    "external-psk_dhe_ke-peer_identity-active_then_leak-psk-group_two-importer_off-roles_fixed",
    "resumption-psk_ke-from-external-psk_ke-application_data-passive-weak_psk",
    "resumption-psk_ke-from-external-psk_dhe_ke-application_data-passive-weak_psk",
    "resumption-psk_dhe_ke-from-external-psk_ke-server_authentication-active-weak_psk",
    "external-psk_dhe_ke-guess-passive-nothing",
    "external-psk_dhe_ke-guess-passive-nothing-no_binder",
    "external-psk_dhe_ke-guess-passive-nothing-no_binder-no_early_data",
    "external-psk_dhe_ke-guess-active-nothing-no_binder-no_early_data",
    "external-psk_ke-guess-passive-nothing-no_binder-no_early_data-importer",
    "external-psk_ke-agreement-active-nothing",
    "external-psk_dhe_ke-agreement-active-nothing",
    "external-psk_dhe_ke-agreement-active-ticket_key",
    "resumption-psk_ke-agreement-active-nothing",
    "resumption-psk_dhe_ke-agreement-active-certificate_key",
    "full-server_authentication-active-quantum",
    "full-server_authentication-active_then_leak-quantum",
    "external-psk_ke-peer_identity-active-nothing-group_two-importer_off-roles_fixed",
    "external-psk_ke-peer_identity-active-nothing-group_two-importer_off-roles_both",
    "external-psk_dhe_ke-peer_identity-active-nothing-group_more-importer_off-roles_fixed",
    "external-psk_dhe_ke-peer_identity-active-nothing-group_more-importer_on-roles_both",
    "external-psk_dhe_ke-peer_identity-active-ticket_key-group_more-importer_on-roles_both",
    "external-psk_dhe_ke-peer_identity-active-weak_psk-group_two-importer_on-roles_fixed",
]


def test_there_is_a_model_for_every_cell_that_is_inside() -> None:
    inside = [
        cell
        for cell in cells()
        if cell.verdict != "outside"
        and not cell.absent
        and cell.mode in vocabulary.SCENE_MODES
        and cell.adversary in vocabulary.ADVERSARIES
    ]
    beside = ("-guess-", "-agreement-")
    models = [
        one for name, one in every_model().items() if not any(kind in name for kind in beside)
    ]
    written = [model.cell for model in models]
    assert written == inside
    assert {cell.asset for cell in written} >= {"peer_identity", "psk", "application_data"}
    assert any("weak_psk" in cell.leaks for cell in written)
    for model in models:
        assert model.expected == (False, model.cell.verdict == "kept")


def test_agreement_is_asked_of_both_ends_with_each_leak() -> None:
    """Where the lab says that a field is not agreed on, ProVerif is expected to find that."""
    asked = {model.name: model for model in every_model().values() if "-agreement-" in model.name}
    lost = {(mode, leaks): False for mode, _, leaks in agreement.questions()}
    for mode, on, leaks in agreement.questions():
        lost[mode, leaks] |= agreement.decide(mode, on, leaks).verdict == "lost"
    found = {
        (model.cell.mode, model.cell.leaks): not all(model.expected[2:]) for model in asked.values()
    }
    assert found == {key: value for key, value in lost.items() if "weak_psk" not in key[1]}
    for mode in SCENE_MODES:
        if mode != "full":
            assert asked[f"{mode}-agreement-active-nothing"].expected == (False, False, True, True)
            assert asked[f"{mode}-agreement-active-psk"].expected == (False, False, False, False)
    # Whoever forges tickets deceives a server that holds an external PSK, and not its client.
    forged = asked["external-psk_ke-agreement-active-ticket_key"]
    assert forged.expected == (False, False, True, False)


def test_in_a_model_of_agreement_the_ends_have_something_to_disagree_on() -> None:
    text = every_model()["external-psk_ke-agreement-active-nothing"].text
    main = text[text.index("process\n") :]
    for held in ("another_psk, psk_identity", "external_psk, another_identity"):
        for party in ("client", "server_psk_ke", "server_psk_dhe_ke"):
            assert f"!{party}({held})" in main
    client = text[text.index("let client(") : text.index("let ticket_server")]
    for mode in ("psk_ke", "psk_dhe_ke"):
        assert f", {mode}, psk, identity);" in client


def test_a_cell_with_a_weak_psk_names_the_model_that_asks_whether_it_is_found() -> None:
    for model in every_model().values():
        mode, leaks = model.cell.mode, model.cell.leaks
        weak = "weak_psk" in leaks and secret_of(mode) not in leaks
        assert bool(model.guess) == weak
        if weak:
            asked = every_model()[model.guess]
            assert "weaksecret external_psk." in asked.text
            assert model.guess in model.text
            # It is found, and so it is given away: what the lab's model does in one go.
            assert asked.expected == (False, False)
            assert "out(c, external_psk)" in model.text


@pytest.mark.parametrize("importer", [False, True])
@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_a_guess_needs_something_to_be_checked_against(mode: SceneMode, *, importer: bool) -> None:
    """Only whoever listens, in psk_dhe_ke, has nothing once binder and early data are gone."""
    for binder in (True, False):
        for early_data in (True, False):
            offer = OfferLines(binder, early_data, importer)
            nothing = mode == "external-psk_dhe_ke" and not binder and not early_data
            assert found(Guess(mode, "passive", offer=offer)) == (not nothing)
            assert found(Guess(mode, "active", offer=offer))
            assert found(Guess(mode, "active_then_leak", offer=offer))


def test_the_models_of_guesses_differ_in_what_is_offered() -> None:
    asked = list(guesses())
    assert len({guess.name for guess in asked}) == len(asked)
    for guess in asked:
        text = every_model()[guess.name].text
        processes = text[text.index("let ") :]
        assert ("kdf_ipskx" in processes) == guess.offer.importer
        assert ("sealed(client_early_traffic_secret" in processes) == guess.offer.early_data
        own = "imp_binder_key" if guess.offer.importer else "ext_binder_key"
        assert (f"kdf_binder(kdf_finished_key({own})" in processes) == guess.offer.binder


@pytest.mark.parametrize("start", range(0, 170, 17))
def test_models_are_well_formed(start: int) -> None:
    """Every 17th model, in ten parts."""
    some = list(every_model().values())[start::170]
    assert some
    for model in some:
        well_formed(model)


def well_formed(model: Model) -> None:
    text = re.sub(r"\(\*.*?\*\)", " ", model.text, flags=re.DOTALL)
    for one, other in ("()", "{}", "[]"):
        assert text.count(one) == text.count(other)
    assert len(re.findall(r"\b(?:query|weaksecret) ", text)) == len(model.expected)
    assert text.rstrip().endswith(")")
    defined = re.findall(r"\b(?:fun|let|new|event|const|free|type)\s+(\w+)", text)
    assert not (set(defined) & RESERVED)
    used = set(re.findall(r"kdf_\w+", text[text.index("let ") :]))
    assert used <= {f"kdf_{name}" for name in (*SCHEDULE, *FAMILIES, *IMPORTER)} & set(defined)
    arity = dict(re.findall(r"fun (\w+)\(([^)]*)\)", text))
    assert all(word == "bitstring" for many in arity.values() for word in many.split(", "))


def test_psk_ke_has_no_diffie_hellman_and_the_twin_differs_in_the_theft_alone() -> None:
    text = every_model()["external-psk_ke-application_data-passive-psk"].text
    processes = text[text.index("let session(") :]
    assert "dh(" not in processes
    one = every_model()["external-psk_dhe_ke-application_data-passive-psk"].text.splitlines()
    other = every_model()["external-psk_dhe_ke-application_data-passive-psk-client_ecdhe"].text
    added = [line for line in other.splitlines() if line not in one]
    assert [line for line in added if "phase" in line] == ["  (phase 1; out(c, x)) |"]


@pytest.mark.parametrize("name", ASKED)
def test_proverif_says_the_same(name: str) -> None:
    if shutil.which("proverif") is None:
        pytest.skip("no proverif on the PATH; it is in no package registry that CI can use")
    answer = ask(every_model()[name])
    assert answer is not None
    assert answer.queries == every_model()[name].expected


def test_what_proverif_answered_is_what_the_lab_says() -> None:
    """Recorded under a digest of each model: one that has changed since has no answer."""
    answers = recorded().answers
    for model in every_model().values():
        if digest(model) in answers:
            assert answers[digest(model)].queries == model.expected, model.name


def test_an_answer_belongs_to_a_model_as_it_is() -> None:
    assert set(recorded().answers) <= set(map(digest, every_model().values()))
    one = next(iter(every_model().values()))
    commented = replace(one, text=f"(* a comment *)\n{one.text}")
    changed = replace(one, text=one.text.replace("client_random", "server_random"))
    assert digest(commented) == digest(one) != digest(changed)


def test_a_result_is_read_as_proverif_writes_it() -> None:
    said = """\
RESULT not event(ClientDone) is false.
RESULT inj-event(A(x)) ==> inj-event(B(x)) is false.
RESULT (even event(A(x)) ==> event(B(x)) is true.)
RESULT Weak secret external_psk cannot be proved.
"""
    assert [line.rsplit(" ", 1)[1] for line in results(said)] == ["false.", "false.", "proved."]


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    result = CliRunner().invoke(cli, ["claims", "--proverif", str(folder)])
    assert f"{len(every_model())} models" in result.stdout
    assert {path.stem for path in folder.glob("*.pv")} == set(every_model())
    assert "proverif" in (folder / "README.txt").read_text()
