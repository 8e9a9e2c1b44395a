"""A man in the middle who changes, cuts or chops: an alert, or nothing gained; never a crash."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.handshake.scenes import CLIENT, PSK, SERVER, env, record, ticketed
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.wire.faults import TLSFault

SCENES: dict[str, ClientConfig] = {
    "full": CLIENT,
    "psk_ke": ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})),
    "psk_dhe_ke": replace(CLIENT, psks=(PSK,), modes=frozenset({PSK_DHE_KE})),
    "cert_with_extern_psk": replace(CLIENT, psks=(PSK,), cert_with_extern_psk=True),
    "resumption": ticketed(),
}


Change = Callable[[bytes], bytes]


class Talk:
    """A conversation in which the bytes of one chosen flight are changed on their way."""

    def __init__(self, config: ClientConfig) -> None:
        self.client = Connection.client(config, env("client"))
        both = config.cert_with_extern_psk
        self.server = Connection.server(replace(SERVER, cert_with_extern_psk=both))
        self.faults: list[TLSFault] = []

    def deliver(self, to: Connection, data: bytes) -> bool:
        try:
            to.receive(data, env(to.role))
        except TLSFault as fault:
            self.faults.append(fault)
            return False
        return True

    def run(self, flight: int, change: Change) -> None:
        sides = [self.server, self.client]
        for number in range(6):
            to, other = sides[number % 2], sides[(number + 1) % 2]
            data = other.outgoing()
            if not self.deliver(to, change(data) if number == flight else data):
                # The alert goes back, and ends the other side too.
                self.deliver(other, to.outgoing())
                return

    def holds(self) -> bool:
        """Whether at most one side believes in a connection, or both in the same one."""
        if not (self.client.connected and self.server.connected):
            return True
        names = set(self.client.secrets) & set(self.server.secrets) - {"resumption_psk", "psk"}
        return all(self.client.secrets[one] == self.server.secrets[one] for one in names)


def flights(config: ClientConfig) -> list[bytes]:
    talk = Talk(config)
    seen: list[bytes] = []
    for number in range(3):
        to, other = [(talk.server, talk.client), (talk.client, talk.server)][number % 2]
        data = other.outgoing()
        seen.append(data)
        to.receive(data, env(to.role))
    return seen


FLIGHTS = {name: flights(config) for name, config in SCENES.items()}


@pytest.mark.parametrize("name", SCENES)
def test_the_twin_nothing_changed(name: str) -> None:
    talk = Talk(SCENES[name])
    talk.run(0, lambda data: data)
    assert talk.client.connected
    assert talk.server.connected
    assert not talk.faults
    assert talk.holds()


@pytest.mark.parametrize("name", SCENES)
def test_one_bit_of_each_byte_of_the_client_hello(name: str) -> None:
    completed = 0
    for at in range(len(FLIGHTS[name][0])):
        talk = Talk(SCENES[name])
        talk.run(0, partial(flip, at=at, bit=at % 8))
        both = talk.client.connected and talk.server.connected
        # Only the record's legacy version, which "MUST be ignored for all purposes" (5.1), may be
        # changed unnoticed.
        assert not both or at in (1, 2), at
        assert talk.holds()
        completed += both
    assert completed == 2


@pytest.mark.parametrize("name", ["psk_ke", "psk_dhe_ke"])
def test_one_bit_of_each_byte_of_the_servers_flight(name: str) -> None:
    whole = FLIGHTS[name][1]
    hello = 5 + int.from_bytes(whole[3:5], "big")
    for at in range(len(whole)):
        talk = Talk(SCENES[name])
        talk.run(1, partial(flip, at=at, bit=at % 8))
        unprotected_versions = (1, 2, hello + 1, hello + 2)
        both = talk.client.connected and talk.server.connected
        assert not both or at in unprotected_versions, at
        assert talk.holds()


def flip(data: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(data)
    if changed:
        changed[at % len(changed)] ^= 1 << bit
    return bytes(changed)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(SCENES)),
    st.integers(0, 2),
    st.integers(0, 5000),
    st.integers(0, 3),
    st.binary(max_size=8),
)
def test_any_change_ends_in_a_fault_or_changes_nothing(
    name: str, flight: int, at: int, kind: int, junk: bytes
) -> None:
    def change(data: bytes) -> bytes:
        here = at % (len(data) + 1)
        return [
            flip(data, at, at % 8),
            data[:here] + junk + data[here:],
            data[:here] + data[here + len(junk) + 1 :],
            data[:here] + data[:here] + data[here:],
        ][kind]

    talk = Talk(SCENES[name])
    talk.run(flight, change)
    assert talk.holds()


@settings(max_examples=60)
@given(st.binary(max_size=600), st.booleans())
def test_garbage_never_crashes_either_side(junk: bytes, framed: bool) -> None:
    for connection in (Connection.server(SERVER), Connection.client(CLIENT, env())):
        talk = Talk(CLIENT)
        talk.deliver(connection, record(junk) if framed else junk)
        assert not connection.connected


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 100_000])
def test_however_the_bytes_are_chopped_the_outcome_is_the_same(name: str, size: int) -> None:
    talk = Talk(SCENES[name])
    for number in range(4):
        to, other = [(talk.server, talk.client), (talk.client, talk.server)][number % 2]
        data = other.outgoing()
        assert number > 2 or data == FLIGHTS[name][number]
        for start in range(0, len(data), size):
            assert talk.deliver(to, data[start : start + size])
    assert talk.client.connected
    assert talk.server.connected
    assert talk.holds()


@pytest.mark.parametrize("size", [1, 50])
def test_handshake_messages_may_be_chopped_into_records(size: int) -> None:
    raw = FLIGHTS["psk_ke"][0][5:]
    server = Connection.server(SERVER)
    server.receive(b"".join(record(raw[i : i + size]) for i in range(0, len(raw), size)), env())
    assert server.state_name == "SERVER_WAIT_FINISHED"
