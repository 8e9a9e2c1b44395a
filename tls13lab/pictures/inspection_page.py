"""Every byte of a recording as a web page."""

from collections.abc import Iterable
from html import escape

from tls13lab.pictures.inspection import InspectedConnection, InspectedRecord
from tls13lab.pictures.inspection_text import HEADER, LINES, heading, lines, old_versions, rows_of
from tls13lab.pictures.picture import html_table

MOST_IN_HTML = 32
"""How many bytes of a field are shown."""

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
th:nth-child(1):nth-last-child(5) {{ width: 8% }}
th:nth-child(2):nth-last-child(4), th:nth-child(3):nth-last-child(3) {{ width: 29% }}
th:nth-child(5):nth-last-child(1) {{ width: 8% }}
td:nth-child(2):nth-last-child(4) {{ font-family: monospace }}
div {{ overflow-x: auto }}
div table {{ table-layout: auto }}
summary {{ cursor: pointer }}
</style></head><body>
<h1>Every byte of {title}</h1>
<p>For learning. Sections are of RFC 9846 unless they say otherwise.</p>
{body}
</body></html>
"""


def as_html(
    connections: Iterable[InspectedConnection], title: str, notes: Iterable[str] = ()
) -> str:
    """The page, which loads nothing from elsewhere; ``notes`` are sentences for its beginning."""
    every = list(connections)
    parts: list[str] = []
    if any(connection.summary.client for connection in every):
        parts.append(f"<div>{html_table(LINES, lines(every))}</div>")
    parts += [f"<p>{escape(note)}</p>" for note in (old_versions(every), *notes) if note]
    for connection in every:
        ends = (connection.summary.client, connection.summary.server)
        between = f": {' to '.join(ends)}" if ends[0] else ""
        if connection.records:
            parts.append(f"<h2>Connection {connection.connection}{escape(between)}</h2>")
        for record in connection.records:
            parts += _record_parts(connection, record)
        parts += [f"<p><strong>Incomplete:</strong> {escape(w)}</p>" for w in connection.incomplete]
    return _PAGE.format(title=escape(title), body="\n".join(parts))


def _record_parts(connection: InspectedConnection, record: InspectedRecord) -> list[str]:
    parts = [f"<h3>{escape(heading(connection, record))}</h3>"]
    if record.fields:
        table = html_table(HEADER, rows_of(record.fields, MOST_IN_HTML))
        parts.append(f"<details><summary>as it crossed the wire</summary>{table}</details>")
    if record.inner:
        table = html_table(HEADER, rows_of(record.inner, MOST_IN_HTML))
        parts.append(f"<details><summary>inside, once opened</summary>{table}</details>")
    if record.fault:
        parts.append(f"<p><strong>Wrong:</strong> {escape(record.fault)}</p>")
    for message in record.messages:
        parts.append(f"<h4>{escape(message.name)}</h4>")
        if message.fault:
            parts.append(f"<p><strong>Wrong:</strong> {escape(message.fault)}</p>")
        parts.append(html_table(HEADER, rows_of(message.fields, MOST_IN_HTML)))
    return parts
