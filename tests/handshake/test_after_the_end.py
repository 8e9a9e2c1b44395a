"""After the last word of either side nothing is said and nothing kept; a fault is still an end."""

import pytest

from tests.handshake.scenes import CLIENT, SERVER, client_hello, env, record
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived, KeysUpdated
from tls13lab.handshake.pair import Pair
from tls13lab.wire.faults import BadRecordMac, LocalFault, PeerFault


def pair_of_ends() -> Pair:
    pair = Pair(CLIENT, SERVER, seed="the end")
    pair.handshake()
    return pair


def sent(end: Connection, data: bytes) -> bytes:
    end.send(data)
    return end.outgoing()


def broken(wire: bytes) -> bytes:
    return wire[:-1] + bytes([wire[-1] ^ 1])


@pytest.mark.parametrize("by", ["close_notify", "a fault"])
def test_what_comes_after_the_end_is_not_kept(by: str) -> None:
    ends = pair_of_ends()
    if by == "close_notify":
        ends.client.close()
        ends.server.receive(ends.client.outgoing(), env())
    else:
        with pytest.raises(BadRecordMac):
            ends.server.receive(broken(sent(ends.client, b"hello")), env())
    for _ in range(100):
        assert ends.server.receive(b"\x17\x03\x03\x40\x00", env()) == []
    assert len(ends.server._records) == 0


def test_the_twin_before_the_end_half_a_record_is_kept() -> None:
    ends = pair_of_ends()
    whole = sent(ends.client, b"hello")
    assert ends.server.receive(whole[:10], env()) == []
    assert len(ends.server._records) == 10
    assert ends.server.receive(whole[10:], env()) == [DataReceived(b"hello")]


def test_after_our_close_notify_a_broken_record_ends_the_other_direction_too() -> None:
    ends = pair_of_ends()
    ends.client.close()
    ends.client.outgoing()
    first, second = sent(ends.server, b"first"), sent(ends.server, b"second")
    with pytest.raises(BadRecordMac):
        ends.client.receive(broken(first), env())
    assert ends.client.receive(first + second, env()) == []
    assert ends.client.outgoing() == b""


def test_the_twin_after_our_close_notify_the_other_direction_is_open() -> None:
    ends = pair_of_ends()
    ends.client.close()
    ends.client.outgoing()
    data = sent(ends.server, b"first") + sent(ends.server, b"second")
    assert ends.client.receive(data, env()) == [DataReceived(b"first"), DataReceived(b"second")]


def test_after_our_close_notify_no_key_update_is_answered_or_sent() -> None:
    ends = pair_of_ends()
    ends.server.update_keys(request=True)
    asked = ends.server.outgoing()
    ends.client.close()
    ends.client.outgoing()
    ends.client.receive(asked, env())
    assert ends.client.outgoing() == b""
    with pytest.raises(LocalFault, match="closed"):
        ends.client.update_keys()
    assert ends.client.outgoing() == b""
    # What comes under the server's new keys is read.
    assert ends.client.receive(sent(ends.server, b"x"), env()) == [DataReceived(b"x")]


def test_the_twin_a_key_update_is_answered_and_sent() -> None:
    ends = pair_of_ends()
    ends.server.update_keys(request=True)
    ends.client.receive(ends.server.outgoing(), env())
    answered = ends.server.receive(sent(ends.client, b"x"), env())
    assert answered == [KeysUpdated(), DataReceived(b"x")]
    ends.client.update_keys()
    assert ends.server.receive(ends.client.outgoing(), env()) == [KeysUpdated()]


@pytest.mark.parametrize("closes", [True, False])
def test_a_server_that_has_closed_does_not_answer_a_hello(closes: bool) -> None:
    server = Connection.server(SERVER)
    if closes:
        server.close()
        assert server.outgoing()
    server.receive(record(client_hello(CLIENT)), env())
    assert bool(server.outgoing()) is not closes


def test_two_closes_are_one_and_a_fault_after_it_has_no_alert() -> None:
    ends = pair_of_ends()
    ends.client.close()
    ends.client.close()
    assert len(ends.client.outgoing()) == 5 + 2 + 1 + 16
    with pytest.raises(PeerFault):
        ends.client.receive(b"GET / HTTP/1.1", env())
    assert ends.client.outgoing() == b""
