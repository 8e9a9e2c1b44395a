"""Every byte of a recording as a web page."""

from collections.abc import Iterable, Sequence
from html import escape

from tls13lab.pictures.inspection import InspectedConnection, InspectedRecord
from tls13lab.pictures.inspection_text import HEADER, LINES, heading, lines, old_versions, rows_of
from tls13lab.pictures.page import page

MOST_IN_HTML = 32
"""How many bytes of a field are shown."""


def as_html(
    connections: Iterable[InspectedConnection], title: str, notes: Iterable[str] = ()
) -> str:
    """The page, which loads nothing from elsewhere; ``notes`` are sentences for its beginning."""
    every = list(connections)
    parts = ["<p>For learning. Sections are of RFC 9846 unless they say otherwise.</p>"]
    if any(connection.summary.client for connection in every):
        parts.append(_table("lines", "The connections", LINES, lines(every)))
    parts += [f"<p>{escape(note)}</p>" for note in (old_versions(every), *notes) if note]
    for connection in every:
        ends = (connection.summary.client, connection.summary.server)
        between = f": {' to '.join(ends)}" if ends[0] else ""
        if connection.records:
            parts.append(f"<h2>Connection {connection.connection}{escape(between)}</h2>")
        for record in connection.records:
            parts += _record_parts(connection, record)
        parts += [_wrong("Incomplete", why) for why in connection.incomplete]
    return page("tls13lab inspect", f"Every byte of {title}", "\n".join(parts))


def _record_parts(connection: InspectedConnection, record: InspectedRecord) -> list[str]:
    about = heading(connection, record)
    parts = [f"<h3>{escape(about[:1].upper() + about[1:])}</h3>"]
    for fields, where in (
        (record.fields, "as it crossed the wire"),
        (record.inner, "inside, once opened"),
    ):
        if fields:
            table = _table("bytes", f"{about}, {where}", HEADER, rows_of(fields, MOST_IN_HTML))
            parts.append(f"<details><summary>{where}</summary>{table}</details>")
    if record.fault:
        parts.append(_wrong("Wrong", record.fault))
    for message in record.messages:
        parts.append(f"<h4>{escape(message.name)}</h4>")
        if message.fault:
            parts.append(_wrong("Wrong", message.fault))
        rows = rows_of(message.fields, MOST_IN_HTML)
        parts.append(_table("bytes", f"{message.name}, {about}", HEADER, rows))
    return parts


def _wrong(what: str, why: str) -> str:
    return f'<p class="wrong"><strong>{what}:</strong> {escape(why)}</p>'


def _table(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in a box that is scrolled, also by keys, if the screen is too narrow for it."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{_breakable(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="scrolled" tabindex="0" role="group" aria-label="{escape(name)}">'
        f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _breakable(text: str) -> str:
    """Text in which a path may be broken after its dots and underscores."""
    return escape(text).replace("_", "_<wbr>").replace(".", ".<wbr>")
