"""Which field each byte of a message or recording belongs to, for looking at one byte at a time.

The fields come from the decoder (``byte_view``), their meanings and sections are those of
``inspect``. In addition, each field says which hashes it goes into: the binder's, the transcript's,
or none. RFC 9846 sections 4.1 and 4.3.11.2.

>>> part, = parts_of_message(bytes.fromhex("05000000"))
>>> part.title, [field.path for field in part.fields]
('EndOfEarlyData', ['msg_type', 'length of end_of_early_data'])
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tls13lab.capture.decrypt import KeyLogSecrets
from tls13lab.capture.recording import Item
from tls13lab.pictures.byte_view import binder_marks
from tls13lab.pictures.inspection import Field, Message, inspect, message_of
from tls13lab.wire.faults import TLSFault

TRANSCRIPT = "the transcript hash"
BINDER = "the binder's hash and the transcript hash"
HEADER = "none: a record's header is no part of the transcript"
PROTECTED_HEADER = "none; it is authenticated with the record (additional data)"
SEALED = "none: what is inside goes in, once it is opened"
NO_HASH = "none: only handshake messages go into the transcript"
"""Which hash a byte goes into, in words."""
MOST_BYTES = 4096
"""How many bytes of a part are shown; the title says if more were left out."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field: its bytes from ``start`` up to but not including ``end``, meaning, and hashes."""

    start: int
    end: int
    path: str
    meaning: str
    section: str
    hashes: str


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a record, its bytes in hexadecimal, and its fields in order."""

    title: str
    hex: str
    fields: tuple[Mapped, ...]

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The fields as rows under :data:`ROWS`."""
        return tuple(
            (_place(each), each.path, each.meaning, each.section, each.hashes)
            for each in self.fields
        )


def _place(field: Mapped) -> str:
    """``117-118``, or ``5`` for a single byte."""
    last = field.end - 1
    return f"{field.start}-{last}" if last > field.start else str(last)


ROWS = ("bytes", "field", "meaning", "section", "goes into")


def as_json(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The parts in the form that is sent to the browser."""
    return [asdict(part) for part in parts]


def parts_of_message(raw: bytes) -> tuple[Part, ...]:
    """The part for one packed handshake message."""
    return (_handshake(message_of(raw)),)


def parts_of_capture(
    items: Iterable[Item], keylog: KeyLogSecrets | None = None
) -> tuple[Part, ...]:
    """A part for every record as it crossed the wire, and for every message that can be read."""
    found: list[Part] = []
    for connection in inspect(items, keylog):
        for record in connection.records:
            where = f"connection {connection.connection}, record {record.number}"
            outer = record.fields[0].bytes if record.fields else ""
            header = PROTECTED_HEADER if outer == "17" else HEADER
            body = {"17": SEALED, "16": TRANSCRIPT}.get(outer, NO_HASH)
            who = f" from the {record.sender}" if record.sender else ""
            said = {field.field: body for field in record.fields if field.offset >= 5}
            found.append(_part(f"{where}{who}, on the wire", record.fields, said, header))
            for message in record.messages:
                title = f"{where}: {message.name}"
                handshake = _is_handshake(message)
                part = (
                    _handshake(message) if handshake else _part(title, message.fields, {}, NO_HASH)
                )
                found.append(Part(title, part.hex, part.fields))
    return tuple(found)


def _is_handshake(message: Message) -> bool:
    return message.name[:1].isupper()


def _handshake(message: Message) -> Part:
    """A handshake message: all goes into the transcript, and up to the binders into their hash."""
    raw = bytes.fromhex("".join(field.bytes for field in message.fields))
    covered: range | None = None
    if raw and raw[0] == 1 and not message.fault:
        try:
            covered = binder_marks(raw).get("covered by the binder")
        except TLSFault:
            covered = None
    hashes = {
        field.field: BINDER if covered is not None and field.offset in covered else TRANSCRIPT
        for field in message.fields
    }
    return _part(message.name, message.fields, hashes, TRANSCRIPT)


def _part(title: str, fields: tuple[Field, ...], hashes: Mapping[str, str], otherwise: str) -> Part:
    raw = bytes.fromhex("".join(field.bytes for field in fields))
    if len(raw) > MOST_BYTES:
        title = f"{title} (the first {MOST_BYTES} of {len(raw)} bytes)"
        raw = raw[:MOST_BYTES]
    mapped = (
        Mapped(
            field.offset,
            min(field.offset + field.length, len(raw)),
            field.field,
            field.meaning,
            field.section,
            hashes.get(field.field, otherwise),
        )
        for field in fields
        if field.offset < len(raw)
    )
    return Part(title, raw.hex(), tuple(mapped))
