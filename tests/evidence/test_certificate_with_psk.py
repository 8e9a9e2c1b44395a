"""A certificate, a PSK, or both: three judges agree with RFC 9973, and each can say otherwise."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from tls13lab.evidence import certificate_with_psk as beside
from tls13lab.evidence.certificate_with_psk import Safe, agreed, as_server, safe, searched, stage
from tls13lab.evidence.matrix import Disagreement
from tls13lab.handshake.cert_with_extern_psk import MODE
from tls13lab.impostor import moves
from tls13lab.impostor.moves import Leaked, Public
from tls13lab.impostor.parties import Party
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import PortableEngine
from tls13lab.search.target import targets
from tls13lab.symbolic.certificate_with_psk import (
    BOTH,
    COMPARED_MODES,
    LEAKS,
    USUAL,
    decide,
    questions,
)
from tls13lab.symbolic.vocabulary import Adversary, Asset, Leaks


@cache
def every_claim() -> list[dict[str, Any]]:
    return list(beside.claims(searching=True))


def test_the_mode_has_one_name() -> None:
    assert BOTH == MODE == stage(BOTH).pair.client.outcome.mode


@pytest.mark.full
def test_all_three_judges_were_asked_and_agree() -> None:
    assert len(every_claim()) == len(list(questions())) == 3 * 4 * 2 * 22
    for one in every_claim():
        judges = {"model", "bytes"} if one["verdict"] != "outside" else {"model"}
        judges |= {"search"} if one["adversary"] == "active" and "bytes" in judges else set()
        assert set(one["decided"]) == judges
        assert set(one["decided"].values()) == {one["verdict"]}
    assert {one["verdict"] for one in every_claim() if one["mode"] == BOTH} == {
        "lost",
        "kept",
        "outside",
    }


@pytest.mark.parametrize(
    ("leaks", "full", "psk", "both"),
    [
        ((), Safe(True, True), Safe(True, True), Safe(True, True)),
        # A PSK that is known or guessed makes nobody the server if there is a certificate.
        (("psk",), Safe(True, True), Safe(True, False), Safe(True, True)),
        (("weak_psk",), Safe(True, True), Safe(True, False), Safe(True, True)),
        # A stolen certificate key is enough, for the server may leave the PSK out.
        (("certificate_key",), Safe(True, False), Safe(True, True), Safe(True, False)),
        # The recording is what the PSK is for, and only if it is strong.
        (("quantum",), Safe(False, False), Safe(True, True), Safe(True, False)),
        (("weak_psk", "quantum"), *[Safe(False, False)] * 3),
        (("psk", "client_ecdhe"), Safe(False, True), Safe(False, False), Safe(False, True)),
    ],
)
def test_who_is_kept_safe_from_what(leaks: Leaks, full: Safe, psk: Safe, both: Safe) -> None:
    assert [safe(mode, leaks) for mode in COMPARED_MODES] == [full, psk, both]


def test_both_are_never_worse_than_the_certificate_alone() -> None:
    """draft-ietf-tls-8773bis 7: the PSK adds to the secrets, and not to authentication."""
    for _, asset, adversary, leaks in questions():
        alone = decide("full", asset, adversary, leaks).verdict
        both = decide(BOTH, asset, adversary, leaks).verdict
        if asset == "server_authentication":
            assert both == alone
        elif asset != "psk" and alone == "kept":
            assert both == "kept"


@pytest.mark.full
def test_who_has_more_loses_nothing() -> None:
    for mode, asset, adversary, leaks in questions():
        if decide(mode, asset, adversary, leaks).verdict == "lost":
            for more in combinations([one for one in LEAKS if one not in leaks], 1):
                assert decide(mode, asset, adversary, (*leaks, *more)).verdict == "lost"


def test_a_weak_psk_is_found_by_its_binder_and_a_strong_one_is_not() -> None:
    one = stage(BOTH)
    assert one.guessed == (one.client.psks[0].key,)
    assert not list(PortableEngine(list(targets(one.recording))).test(Guesses.of(beside.WORDS)))


@pytest.mark.parametrize("rule", ["open", "signature"])
def test_a_model_without_a_rule_is_found_out_by_the_bytes(rule: str) -> None:
    rules = tuple(one for one in USUAL if one.name != rule)
    asked: dict[str, tuple[Asset, Adversary, Leaks]] = {
        "open": ("application_data", "passive", ("psk", "client_ecdhe")),
        "signature": ("server_authentication", "active", ("certificate_key",)),
    }
    asset, adversary, leaks = asked[rule]
    with pytest.raises(Disagreement, match="'model': 'kept', 'bytes': 'lost'"):
        agreed(decide(BOTH, asset, adversary, leaks, rules))


def test_a_model_that_says_too_much_is_found_out_by_the_bytes() -> None:
    kept = decide(BOTH, "application_data", "passive", ("quantum",))
    with pytest.raises(Disagreement, match="'model': 'lost', 'bytes': 'kept'"):
        agreed(replace(kept, verdict="lost"))


def test_the_impostor_answers_with_both_and_with_the_certificate_alone() -> None:
    modes = [pair.client.outcome.mode for pair in as_server(BOTH, ("psk", "certificate_key"))]
    assert modes == ["full", BOTH]
    assert [pair.client.outcome.mode for pair in as_server(BOTH, ("certificate_key",))] == ["full"]
    assert as_server(BOTH, ("psk",)) == ()


def test_the_search_needs_the_move_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, its server takes the PSK alone, and no client that asks for both has that."""

    def alone(known: Leaked, public: Public) -> Party:
        return replace(moves._server(known, public), name="answers once more")

    searched.cache_clear()
    monkeypatch.setattr(moves, "_server_with_both", alone)
    assert "server_authentication" not in searched(BOTH, ("psk", "certificate_key"))
    searched.cache_clear()
    monkeypatch.undo()
    assert "server_authentication" in searched(BOTH, ("psk", "certificate_key"))


def test_the_table_has_a_row_a_theft() -> None:
    lines = beside.table().splitlines()
    assert len(lines) == 1 + len(beside.SHOWN)
    assert lines[0].split() == ["stolen", *COMPARED_MODES]
