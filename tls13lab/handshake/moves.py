"""The legal moves of the handshake, as one table. RFC 9846 appendix A.

The engine obeys this table, the pictures draw it, and a test walks every cell that is not in it. A
move says: in this state, this message may come, and leads to one of these states. What is done on a
move is in :mod:`tls13lab.handshake.client` and :mod:`tls13lab.handshake.server`.

>>> sorted(state.name for state in MOVES[State.CLIENT_WAIT_EE, HandshakeType.ENCRYPTED_EXTENSIONS])
['CLIENT_WAIT_CERT_CR', 'CLIENT_WAIT_FINISHED']
>>> (State.CLIENT_WAIT_SH, HandshakeType.FINISHED) in MOVES
False
"""

from enum import Enum

from tls13lab.wire.codepoints import HandshakeType


class State(Enum):
    """Where an endpoint is; the names are those of appendix A."""

    CLIENT_WAIT_SH = "client waits for ServerHello"
    CLIENT_WAIT_EE = "client waits for EncryptedExtensions"
    CLIENT_WAIT_CERT_CR = "client waits for Certificate or CertificateRequest"
    CLIENT_WAIT_CERT = "client waits for Certificate"
    CLIENT_WAIT_CV = "client waits for CertificateVerify"
    CLIENT_WAIT_FINISHED = "client waits for Finished"
    CLIENT_CONNECTED = "client is connected"
    SERVER_START = "server waits for ClientHello"
    SERVER_WAIT_SECOND_HELLO = "server waits for the second ClientHello"
    SERVER_WAIT_EOED = "server waits for EndOfEarlyData"
    SERVER_WAIT_FINISHED = "server waits for Finished"
    SERVER_CONNECTED = "server is connected"


# fmt: off
MOVES: dict[tuple[State, HandshakeType], frozenset[State]] = {
    (State.CLIENT_WAIT_SH, HandshakeType.HELLO_RETRY_REQUEST):
        frozenset({State.CLIENT_WAIT_SH}),
    (State.CLIENT_WAIT_SH, HandshakeType.SERVER_HELLO):
        frozenset({State.CLIENT_WAIT_EE}),
    # With a PSK there is no certificate, and the server's Finished authenticates it; but for a PSK
    # that was taken together with a certificate (RFC 9973), which comes as in a full handshake.
    (State.CLIENT_WAIT_EE, HandshakeType.ENCRYPTED_EXTENSIONS):
        frozenset({State.CLIENT_WAIT_CERT_CR, State.CLIENT_WAIT_FINISHED}),
    (State.CLIENT_WAIT_CERT_CR, HandshakeType.CERTIFICATE_REQUEST):
        frozenset({State.CLIENT_WAIT_CERT}),
    (State.CLIENT_WAIT_CERT_CR, HandshakeType.CERTIFICATE):
        frozenset({State.CLIENT_WAIT_CV}),
    (State.CLIENT_WAIT_CERT, HandshakeType.CERTIFICATE):
        frozenset({State.CLIENT_WAIT_CV}),
    (State.CLIENT_WAIT_CV, HandshakeType.CERTIFICATE_VERIFY):
        frozenset({State.CLIENT_WAIT_FINISHED}),
    (State.CLIENT_WAIT_FINISHED, HandshakeType.FINISHED):
        frozenset({State.CLIENT_CONNECTED}),
    (State.CLIENT_CONNECTED, HandshakeType.NEW_SESSION_TICKET):
        frozenset({State.CLIENT_CONNECTED}),
    (State.CLIENT_CONNECTED, HandshakeType.KEY_UPDATE):
        frozenset({State.CLIENT_CONNECTED}),
    (State.SERVER_START, HandshakeType.CLIENT_HELLO):
        frozenset(
            {State.SERVER_WAIT_SECOND_HELLO, State.SERVER_WAIT_EOED, State.SERVER_WAIT_FINISHED}
        ),
    (State.SERVER_WAIT_SECOND_HELLO, HandshakeType.CLIENT_HELLO):
        frozenset({State.SERVER_WAIT_FINISHED}),
    # Only after early data was accepted.
    (State.SERVER_WAIT_EOED, HandshakeType.END_OF_EARLY_DATA):
        frozenset({State.SERVER_WAIT_FINISHED}),
    (State.SERVER_WAIT_FINISHED, HandshakeType.FINISHED):
        frozenset({State.SERVER_CONNECTED}),
    (State.SERVER_CONNECTED, HandshakeType.KEY_UPDATE):
        frozenset({State.SERVER_CONNECTED}),
}
# fmt: on


def expected(state: State) -> tuple[HandshakeType, ...]:
    """The messages that may come in ``state``."""
    return tuple(message for where, message in MOVES if where is state)
