"""Records that carry nothing come to an end: each kind, either end; and the twin, just as many."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.handshake.scenes import CCS, CLIENT, SERVER, alert_of, env, ticketed
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.early_data import skipped
from tls13lab.handshake.pair import Pair
from tls13lab.messages.handshake import pack
from tls13lab.messages.post_handshake import KeyUpdate
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.records.framing import frame
from tls13lab.records.idling import MOST
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import ContentType

EARLY = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())


def update(peer: Connection) -> None:
    peer.update_keys()


def empty(peer: Connection) -> None:
    peer._sender.send(ContentType.APPLICATION_DATA, b"")


def canceled(peer: Connection) -> None:
    peer._sender.send(ContentType.ALERT, b"\x01\x5a")


@pytest.mark.parametrize("kind", [update, empty, canceled])
@pytest.mark.parametrize("role", ["client", "server"])
def test_nothing_without_end(kind: Callable[[Connection], None], role: str) -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    end, peer = (pair.client, pair.server) if role == "client" else (pair.server, pair.client)
    for _ in range(2):
        for _ in range(MOST):
            kind(peer)
        peer.send(b"something, and the count begins anew")
        end.receive(peer.outgoing(), env())
    for _ in range(MOST + 1):
        kind(peer)
    assert alert_of(end, peer.outgoing()) == "unexpected_message"


def test_change_cipher_specs_without_end() -> None:
    client = Connection.client(CLIENT, env())
    client.receive(CCS * MOST, env())
    assert alert_of(client, CCS) == "unexpected_message"


def test_key_updates_in_one_record_each_count() -> None:
    """They cannot even share a record: each changes the keys."""
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client._sender.send(ContentType.HANDSHAKE, pack(KeyUpdate(False)) * 2)
    assert alert_of(pair.server, pair.client.outgoing()) == "unexpected_message"


def test_early_records_of_nothing_accepted_and_skipped() -> None:
    client = Connection.client(replace(ticketed(EARLY), early_data=b"early"), env("client"))
    flight = client.outgoing()
    end = 5 + int.from_bytes(flight[3:5], "big")
    secret = client.secrets["client_early_traffic_secret"]
    accepts, skips = Connection.server(EARLY), Connection.server(SERVER)
    sealer = RecordProtection(SUITES[EARLY.suites[0]], secret)
    nothing = [sealer.seal(ContentType.APPLICATION_DATA, b"") for _ in range(MOST + 1)]
    accepts.receive(flight[:end], env())
    accepts.receive(b"".join(nothing[:-1]), env())
    assert alert_of(accepts, nothing[-1]) == "unexpected_message"
    skips.receive(flight[:end], env())
    left = skipped(SERVER)
    unreadable = frame(ContentType.APPLICATION_DATA, bytes(17))
    skips.receive(unreadable * left, env())
    assert alert_of(skips, unreadable) == "unexpected_message"
