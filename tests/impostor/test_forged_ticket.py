"""A ticket that no server has issued, against real servers: the claims' own, and ``serve``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, PSK
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.stage import stage
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ServerConfig
from tls13lab.impostor.forged_ticket import forge
from tls13lab.impostor.stand_in import false_client
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import connect
from tls13lab.peers.link import real_environment
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.symbolic.vocabulary import SceneMode
from tls13lab.wire.faults import TLSFault

KEY = TicketKey.new(seeded("a server's ticket key"))
ANOTHER = TicketKey(KEY.name, bytes(32))


@contextmanager
def server(**options: object) -> Iterator[Running]:
    """It has one external PSK, no certificate, and takes tickets as servers do."""
    config = ServerConfig(psks=(PSK,), tickets=StatelessTickets(KEY), modes=BOTH)
    with serving(replace(config, **options)) as running:  # type: ignore[arg-type]
        yield running


def call(running: Running, key: TicketKey, **options: object) -> bytes:
    now_ms = real_environment().now_ms
    forged = forge(key, os.urandom(32), now_ms, os.urandom)
    client = replace(false_client(forged), **options)  # type: ignore[arg-type]
    return connect("127.0.0.1", running.port, client, send=b"pay Mallory").received


@pytest.mark.parametrize("mode", [PSK_KE, PSK_DHE_KE])
def test_a_server_of_an_external_psk_takes_it(mode: object) -> None:
    with server() as running:
        assert call(running, KEY, modes=frozenset({mode})) == b"pay Mallory"
        assert running.wait_for(1)[0].outcome.psk_kind.value == "resumption"  # type: ignore[union-attr]


def test_it_may_bring_early_data() -> None:
    with server(max_early_data_size=100) as running:
        assert call(running, KEY, early_data=b"at once") == b"at oncepay Mallory"


def test_another_key_of_the_same_name_does_not_do() -> None:
    with server() as running, pytest.raises(TLSFault):
        call(running, ANOTHER)


def test_a_server_without_tickets_does_not_take_it() -> None:
    with server(tickets=None) as running, pytest.raises(TLSFault):
        call(running, KEY)


@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_nothing_but_the_ticket_key_goes_into_it(mode: SceneMode) -> None:
    """Neither the recording nor the PSK: it is made before either is looked at."""
    one = stage(mode)
    forged = forge(one.ticket_key, bytes(32), one.now_ms, seeded("the forger"))
    assert one.external is not None
    assert one.external.key not in forged.identity
    assert forged.key != one.external.key
