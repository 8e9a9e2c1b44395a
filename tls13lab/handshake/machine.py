"""One step of the handshake. RFC 9846 appendix A.

    step(state, raw message, environment) -> (state, actions)

The table of moves decides whether the message may come in this state. The handler of the message
does the work. The state that it returns must be in the table, too.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.handshake import client, server, states
from tls13lab.handshake.actions import Action
from tls13lab.handshake.config import Environment
from tls13lab.handshake.connected import Connected
from tls13lab.handshake.moves import MOVES, State, expected
from tls13lab.messages.handshake import unpack
from tls13lab.wire.codepoints import HandshakeType, name_of
from tls13lab.wire.faults import LocalFault, UnexpectedMessage

AnyState = (
    states.WaitServerHello
    | states.WaitEncryptedExtensions
    | states.WaitCertificateOrRequest
    | states.WaitCertificate
    | states.WaitCertificateVerify
    | states.WaitFinished
    | states.WaitClientHello
    | states.WaitSecondClientHello
    | states.WaitEndOfEarlyData
    | states.WaitClientFinished
    | Connected
)

# Each handler takes the state and the message of its own key. The type of a dictionary cannot
# express that, so the types here are loose.
HANDLERS: dict[tuple[State, HandshakeType], Callable[..., tuple[Any, list[Action]]]] = {
    (State.CLIENT_WAIT_SH, HandshakeType.HELLO_RETRY_REQUEST): client.on_hello_retry_request,
    (State.CLIENT_WAIT_SH, HandshakeType.SERVER_HELLO): client.on_server_hello,
    (State.CLIENT_WAIT_EE, HandshakeType.ENCRYPTED_EXTENSIONS): client.on_encrypted_extensions,
    (State.CLIENT_WAIT_CERT_CR, HandshakeType.CERTIFICATE_REQUEST): client.on_certificate_request,
    (State.CLIENT_WAIT_CERT_CR, HandshakeType.CERTIFICATE): client.on_certificate,
    (State.CLIENT_WAIT_CERT, HandshakeType.CERTIFICATE): client.on_certificate,
    (State.CLIENT_WAIT_CV, HandshakeType.CERTIFICATE_VERIFY): client.on_certificate_verify,
    (State.CLIENT_WAIT_FINISHED, HandshakeType.FINISHED): client.on_finished,
    (State.CLIENT_CONNECTED, HandshakeType.NEW_SESSION_TICKET): client.on_ticket,
    (State.CLIENT_CONNECTED, HandshakeType.KEY_UPDATE): client.on_update,
    (State.SERVER_START, HandshakeType.CLIENT_HELLO): server.on_client_hello,
    (State.SERVER_WAIT_SECOND_HELLO, HandshakeType.CLIENT_HELLO): server.on_second_client_hello,
    (State.SERVER_WAIT_EOED, HandshakeType.END_OF_EARLY_DATA): server.on_end_of_early_data,
    (State.SERVER_WAIT_FINISHED, HandshakeType.FINISHED): server.on_finished,
    (State.SERVER_CONNECTED, HandshakeType.KEY_UPDATE): server.on_update,
}


def _refuse(state: State, code: int) -> UnexpectedMessage:
    wanted = " or ".join(name_of(HandshakeType, message) for message in expected(state))
    return UnexpectedMessage(f"{name_of(HandshakeType, code)} came where only {wanted} may come")


# On the wire, a HelloRetryRequest has the type of a ServerHello. So the check of the type byte,
# before the message is decoded, cannot distinguish them.
_WIRE_TYPES = {
    state: {
        HandshakeType.SERVER_HELLO if message is HandshakeType.HELLO_RETRY_REQUEST else message
        for message in expected(state)
    }
    for state in State
}


def step(state: AnyState, raw: bytes, env: Environment) -> tuple[AnyState, list[Action]]:
    """Process a packed message in ``state``: the next state, and the actions to carry out.

    Raises UnexpectedMessage if the table does not allow the message in this state, or another
    PeerFault if its content is wrong.
    """
    where = state.state
    if raw[0] not in _WIRE_TYPES[where]:
        raise _refuse(where, raw[0])
    message = unpack(raw)
    cell = (where, message.handshake_type)
    after, actions = HANDLERS[cell](state, message, raw, env)
    if after.state not in MOVES[cell]:
        raise LocalFault(f"the move to {after.state.name} is not in the table")
    return after, actions
