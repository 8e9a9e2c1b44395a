"""Early data that a server takes more often than anybody sent it. RFC 9846 section 8.

Everything that somebody honest sent is delivered to a server once; then everything that was ever
sent, by whomever, once more. A server that remembers ClientHellos takes none of it again.
"""

from collections.abc import Iterable

from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.events import EarlyDataReceived
from tls13lab.wire.faults import TLSFault


def early_data_of(server: ServerConfig, flight: bytes, now_ms: int) -> bytes:
    """The early data that the server takes out of a flight; ``server`` may remember the flight."""
    connection = Connection.server(server)
    try:
        events = connection.receive(flight, Environment(now_ms, seeded("an honest server")))
    except TLSFault:
        return b""
    return b"".join(one.data for one in events if isinstance(one, EarlyDataReceived))


def taken_again(
    server: ServerConfig, flights: Iterable[tuple[bytes, bool]], words: bytes, now_ms: int
) -> bool:
    """Whether honest ``words`` are taken once more than they were sent.

    ``flights`` come with whether somebody honest sent them; the server's memory is empty before.
    """
    every = tuple(flights)
    for flight, honest in every:
        if honest:
            early_data_of(server, flight, now_ms)
    return any(words in early_data_of(server, flight, now_ms) for flight, _ in every)
