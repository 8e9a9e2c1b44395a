"""Harvesting: taking the binder of a client that connected to the wrong server. RFC 9846 4.3.11.

The impostor needs no key, no recording, and no place on the path between client and server. It only
has to make a client connect: with a false DNS answer, a network of its own, or the old address of a
printer that is gone. The client's first flight contains its identity and its binder, before anybody
has proved anything. After that, the impostor can close the connection. One visit is enough, and to
the client it looks like an ordinary failed connection.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.connection import Connection
>>> from tls13lab.handshake.config import Environment
>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> alice, _ = lesson_configs("psk_dhe_ke")
>>> flight = Connection.client(alice, Environment(LESSON_TIME_MS, seeded("alice"))).outgoing()
>>> [(target.identity, target.made_with(bytes(range(32)))) for target in taken_home(flight)]
[(b'lab', True)]
"""

from collections.abc import Iterator
from contextlib import suppress

from tls13lab.capture.recording import recording_of
from tls13lab.records.framing import RecordBuffer
from tls13lab.search.target import Target, targets
from tls13lab.wire.faults import TLSFault


def taken_home(flight: bytes) -> tuple[Target, ...]:
    """The binders in a client's first flight; empty if it has no complete ClientHello.

    They can be searched like those of a recording: see :mod:`tls13lab.search`.
    """
    return tuple(targets(recording_of(("client", record) for record in _records(flight))))


def _records(flight: bytes) -> Iterator[bytes]:
    buffer = RecordBuffer()
    buffer.feed(flight)
    with suppress(TLSFault):  # bytes that are not TLS; the records before them count
        while (record := buffer.next()) is not None:
            yield record.header + record.fragment
