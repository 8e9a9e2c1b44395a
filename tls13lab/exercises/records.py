"""Tasks of lesson 00: records and handshake messages, by hand. RFC 9846 sections 5.1 and 4.

>>> from tls13lab.exercises.records import MESSAGES
>>> MESSAGES.check(MESSAGES.right, "alice").verdict.name
'RIGHT'
"""

from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, Mistake, ValueTask


def _record(draw: Draw) -> Given:
    # More than 255 bytes, and not the same number read from either end.
    fragment = draw.bytes(draw.number(2, 9) * 256 + draw.number(10, 99))
    return Given(record=b"\x16\x03\x03" + len(fragment).to_bytes(2, "big") + fragment)


LENGTH = ValueTask(
    "0.1",
    _record,
    lambda given: len(given.record) - 5,
    (
        Mistake(
            "You counted the record's header of five bytes, too; the length field does not.",
            lambda given: len(given.record),
        ),
        Mistake(
            "You read the two bytes in the wrong order: numbers on the wire are big-endian.",
            lambda given: int.from_bytes(given.record[3:5], "little"),
        ),
        Mistake(
            "Those two bytes are the version, 0x0303; the length comes after it.",
            lambda given: int.from_bytes(given.record[1:3], "big"),
        ),
        Mistake(
            "You took only one byte of the length; it has two.",
            lambda given: given.record[3],
        ),
        Mistake("You took only one byte of the length; it has two.", lambda given: given.record[4]),
    ),
    "Type, version, length, fragment: every record has these, even a protected one.",
)


def _stream(draw: Draw, case: int) -> tuple[bytes]:
    # In one case, the first message has more than 65,535 bytes: its length needs all three bytes.
    sizes = [70_000 if case == 1 else draw.number(260, 700), draw.number(5, 90), draw.number(0, 3)]
    types = draw.shuffled([1, 2, 4, 8, 11, 15, 20])
    messages = zip(types, sizes, strict=False)
    stream = (bytes([kind]) + size.to_bytes(3, "big") + draw.bytes(size) for kind, size in messages)
    return (b"".join(stream),)


def _split(stream: bytes, *, header: int = 4, size: slice = slice(1, 4), whole: bool = False):  # type: ignore[no-untyped-def]
    found, at = [], 0
    while at + 4 <= len(stream):
        length = int.from_bytes(stream[at : at + 4][size], "big")
        found.append((stream[at], length + 4 if whole else length))
        at += max(1, header + length)
    return found


MESSAGES = FunctionTask(
    "0.2",
    ("stream",),
    _stream,
    _split,
    (
        Mistake(
            "You read a length of two bytes; in a handshake message it has three.",
            lambda stream: _split(stream, size=slice(1, 3)),
        ),
        Mistake(
            "You read only two of the length's three bytes: large messages come out too short.",
            lambda stream: _split(stream, size=slice(2, 4)),
        ),
        Mistake(
            "You skipped only the length: the four bytes of the header must be skipped, too.",
            lambda stream: _split(stream, header=0),
        ),
        Mistake(
            "Your lengths include the four bytes of the header; the length field does not.",
            lambda stream: _split(stream, whole=True),
        ),
        Mistake(
            "You found only the first message: go on until the end of the stream.",
            lambda stream: _split(stream)[:1],
        ),
        Mistake(
            "You put the length before the type.",
            lambda stream: [(length, kind) for kind, length in _split(stream)],
        ),
    ),
    "You have written the first function of every TLS stack.",
)

TASKS = (LENGTH, MESSAGES)
