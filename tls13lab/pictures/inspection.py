"""Every byte of a recording, named: offset, field, value, meaning, section. RFC 9846.

From a capture, or from single bytes given as hexadecimal digits. What cannot be read is shown as
far as it goes, with what is wrong with it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

from tls13lab.capture.decrypt import KeyLogSecrets, Read, decrypted
from tls13lab.capture.recording import Incomplete, Item, Opened, recording_of
from tls13lab.crypto.suites import TAG_LENGTH
from tls13lab.messages.handshake import unpack
from tls13lab.pictures.byte_view import named_fields
from tls13lab.pictures.meanings import meaning, section
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.records.framing import HEADER_LENGTH, RecordBuffer
from tls13lab.wire.codepoints import ContentType, HandshakeType, name_of
from tls13lab.wire.faults import LocalFault, TLSFault

MOST_IN_TEXT, MOST_IN_HTML = 12, 32
"""Bytes of a field that are shown; JSON has all of them."""
HEADER = ("offset", "bytes", "field", "meaning", "section")


@dataclass(frozen=True, slots=True)
class Field:
    """``length`` bytes from ``offset`` on: in the record, or in its message."""

    offset: int
    length: int
    field: str
    bytes: str
    meaning: str
    section: str


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
    """One connection's records; ``incomplete`` says what is missing."""

    connection: int
    client: str
    server: str
    records: list[Record] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)


def _field(path: str, offset: int, value: bytes, start: str = "") -> Field:
    return Field(
        offset, len(value), path, value.hex(), meaning(path, value), section(start or path)
    )


def message_of(raw: bytes) -> Message:
    """A packed handshake message, byte for byte."""
    try:
        name = type(unpack(raw)).__name__
        spans = named_fields(raw)
    except TLSFault as fault:
        name = name_of(HandshakeType, raw[0]) if raw else "nothing"
        rest = (_field("bytes", 0, raw),) if raw else ()
        return Message(f"unreadable {name}", rest, str(fault))
    return Message(
        name, tuple(_field(span.path, span.start, raw[span.start : span.end]) for span in spans)
    )


def header_of(wire: bytes, opened: bool = False) -> tuple[Field, ...]:
    """A record as it crossed the wire; of one that was ``opened`` the tag is known, too."""
    protected = wire[0] == ContentType.APPLICATION_DATA
    rest = "ciphertext" if protected else "fragment"
    end = len(wire) - TAG_LENGTH if opened else len(wire)
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
        return tuple(message_of(raw) for raw in read.messages) or (part,)
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


def inspect(items: Iterable[Item], keylog: KeyLogSecrets | None = None) -> list[Connection]:
    """All connections of a recording; protected records are read as far as the key log goes."""
    found: dict[int, Connection] = {}
    for item in decrypted(items, keylog or {}):
        match item:
            case Opened(number, client, server):
                found[number] = Connection(number, client, server)
            case Incomplete(number, sender, why):
                found[number].incomplete.append(f"from the {sender}: {why}")
            case Read(record):
                one = found[record.connection]
                one.records.append(
                    Record(
                        len(one.records) + 1,
                        record.sender,
                        item.keys,
                        header_of(record.wire, bool(item.keys)),
                        contents(item),
                        item.fault,
                        inner_of(item),
                    )
                )
            case _:
                pass
    return list(found.values())


class NothingToInspect(LocalFault):
    """These bytes are neither records nor a handshake message."""


def inspect_bytes(data: bytes) -> list[Connection]:
    """Records one after the other, or one handshake message without a record around it."""
    if len(data) >= HEADER_LENGTH and data[0] in set(ContentType) and data[1] == 3:
        return inspect(_records(data))
    known = {int(one) for one in HandshakeType}
    if len(data) >= 4 and data[0] in known and int.from_bytes(data[1:4], "big") == len(data) - 4:
        found = Connection(1, "", "")
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
    wire: list[tuple[str, bytes]] = []
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


# Showing it ---------------------------------------------------------------------------------------


def as_json(connections: Iterable[Connection]) -> list[dict[str, Any]]:
    """All of it, with every byte."""
    return [asdict(one) for one in connections]


def _rows(fields: Iterable[Field], most: int) -> list[tuple[str, str, str, str, str]]:
    rows = []
    for one in fields:
        value = bytes.fromhex(one.bytes)
        shown = value[:most].hex(" ")
        shown += f" ... ({one.length} bytes)" if one.length > most else ""
        end = one.offset + max(0, one.length - 1)
        where = f"{one.offset}-{end}" if one.length > 1 else str(one.offset)
        rows.append((where, shown, one.field, one.meaning, one.section))
    return rows


def _heading(connection: Connection, record: Record) -> str:
    who = f" from the {record.sender}" if record.sender else ""
    keys = f", under {record.keys}" if record.keys else ""
    return f"connection {connection.connection}, record {record.number}{who}{keys}"


def as_text(connections: Iterable[Connection]) -> str:
    """Tables for a terminal."""
    parts: list[str] = []
    for connection in connections:
        for record in connection.records:
            parts.append(f"== {_heading(connection, record)}")
            if record.fields:
                parts.append(text_table(HEADER, _rows(record.fields, MOST_IN_TEXT)))
            if record.inner:
                parts.append("-- inside, once opened")
                parts.append(text_table(HEADER, _rows(record.inner, MOST_IN_TEXT)))
            for message in record.messages:
                parts.append(f"-- {message.name}{f': {message.fault}' if message.fault else ''}")
                parts.append(text_table(HEADER, _rows(message.fields, MOST_IN_TEXT)))
            if record.fault:
                parts.append(f"wrong: {record.fault}")
        parts += [f"incomplete: {why}" for why in connection.incomplete]
    return "\n".join(parts)


_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>tls13lab inspect</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 15px/1.4 system-ui, sans-serif; margin: 1.5em; max-width: 75em }}
table {{ border-collapse: collapse; margin: .3em 0 1em; width: 100%; table-layout: fixed }}
th, td {{ border: 1px solid #868e96; padding: .15em .5em; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }}
th:nth-child(1) {{ width: 8% }}
th:nth-child(2), th:nth-child(3) {{ width: 29% }}
th:nth-child(5) {{ width: 8% }}
td:nth-child(2) {{ font-family: monospace }}
summary {{ cursor: pointer }}
</style></head><body>
<h1>Every byte of {title}</h1>
<p>For learning. Sections are of RFC 9846 unless they say otherwise.</p>
{body}
</body></html>
"""


def as_html(connections: Iterable[Connection], title: str) -> str:
    """One page, with nothing to be loaded from elsewhere."""
    parts: list[str] = []
    for connection in connections:
        ends = f": {connection.client} to {connection.server}" if connection.client else ""
        parts.append(f"<h2>Connection {connection.connection}{escape(ends)}</h2>")
        for record in connection.records:
            parts.append(f"<h3>{escape(_heading(connection, record))}</h3>")
            if record.fields:
                table = html_table(HEADER, _rows(record.fields, MOST_IN_HTML))
                parts.append(f"<details><summary>as it crossed the wire</summary>{table}</details>")
            if record.inner:
                table = html_table(HEADER, _rows(record.inner, MOST_IN_HTML))
                parts.append(f"<details><summary>inside, once opened</summary>{table}</details>")
            if record.fault:
                parts.append(f"<p><strong>Wrong:</strong> {escape(record.fault)}</p>")
            for message in record.messages:
                parts.append(f"<h4>{escape(message.name)}</h4>")
                if message.fault:
                    parts.append(f"<p><strong>Wrong:</strong> {escape(message.fault)}</p>")
                parts.append(html_table(HEADER, _rows(message.fields, MOST_IN_HTML)))
        parts += [f"<p><strong>Incomplete:</strong> {escape(w)}</p>" for w in connection.incomplete]
    return _PAGE.format(title=escape(title), body="\n".join(parts))
