"""The race: what a word list does to a weak PSK, and not to a PAKE; and who gets in after all."""

from dataclasses import replace

import pytest

from tls13lab.capture.recording import CapturedRecord
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.x25519_group import scalar_mult_vfy
from tls13lab.evidence.race import (
    ASKS,
    CI,
    CLIENT_COMES,
    LISTENS,
    PAKE,
    PSK,
    SCALAR,
    HonestCaller,
    HonestService,
    Lane,
    race,
    recorded_run,
    thief_lane,
    tried_on,
)
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import lesson_configs
from tls13lab.impostor.one_guess import ask_caller, ask_service
from tls13lab.psk.cpace import Role, begin, calculate_generator
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.pake import external_psk
from tls13lab.search.share import StolenScalar
from tls13lab.search.target import targets, targets_of
from tls13lab.search.wordlist import COMMON

WORDS = COMMON.read_bytes().splitlines()
WORD = b"dragon"
AT = WORDS.index(WORD) + 1


def found(lanes: tuple[Lane, ...]) -> dict[tuple[str, str], tuple[int, int, bytes | None]]:
    return {(one.protection, one.attacker): (one.tried, one.runs, one.found) for one in lanes}


def test_all_lanes_where_the_honest_ends_count_runs() -> None:
    few, runs = WORDS[:300], AT - 1
    assert found(race(WORD, few, runs)) == {
        (PSK, LISTENS): (AT, 0, WORD),
        (PSK, CLIENT_COMES): (AT, 1, WORD),
        (PSK, ASKS): (runs, runs, None),
        (PAKE, LISTENS): (300, 0, None),
        (PAKE, CLIENT_COMES): (runs, runs, None),
        (PAKE, ASKS): (runs, runs, None),
        (PAKE, SCALAR): (AT, 0, WORD),
    }


def test_one_run_more_and_whoever_takes_part_is_in() -> None:
    lanes = found(race(WORD, WORDS[:300], AT, thief=False))
    assert lanes[PAKE, CLIENT_COMES] == lanes[PAKE, ASKS] == lanes[PSK, ASKS] == (AT, AT, WORD)
    assert lanes[PAKE, LISTENS] == (300, 0, None), "the listener is no nearer"


def test_the_whole_list_finds_the_psk_and_not_the_pake_s() -> None:
    """The same search, the same list: only what the PSK is made of differs."""
    weak = record(
        talk(*lesson_configs("psk_dhe_ke", ExternalPsk(b"printer", b"sternchen")), "weak")
    )
    assert tried_on(list(targets(weak)), WORDS) == (WORDS.index(b"sternchen") + 1, b"sternchen")
    behind = recorded_run(b"sternchen")
    sought = list(targets(behind.items))
    assert len(sought) == 1, "there is a binder to try the list on"
    assert tried_on(sought, WORDS) == (len(WORDS), None)


def test_that_search_would_have_found_the_key() -> None:
    """Counter-test: ISK itself as a word."""
    heard = recorded_run(WORD)
    me = begin(Role.INITIATOR, WORD, seeded("the race a"), CI=CI)
    key = external_psk(me.finish(heard.messages[1])).key
    assert tried_on(list(targets(heard.items)), [b"no", key]) == (2, key)


def test_a_word_that_is_not_in_the_list() -> None:
    few = WORDS[:20]
    assert not any(lane.found for lane in race(b"not in any list 7!", few, 20))


def test_the_connection_behind_the_pake_is_one() -> None:
    items = recorded_run(WORD).items
    senders = {one.sender for one in items if isinstance(one, CapturedRecord)}
    assert senders == {"client", "server"}
    assert len(items) > 8


# One guess a run ----------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False])
def test_a_guess_at_either_end_is_right_or_wrong(right: bool) -> None:
    guess = WORD if right else b"Dragon"
    mallory = seeded("mallory")
    assert ask_service(guess, CI, HonestService(WORD), mallory) is right
    assert ask_caller(guess, CI, HonestCaller(WORD), mallory) is right


def test_a_run_is_good_for_one_connection() -> None:
    service = HonestService(WORD)
    me = begin(Role.INITIATOR, WORD, seeded("alice"), CI=CI)
    psk = external_psk(me.finish(service.answer(me.message)))
    client, _ = lesson_configs("psk_dhe_ke", psk)
    assert [service.connects(client), service.connects(client)] == [True, False]


def test_after_a_run_with_a_wrong_guess_no_other_word_can_be_tried() -> None:
    """What the false server keeps: its scalar, the client's share, the binder. Nothing fits."""
    caller = HonestCaller(WORD)
    me = begin(Role.RESPONDER, b"qwerty", seeded("mallory"), CI=CI)
    message = caller.message()
    (brought,) = targets_of(caller.hello(me.message))
    assert not brought.made_with(external_psk(me.finish(message)).key)
    for word in WORDS[:30]:
        # Another share in its place, of the same scalar, as if it had been sent.
        other = replace(me, Y=scalar_mult_vfy(me.y, calculate_generator(word, CI, b"")))
        assert not brought.made_with(external_psk(other.finish(message)).key)
        assert not brought.made_with(word)


def test_with_the_right_guess_the_same_binder_fits() -> None:
    caller = HonestCaller(WORD)
    me = begin(Role.RESPONDER, WORD, seeded("mallory"), CI=CI)
    message = caller.message()
    (brought,) = targets_of(caller.hello(me.message))
    assert brought.made_with(external_psk(me.finish(message)).key)


def test_other_names_are_another_word() -> None:
    assert not ask_service(WORD, b"other names", HonestService(WORD), seeded("mallory"))


# The thief ----------------------------------------------------------------------------------------


def test_a_stolen_scalar_of_another_run_is_of_no_use() -> None:
    heard, other = recorded_run(WORD), recorded_run(WORD, "another run")
    assert heard.scalar != other.scalar
    assert StolenScalar(heard.messages[0], heard.scalar, CI).made_with(WORD)
    assert not StolenScalar(heard.messages[0], other.scalar, CI).made_with(WORD)
    assert not StolenScalar(heard.messages[1], heard.scalar, CI).made_with(WORD), (
        "the other's share"
    )


def test_the_thief_s_lane_alone() -> None:
    assert thief_lane(WORD, WORDS[:50]) == Lane(PAKE, SCALAR, AT, 0, WORD)
    assert thief_lane(WORD, WORDS[: AT - 1]) == Lane(PAKE, SCALAR, AT - 1, 0, None)


def test_no_secret_is_printed() -> None:
    heard = recorded_run(WORD)
    stolen = StolenScalar(heard.messages[0], heard.scalar, CI)
    assert repr(heard.scalar)[2:-1] not in repr(heard) + repr(stolen)
