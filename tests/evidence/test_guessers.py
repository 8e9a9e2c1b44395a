"""Who may guess, on bytes: each cell agrees with the model, and could have come out otherwise."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from math import isclose
from typing import Any

import pytest

from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import guessers
from tls13lab.evidence.guessers import (
    IN_NO_LIST,
    OTHER_WORDS,
    SCALAR,
    WORD,
    WORDS,
    Locked,
    agreed,
    bench,
    claims,
    counter_test,
    done,
    locked_out,
    table,
)
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.race import CI, HonestCaller, tried_on
from tls13lab.handshake.config import Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, lesson_configs
from tls13lab.impostor.harvest import taken_home
from tls13lab.impostor.one_guess import ask_caller, try_words
from tls13lab.impostor.online import GuessAnswer, ask, served_by
from tls13lab.psk.guesswork import counted
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.psk.odds import Bounds, odds
from tls13lab.psk.spending import Means
from tls13lab.symbolic.guessers import (
    CPACE,
    GUESSERS,
    HARVESTER,
    OFFLINE,
    ONLINE,
    Checks,
    decide,
)
from tls13lab.symbolic.prices import Prices
from tls13lab.symbolic.vocabulary import GUESSED_MODES, GuessedMode

ENV = Environment(LESSON_TIME_MS, seeded("the odds"))
TO_THE_PSK = [mode for mode in GUESSED_MODES if "-from-" not in mode and mode != CPACE]
TICKETS = [mode for mode in GUESSED_MODES if "-from-" in mode]


@cache
def every() -> list[dict[str, Any]]:
    """Not when pytest collects: it takes seconds."""
    return list(claims())


def test_model_and_bytes_agree_on_every_cell() -> None:
    assert [(one["mode"], one["guesser"]) for one in every()] == [
        (mode, guesser) for mode in GUESSED_MODES for guesser in GUESSERS
    ]
    for one in every():
        assert set(one["decided"].values()) == {one["checks"]}


@pytest.mark.parametrize("mode", TO_THE_PSK)
def test_the_third_word_in_one_recording_three_connections_or_one_visit(mode: GuessedMode) -> None:
    told = {guesser: done(mode, guesser) for guesser in GUESSERS}
    assert {one.found for one in told.values()} == {WORD}
    assert [(told[one].guesses, told[one].runs) for one in GUESSERS] == [(3, 0), (3, 3), (3, 1)]


def test_behind_cpace_the_listener_has_nothing_and_the_others_a_word_a_run() -> None:
    told = [done(CPACE, guesser) for guesser in GUESSERS]
    assert [(one.found, one.runs) for one in told] == [(None, 0), (WORD, 3), (WORD, 3)]


@pytest.mark.parametrize("mode", TICKETS)
def test_a_ticket_s_client_and_server_give_nothing_away(mode: GuessedMode) -> None:
    assert done(mode, OFFLINE).found == WORD
    for guesser in (ONLINE, HARVESTER):
        one = done(mode, guesser)
        assert (one.found, one.runs, one.checks) == (None, len(WORDS), Checks.NEVER)


@pytest.mark.parametrize("mode", TICKETS)
def test_that_client_and_server_do_connect(mode: GuessedMode) -> None:
    """Else nothing would be found there for another reason."""
    one = bench(mode)
    owner = ask(one.client, served_by(one.server, one.env("bob")), one.env("alice"))
    assert owner is GuessAnswer.RIGHT


# Counter-tests ------------------------------------------------------------------------------------


def test_each_cell_names_what_comes_out_the_other_way() -> None:
    told = {(one["mode"], one["guesser"]): one["counter_test"] for one in every()}
    assert told["external-psk_ke", HARVESTER] == IN_NO_LIST
    assert told[CPACE, OFFLINE] == SCALAR
    for mode in TICKETS:
        assert told[mode, HARVESTER] == told[mode, ONLINE] == mode.partition("-from-")[2]


@pytest.mark.parametrize("mode", GUESSED_MODES)
def test_what_is_in_no_list_nobody_finds(mode: GuessedMode) -> None:
    assert WORD not in OTHER_WORDS
    assert [done(mode, one, OTHER_WORDS).found for one in GUESSERS] == [None] * 3


def test_a_counter_test_that_fails_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    way = decide("external-psk_dhe_ke", HARVESTER)
    monkeypatch.setattr(guessers, "OTHER_WORDS", WORDS)
    with pytest.raises(Disagreement, match="the counter-test, a PSK that is in no list, fails"):
        counter_test(way)


@pytest.mark.parametrize("checks", [one for one in Checks if one is not Checks.FREELY])
def test_another_answer_of_the_model_is_a_disagreement(checks: Checks) -> None:
    way = replace(decide("external-psk_dhe_ke", HARVESTER), checks=checks)
    with pytest.raises(Disagreement, match="harvester against external-psk_dhe_ke"):
        agreed(way)


# A server that counts -----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", TO_THE_PSK)
def test_a_lockout_bounds_who_asks_and_locks_the_owner_out(mode: GuessedMode) -> None:
    assert locked_out(mode, 2) == Locked(("wrong", "wrong", "passed over"), owner_connects=False)
    assert locked_out(mode, 3) == Locked(("wrong", "wrong", "right"), owner_connects=True)
    assert done(mode, HARVESTER).found == WORD, "and is nothing to who takes a binder home"


def test_a_ticket_outlives_the_lock() -> None:
    assert locked_out(TICKETS[0], 1).owner_connects


def test_cpace_has_ends_of_its_own() -> None:
    with pytest.raises(KeyError):
        bench(CPACE)


# How it is told -----------------------------------------------------------------------------------


def test_runs_are_those_of_the_expected_guesses() -> None:
    told = {
        one["guesser"]: one
        for one in claims(Prices(weak_psk=10.0))
        if one["mode"] == GUESSED_MODES[0]
    }
    assert [told[one]["runs"] for one in GUESSERS] == [0.0, 1024.0, 1.0]
    assert {one["log2_guesses"] for one in told.values()} == {10.0}


def test_the_table() -> None:
    lines = table(every()).splitlines()
    assert len(lines) == 1 + len(GUESSED_MODES)
    assert lines[0].split() == list(GUESSERS)
    assert lines[-1].split() == [CPACE, "never", *["once", "a", "run"] * 2]


# The odds, by doing it ----------------------------------------------------------------------------

SEEN = (40, 25, 12, 9, 6, 4, 3, 1)
"""How often each of eight words is chosen, the most frequent first."""
CHOSEN = tuple(b"word %d" % rank for rank in range(len(SEEN)))


def share(found: Iterable[bool]) -> float:
    """Of all who chose: each of the eight is attacked once, and counts as often as it was seen."""
    return sum(count for count, one in zip(SEEN, found, strict=True) if one) / sum(SEEN)


@pytest.mark.parametrize("failures", [1, 3, 8])
def test_the_odds_of_who_asks_are_those_of_doing_it(failures: int) -> None:
    def falls(word: bytes) -> bool:
        client, server = lesson_configs("psk_dhe_ke", replace(LESSON_PSK, key=word))
        server = replace(server, lockout=Lockout(Limit(failures)))
        return any(
            ask(replace(client, psks=(replace(LESSON_PSK, key=one),)), served_by(server, ENV), ENV)
            is GuessAnswer.RIGHT
            for one in CHOSEN
        )

    _, online, _ = predicted("external-psk_dhe_ke", failures, visits=1)
    assert isclose(share(map(falls, CHOSEN)), online)


@pytest.mark.parametrize("visits", [0, 1, 3])
def test_the_odds_of_who_lets_clients_come_are_those_of_doing_it(visits: int) -> None:
    def falls_behind_cpace(word: bytes) -> bool:
        caller, me = HonestCaller(word), seeded("mallory")
        asked = try_words(CHOSEN, visits, lambda one: ask_caller(one, CI, caller, me))
        return asked.found == word

    def falls(word: bytes) -> bool:
        client, _ = lesson_configs("psk_dhe_ke", replace(LESSON_PSK, key=word))
        brought = [taken_home(Connection.client(client, ENV).outgoing()) for _ in range(visits)]
        return any(tried_on(one, CHOSEN)[1] == word for one in brought)

    played: tuple[tuple[GuessedMode, Callable[[bytes], bool]], ...] = (
        ("cpace-psk_dhe_ke", falls_behind_cpace),
        ("external-psk_dhe_ke", falls),
    )
    for mode, done_so in played:
        *_, harvester = predicted(mode, 1, visits)
        assert isclose(share(map(done_so, CHOSEN)), harvester)


def predicted(mode: GuessedMode, failures: int, visits: int) -> list[float]:
    bounds = Bounds(Means(1e6), Limit(failures), seconds=60.0, visits=visits)
    return [one.success for one in odds(mode, counted(SEEN), bounds)]
