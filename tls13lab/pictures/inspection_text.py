"""Every byte of a recording as text for a terminal, and as JSON."""

from collections.abc import Iterable
from typing import Any

from tls13lab.capture.summary import Summary
from tls13lab.pictures.code_names import name_for
from tls13lab.pictures.inspection import Connection, Field, Record
from tls13lab.pictures.picture import text_table
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

MOST_IN_TEXT = 12
"""Bytes of a field that are shown; JSON has all of them."""
HEADER = ("offset", "bytes", "field", "meaning", "section")
LINES = (
    *("#", "client", "server", "version", "mode", "suite", "group", "name"),
    *("records", "opened", "remarks"),
)


def as_json(connections: Iterable[Connection]) -> list[dict[str, Any]]:
    """All of it, with every byte."""
    return [
        {
            **_summary_as_json(one.summary),
            "records": [_record_as_json(record) for record in one.records],
            "left_out": one.left_out,
        }
        for one in connections
    ]


def _summary_as_json(one: Summary) -> dict[str, Any]:
    told = {
        name: getattr(one, name)
        for name in ("connection", "client", "server", "behind", "version", "mode")
    }
    told |= dict(zip(("suite", "group"), _names(one), strict=True))
    told |= {name: getattr(one, name) for name in ("server_name", "retried", "early_data")}
    counts = {name: getattr(one, name) for name in ("size", "protected", "opened", "tickets")}
    return (
        told
        | {"count": one.records}
        | counts
        | {
            "alerts": one.alerts,
            "reset": one.reset,
            "incomplete": one.incomplete,
        }
    )


def _names(one: Summary) -> tuple[str, str]:
    """Of suite and group; empty if there is none."""
    suite = "" if one.suite is None else name_for(CipherSuite, one.suite)
    return suite, "" if one.group is None else name_for(NamedGroup, one.group)


def _record_as_json(record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "sender": record.sender,
        "keys": record.keys,
        "fields": _fields_as_json(record.fields),
        "messages": [
            {"name": one.name, "fields": _fields_as_json(one.fields), "fault": one.fault}
            for one in record.messages
        ],
        "fault": record.fault,
        "inner": _fields_as_json(record.inner),
    }


def _fields_as_json(fields: Iterable[Field]) -> list[dict[str, Any]]:
    names = ("offset", "length", "field", "bytes", "meaning", "section")
    return [{name: getattr(one, name) for name in names} for one in fields]


def rows_of(fields: Iterable[Field], most: int) -> list[tuple[str, str, str, str, str]]:
    """For a table; of a long value the first ``most`` bytes."""
    rows = []
    for one in fields:
        shown = one.value[:most].hex(" ")
        shown += f" ... ({one.length} bytes)" if one.length > most else ""
        end = one.offset + max(0, one.length - 1)
        where = f"{one.offset}-{end}" if one.length > 1 else str(one.offset)
        rows.append((where, shown, one.field, one.meaning, one.section))
    return rows


def heading(connection: Connection, record: Record) -> str:
    """Which record this is."""
    who = f" from the {record.sender}" if record.sender else ""
    keys = f", under {record.keys}" if record.keys else ""
    return f"connection {connection.connection}, record {record.number}{who}{keys}"


def lines(connections: Iterable[Connection]) -> list[tuple[str, ...]]:
    """A row for each connection, under :data:`LINES`."""
    return [
        (
            str(one.connection),
            one.client,
            one.server,
            one.version or "unknown",
            *(text or "-" for text in (one.mode, *_names(one), one.server_name)),
            str(one.records),
            f"{one.opened} of {one.protected}",
            "; ".join(one.remarks),
        )
        for one in (connection.summary for connection in connections)
    ]


def old_versions(connections: Iterable[Connection]) -> str:
    """What is to be said of connections that speak TLS 1.2 or older; empty if there is none."""
    old = {one.summary.version for one in connections if one.summary.is_old}
    if not old:
        return ""
    return (
        f"of {' and '.join(sorted(old))} the hellos are taken apart, which TLS 1.3 has as well, "
        "and the other messages named; what comes behind change_cipher_spec is sealed, and not "
        "opened here"
    )


def as_text(connections: Iterable[Connection]) -> str:
    """For a terminal: a line for each connection of a capture, then tables of its records."""
    every = list(connections)
    parts: list[str] = []
    if any(one.summary.client for one in every):
        parts += [text_table(LINES, lines(every)), *filter(None, [old_versions(every)])]
    for connection in every:
        for record in connection.records:
            parts += ["", *_record_lines(connection, record)]
        parts += [f"incomplete: {why}" for why in connection.incomplete if connection.records]
    return "\n".join(parts).lstrip("\n")


def _record_lines(connection: Connection, record: Record) -> list[str]:
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
