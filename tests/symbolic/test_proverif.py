"""The ProVerif models: well formed, one a cell; where there is a ``proverif``, proved by it."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.symbolic.proverif_all import disagreement
from tls13lab.cli.app import cli
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE
from tls13lab.symbolic import proverif
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.proverif import Model

MODELS = {model.name: model for model in proverif.models()}
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
# A few of each kind that ProVerif is asked about here; ``python -m tests.symbolic.proverif_all``
# asks it about all of them.
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
]


def test_there_is_a_model_for_every_cell_of_these_assets() -> None:
    inside = [
        cell
        for cell in cells()
        if cell.verdict != "outside"
        and not cell.absent
        and cell.mode in proverif.MODES
        and cell.asset in proverif.ASSETS
        and "weak_psk" not in cell.leaks
    ]
    assert len(MODELS) == len(inside)
    holds = [model.cell for model in MODELS.values() if model.expected[1]]
    assert holds == [cell for cell in inside if cell.verdict == "kept"]


@pytest.mark.parametrize("model", list(MODELS.values())[::17], ids=lambda model: model.name)
def test_a_model_is_well_formed(model: Model) -> None:
    text = re.sub(r"\(\*.*?\*\)", " ", model.text, flags=re.DOTALL)
    for one, other in ("()", "{}", "[]"):
        assert text.count(one) == text.count(other)
    assert text.count("query ") == len(model.expected)
    assert text.rstrip().endswith(")")
    defined = re.findall(r"\b(?:fun|let|new|event|const|free|type)\s+(\w+)", text)
    assert not (set(defined) & RESERVED)
    used = set(re.findall(r"kdf_\w+", text[text.index("let ") :]))
    assert used <= {f"kdf_{name}" for name in (*SCHEDULE, *FAMILIES)} & set(defined)
    arity = dict(re.findall(r"fun (\w+)\(([^)]*)\)", text))
    assert all(word == "bitstring" for many in arity.values() for word in many.split(", "))


def test_psk_ke_has_no_diffie_hellman_and_the_twin_differs_in_the_theft_alone() -> None:
    text = MODELS["external-psk_ke-application_data-passive-psk"].text
    processes = text[text.index("let session(") :]
    assert "dh(" not in processes
    one = MODELS["external-psk_dhe_ke-application_data-passive-psk"].text.splitlines()
    other = MODELS["external-psk_dhe_ke-application_data-passive-psk-client_ecdhe"].text
    added = [line for line in other.splitlines() if line not in one]
    assert [line for line in added if "phase" in line] == ["  (phase 1; out(c, x)) |"]


@pytest.mark.parametrize("name", ASKED)
def test_proverif_says_the_same(name: str, tmp_path: Path) -> None:
    if shutil.which("proverif") is None:
        pytest.skip("no proverif on the PATH; it is in no package registry that CI can use")
    assert disagreement(MODELS[name], tmp_path) == ""


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    result = CliRunner().invoke(cli, ["claims", "--proverif", str(folder)])
    assert f"{len(MODELS)} models" in result.stdout
    assert {path.stem for path in folder.glob("*.pv")} == set(MODELS)
    assert "proverif" in (folder / "README.txt").read_text()
