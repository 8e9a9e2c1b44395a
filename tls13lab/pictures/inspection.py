"""Every byte of a recording: offset, field, value, meaning, section. RFC 9846.

The bytes come from a capture, or from hexadecimal digits. If something cannot be read, it is shown
as far as possible, with the fault. For TLS 1.2, the hellos are decoded, because TLS 1.3 has them,
too; the other messages are only named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tls13lab.capture.decrypt import KeyLogSecrets, Read, decrypted
from tls13lab.capture.recording import Closed, Incomplete, Item, Opened, recording_of
from tls13lab.capture.summary import Summary
from tls13lab.capture.versions import OLD_MESSAGES, ONLY_OLD, OldMessage, is_old
from tls13lab.messages.handshake import message_name
from tls13lab.pictures.byte_view import read_fields
from tls13lab.pictures.meanings import meaning, section
from tls13lab.records.framing import HEADER_LENGTH, RecordBuffer
from tls13lab.wire.codepoints import ContentType, HandshakeType, name_of
from tls13lab.wire.faults import LocalFault, TLSFault, WrongVersion
from tls13lab.wire.names import Side


@dataclass(frozen=True, slots=True)
class Field:
    """A field: ``length`` bytes from ``offset`` on, counted in the record or in the message."""

    offset: int
    length: int
    field: str
    value: bytes
    meaning: str
    section: str

    @property
    def bytes(self) -> str:
        """The value as hexadecimal digits."""
        return self.value.hex()


@dataclass(frozen=True, slots=True)
class Message:
    """A handshake message, an alert, or a piece of data."""

    name: str
    fields: tuple[Field, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class InspectedRecord:
    """A record: its sender (empty if bytes alone are inspected), its keys, and its contents.

    ``inner`` are the fields of the plaintext of a protected record that was opened.
    """

    number: int
    sender: Side | Literal[""]
    keys: str
    fields: tuple[Field, ...]
    messages: tuple[Message, ...]
    fault: str = ""
    inner: tuple[Field, ...] = ()


@dataclass
class InspectedConnection:
    """A connection: its summary and its first records; ``left_out`` counts the other records."""

    summary: Summary
    records: list[InspectedRecord] = field(default_factory=list)
    left_out: int = 0

    @property
    def connection(self) -> int:
        """The number of the connection in the capture, from 1."""
        return self.summary.connection

    @property
    def incomplete(self) -> list[str]:
        """Sentences that say what is missing."""
        return self.summary.incomplete


def _field(path: str, offset: int, value: bytes, start: str = "", version: int = 0) -> Field:
    words = meaning(path, value, version)
    return Field(offset, len(value), path, value, words, section(start or path, version))


def message_of(raw: bytes, version: int = 0) -> Message:
    """The fields of a packed handshake message; ``version`` is the connection's, 0 if unknown."""
    old = OLD_MESSAGES.get(raw[0]) if raw else None
    if old is not None and (is_old(version) or raw[0] in ONLY_OLD):
        return _old_message(raw, old)
    spans, fault = read_fields(raw)
    fields = tuple(
        _field(span.path, span.start, raw[span.start : span.end], version=version) for span in spans
    )
    if fault is None or (fields and is_old(version) and isinstance(fault, WrongVersion)):
        return Message(message_name(raw) if fault is None else "ServerHello", fields)
    name = name_of(HandshakeType, raw[0]) if raw else "nothing"
    return Message(f"unreadable {name}", fields, str(fault))


def _old_message(raw: bytes, old: OldMessage) -> Message:
    """A message that TLS 1.3 lacks or has in another form: it is named, but not decoded."""
    parts = (("msg_type", 0, 1), (f"length of {old.name}", 1, 4), (old.name, 4, len(raw)))
    meanings = (f"{old.name} of TLS 1.2", f"{len(raw) - 4} bytes", "not decoded by this lab")
    fields = (
        Field(start, end - start, name, raw[start:end], words, old.section)
        for (name, start, end), words in zip(parts, meanings, strict=True)
        if end > start
    )
    return Message(f"{old.name} of TLS 1.2", tuple(fields))


def header_of(read: Read) -> tuple[Field, ...]:
    """The fields of a record on the wire; the tag's length is known if the record was opened."""
    wire, version = read.record.wire, read.version
    rest = "ciphertext" if read.keys or read.content is None else "fragment"
    end = len(wire) - read.tag_length
    found = [
        _field("content_type", 0, wire[:1], "record"),
        _field("legacy_record_version", 1, wire[1:3], "record"),
        _field("length of fragment", 3, wire[3:5], "record"),
        _field(rest, HEADER_LENGTH, wire[HEADER_LENGTH:end], f"record.{rest}", version),
        _field("tag", end, wire[end:], "record.ciphertext"),
    ]
    return tuple(field for field in found if field.length)


def inner_of(read: Read) -> tuple[Field, ...]:
    """The fields of TLSInnerPlaintext: the content, its real type, and the padding."""
    content = read.content
    if not read.keys or content is None:
        return ()
    at = len(content)
    found = [
        _field("content", 0, content, "record.ciphertext"),
        _field("inner content_type", at, bytes([read.content_type]), "record.ciphertext"),
        _field("padding", at + 1, bytes(read.padding), "record.padding"),
    ]
    return tuple(field for field in found if field.length)


def contents(read: Read) -> tuple[Message, ...]:
    """The messages in a record that could be read."""
    content = read.content
    if not content:
        return ()
    if read.content_type is ContentType.HANDSHAKE:
        part = Message("part of a handshake message", (_field("fragment", 0, content, "record"),))
        return tuple(message_of(raw, read.version) for raw in read.messages) or (part,)
    if read.content_type is ContentType.ALERT and len(content) == 2:
        parts = (("level", content[:1]), ("description", content[1:]))
        fields = (_field(name, at, value, "alert") for at, (name, value) in enumerate(parts))
        return (Message("alert", tuple(fields)),)
    name = {
        ContentType.APPLICATION_DATA: "application data",
        ContentType.CHANGE_CIPHER_SPEC: "change_cipher_spec",
    }.get(read.content_type, "unreadable alert")
    where = "change_cipher_spec" if name == "change_cipher_spec" else "record"
    return (Message(name, (_field(name, 0, content, where, read.version),)),)


def inspect(
    items: Iterable[Item], keylog: KeyLogSecrets | None = None, most: int | None = None
) -> list[InspectedConnection]:
    """All connections of a recording; protected records are opened as far as the key log allows.

    Only the fields of the first ``most`` records are kept, so a recording of any size needs little
    memory. The summaries include all records.
    """
    found: dict[int, InspectedConnection] = {}
    left = most
    for item in decrypted(items, {} if keylog is None else keylog):
        if isinstance(item, Read):
            connection = found[item.record.connection]
            connection.summary.see(item)
            if left is None or left > 0:
                connection.records.append(record_of(item, connection.summary.records))
                left = None if left is None else left - 1
            else:
                connection.left_out += 1
        elif isinstance(item, Opened):
            found[item.connection] = InspectedConnection(
                Summary(item.connection, item.client, item.server, item.behind)
            )
        elif isinstance(item, Incomplete | Closed):
            found[item.connection].summary.see(item)
    return list(found.values())


def record_of(read: Read, number: int) -> InspectedRecord:
    """All fields of a record; ``number`` is its position in the connection, from 1."""
    return InspectedRecord(
        number,
        read.record.sender,
        read.keys,
        header_of(read),
        contents(read),
        read.fault,
        inner_of(read),
    )


class NothingToInspect(LocalFault):
    """These bytes are neither records nor a handshake message."""


def inspect_bytes(data: bytes) -> list[InspectedConnection]:
    """Inspect bytes: records one after another, or one handshake message without a record.

    Raises NothingToInspect for other bytes.
    """
    if len(data) >= HEADER_LENGTH and data[0] in set(ContentType) and data[1] == 3:
        return inspect(_records(data))
    known = {int(kind) for kind in HandshakeType}
    if len(data) >= 4 and data[0] in known and int.from_bytes(data[1:4], "big") == len(data) - 4:
        found = InspectedConnection(Summary(1))
        found.records.append(InspectedRecord(1, "", "", (), (message_of(data),)))
        return [found]
    raise NothingToInspect(
        "these are neither TLS records (16 03 ...) nor a whole handshake message (01 00 ...): "
        "give them from their first byte on"
    )


def _records(data: bytes) -> Iterable[Item]:
    """The records as a recording. Only a ServerHello shows that the server sent a record."""
    buffer = RecordBuffer()
    buffer.feed(data)
    wire: list[tuple[Side, bytes]] = []
    why = ""
    try:
        while (record := buffer.next()) is not None:
            whole = record.header + record.fragment
            server = record.content_type is ContentType.HANDSHAKE and whole[5:6] == b"\x02"
            wire.append(("server" if server else "client", whole))
    except TLSFault as fault:
        why = str(fault)
    items = list(recording_of(wire))
    if why or len(buffer):
        items.insert(-1, Incomplete(1, "client", why or "the last record breaks off"))
    return items
