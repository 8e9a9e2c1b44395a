"""Replaying a recorded first flight: the ClientHello and the early data after it. RFC 9846 8.

This needs no key and no handshake: the same bytes are sent again.
"""

from collections.abc import Iterable

from tls13lab.capture.recording import CapturedRecord, Item


def first_flight(items: Iterable[Item], connection: int) -> bytes:
    """All bytes that the client of ``connection`` sent before the server's first record.

    >>> from tls13lab.capture.recording import recording_of
    >>> hello, early = bytes.fromhex("16030100020101"), bytes.fromhex("170303000100")
    >>> first_flight(recording_of([("client", hello), ("client", early)]), 1) == hello + early
    True
    """
    flight = b""
    for item in items:
        if isinstance(item, CapturedRecord) and item.connection == connection:
            if item.sender == "server":
                break
            flight += item.wire
    return flight
