"""Every cell of the state table, legal and illegal."""

from dataclasses import replace

import pytest

from tests.handshake.scenes import CLIENT, PSK, SERVER, env, ticketed
from tls13lab.handshake.config import ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.machine import HANDLERS, AnyState, step
from tls13lab.handshake.moves import MOVES, State, expected
from tls13lab.handshake.pair import Pair
from tls13lab.messages.handshake import Message, pack, unpack
from tls13lab.messages.negotiation import SelectedVersion, SignatureAlgorithms
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.wire.codepoints import HandshakeType, NamedGroup
from tls13lab.wire.faults import PeerFault, UnexpectedMessage

EARLY_SERVER = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())
REQUEST = CertificateRequest(b"", (SignatureAlgorithms((0x0403,)),))


def visited() -> dict[State, AnyState]:
    """A live state object for each state, out of real conversations."""
    found: dict[State, AnyState] = {}

    def note(connection: Connection) -> None:
        found.setdefault(connection._state.state, connection._state)

    groups = (NamedGroup.SECP256R1,)
    for server in (SERVER, SERVER.__class__(credential=SERVER.credential, groups=groups)):
        client_side = Connection.client(CLIENT, env("client"))
        server_side = Connection.server(server)
        note(client_side)
        note(server_side)
        for _ in range(4):
            server_side.receive(client_side.outgoing(), env("server"))
            note(server_side)
            client_side.receive(client_side_input := server_side.outgoing(), env("client 2"))
            assert client_side_input is not None
            note(client_side)
    early = Connection.client(early_client(), env("early client"))
    server_side = Connection.server(EARLY_SERVER)
    server_side.receive(early.outgoing(), env("early server"))
    note(server_side)
    # The states in the middle of a server's flight, which a whole flight passes through.
    flight = [raw for one in flight_steps() for raw in one]
    state: AnyState = Connection.client(CLIENT, env("flight client"))._state
    for raw in flight:
        found.setdefault(state.state, state)
        state, _ = step(state, raw, env())
    waiting = found[State.CLIENT_WAIT_CERT_CR]
    found[State.CLIENT_WAIT_CERT], _ = step(waiting, pack(REQUEST), env())
    return found


def early_client() -> ClientConfig:
    """One that sends early data, which ``EARLY_SERVER`` accepts."""
    return replace(ticketed(EARLY_SERVER), early_data=b"early")


def flight_steps() -> list[tuple[bytes, ...]]:
    client = Connection.client(CLIENT, env("flight client"))
    steps: list[tuple[bytes, ...]] = []
    server = Connection.server(SERVER, lambda seen: steps.append(getattr(seen, "messages", ())))
    server.receive(client.outgoing(), env("flight server"))
    return steps


STATES = visited()
SAMPLES: dict[HandshakeType, Message] = {
    one.handshake_type: one
    for one in (
        unpack(Connection.client(CLIENT, env()).outgoing()[5:]),
        ServerHello(bytes(32), b"", 0x1301, (SelectedVersion(),)),
        HelloRetryRequest(b"", 0x1301, (SelectedVersion(),)),
        EncryptedExtensions(()),
        REQUEST,
        Certificate(b"", ()),
        CertificateVerify(0x0403, b"x"),
        Finished(bytes(32)),
        NewSessionTicket(1, 2, b"n", b"t"),
        EndOfEarlyData(),
        KeyUpdate(False),
    )
}
CELLS = [(state, message) for state in State for message in SAMPLES]


def test_every_state_has_been_visited_and_every_message_has_a_sample() -> None:
    assert set(STATES) == set(State)
    assert set(SAMPLES) == set(HandshakeType) - {HandshakeType.MESSAGE_HASH}


def test_the_engine_and_the_table_have_the_same_cells() -> None:
    assert set(HANDLERS) == set(MOVES)


def test_every_state_can_be_reached() -> None:
    reached = {State.CLIENT_WAIT_SH, State.SERVER_START}
    while True:
        more = {to for (at, _), ends in MOVES.items() if at in reached for to in ends}
        if more <= reached:
            break
        reached |= more
    assert reached == set(State)


@pytest.mark.parametrize(("state", "message"), CELLS, ids=lambda one: one.name)
def test_each_cell(state: State, message: HandshakeType) -> None:
    raw = pack(SAMPLES[message])
    if (state, message) not in MOVES:
        with pytest.raises(UnexpectedMessage):
            step(STATES[state], raw, env())
        return
    refused: PeerFault | None = None
    try:
        after, _ = step(STATES[state], raw, env())
    except PeerFault as fault:
        refused = fault
    if refused is None:
        assert after.state in MOVES[state, message]
    else:
        # The sample is no part of this conversation; it is let in, and then found wanting.
        assert not isinstance(refused, UnexpectedMessage) or state is State.CLIENT_WAIT_SH


def test_each_legal_cell_is_taken_by_a_real_conversation() -> None:
    taken: set[tuple[State, HandshakeType]] = set()
    groups = (NamedGroup.SECP256R1,)
    for client, server in (
        (CLIENT, SERVER),
        (ClientConfig(psks=(PSK,)), SERVER),
        (early_client(), EARLY_SERVER),
        (CLIENT, SERVER.__class__(credential=SERVER.credential, groups=groups)),
    ):
        pair = Pair(client, server, seed="cells")
        pair.handshake()
        pair.client.update_keys(request=True)
        pair.pump()
        pair.server.send(b"behind a KeyUpdate of its own")
        pair.pump()
        for step_ in pair.conversation().steps:
            for raw in step_.messages:
                role = "SERVER" if step_.sender == "client" else "CLIENT"
                kind = unpack(raw).handshake_type
                taken |= {cell for cell in MOVES if cell[1] is kind and role in cell[0].name}
    by_hand = {
        (State.CLIENT_WAIT_CERT_CR, HandshakeType.CERTIFICATE_REQUEST),
        (State.CLIENT_WAIT_CERT, HandshakeType.CERTIFICATE),
    }
    assert taken | by_hand == set(MOVES)


def test_a_message_of_no_known_type_is_unexpected_everywhere() -> None:
    for state in STATES.values():
        for code in (0, 3, 6, 254, 255):
            with pytest.raises(UnexpectedMessage):
                step(state, bytes((code, 0, 0, 0)), env())


def test_what_is_expected_is_what_the_table_says() -> None:
    for state in State:
        assert set(expected(state)) == {message for at, message in MOVES if at is state}
