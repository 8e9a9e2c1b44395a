"""Every byte of a recording as text for a terminal, and as JSON."""

from collections.abc import Iterable
from typing import Any

from tls13lab.capture.summary import Summary
from tls13lab.pictures.code_names import name_for
from tls13lab.pictures.inspection import Field, InspectedConnection, InspectedRecord
from tls13lab.pictures.picture import text_table
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

MOST_IN_TEXT = 12
"""How many bytes of a field are shown; the JSON form has all of them."""
HEADER = ("offset", "bytes", "field", "meaning", "section")
LINES = (
    *("#", "client", "server", "version", "mode", "suite", "group", "name"),
    *("records", "opened", "remarks"),
)


def as_json(connections: Iterable[InspectedConnection]) -> list[dict[str, Any]]:
    """The connections as JSON values, with every byte."""
    return [
        {
            **_summary_as_json(connection.summary),
            "records": [_record_as_json(record) for record in connection.records],
            "left_out": connection.left_out,
        }
        for connection in connections
    ]


def _summary_as_json(summary: Summary) -> dict[str, Any]:
    def values(*names: str) -> dict[str, Any]:
        return {name: getattr(summary, name) for name in names}

    return {
        **values("connection", "client", "server", "behind", "version", "mode"),
        **dict(zip(("suite", "group"), _names(summary), strict=True)),
        **values("server_name", "retried", "early_data"),
        "count": summary.records,
        **values("size", "protected", "opened", "tickets", "alerts", "reset", "incomplete"),
    }


def _names(summary: Summary) -> tuple[str, str]:
    """The names of suite and group; empty if there is none."""
    suite = "" if summary.suite is None else name_for(CipherSuite, summary.suite)
    return suite, "" if summary.group is None else name_for(NamedGroup, summary.group)


def _record_as_json(record: InspectedRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "sender": record.sender,
        "keys": record.keys,
        "fields": _fields_as_json(record.fields),
        "messages": [
            {
                "name": message.name,
                "fields": _fields_as_json(message.fields),
                "fault": message.fault,
            }
            for message in record.messages
        ],
        "fault": record.fault,
        "inner": _fields_as_json(record.inner),
    }


def _fields_as_json(fields: Iterable[Field]) -> list[dict[str, Any]]:
    names = ("offset", "length", "field", "bytes", "meaning", "section")
    return [{name: getattr(field, name) for name in names} for field in fields]


def rows_of(fields: Iterable[Field], most: int) -> list[tuple[str, str, str, str, str]]:
    """The fields as rows under :data:`HEADER`, with at most ``most`` bytes of each value."""
    rows = []
    for field in fields:
        shown = field.value[:most].hex(" ")
        shown += f" ... ({field.length} bytes)" if field.length > most else ""
        end = field.offset + max(0, field.length - 1)
        where = f"{field.offset}-{end}" if field.length > 1 else str(field.offset)
        rows.append((where, shown, field.field, field.meaning, field.section))
    return rows


def heading(connection: InspectedConnection, record: InspectedRecord) -> str:
    """A heading that names the connection, the record, its sender and its keys."""
    who = f" from the {record.sender}" if record.sender else ""
    keys = f", under {record.keys}" if record.keys else ""
    return f"connection {connection.connection}, record {record.number}{who}{keys}"


def lines(connections: Iterable[InspectedConnection]) -> list[tuple[str, ...]]:
    """A row for each connection, under :data:`LINES`."""
    return [
        (
            str(summary.connection),
            summary.client,
            summary.server,
            summary.version or "unknown",
            *(text or "-" for text in (summary.mode, *_names(summary), summary.server_name)),
            str(summary.records),
            f"{summary.opened} of {summary.protected}",
            "; ".join(summary.remarks),
        )
        for summary in (connection.summary for connection in connections)
    ]


def old_versions(connections: Iterable[InspectedConnection]) -> str:
    """A remark on connections with TLS 1.2 or older; empty if there are none."""
    old = {each.summary.version for each in connections if each.summary.is_old}
    if not old:
        return ""
    return (
        f"{' and '.join(sorted(old))}: only the hellos are decoded, because TLS 1.3 has them, too; "
        "other messages are named, and records after change_cipher_spec stay closed"
    )


def as_text(connections: Iterable[InspectedConnection]) -> str:
    """Text for a terminal: a line for each connection of a capture, then tables of the records."""
    every = list(connections)
    parts: list[str] = []
    if any(connection.summary.client for connection in every):
        parts += [text_table(LINES, lines(every)), *filter(None, [old_versions(every)])]
    for connection in every:
        for record in connection.records:
            parts += ["", *_record_lines(connection, record)]
        parts += [f"incomplete: {why}" for why in connection.incomplete if connection.records]
    return "\n".join(parts).lstrip("\n")


def _record_lines(connection: InspectedConnection, record: InspectedRecord) -> list[str]:
    parts = [f"== {heading(connection, record)}"]
    if record.fields:
        parts.append(text_table(HEADER, rows_of(record.fields, MOST_IN_TEXT)))
    if record.inner:
        parts.append("-- inside, once opened")
        parts.append(text_table(HEADER, rows_of(record.inner, MOST_IN_TEXT)))
    for message in record.messages:
        parts.append(f"-- {message.name}{f': {message.fault}' if message.fault else ''}")
        parts.append(text_table(HEADER, rows_of(message.fields, MOST_IN_TEXT)))
    if record.fault:
        parts.append(f"wrong: {record.fault}")
    return parts
