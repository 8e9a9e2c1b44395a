"""Writing the presentation language of TLS: functions that return bytes. RFC 9846 section 3.

The inverse of :mod:`tls13lab.wire.reader`. A value that does not fit into its field is a mistake of
ours, not the peer's: all functions here raise :class:`~tls13lab.wire.faults.DoesNotFit` for it.

>>> (uint16(0x0303) + opaque8(b"\\xbe\\xef")).hex()
'030302beef'
"""

from collections.abc import Iterable

from tls13lab.wire.faults import DoesNotFit


def _uint(value: int, length: int) -> bytes:
    try:
        return value.to_bytes(length, "big")
    except OverflowError:
        raise DoesNotFit(f"{value} does not fit into {length} bytes") from None


def uint8(value: int) -> bytes:
    """An unsigned integer as 1 byte."""
    return _uint(value, 1)


def uint16(value: int) -> bytes:
    """An unsigned integer as 2 bytes, in network byte order."""
    return _uint(value, 2)


def uint24(value: int) -> bytes:
    """An unsigned integer as 3 bytes, in network byte order."""
    return _uint(value, 3)


def uint32(value: int) -> bytes:
    """An unsigned integer as 4 bytes, in network byte order."""
    return _uint(value, 4)


def opaque8(data: bytes) -> bytes:
    """``data`` after its length in 1 byte."""
    return _uint(len(data), 1) + data


def opaque16(data: bytes) -> bytes:
    """``data`` after its length in 2 bytes."""
    return _uint(len(data), 2) + data


def opaque24(data: bytes) -> bytes:
    """``data`` after its length in 3 bytes."""
    return _uint(len(data), 3) + data


def uint16s(values: Iterable[int]) -> bytes:
    """Unsigned integers as 2 bytes each, with no length in front.

    >>> uint16s([0x1301, 0x1303]).hex()
    '13011303'
    """
    return b"".join(_uint(value, 2) for value in values)
