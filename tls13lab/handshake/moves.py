"""The legal moves of the handshake, as one table. RFC 9846 appendix A.

A move says: in this state, this message may come, and it leads to one of these states. What an
endpoint does on a move is in :mod:`tls13lab.handshake.client` and :mod:`tls13lab.handshake.server`.
The state machine obeys this table, ``pictures/moves_graph.py`` draws it, and a test tries every
combination that is not in it.

>>> sorted(state.name for state in MOVES[State.CLIENT_WAIT_EE, HandshakeType.ENCRYPTED_EXTENSIONS])
['CLIENT_WAIT_CERT_CR', 'CLIENT_WAIT_FINISHED']
>>> (State.CLIENT_WAIT_SH, HandshakeType.FINISHED) in MOVES
False
"""

from enum import Enum

from tls13lab.wire.codepoints import HandshakeType


class State(Enum):
    """The states of both sides.

    The names are those of appendix A, except WAIT_SECOND_HELLO: in the appendix, a server that has
    sent a HelloRetryRequest returns to START.
    """

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
    # With a PSK, no certificate follows: the server's Finished authenticates it. But a PSK together
    # with a certificate (RFC 9973) continues as a full handshake does.
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
    """The types of the messages that may come in ``state``."""
    return tuple(message for where, message in MOVES if where is state)
