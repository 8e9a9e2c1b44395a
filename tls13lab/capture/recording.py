"""A recording: TLS records in the order in which they were seen, and what is known to be missing.

This is all that an eavesdropper has. A recording is a stream, so that a capture of any size can be
worked on in little memory: the items of several connections come mixed, as they crossed the wire,
and each connection is announced and ended.

>>> items = recording_of([("client", bytes.fromhex("150303000201 00"))])
>>> [type(item).__name__ for item in items]
['Opened', 'CapturedRecord', 'Closed']
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection begins; ``connection`` counts from 1 in the order of appearance.

    ``client`` and ``server`` are addresses, for people to read, such as ``127.0.0.1:54321``;
    ``behind`` is what the two spoke before TLS, such as ``STARTTLS``, if it was anything.
    """

    connection: int
    client: str = ""
    server: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class CapturedRecord:
    """One whole record with its 5 bytes of header; ``sender`` is ``client`` or ``server``."""

    connection: int
    sender: str
    wire: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Something is missing or unreadable; ``why`` is one sentence.

    Nothing more follows from this sender on this connection.
    """

    connection: int
    sender: str
    why: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more follows on this connection; ``reset`` is the side that broke it off, if any."""

    connection: int
    reset: str = ""


Item = Opened | CapturedRecord | Incomplete | Closed


def recording_of(
    wire: Iterable[tuple[str, bytes]], connection: int = 1, client: str = "", server: str = ""
) -> Iterator[Item]:
    """One connection from (sender, record) pairs, as a tap gives them."""
    yield Opened(connection, client, server)
    for sender, record in wire:
        yield CapturedRecord(connection, sender, record)
    yield Closed(connection)
