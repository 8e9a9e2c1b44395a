"""Whether a server accepts early data more often than it was sent. RFC 9846 section 8.

First, every flight from an honest party is delivered to the server once. Then every flight is
delivered again, whoever sent it. A server that remembers ClientHellos accepts nothing a second
time.
"""

from collections.abc import Iterable

from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import EarlyDataReceived
from tls13lab.wire.faults import TLSFault


def early_data_of(server: ServerConfig, flight: bytes, now_ms: int) -> bytes:
    """The early data in a flight that the server accepts; empty if it accepts none.

    The server's replay protection, if it has any, remembers the flight.
    """
    connection = Connection.server(server)
    try:
        events = connection.receive(flight, Environment(now_ms, seeded("an honest server")))
    except TLSFault:
        return b""
    return b"".join(event.data for event in events if isinstance(event, EarlyDataReceived))


def taken_again(
    server: ServerConfig, flights: Iterable[tuple[bytes, bool]], words: bytes, now_ms: int
) -> bool:
    """Whether the server accepts an honest party's ``words`` more often than they were sent.

    Each flight comes with whether an honest party sent it. The server must not have seen any
    flight before.
    """
    every = tuple(flights)
    for flight, honest in every:
        if honest:
            early_data_of(server, flight, now_ms)
    return any(words in early_data_of(server, flight, now_ms) for flight, _ in every)
