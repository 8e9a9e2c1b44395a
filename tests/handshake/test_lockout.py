"""A server that counts wrong binders: what it then does, in each mode, and to whom."""

from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, PSK, SERVER, alert_of, env, record
from tests.handshake.scenes import client_hello as hello_of
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.cert_with_extern_psk import MODE
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.faults import BinderMismatch

WRONG = replace(PSK, key=bytes(32))
STRANGER = replace(PSK, identity=b"nobody")


def counting(failures: int, *psks: object, **more: object) -> ServerConfig:
    given = {"psks": psks or (PSK,), "lockout": Lockout(Limit(failures))} | more
    return ServerConfig(**given)  # type: ignore[arg-type]


def answer(server: ServerConfig, *psks: object) -> str:
    client = ClientConfig(psks=psks, modes=BOTH)  # type: ignore[arg-type]
    return alert_of(Connection.server(server), record(hello_of(client)))


def test_after_the_last_failure_the_identity_is_unknown_even_to_its_owner() -> None:
    server = counting(2)
    told = [answer(server, one) for one in (WRONG, WRONG, WRONG, PSK)]
    assert told == ["decrypt_error"] * 2 + ["unknown_psk_identity"] * 2


def test_whoever_runs_the_server_is_told_when_it_locks() -> None:
    server, guess = counting(2), ClientConfig(psks=(WRONG,))
    for says in (r"does not verify$", r"does not verify; the PSK is locked now$"):
        with pytest.raises(BinderMismatch, match=says):
            Pair(guess, server, seed="told").handshake()


def test_who_hides_identities_does_not_say_that_it_is_locked_either() -> None:
    server = counting(1, hide_identities=True)
    assert [answer(server, one) for one in (WRONG, WRONG, PSK)] == ["decrypt_error"] * 3


def test_an_honest_connection_clears_nothing() -> None:
    server = counting(2)
    assert answer(server, WRONG) == "decrypt_error"
    assert Pair(ClientConfig(psks=(PSK,)), server, seed="owner").handshake().mode == "psk_dhe_ke"
    assert [answer(server, one) for one in (WRONG, PSK)] == [
        "decrypt_error",
        "unknown_psk_identity",
    ]


def test_identities_that_it_does_not_have_are_not_counted() -> None:
    server = counting(1)
    assert answer(server, STRANGER) == "unknown_psk_identity"
    assert server.lockout is not None
    assert server.lockout.admits(PSK, 0)
    assert server.lockout.admits(STRANGER, 0)


def test_two_binders_in_one_hello_are_one_guess() -> None:
    """The same identity twice, the wrong key first: the second binder is not looked at (4.3.11)."""
    server = counting(2)
    assert answer(server, WRONG, PSK) == "decrypt_error"
    assert answer(server, WRONG, WRONG, WRONG) == "decrypt_error"
    assert answer(server, PSK) == "unknown_psk_identity", "two hellos were two failures"


def test_a_second_psk_of_the_client_s_is_taken_instead() -> None:
    other = replace(PSK, identity=b"other")
    server = counting(1, PSK, other)
    assert answer(server, WRONG) == "decrypt_error"
    client = ClientConfig(psks=(PSK, other))
    pair = Pair(client, server, seed="the other one")
    assert pair.handshake().mode == "psk_dhe_ke"


def test_with_a_certificate_it_goes_on_without_the_psk() -> None:
    server = replace(SERVER, psks=(PSK,), lockout=Lockout(Limit(1)))
    assert answer(server, WRONG) == "decrypt_error"
    client = ClientConfig(psks=(PSK,), trust=TrustAnyone(), server_name="lab.example")
    assert Pair(client, server, seed="certificate").handshake().mode == "full"


def test_beside_a_certificate_the_alert_is_another_one_and_counts_as_well() -> None:
    client, server = lesson_configs(MODE)
    (psk,) = client.psks
    server = replace(server, lockout=Lockout(Limit(1)))
    guess = replace(client, psks=(replace(psk, key=bytes(32)),))
    assert alert_of(Connection.server(server), record(hello_of(guess))) == "illegal_parameter"
    assert Pair(client, server, seed="with both").handshake().mode == "full"


def test_a_wrong_binder_before_a_retry_counts() -> None:
    server = counting(1, groups=(NamedGroup.SECP256R1,))
    assert answer(server, WRONG) == "decrypt_error"
    assert answer(server, PSK) == "unknown_psk_identity"


def test_tickets_are_not_counted_and_outlive_the_lock() -> None:
    tickets = StatelessTickets(TicketKey(bytes(16), bytes(32)))
    server = counting(1, tickets=tickets)
    first = Pair(ClientConfig(psks=(PSK,)), server, seed="first")
    first.handshake()
    first.pump()
    (ticket, *_) = first.tickets
    for _ in range(3):
        assert answer(server, replace(ticket, key=bytes(32))) == "decrypt_error"
    assert answer(server, WRONG) == "decrypt_error"
    assert answer(server, PSK) == "unknown_psk_identity"
    again = Pair(ClientConfig(psks=(ticket,)), server, seed="again", now_ms=ticket.received_ms)
    assert again.handshake().mode == "psk_dhe_ke"


def test_with_a_window_the_owner_comes_in_again() -> None:
    server = ServerConfig(psks=(PSK,), lockout=Lockout(Limit(1, window_s=60.0)))
    assert answer(server, WRONG) == "decrypt_error"
    client, now = ClientConfig(psks=(PSK,)), env().now_ms
    for later, mode in ((59_999, None), (60_000, "psk_dhe_ke")):
        pair = Pair(client, server, seed="later", now_ms=now + later)
        if mode is None:
            with pytest.raises(Exception, match="no offered PSK can be used"):
                pair.handshake()
        else:
            assert pair.handshake().mode == mode
