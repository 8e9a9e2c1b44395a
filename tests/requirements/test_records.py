"""What RFC 9846 section 5 and 6 demand of either end, record by record."""

from dataclasses import replace

import pytest

from tests.handshake.scenes import CCS, CLIENT, PSK, SERVER, alert_of, client_hello, env, ticketed
from tests.requirements.talk import waiting_client, waiting_server
from tests.sampled import sooner
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
from tls13lab.messages.handshake import pack
from tls13lab.messages.post_handshake import KeyUpdate
from tls13lab.messages.server_flight import EncryptedExtensions
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.records.framing import MAX_CIPHERTEXT, MAX_PLAINTEXT, frame
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import AlertReceived, TLSFault

HELLO = client_hello(CLIENT)
EARLY = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())
SCENES = {
    "full": (CLIENT, SERVER),
    "psk_ke": (ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})), SERVER),
    "psk_dhe_ke": (ClientConfig(psks=(PSK,), modes=frozenset({PSK_DHE_KE})), SERVER),
    "0-RTT": (replace(ticketed(EARLY), early_data=b"early"), EARLY),
}
PROTECTED = ContentType.APPLICATION_DATA


def records(data: bytes) -> list[bytes]:
    """The records of a flight."""
    found = []
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        found.append(data[:end])
        data = data[end:]
    return found


def ends(role: str) -> Connection:
    """A connected end of this role, with the other at ``_other``."""
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    return pair.client if role == "client" else pair.server


def short(_: int, name: str) -> bool:
    """Without a certificate or early data, there are fewer bytes to cut after."""
    return name not in ("full", "0-RTT")


# Fragmented and coalesced (5.1) -------------------------------------------------------------------


@pytest.mark.parametrize("name", sooner(SCENES, short))
def test_bytes_cut_at_every_place(name: str) -> None:
    """TCP knows no records: each flight in two parts, cut after each of its bytes."""
    client_config, server_config = SCENES[name]
    length = len(Connection.client(client_config, env("client")).outgoing())
    for flight in range(3):
        at = 0
        while at <= length:
            client = Connection.client(client_config, env("client"))
            server = Connection.server(server_config)
            for number in range(4):
                to, data = (
                    (client, server.outgoing()) if number % 2 else (server, client.outgoing())
                )
                if number == flight:
                    length = len(data)
                    to.receive(data[:at], env("server"))
                    to.receive(data[at:], env("server"))
                elif data:
                    to.receive(data, env("server"))
            assert client.connected
            assert server.connected
            at += 1
        length = 10**6


@pytest.mark.parametrize("cut", range(1, len(HELLO)))
def test_a_client_hello_in_two_records_cut_at_every_place(cut: int) -> None:
    server = Connection.server(SERVER)
    parts = (frame(ContentType.HANDSHAKE, HELLO[:cut]), frame(ContentType.HANDSHAKE, HELLO[cut:]))
    server.receive(b"".join(parts), env())
    assert server.state_name == "SERVER_WAIT_FINISHED"


@pytest.mark.parametrize("name", sooner(["full", "psk_dhe_ke"], short))
def test_the_protected_flight_in_records_cut_at_every_place(name: str) -> None:
    """In two, and in as many as there are bytes."""
    whole = waiting_client(*SCENES[name]).finished
    cuts = [[cut] for cut in range(1, len(whole))] + [list(range(1, len(whole)))]
    for places in cuts:
        talk = waiting_client(*SCENES[name])
        for start, end in zip([0, *places], [*places, len(whole)], strict=True):
            talk.waiting.receive(talk.seal(whole[start:end]), env())
        assert talk.waiting.connected, places


@pytest.mark.parametrize("cut", range(1, 36))
def test_a_clients_finished_cut_at_every_place(cut: int) -> None:
    talk = waiting_server(CLIENT, SERVER)
    talk.waiting.receive(talk.seal(talk.finished[:cut]), env())
    talk.waiting.receive(talk.seal(talk.finished[cut:]), env())
    assert talk.waiting.connected


# Between two parts of a message, and over a change of keys (5.1) ----------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\x01\x00", ContentType.ALERT), (b"data", ContentType.APPLICATION_DATA)],
    ids=["alert", "application data"],
)
@pytest.mark.parametrize("cut", [1, 4, 5, 35])
def test_another_record_in_the_midst_of_a_message(
    content: bytes, kind: ContentType, cut: int
) -> None:
    talk = waiting_server(CLIENT, SERVER)
    talk.waiting.receive(talk.seal(talk.finished[:cut]), env())
    assert alert_of(talk.waiting, talk.seal(content, kind)) == "unexpected_message"
    flight = waiting_client(CLIENT, SERVER)
    flight.waiting.receive(flight.seal(flight.finished[:cut]), env())
    assert alert_of(flight.waiting, flight.seal(content, kind)) == "unexpected_message"


def test_a_change_cipher_spec_in_the_midst_of_a_message() -> None:
    server = Connection.server(SERVER)
    server.receive(frame(ContentType.HANDSHAKE, HELLO[:100]), env())
    assert alert_of(server, CCS) == "unexpected_message"


@pytest.mark.parametrize("more", [b"\x14", b"\x14\x00\x00\x20", pack(KeyUpdate(False))])
def test_what_stands_behind_a_message_that_changes_the_keys(more: bytes) -> None:
    """5.1: messages before a key change "align with a record boundary"."""
    server = Connection.server(SERVER)
    together = frame(ContentType.HANDSHAKE, HELLO + more)
    assert alert_of(server, together) == "unexpected_message"
    talk = waiting_server(CLIENT, SERVER)
    assert alert_of(talk.waiting, talk.seal(talk.finished + more)) == "unexpected_message"
    flight = waiting_client(CLIENT, SERVER)
    assert alert_of(flight.waiting, flight.seal(flight.finished + more)) == "unexpected_message"
    assert not flight.waiting.connected
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client._sender.send(ContentType.HANDSHAKE, pack(KeyUpdate(False)) + more)
    assert alert_of(pair.server, pair.client.outgoing()) == "unexpected_message"


def test_key_update_is_under_the_old_keys_and_the_new_ones_wait_for_it() -> None:
    """4.7.3: "MUST enforce that a KeyUpdate with the old key is received" first."""
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client.update_keys()
    update = pair.client.outgoing()
    pair.client.send(b"under the new keys")
    later = pair.client.outgoing()
    assert alert_of(pair.server, later) == "bad_record_mac"
    twin = Pair(CLIENT, SERVER)
    twin.handshake()
    twin.client.update_keys()
    assert len(twin.client.outgoing()) == len(update)


def test_a_second_key_update_is_not_asked_for_before_the_first_came() -> None:
    pair = Pair(CLIENT, SERVER, seed="updates")
    pair.handshake()
    for _ in range(3):
        pair.client.update_keys(request=True)
    pair.pump()
    pair.server.send(b"behind the answer")
    pair.pump()
    steps = pair.conversation().steps
    updates = [one for one in steps if one.plaintext[:1] == b"\x18"]
    asked = [one.plaintext[4] for one in updates if one.sender == "client"]
    assert asked == [1, 0, 0]
    assert [one.plaintext[4] for one in updates if one.sender == "server"] == [0]
    pair.client.update_keys(request=True)  # the answer came, so one may ask again
    pair.pump()
    pair.server.send(b"behind the answer")
    pair.pump()
    last = [one for one in pair.conversation().steps if one.plaintext[:1] == b"\x18"]
    assert [one.plaintext[4] for one in last[-2:]] == [1, 0]


# change_cipher_spec in every place (5, E.4) -------------------------------------------------------


def test_change_cipher_spec_in_every_place() -> None:
    """Dropped from the first ClientHello to the peer's Finished, refused before and after."""
    assert alert_of(Connection.server(SERVER), CCS) == "unexpected_message"
    for name, (client_config, server_config) in SCENES.items():
        client = Connection.client(client_config, env("client"))
        server = Connection.server(server_config)
        for number in range(3):
            to, data = (client, server.outgoing()) if number % 2 else (server, client.outgoing())
            for record in records(data):
                if to is client or number:
                    to.receive(CCS, env())
                to.receive(record, env("server"))
        assert client.connected, name
        assert server.connected, name
        for end in (client, server):
            assert alert_of(end, CCS) == "unexpected_message", name


@pytest.mark.parametrize("content", [b"\x00", b"\x02", b"\x01\x01", b""])
def test_a_change_cipher_spec_with_another_value(content: bytes) -> None:
    bad = frame(ContentType.CHANGE_CIPHER_SPEC, content)
    client = Connection.client(CLIENT, env())
    assert alert_of(client, bad) == "unexpected_message"
    talk = waiting_server(CLIENT, SERVER)
    assert alert_of(talk.waiting, bad) == "unexpected_message"


def test_a_protected_change_cipher_spec() -> None:
    for talk in (waiting_server(CLIENT, SERVER), waiting_client(CLIENT, SERVER)):
        sealed = talk.seal(b"\x01", ContentType.CHANGE_CIPHER_SPEC)
        assert alert_of(talk.waiting, sealed) == "unexpected_message"


# Types, lengths, padding (5, 5.1, 5.2, 5.4) -------------------------------------------------------


@pytest.mark.parametrize("kind", [0, 19, 24, 25, 64, 255])
def test_a_record_of_another_type(kind: int) -> None:
    bad = bytes([kind]) + b"\x03\x03\x00\x01\x00"
    assert alert_of(Connection.server(SERVER), bad) == "unexpected_message"
    assert alert_of(Connection.client(CLIENT, env()), bad) == "unexpected_message"


@pytest.mark.parametrize("role", ["client", "server"])
def test_records_over_length(role: str) -> None:
    end = ends(role)
    header = b"\x17\x03\x03" + (MAX_CIPHERTEXT + 1).to_bytes(2, "big")
    assert alert_of(end, header) == "record_overflow"
    plain = b"\x16\x03\x03" + (MAX_PLAINTEXT + 1).to_bytes(2, "big")
    fresh = Connection.client(CLIENT, env()) if role == "client" else Connection.server(SERVER)
    assert alert_of(fresh, plain) == "record_overflow"


@pytest.mark.parametrize(
    ("inner", "alert"),
    [
        (b"x" * MAX_PLAINTEXT + b"\x17", None),
        (b"x" * (MAX_PLAINTEXT + 1) + b"\x17", "record_overflow"),
        (b"x" + b"\x17" + bytes(MAX_PLAINTEXT - 1), None),
        (b"x" + b"\x17" + bytes(MAX_PLAINTEXT), "record_overflow"),
        (b"", "bad_record_mac"),
        (b"\x00", "unexpected_message"),
        (bytes(100), "unexpected_message"),
        (b"\x16", "unexpected_message"),  # "zero-length ... Handshake and Alert records"
        (b"\x15" + bytes(9), "unexpected_message"),
        (b"\x17", None),  # application data may be empty
        (b"x\x14", "unexpected_message"),
        (b"x\xff", "unexpected_message"),
    ],
)
def test_what_is_inside_of_a_protected_record(inner: bytes, alert: str | None) -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    sealer = pair.client._sender._sealer
    assert sealer is not None
    header = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
    sealed = header + sealer._aead.encrypt(sealer._nonce(), inner, header)
    if alert is None:
        pair.server.receive(sealed, env())
    else:
        assert alert_of(pair.server, sealed) == alert


@pytest.mark.parametrize("role", ["client", "server"])
def test_an_empty_handshake_record_and_unprotected_records_after_the_keys(role: str) -> None:
    fresh = Connection.client(CLIENT, env()) if role == "client" else Connection.server(SERVER)
    assert alert_of(fresh, frame(ContentType.HANDSHAKE, b"")) == "unexpected_message"
    end = ends(role)
    in_the_clear = frame(ContentType.HANDSHAKE, pack(KeyUpdate(False)))
    assert alert_of(end, in_the_clear) == "unexpected_message"


def test_the_record_version_is_ignored() -> None:
    """5.1: "MUST be ignored for all purposes"."""
    for version in (0x0000, 0x0300, 0x0302, 0x0304, 0xFFFF):
        server = Connection.server(SERVER)
        server.receive(frame(ContentType.HANDSHAKE, HELLO, version), env())
        assert server.state_name == "SERVER_WAIT_FINISHED"


@pytest.mark.parametrize("role", ["client", "server"])
def test_a_record_that_does_not_open(role: str) -> None:
    talk = waiting_server(CLIENT, SERVER) if role == "server" else waiting_client(CLIENT, SERVER)
    good = talk.seal(talk.finished)
    for at in (5, len(good) // 2, len(good) - 1):
        stopped = (
            waiting_server(CLIENT, SERVER) if role == "server" else waiting_client(CLIENT, SERVER)
        )
        bad = good[:at] + bytes([good[at] ^ 0x80]) + good[at + 1 :]
        assert alert_of(stopped.waiting, bad) == "bad_record_mac"


# Alerts (6) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("description", [10, 40, 47, 51, 90, 112, 115, 200])
def test_every_alert_but_two_ends_the_connection_whatever_level_it_claims(
    level: int, description: int
) -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client._sender.send(ContentType.ALERT, bytes((level, description)))
    if description == 90:  # user_canceled: close_notify follows it
        pair.pump()
        assert not pair.server.closed
        return
    with pytest.raises(AlertReceived):
        pair.pump()
    assert pair.server.closed
    assert pair.server.outgoing() == b""
    with pytest.raises(TLSFault):
        pair.server.send(b"more")


@pytest.mark.parametrize("content", [b"\x02", b"\x02\x28\x02\x28", b"\x01\x00\x00"])
def test_an_alert_in_parts_and_two_in_one_record(content: bytes) -> None:
    """6: "a record with an Alert type MUST contain exactly one message"."""
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client._sender.send(ContentType.ALERT, content)
    assert alert_of(pair.server, pair.client.outgoing()) == "decode_error"


def test_after_close_notify_nothing_is_heard_and_after_an_alert_nothing_is_said() -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client.send(b"before")
    before = pair.client.outgoing()
    pair.client.close()
    closing = pair.client.outgoing()
    pair.server.receive(before + closing + before + b"garbage", env())
    pair.server.send(b"the other direction is open still")
    assert pair.server.outgoing()
    talk = waiting_client(CLIENT, SERVER)
    assert alert_of(talk.waiting, talk.seal(b"\x63\x00\x00\x00")) == "unexpected_message"
    with pytest.raises(TLSFault):
        talk.waiting.send(b"x")


def test_an_end_without_close_notify_is_told() -> None:
    end = ends("server")
    with pytest.raises(TLSFault, match="without close_notify"):
        end.receive_eof()


def test_a_length_that_goes_beyond_its_message() -> None:
    """6.2: what "cannot be parsed according to the syntax" is a "decode_error"."""
    talk = waiting_client(CLIENT, SERVER)
    raw = pack(EncryptedExtensions(()))
    longer = raw[:4] + b"\x00\x05"
    assert alert_of(talk.waiting, talk.seal(longer)) == "decode_error"
