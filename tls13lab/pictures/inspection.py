"""Every byte of a recording, named: offset, field, value, meaning, section. RFC 9846.

From a capture, or from single bytes given as hexadecimal digits. What cannot be read is shown as
far as it goes, with what is wrong with it. Of TLS 1.2 the hellos are taken apart, which it shares
with 1.3; its other messages are named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    """``length`` bytes from ``offset`` on: in the record, or in its message."""

    offset: int
    length: int
    field: str
    value: bytes
    meaning: str
    section: str

    @property
    def bytes(self) -> str:
        """The value in hexadecimal."""
        return self.value.hex()


@dataclass(frozen=True, slots=True)
class Message:
    """One handshake message, alert, or piece of data."""

    name: str
    fields: tuple[Field, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: who sent it, under which keys, and what is in it.

    ``inner`` is what a protected record holds, once opened; offsets are in that plaintext.
    """

    number: int
    sender: str
    keys: str
    fields: tuple[Field, ...]
    messages: tuple[Message, ...]
    fault: str = ""
    inner: tuple[Field, ...] = ()


@dataclass
class Connection:
    """One connection: in one line, and the first of its records; ``left_out`` counts the others."""

    summary: Summary
    records: list[Record] = field(default_factory=list)
    left_out: int = 0

    @property
    def connection(self) -> int:
        """Its number in the capture, from 1."""
        return self.summary.connection

    @property
    def incomplete(self) -> list[str]:
        """What is missing, in sentences."""
        return self.summary.incomplete


def _field(path: str, offset: int, value: bytes, start: str = "") -> Field:
    return Field(offset, len(value), path, value, meaning(path, value), section(start or path))


def message_of(raw: bytes, version: int = 0) -> Message:
    """A packed handshake message, byte for byte; ``version`` is the connection's, if known."""
    old = OLD_MESSAGES.get(raw[0]) if raw else None
    if old is not None and (is_old(version) or raw[0] in ONLY_OLD):
        return _old_message(raw, old)
    spans, fault = read_fields(raw)
    fields = tuple(_field(span.path, span.start, raw[span.start : span.end]) for span in spans)
    if fault is None or (fields and is_old(version) and isinstance(fault, WrongVersion)):
        return Message(message_name(raw) if fault is None else "ServerHello", fields)
    name = name_of(HandshakeType, raw[0]) if raw else "nothing"
    return Message(f"unreadable {name}", fields, str(fault))


def _old_message(raw: bytes, old: OldMessage) -> Message:
    """One that TLS 1.2 has in another form, or alone: it is named, and not taken apart."""
    parts = (("msg_type", 0, 1), (f"length of {old.name}", 1, 4), (old.name, 4, len(raw)))
    told = (f"{old.name} of TLS 1.2", f"{len(raw) - 4} bytes", "not taken apart by this lab")
    fields = (
        Field(start, end - start, name, raw[start:end], meant, old.section)
        for (name, start, end), meant in zip(parts, told, strict=True)
        if end > start
    )
    return Message(f"{old.name} of TLS 1.2", tuple(fields))


def header_of(wire: bytes, tag_length: int = 0) -> tuple[Field, ...]:
    """A record as it crossed the wire; of one that was opened the tag is known, too."""
    protected = wire[0] == ContentType.APPLICATION_DATA
    rest = "ciphertext" if protected else "fragment"
    end = len(wire) - tag_length
    found = [
        _field("content_type", 0, wire[:1], "record"),
        _field("legacy_record_version", 1, wire[1:3], "record"),
        _field("length of fragment", 3, wire[3:5], "record"),
        _field(rest, HEADER_LENGTH, wire[HEADER_LENGTH:end], f"record.{rest}"),
        _field("tag", end, wire[end:], "record.ciphertext"),
    ]
    return tuple(one for one in found if one.length)


def inner_of(read: Read) -> tuple[Field, ...]:
    """TLSInnerPlaintext: the content, its true type, and zeros."""
    content = read.content
    if not read.keys or content is None:
        return ()
    at = len(content)
    found = [
        _field("content", 0, content, "record.ciphertext"),
        _field("inner content_type", at, bytes([read.content_type]), "record.ciphertext"),
        _field("padding", at + 1, bytes(read.padding), "record.padding"),
    ]
    return tuple(one for one in found if one.length)


def contents(read: Read) -> tuple[Message, ...]:
    """What is in a record that could be read."""
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
    return (Message(name, (_field(name, 0, content, where),)),)


def inspect(
    items: Iterable[Item], keylog: KeyLogSecrets | None = None, most: int | None = None
) -> list[Connection]:
    """All connections of a recording; protected records are read as far as the key log goes.

    The fields of the first ``most`` records are kept, and of the others only what the summary says:
    so a recording of any size needs little memory.
    """
    found: dict[int, Connection] = {}
    left = most
    for item in decrypted(items, {} if keylog is None else keylog):
        if isinstance(item, Read):
            one = found[item.record.connection]
            one.summary.see(item)
            if left is None or left > 0:
                one.records.append(record_of(item, one.summary.records))
                left = None if left is None else left - 1
            else:
                one.left_out += 1
        elif isinstance(item, Opened):
            found[item.connection] = Connection(
                Summary(item.connection, item.client, item.server, item.behind)
            )
        elif isinstance(item, Incomplete | Closed):
            found[item.connection].summary.see(item)
    return list(found.values())


def record_of(read: Read, number: int) -> Record:
    """All fields of a record; ``number`` is its place in the connection, from 1."""
    return Record(
        number,
        read.record.sender,
        read.keys,
        header_of(read.record.wire, read.tag_length),
        contents(read),
        read.fault,
        inner_of(read),
    )


class NothingToInspect(LocalFault):
    """These bytes are neither records nor a handshake message."""


def inspect_bytes(data: bytes) -> list[Connection]:
    """Records one after the other, or one handshake message without a record around it."""
    if len(data) >= HEADER_LENGTH and data[0] in set(ContentType) and data[1] == 3:
        return inspect(_records(data))
    known = {int(one) for one in HandshakeType}
    if len(data) >= 4 and data[0] in known and int.from_bytes(data[1:4], "big") == len(data) - 4:
        found = Connection(Summary(1))
        found.records.append(Record(1, "", "", (), (message_of(data),)))
        return [found]
    raise NothingToInspect(
        "these are neither TLS records (16 03 ...) nor a whole handshake message (01 00 ...): "
        "give them from their first byte on"
    )


def _records(data: bytes) -> Iterable[Item]:
    """As a recording. Who sent it is seen from the first message, if at all."""
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
