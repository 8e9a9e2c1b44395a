"""Guessing an external PSK online: connecting to its server with a binder made from the guess.

Each guess takes one connection. Several binders in one ClientHello would not help, because servers
"SHOULD select a single PSK and validate solely the binder that corresponds to that PSK" (RFC 9846
section 4.3.11). Besides the guess, only the identity is needed, which clients send in the clear.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> client, server = lesson_configs("psk_dhe_ke")
>>> env = Environment(LESSON_TIME_MS, seeded("mallory"))
>>> ask(client, served_by(server, env), env)
<GuessAnswer.RIGHT: 'right'>
"""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.wire.codepoints import AlertDescription
from tls13lab.wire.faults import AlertReceived, TLSFault

Carry = Callable[[bytes], bytes]
"""One connection to a server: called with the client's bytes, it returns the server's bytes.

Both may be empty; if the server's are, it will send no more."""
Server = Callable[[], Carry]
"""A server as its callers see it: each call is a new connection."""


class GuessAnswer(Enum):
    """The result of a guess. ``PASSED_OVER`` means that the server did not check the binder.

    Then the server does not know the identity, or is ignoring it, and the guesser learns nothing.
    """

    RIGHT = "right"
    WRONG = "wrong"
    PASSED_OVER = "passed over"


_WRONG_BINDER = (AlertDescription.DECRYPT_ERROR, AlertDescription.ILLEGAL_PARAMETER)
"""RFC 9846 requires the first, RFC 9973 the second; OpenSSL always sends the second."""


def ask(client: ClientConfig, server: Server, env: Environment) -> GuessAnswer:
    """Make one connection with ``client``, whose first PSK is the guess.

    If a server hides which identities it knows, an unknown identity also gives ``WRONG``.
    """
    connection, carry = Connection.client(client, env), server()
    try:
        while not connection.connected and (answer := carry(connection.outgoing())):
            connection.receive(answer, env)
    except AlertReceived as ended:
        return GuessAnswer.WRONG if ended.alert in _WRONG_BINDER else GuessAnswer.PASSED_OVER
    except TLSFault:
        # The server went on with its certificate, which a client with only a PSK refuses.
        return GuessAnswer.PASSED_OVER
    if connection.connected and connection.outcome.mode != "full":
        return GuessAnswer.RIGHT
    return GuessAnswer.PASSED_OVER


def served_by(config: ServerConfig, env: Environment) -> Server:
    """The lab's own server, without a socket; all its connections use the environment ``env``."""

    def connect() -> Carry:
        connection = Connection.server(config)

        def carry(sent: bytes) -> bytes:
            with suppress(TLSFault):  # the alert is in the outgoing bytes
                connection.receive(sent, env)
            return connection.outgoing()

        return carry

    return connect
