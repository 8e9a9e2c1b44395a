"""Harvesting: a binder taken home from a client that came to the wrong server. RFC 9846 4.3.11.

The impostor needs no key, no recording and no place on the path between the two: whoever gets a
client to call (a name that resolves to it, a network that it runs, a printer's address after the
printer has gone) is told identity and binder in the first flight, before anybody has shown
anything. It may hang up after that. One visit is enough, and the client sees a connection that
failed, as connections do.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.connection import Connection
>>> from tls13lab.handshake.environment import Environment
>>> from tls13lab.handshake.pair import LESSON_TIME_MS, lesson_configs
>>> alice, _ = lesson_configs("psk_dhe_ke")
>>> flight = Connection.client(alice, Environment(LESSON_TIME_MS, seeded("alice"))).outgoing()
>>> [(one.identity, one.made_with(bytes(range(32)))) for one in taken_home(flight)]
[(b'lab', True)]
"""

from collections.abc import Iterator
from contextlib import suppress

from tls13lab.capture.recording import recording_of
from tls13lab.records.framing import RecordBuffer
from tls13lab.search.target import Target, targets
from tls13lab.wire.faults import TLSFault


def taken_home(flight: bytes) -> tuple[Target, ...]:
    """The binders of a client's first flight, as bytes; none if no whole ClientHello is in it.

    Words are tried on them as on those of a recording: see :mod:`tls13lab.search`.
    """
    return tuple(targets(recording_of(("client", record) for record in _records(flight))))


def _records(flight: bytes) -> Iterator[bytes]:
    buffer = RecordBuffer()
    buffer.feed(flight)
    with suppress(TLSFault):  # something that is not TLS, and what came before it
        while (record := buffer.next()) is not None:
            yield record.header + record.fragment
