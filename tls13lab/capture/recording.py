"""A recording: TLS records in the order in which they were seen, and what is known to be missing.

This is all that an eavesdropper has. A recording is a stream, so a capture of any size can be
processed in little memory. The items of several connections are interleaved, as on the wire; each
connection begins with an Opened and ends with a Closed.

>>> items = recording_of([("client", bytes.fromhex("150303000201 00"))])
>>> [type(item).__name__ for item in items]
['Opened', 'CapturedRecord', 'Closed']
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tls13lab.wire.names import Side


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection begins; ``connection`` is its number, from 1 in order of appearance.

    ``client`` and ``server`` are addresses for people to read, such as ``127.0.0.1:54321``.
    ``behind`` names the protocol before TLS, such as ``STARTTLS``; empty if there was none.
    """

    connection: int
    client: str = ""
    server: str = ""
    behind: str = ""


class CapturedRecord(NamedTuple):
    """A complete record with its header of 5 bytes; ``sender`` is ``client`` or ``server``.

    A named tuple, because there are many of these and it is made three times as fast.
    """

    connection: int
    sender: Side
    wire: bytes

    def __repr__(self) -> str:
        """Leave out the bytes, of which there may be thousands."""
        return f"CapturedRecord(connection={self.connection}, sender={self.sender!r})"


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Something is missing or unreadable; ``why`` says what, in a sentence.

    Nothing more follows from this sender on this connection.
    """

    connection: int
    sender: Side
    why: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a connection; ``reset`` is the side that reset it, empty if none did."""

    connection: int
    reset: str = ""


Item = Opened | CapturedRecord | Incomplete | Closed


def recording_of(
    wire: Iterable[tuple[Side, bytes]], connection: int = 1, client: str = "", server: str = ""
) -> Iterator[Item]:
    """A recording of one connection, from pairs of sender and record with header."""
    yield Opened(connection, client, server)
    for sender, record in wire:
        yield CapturedRecord(connection, sender, record)
    yield Closed(connection)
