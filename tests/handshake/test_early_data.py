"""0-RTT: accepted, rejected for each reason, skipped over, and bounded. RFC 9846 4.3.10 and 8."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.handshake.scenes import (
    BOTH,
    CLIENT,
    PSK,
    SERVER,
    alert_of,
    env,
    record,
    ticketed,
    with_extensions,
)
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import Alpn, EarlyData
from tls13lab.messages.post_handshake import EndOfEarlyData
from tls13lab.messages.server_flight import EncryptedExtensions
from tls13lab.psk.anti_replay import (
    WINDOW_MS,
    AntiReplay,
    ClientHelloWindow,
    NoAntiReplay,
    SingleUseTickets,
)
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.records.framing import frame
from tls13lab.records.protection import Epoch, RecordProtection
from tls13lab.wire.codepoints import CipherSuite, ContentType, HandshakeType, NamedGroup
from tls13lab.wire.faults import IllegalParameter, LocalFault, PeerFault, UnsupportedExtension

WORDS = b"early words"
OPEN = replace(SERVER, max_early_data_size=1000, anti_replay=NoAntiReplay())
EXTERNAL = replace(PSK, suite=CipherSuite.TLS_AES_128_GCM_SHA256, max_early_data_size=1000)


def early(server: ServerConfig = OPEN, client: ClientConfig = CLIENT) -> ClientConfig:
    return replace(ticketed(server, client), early_data=WORDS)


def run(client: ClientConfig, server: ServerConfig, later_ms: int = 0, seed: str = "e") -> Pair:
    """A connection that goes on to exchange ordinary data, whatever becomes of the early data."""
    pair = Pair(client, server, seed=seed, now_ms=LESSON_TIME_MS + later_ms)
    pair.handshake()
    assert pair.client.outcome.early_data == pair.server.outcome.early_data
    assert bool(pair.server.outcome.early_data_refusal) == (
        pair.server.outcome.early_data == "rejected"
    )
    pair.client.send(b"later")
    pair.pump()
    pair.server.send(b"answer")
    pair.pump()
    assert (pair.server_received, pair.client_received) == (b"later", b"answer")
    return pair


# Accepted -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [PSK_KE, PSK_DHE_KE], ids=lambda mode: mode.name)
@pytest.mark.parametrize("compatibility", [True, False])
def test_early_data_with_a_ticket(mode: object, compatibility: bool) -> None:
    client = replace(early(), modes=frozenset({mode}), middlebox_compatibility=compatibility)  # type: ignore[arg-type]
    pair = run(client, OPEN)
    assert (pair.server_early, pair.client.outcome.early_data) == (WORDS, "accepted")
    mine, theirs = pair.client.secrets, pair.server.secrets
    assert mine["client_early_traffic_secret"] == theirs["client_early_traffic_secret"]
    assert mine["resumption_secret"] == theirs["resumption_secret"]
    steps = pair.conversation().steps
    early_steps = [one for one in steps if one.epoch is Epoch.EARLY]
    assert [one.content_type for one in early_steps] == [
        ContentType.APPLICATION_DATA,
        ContentType.HANDSHAKE,
    ]
    assert early_steps[1].messages == (pack(EndOfEarlyData()),)
    # It is on its way before the server has said a word.
    first_answer = next(at for at, one in enumerate(steps) if one.sender == "server")
    assert steps.index(early_steps[0]) < first_answer


def test_a_server_may_answer_early_data_before_the_finished() -> None:
    config = early()
    client = Connection.client(config, env("half RTT"))
    server = Connection.server(OPEN)
    server.receive(client.outgoing(), env("half RTT server"))
    server.send_half_rtt(b"answer")
    events = client.receive(server.outgoing(), env("half RTT"))
    assert [one.data for one in events if isinstance(one, DataReceived)] == [b"answer"]
    server.receive(client.outgoing(), env("half RTT server"))
    assert server.connected
    server.send(b" and more")
    events = client.receive(server.outgoing(), env("half RTT"))
    assert [one.data for one in events if isinstance(one, DataReceived)] == [b" and more"]


@pytest.mark.parametrize("when", ["first", "client", "connected", "closed"])
def test_half_rtt_data_has_its_time(when: str) -> None:
    pair = Pair(CLIENT, SERVER)
    side = pair.client if when == "client" else pair.server
    if when == "connected":
        pair.handshake()
    elif when == "closed":
        pair.server.receive(pair.client.outgoing(), env())
        pair.server.close()
    with pytest.raises(LocalFault, match="waits for the client's Finished"):
        side.send_half_rtt(b"x")


@pytest.mark.parametrize("suite", list(OPEN.suites), ids=lambda suite: suite.name)
def test_early_data_with_an_external_psk(suite: CipherSuite) -> None:
    hash_name = "sha384" if suite is CipherSuite.TLS_AES_256_GCM_SHA384 else "sha256"
    psk = replace(EXTERNAL, suite=suite, hash_name=hash_name)
    client = ClientConfig(psks=(psk,), modes=BOTH, early_data=WORDS)
    pair = run(client, replace(OPEN, psks=(psk,)))
    assert (pair.server_early, pair.server.outcome.suite.code_point) == (WORDS, suite)


def test_the_resumed_connection_s_tickets_work_after_early_data() -> None:
    """The EndOfEarlyData is part of the transcript that the resumption secret is bound to."""
    pair = run(early(), OPEN)
    again = replace(CLIENT, psks=pair.tickets[:1], early_data=WORDS)
    assert run(again, OPEN).client.outcome.resumed


def test_early_data_of_many_records() -> None:
    server = replace(OPEN, max_early_data_size=100_000)
    client = replace(ticketed(server), early_data=bytes(100_000))
    assert run(client, server).server_early == bytes(100_000)


# Not sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "client",
    [
        ticketed(OPEN),  # nothing to send
        replace(ticketed(SERVER), early_data=WORDS),  # a ticket without early data
        replace(ticketed(OPEN), early_data=bytes(1001)),  # too much
        replace(early(), suites=(CipherSuite.TLS_CHACHA20_POLY1305_SHA256,)),  # another suite
        replace(CLIENT, early_data=WORDS),  # no PSK
        replace(CLIENT, psks=(PSK,), early_data=WORDS),  # a PSK not provisioned for it
        replace(
            early(), psks=(replace(early().psks[0], alpn=b"h2"),)
        ),  # a protocol that is not on offer
    ],
)
def test_what_may_not_be_sent_is_not_sent(client: ClientConfig) -> None:
    pair = run(client, OPEN)
    assert pair.client.outcome.early_data == "none"
    assert all(one.epoch is not Epoch.EARLY for one in pair.conversation().steps)


# Rejected -----------------------------------------------------------------------------------------


def first_ticket_is_unknown() -> tuple[ClientConfig, ServerConfig]:
    client = early()
    other = replace(client.psks[0], identity=b"x" * len(client.psks[0].identity))
    return replace(client, psks=(other, client.psks[0])), OPEN


REJECTIONS: dict[str, Callable[[], tuple[ClientConfig, ServerConfig]]] = {
    "takes no early data": lambda: (early(), SERVER),
    "a PSK other than the first": first_ticket_is_unknown,
    "no PSK": lambda: (early(), replace(OPEN, tickets=None)),
    "not allowed for this PSK": lambda: (
        replace(CLIENT, psks=(EXTERNAL,), early_data=WORDS),
        OPEN,
    ),
    "the cipher suite": lambda: (
        early(),
        replace(OPEN, suites=(CipherSuite.TLS_CHACHA20_POLY1305_SHA256,)),
    ),
    "application protocol": lambda: (
        replace(early(), alpn=(b"h2",)),
        replace(OPEN, alpn=(b"h2",)),
    ),
    "HelloRetryRequest": lambda: (early(), replace(OPEN, groups=(NamedGroup.SECP256R1,))),
}


@pytest.mark.parametrize("why", REJECTIONS)
def test_each_reason_to_reject(why: str) -> None:
    client, server = REJECTIONS[why]()
    pair = run(client, server)
    assert (pair.server_early, pair.client.outcome.early_data) == (b"", "rejected")
    assert why in pair.server.outcome.early_data_refusal
    assert EndOfEarlyData() not in [
        unpack(raw) for one in pair.conversation().steps for raw in one.messages
    ]


@pytest.mark.parametrize("off_ms", [-WINDOW_MS - 1, -WINDOW_MS, 0, WINDOW_MS, WINDOW_MS + 1])
def test_the_window_of_freshness(off_ms: int) -> None:
    """The client claims another age than the server sees; beyond the window only 1-RTT is left."""
    client = early()
    ticket = client.psks[0]
    claimed = replace(ticket, received_ms=ticket.received_ms + 60_000 + off_ms)  # type: ignore[union-attr,arg-type]
    pair = run(replace(client, psks=(claimed,)), OPEN, later_ms=100_000)
    # The server issued the ticket 100 s ago; the client says 40 s less or so.
    assert pair.client.outcome.early_data == "rejected"
    claimed = replace(ticket, received_ms=ticket.received_ms + off_ms)  # type: ignore[union-attr,arg-type]
    pair = run(replace(client, psks=(claimed,)), OPEN, later_ms=100_000)
    expected = "accepted" if abs(off_ms) <= WINDOW_MS else "rejected"
    assert pair.client.outcome.early_data == expected
    assert pair.client.outcome.resumed


# Replay -------------------------------------------------------------------------------------------


def first_flight(client: ClientConfig) -> bytes:
    return Connection.client(client, env("replayed")).outgoing()


def deliveries(server: ServerConfig, flights: list[bytes], step_ms: int = 0) -> list[bytes]:
    """The early data that each of the flights delivers."""
    found = []
    for number, flight in enumerate(flights):
        connection = Connection.server(server)
        events = connection.receive(flight, env("server", LESSON_TIME_MS + number * step_ms))
        found.append(b"".join(getattr(one, "data", b"") for one in events))
    return found


def test_without_a_memory_every_replay_is_taken() -> None:
    flight = first_flight(early())
    assert deliveries(OPEN, [flight] * 3) == [WORDS] * 3


@pytest.mark.parametrize("memory", [ClientHelloWindow, SingleUseTickets])
def test_a_memory_takes_it_once(memory: Callable[[], AntiReplay]) -> None:
    server = replace(OPEN, anti_replay=memory())
    flight = first_flight(early())
    assert deliveries(server, [flight] * 3) == [WORDS, b"", b""]


def test_single_use_refuses_a_second_hello_with_the_same_ticket_and_the_window_takes_it() -> None:
    client = early()
    flights = [Connection.client(client, env(seed)).outgoing() for seed in ("one", "two")]
    single = replace(OPEN, anti_replay=SingleUseTickets())
    assert deliveries(single, flights) == [WORDS, b""]
    assert deliveries(replace(OPEN, anti_replay=ClientHelloWindow()), flights) == [WORDS, WORDS]


def test_a_stateful_ticket_is_used_up_by_itself() -> None:
    server = replace(OPEN, tickets=StatefulTickets())
    flight = first_flight(early(server))
    assert deliveries(server, [flight])[0] == WORDS
    connection = Connection.server(server)
    connection.receive(flight, env("server"))
    assert connection.secrets.get("client_early_traffic_secret") is None


def test_a_replay_outside_the_window_needs_no_memory() -> None:
    server = replace(OPEN, anti_replay=ClientHelloWindow())
    flight = first_flight(early(server))
    assert deliveries(server, [flight] * 4, step_ms=3 * WINDOW_MS) == [WORDS, b"", b"", b""]


def test_an_external_psk_has_no_window_and_is_remembered_for_good() -> None:
    server = replace(OPEN, psks=(EXTERNAL,), anti_replay=ClientHelloWindow())
    flight = first_flight(ClientConfig(psks=(EXTERNAL,), early_data=WORDS))
    assert deliveries(server, [flight] * 3, step_ms=10**9) == [WORDS, b"", b""]
    single = replace(server, anti_replay=SingleUseTickets())
    assert deliveries(single, [flight]) == [b""]


def test_a_server_that_has_just_started_takes_no_older_tickets() -> None:
    """From tickets that are older than it; a ticket of its own cannot have been used before."""
    for since_ms, later_ms, expected in (
        (LESSON_TIME_MS + 1, 2, b""),
        (LESSON_TIME_MS + 1, 2 * WINDOW_MS + 1, WORDS),
        (LESSON_TIME_MS, 2, WORDS),
    ):
        server = replace(OPEN, anti_replay=ClientHelloWindow(since_ms=since_ms))
        assert run(early(server), server, later_ms=later_ms).server_early == expected


@pytest.mark.parametrize("memory", [ClientHelloWindow(capacity=2), SingleUseTickets(capacity=2)])
def test_a_full_memory_refuses_rather_than_forgets(memory: AntiReplay) -> None:
    def ask(name: bytes, now_ms: int) -> bool:
        return memory.first_time(name, name, now_ms, issued_ms=0)

    assert [ask(one, 0) for one in (b"a", b"b", b"c", b"a")] == [True, True, False, False]
    assert ask(b"c", 10**12)  # all before it has expired


def test_a_wrong_binder_fills_no_memory() -> None:
    memory = ClientHelloWindow()
    server = replace(OPEN, anti_replay=memory)
    flight = bytearray(first_flight(early(server)))
    hello_end = 5 + int.from_bytes(flight[3:5], "big")
    flight[hello_end - 1] ^= 1
    assert alert_of(Connection.server(server), bytes(flight)) == "decrypt_error"
    assert not memory._memory


# Limits -------------------------------------------------------------------------------------------


def sealed_early(client: ClientConfig, content: bytes, count: int = 1) -> bytes:
    """A first flight with other early records than the client would send."""
    connection = Connection.client(client, env("forged"))
    whole = connection.outgoing()
    hello_end = 5 + int.from_bytes(whole[3:5], "big")
    secret = connection.secrets["client_early_traffic_secret"]
    protection = RecordProtection(SUITES[OPEN.suites[0]], secret)
    sent = [protection.seal(ContentType.APPLICATION_DATA, content) for _ in range(count)]
    return whole[:hello_end] + b"".join(sent)


def alert_behind_hello(server: ServerConfig, flight: bytes) -> str:
    """The server takes the ClientHello, answers, and then objects to what comes behind it."""
    connection = Connection.server(server)
    hello_end = 5 + int.from_bytes(flight[3:5], "big")
    connection.receive(flight[:hello_end], env("s"))
    return alert_of(connection, flight[hello_end:])


def test_more_than_the_ticket_allows_ends_the_connection() -> None:
    client = early()
    just = Connection.server(OPEN)
    just.receive(sealed_early(client, bytes(500), 2), env("s"))
    assert alert_behind_hello(OPEN, sealed_early(client, bytes(501), 2)) == "unexpected_message"


def test_rejected_early_data_is_skipped_up_to_a_bound() -> None:
    client = early()
    server = Connection.server(SERVER)
    server.receive(sealed_early(client, bytes(8192), 2), env("s"))
    assert alert_behind_hello(SERVER, sealed_early(client, bytes(8193), 2)) == "unexpected_message"


def test_accepted_early_data_that_does_not_open_is_bad_record_mac() -> None:
    flight = bytearray(first_flight(early()))
    flight[-1] ^= 1
    assert alert_behind_hello(OPEN, bytes(flight)) == "bad_record_mac"


def test_once_the_second_flight_has_begun_nothing_is_skipped() -> None:
    client, server = Connection.client(early(), env("c")), Connection.server(SERVER)
    server.receive(client.outgoing(), env("s"))
    client.receive(server.outgoing(), env("c2"))
    server.receive(client.outgoing(), env("s2"))
    assert server.connected
    junk = frame(ContentType.APPLICATION_DATA, bytes(40))
    assert alert_of(server, junk) == "bad_record_mac"


def test_behind_a_second_client_hello_nothing_is_skipped() -> None:
    server = Connection.server(replace(OPEN, groups=(NamedGroup.SECP256R1,)))
    client = Connection.client(early(), env("client"))
    server.receive(client.outgoing(), env())  # the hello, and early data that is passed over
    client.receive(server.outgoing(), env())
    server.receive(client.outgoing(), env())
    assert server.state_name == "SERVER_WAIT_FINISHED"
    server.outgoing()
    sealed = frame(ContentType.APPLICATION_DATA, bytes(50))
    assert alert_of(server, sealed) == "bad_record_mac"


def test_early_data_before_a_finished_that_is_missing_is_refused() -> None:
    """EndOfEarlyData must come; a Finished in its place may not."""
    server = Connection.server(OPEN)
    client = Connection.client(early(), env("c"))
    server.receive(client.outgoing(), env("s"))
    assert server.state_name == "SERVER_WAIT_EOED"
    protection = RecordProtection(
        server._state.after.outcome.suite,  # type: ignore[union-attr]
        client.secrets["client_early_traffic_secret"],
    )
    protection.sequence = 1
    finished = protection.seal(ContentType.HANDSHAKE, bytes.fromhex("14000020") + bytes(32))
    assert alert_of(server, finished) == "unexpected_message"


# What a client does not stand for -----------------------------------------------------------------


def answer(client: ClientConfig, server: ServerConfig, change: EncryptedExtensions) -> None:
    """The client's reaction to a server whose EncryptedExtensions are replaced."""
    from tls13lab.handshake.machine import step

    connection, other = Connection.client(client, env("c")), Connection.server(server)
    other.receive(connection.outgoing(), env("s"))
    flight: list[bytes] = []
    again = Connection.server(server, lambda seen: flight.extend(getattr(seen, "messages", ())))
    again.receive(Connection.client(client, env("c")).outgoing(), env("s"))
    state = connection._state
    for raw in flight:
        message = pack(change) if raw[0] == HandshakeType.ENCRYPTED_EXTENSIONS else raw
        state, _ = step(state, message, env("x"))


def test_early_data_that_was_not_offered() -> None:
    with pytest.raises(UnsupportedExtension, match="early_data was not asked for"):
        answer(ticketed(), SERVER, EncryptedExtensions((EarlyData(),)))


def test_early_data_with_another_psk_a_certificate_suite_or_protocol() -> None:
    client, server = first_ticket_is_unknown()
    yes = EncryptedExtensions((EarlyData(),))
    with pytest.raises(IllegalParameter):
        answer(client, server, yes)
    with pytest.raises(IllegalParameter):
        answer(early(), replace(OPEN, tickets=None), yes)
    other_suite = replace(OPEN, suites=(CipherSuite.TLS_CHACHA20_POLY1305_SHA256,))
    with pytest.raises(IllegalParameter):
        answer(early(), other_suite, yes)
    with pytest.raises(IllegalParameter):
        answer(
            replace(early(), alpn=(b"h2",)),
            replace(OPEN, alpn=(b"h2",)),
            EncryptedExtensions((Alpn((b"h2",)), EarlyData())),
        )


def test_a_second_hello_with_early_data_is_refused() -> None:
    server = Connection.server(replace(OPEN, groups=(NamedGroup.SECP256R1,)))
    client = Connection.client(early(), env("c"))
    server.receive(client.outgoing(), env("s"))
    client.receive(server.outgoing(), env("c2"))
    second = client.outgoing()
    raw = second[5 : 5 + int.from_bytes(second[3:5], "big")]
    changed = with_extensions(raw, lambda found: [*found[:-1], EarlyData(), found[-1]])
    assert alert_of(server, record(changed)) == "illegal_parameter"


@given(st.data())
def test_no_mutated_early_flight_raises_anything_but_an_alert(data: st.DataObject) -> None:
    flight = bytearray(EARLY_FLIGHT)
    for _ in range(data.draw(st.integers(1, 3))):
        flight[data.draw(st.integers(0, len(flight) - 1))] = data.draw(st.integers(0, 255))
    server = Connection.server(OPEN)
    with suppress(PeerFault):  # each of which carries its alert
        server.receive(bytes(flight), env("s"))


EARLY_FLIGHT = first_flight(early())
