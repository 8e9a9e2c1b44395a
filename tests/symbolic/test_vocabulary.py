"""A misspelt mode, side, asset, adversary, leak or goal is refused, whoever is called with it."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tls13lab
from tls13lab.evidence import certificate_with_psk, searched
from tls13lab.lesson import (
    Eavesdropper,
    OpenSSLServer,
    ScheduleView,
    SymbolicConnection,
    Theft,
    Use,
    decide,
    eavesdrop,
    guessers,
    hasty,
    lesson_configs,
    mends,
    moves_graph,
    scenes,
    schedule_graph,
)
from tls13lab.psk.guesswork import even
from tls13lab.symbolic import agreement, vocabulary
from tls13lab.symbolic.claims import OPTIONS, cells
from tls13lab.symbolic.vocabulary import GUESSED_MODES, SCENE_MODES, parts, with_external_psk
from tls13lab.wire.faults import LocalFault, NotAllowed
from tls13lab.wire.names import PSK_MODES

CELL = ("external-psk_ke", "application_data", "passive")
PACKAGE = Path(tls13lab.__file__).parent


def called(function: Any, *arguments: Any, **named: Any) -> Callable[[], Any]:
    return lambda: function(*arguments, **named)


MISSPELT: dict[str, tuple[Callable[[], Any], str]] = {
    "a leak": (called(decide, *CELL, ("pskk",)), "leak 'pskk'"),
    "a leak among others": (called(decide, *CELL, ("psk", "weak psk")), "leak 'weak psk'"),
    "a leak where all is outside": (
        called(decide, "full", "psk", "passive", ("pskk",)),
        "leak 'pskk'",
    ),
    "a mode": (called(decide, "external-psk_k", *CELL[1:]), "mode 'external-psk_k'"),
    "a connection's mode": (called(decide, "psk_ke", *CELL[1:]), "mode 'psk_ke'"),
    "an asset": (called(decide, CELL[0], "application-data", CELL[2]), "asset 'application-data'"),
    "an adversary": (called(decide, *CELL[:2], "passiv"), "adversary 'passiv'"),
    "an option": (
        called(decide, CELL[0], "peer_identity", "active", (), {"groups": "two"}),
        "option of peer_identity 'groups': use group, importer or roles",
    ),
    "an option's value": (
        called(decide, CELL[0], "peer_identity", "active", (), {"group": "2"}),
        "value of group '2': use two or more",
    ),
    "a scene's mode": (called(scenes.connections, "external-psk_k"), "mode 'external-psk_k'"),
    "a mode taken apart": (called(parts, "resumption-psk_ke-from-full"), "mode 'resumption-"),
    "a scene with turns": (called(hasty, "psk_dhe_ke"), "mode 'psk_dhe_ke'"),
    "a PSK's mode": (called(with_external_psk, "full"), "mode of a PSK 'full'"),
    "a symbolic connection": (called(SymbolicConnection, "2", "psk_dhe_k"), "mode 'psk_dhe_k'"),
    "a guesser's mode": (
        called(guessers.decide, "full", "online"),
        "mode with a guessable PSK, 'full'",
    ),
    "a guesser": (called(guessers.decide, CELL[0], "onlin"), "guesser 'onlin'"),
    "the guessers' connections": (
        called(guessers.connections, "full"),
        "mode with a guessable PSK, 'full'",
    ),
    "an end": (called(agreement.decide, CELL[0], "keys", (), done="judge"), "end 'judge'"),
    "an agreement's leak": (called(agreement.decide, CELL[0], "keys", ("pskk",)), "leak 'pskk'"),
    "what to agree on": (called(agreement.decide, CELL[0], "key"), "thing to agree on, 'key'"),
    "a certificate's mode": (
        called(certificate_with_psk.safe, "psk_ke", ()),
        "mode 'psk_ke': use full, psk_dhe_ke or cert_with_extern_psk",
    ),
    "a certificate's leak": (called(certificate_with_psk.safe, "full", ("ps",)), "leak 'ps'"),
    "a search's mode": (called(searched.found, "external", ()), "mode 'external'"),
    "a search's leak": (called(searched.found, CELL[0], ("psks",)), "leak 'psks'"),
    "a configuration's mode": (called(lesson_configs, "psk-ke"), "mode 'psk-ke'"),
    "a goal": (called(Eavesdropper, Theft(), "earlydata"), "goal 'earlydata'"),
    "a goal, before anything is heard": (called(eavesdrop, [], Theft(), "all"), "goal 'all'"),
    "a side": (called(moves_graph, "judge"), "side 'judge': use client or server"),
    "a picture's mode": (called(schedule_graph, mode="psk"), "mode 'psk'"),
    "a view's mode": (called(ScheduleView, "early_secret", "psk"), "mode 'psk'"),
    "a mend's mode": (called(mends, even(2), mode="full"), "mode of a PSK alone, 'full'"),
    "the modes of a use": (called(Use, "printer", 9, 21.0, ("psk-ke",)), "mode 'psk-ke'"),
    "the hashes of a use": (called(Use, "printer", 9, 21.0, hashes=("md5",)), "hash 'md5'"),
    "OpenSSL's modes": (called(OpenSSLServer, modes=["dhe"]), "mode 'dhe': use psk_ke or"),
}


@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_word_is_refused_in_one_sentence(name: str) -> None:
    call, says = MISSPELT[name]
    with pytest.raises(NotAllowed, match=re.escape(f"there is no {says}")) as refused:
        call()
    assert "\n" not in str(refused.value)
    assert ": use " in str(refused.value)


def test_it_is_a_value_error_to_a_lesson_and_a_fault_to_a_command() -> None:
    assert issubclass(NotAllowed, ValueError)
    assert issubclass(NotAllowed, LocalFault)


def test_one_leak_is_written_as_a_tuple() -> None:
    with pytest.raises(NotAllowed, match=re.escape("write a tuple with one leak: ('psk',)")):
        called(decide, *CELL, "psk")()


def test_an_asset_without_options_takes_none() -> None:
    with pytest.raises(NotAllowed, match="application_data has no options"):
        called(decide, *CELL, (), {"group": "two"})()


def test_the_right_words_are_all_taken() -> None:
    assert {parts(mode).mode for mode in SCENE_MODES} == {"full", *PSK_MODES}
    assert len(cells()) > len(SCENE_MODES)
    for mode in GUESSED_MODES:
        assert parts(mode).kind in ("external", "imported", "resumption", "cpace")
    for asset in OPTIONS:
        assert asset in vocabulary.ASSETS


# The types, without mypy --------------------------------------------------------------------------

WORDS = {"mode", "psk_mode", "side", "sender", "asset", "adversary", "leak", "leaks", "guesser"}
OTHERWISE = {
    ("cli/break_.py", "leaks"),  # texts, NAME=HEX: leak_of reads them
    ("pictures/guessing_time.py", "guesser"),  # a title
    ("symbolic/proverif/peers.py", "leaks"),  # a table of terms
    ("widgets/theft_panel.py", "leaks"),  # a lesson's own names
}


def annotated(tree: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Every parameter, field and annotated name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.annotation


def test_no_signature_and_no_field_takes_any_text_for_such_a_word() -> None:
    loose = {
        (file.relative_to(PACKAGE).as_posix(), name)
        for file in PACKAGE.rglob("*.py")
        for name, kind in annotated(ast.parse(file.read_text("utf-8")))
        if name in WORDS and kind is not None and re.search(r"\bstr\b", ast.unparse(kind))
    }
    assert loose == OTHERWISE


def test_no_cache_hides_such_a_word_from_mypy() -> None:
    """``lru_cache`` takes anything; :mod:`tls13lab.symbolic.remembered` keeps the types."""
    hidden = [
        (file.name, function.name)
        for file in PACKAGE.rglob("*.py")
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        and any("lru_cache" in ast.unparse(one) for one in function.decorator_list)
        and WORDS & {argument.arg for argument in function.args.args}
    ]
    assert hidden == []
