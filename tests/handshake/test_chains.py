"""Chains of resumptions end, at either side: old keying material is not extended for ever (4.7.1).

Each side has a limit of its own. Most tests lift one, to see what the other does.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handshake.scenes import CLIENT, PSK, SERVER, TICKET_KEY, alert_of, client_hello, record
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets
from tls13lab.psk.tickets import TicketBook, TicketState
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import Mode

DAY_S = 24 * 3600
DAY_MS = DAY_S * 1000
FOR_EVER = 10**9
ANYONE = replace(CLIENT, trust=TrustAnyone())  # the tests' certificate ends after 30 days
WEEK = replace(SERVER, ticket_lifetime_s=7 * DAY_S, psks=())
PATIENT_CLIENT = replace(ANYONE, resume_within_s=FOR_EVER)
PATIENT_SERVER = replace(WEEK, resume_within_s=FOR_EVER)
BOOKS: dict[str, Callable[[], TicketBook]] = {
    "stateless": lambda: StatelessTickets(TICKET_KEY),
    "stateful": StatefulTickets,
}


def resumed_every_six_days(client: ClientConfig, server: ServerConfig, times: int) -> list[Mode]:
    """The modes of a first connection and of those that follow, each with the newest ticket."""
    modes, now_ms = [], LESSON_TIME_MS
    for _ in range(times):
        pair = Pair(client, server, seed=f"{now_ms}", now_ms=now_ms)
        modes.append(pair.handshake().mode)
        client = replace(client, psks=pair.tickets[:1])
        now_ms += 6 * DAY_MS
    return modes


# The client ---------------------------------------------------------------------------------------


def test_a_client_s_chain_ends_and_the_certificate_is_shown_again() -> None:
    week = replace(ANYONE, resume_within_s=7 * DAY_S)
    assert resumed_every_six_days(week, PATIENT_SERVER, 5) == ["full", "psk_dhe_ke"] * 2 + ["full"]
    longer = replace(ANYONE, resume_within_s=20 * DAY_S)
    modes = resumed_every_six_days(longer, PATIENT_SERVER, 5)
    assert modes == ["full", *["psk_dhe_ke"] * 3, "full"]
    never = replace(ANYONE, resume_within_s=0)
    assert resumed_every_six_days(never, PATIENT_SERVER, 2) == ["full", "full"]


def test_a_client_without_trust_cannot_go_on_for_ever() -> None:
    """Its tickets are fresh; the handshake in which it was shown anything is not."""
    pair = Pair(ANYONE, PATIENT_SERVER, seed="first")
    pair.handshake()
    client = replace(CLIENT, trust=None)
    later = LESSON_TIME_MS + 6 * DAY_MS
    second = Pair(
        replace(client, psks=pair.tickets[:1]), PATIENT_SERVER, seed="second", now_ms=later
    )
    assert second.handshake().resumed
    (one, *_) = second.tickets
    assert one.usable(later + 6 * DAY_MS)
    assert one.began() == LESSON_TIME_MS
    with pytest.raises(LocalFault, match="usable PSK"):
        Pair(replace(client, psks=(one,)), SERVER, seed="third", now_ms=later + 6 * DAY_MS)


def test_an_external_psk_begins_a_chain_anew() -> None:
    later = LESSON_TIME_MS + 5 * DAY_MS
    pair = Pair(replace(CLIENT, psks=(PSK,)), SERVER, seed="external", now_ms=later)
    assert pair.handshake().mode == "psk_dhe_ke"
    assert all(isinstance(one, ResumptionPsk) and one.began() == later for one in pair.tickets)
    assert all(_state(SERVER, one).began_ms == later for one in pair.tickets)


# The server ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BOOKS)
def test_a_server_s_chain_ends_whatever_its_client_would_do(kind: str) -> None:
    def modes(limit_s: int, times: int) -> list[Mode]:
        server = replace(WEEK, tickets=BOOKS[kind](), resume_within_s=limit_s)
        return resumed_every_six_days(PATIENT_CLIENT, server, times)

    assert modes(7 * DAY_S, 5) == ["full", "psk_dhe_ke"] * 2 + ["full"]
    assert modes(20 * DAY_S, 5) == ["full", *["psk_dhe_ke"] * 3, "full"]
    assert modes(FOR_EVER, 12) == ["full", *["psk_dhe_ke"] * 11]
    assert modes(0, 2) == ["full", "full"]


def test_both_sides_have_the_same_limit_by_default() -> None:
    assert ServerConfig().resume_within_s == ClientConfig().resume_within_s == 7 * DAY_S


def _state(server: ServerConfig, ticket: ResumptionPsk) -> TicketState:
    assert server.tickets is not None
    state = server.tickets.find(ticket.identity, ticket.received_ms)
    assert state is not None
    return state


def test_a_limit_that_was_made_shorter_counts_for_tickets_that_are_out() -> None:
    """To the millisecond; by its own lifetime the ticket would be good for days."""
    pair = Pair(PATIENT_CLIENT, WEEK, seed="first")
    pair.handshake()
    client = replace(PATIENT_CLIENT, psks=pair.tickets[:1])
    hour = replace(WEEK, resume_within_s=3600)

    def mode(after_ms: int) -> str:
        return Pair(client, hour, seed="again", now_ms=LESSON_TIME_MS + after_ms).handshake().mode

    assert (mode(3_600_000), mode(3_600_001)) == ("psk_dhe_ke", "full")


def test_without_a_certificate_a_ticket_of_an_ended_chain_is_an_unknown_one() -> None:
    server = replace(SERVER, credential=None, resume_within_s=3600)
    pair = Pair(replace(PATIENT_CLIENT, trust=None, psks=(PSK,)), server, seed="first")
    pair.handshake()
    (one, *_) = pair.tickets
    assert one.lifetime_s == 3600
    late_ms = LESSON_TIME_MS + 3_600_001
    late = replace(one, lifetime_s=7200)  # a client that does not keep to it
    client = replace(PATIENT_CLIENT, trust=None, psks=(late,))
    raw = record(client_hello(client))
    answer = alert_of(Connection.server(server), raw, now_ms=late_ms)
    assert answer == "unknown_psk_identity"
    both = Pair(replace(client, psks=(late, PSK)), server, seed="both", now_ms=late_ms)
    assert both.handshake().selected_identity == 1


steps = st.lists(st.integers(0, 4 * DAY_MS), min_size=1, max_size=6)
limits = st.integers(0, 10 * DAY_S)


@given(steps, limits, st.integers(1, 7 * DAY_S), st.sampled_from(sorted(BOOKS)))
def test_no_chain_is_longer_than_the_server_s_limit(
    pauses_ms: list[int], limit_s: int, lifetime_s: int, kind: str
) -> None:
    """By a client that takes what it gets, at any times: the RFC's rule, computed once more here.

    ``began_ms`` is this test's own note of the last full handshake, not the ticket's.
    """
    server = replace(
        SERVER,
        psks=(),
        tickets=BOOKS[kind](),
        ticket_count=1,
        ticket_lifetime_s=lifetime_s,
        resume_within_s=limit_s,
    )
    client, now_ms = PATIENT_CLIENT, LESSON_TIME_MS
    began_ms, ends_ms = now_ms, None
    for pause_ms in pauses_ms:
        pair = Pair(client, server, now_ms=now_ms, traced=False)
        outcome = pair.handshake()
        good = ends_ms is not None and now_ms <= ends_ms
        assert outcome.mode == ("psk_dhe_ke" if good else "full")
        if not good:
            began_ms = now_ms
        assert now_ms - began_ms <= limit_s * 1000
        left_s = (began_ms + limit_s * 1000 - now_ms) // 1000
        assert [one.lifetime_s for one in pair.tickets] == [min(lifetime_s, left_s)] * (left_s > 0)
        ends_ms = now_ms + pair.tickets[0].lifetime_s * 1000 if pair.tickets else None
        client = replace(client, psks=pair.tickets)
        now_ms += pause_ms
