"""Scripted conversations and their recordings, for the claims and for the lessons.

>>> from tls13lab.handshake.pair import lesson_configs
>>> pair = talk(*lesson_configs("psk_ke"), "an example")
>>> pair.server_received, len(record(pair)) > 8
(b"client's words", True)
"""

from tls13lab.capture.recording import Item, recording_of
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair

CLIENT_WORDS, SERVER_WORDS = b"client's words", b"server's words"


def talk(
    client: ClientConfig,
    server: ServerConfig,
    seed: str,
    now_ms: int = LESSON_TIME_MS,
    client_says: bytes = CLIENT_WORDS,
    server_says: bytes = SERVER_WORDS,
) -> Pair:
    """A whole connection in memory: a handshake, some data from each side, and the closing.

    ``seed`` decides the random bytes of both sides; ``now_ms`` is in milliseconds.
    """
    pair = Pair(client, server, seed, now_ms)
    pair.handshake()
    pair.client.send(client_says)
    pair.pump()
    pair.server.send(server_says)
    pair.pump()
    pair.client.close()
    pair.pump()
    return pair


def record(*pairs: Pair) -> tuple[Item, ...]:
    """The recording of these connections, one after the other: only what was sent."""
    items: list[Item] = []
    for number, pair in enumerate(pairs, 1):
        wire = ((step.sender, step.wire) for step in pair.conversation().steps)
        items += recording_of(wire, number, f"client {number}", "the server")
    return tuple(items)
