"""Online guessing at an external PSK: its server is asked, with a ClientHello made of the guess.

Each guess is a connection of its own. Several binders in one ClientHello would be no more, for
servers "SHOULD select a single PSK and validate solely the binder that corresponds to that PSK"
(RFC 9846 section 4.3.11). What a guesser has to know besides is the identity, which clients say in
the clear.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> client, server = lesson_configs("psk_dhe_ke")
>>> env = Environment(LESSON_TIME_MS, seeded("mallory"))
>>> ask(client, served_by(server, env), env)
<Answer.RIGHT: 'right'>
"""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.wire.codepoints import AlertDescription
from tls13lab.wire.faults import AlertReceived, TLSFault

Carry = Callable[[bytes], bytes]
"""One connection to a server: called with what the client sends, it gives what the server says.

Either may be nothing; a server that says nothing has no more to say."""
Server = Callable[[], Carry]
"""A server as its callers see it: each call is a new connection."""


class Answer(Enum):
    """What a guess came to. ``PASSED_OVER``: the server did not look at the binder.

    Then it does not know the identity, or does not admit to it any more; nothing was learned.
    """

    RIGHT = "right"
    WRONG = "wrong"
    PASSED_OVER = "passed over"


_WRONG_BINDER = (AlertDescription.DECRYPT_ERROR, AlertDescription.ILLEGAL_PARAMETER)
"""The first is RFC 9846's. RFC 9973 asks for the second, and OpenSSL always sends it."""


def ask(client: ClientConfig, server: Server, env: Environment) -> Answer:
    """One connection with ``client``, whose first PSK is the guess.

    A server that hides which identities it knows answers to an unknown one that it is ``WRONG``.
    """
    connection, carry = Connection.client(client, env), server()
    try:
        while not connection.connected and (answer := carry(connection.outgoing())):
            connection.receive(answer, env)
    except AlertReceived as ended:
        return Answer.WRONG if ended.alert in _WRONG_BINDER else Answer.PASSED_OVER
    except TLSFault:
        # A server that goes on with its certificate: a client with a PSK alone takes none.
        return Answer.PASSED_OVER
    if connection.connected and connection.outcome.mode != "full":
        return Answer.RIGHT
    return Answer.PASSED_OVER


def served_by(config: ServerConfig, env: Environment) -> Server:
    """The lab's own server, without a socket: all its connections at the time of ``env``."""

    def connect() -> Carry:
        connection = Connection.server(config)

        def carry(said: bytes) -> bytes:
            with suppress(TLSFault):  # its alert is what it says
                connection.receive(said, env)
            return connection.outgoing()

        return carry

    return connect
