"""``tls13lab inspect``: one line for each connection of a capture, then each byte by its name."""

from pathlib import Path

import click

from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture
from tls13lab.capture.sources import STDIN, named
from tls13lab.cli import report
from tls13lab.cli.options import FILE_OR_DASH
from tls13lab.cli.outputs import Outputs, not_with_json, try_out
from tls13lab.pictures import inspection, inspection_page, inspection_text
from tls13lab.wire.faults import LocalFault

MOST_IN_TEXT = 50
"""Records whose bytes are printed by default: a few handshakes."""
MOST = 1000
"""The default for HTML and JSON."""

_Found = tuple[list[inspection.InspectedConnection], list[str]]


@click.command("inspect")
@click.argument("what", metavar="CAPTURE|HEX|-")
@click.option(
    "--keylog",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Read protected records with this key log (SSLKEYLOGFILE, RFC 9850).",
)
@click.option("--connection", type=click.IntRange(1), help="Show only this connection.")
@click.option("--summary", is_flag=True, help="Show only one line for each connection.")
@click.option(
    "--records",
    type=click.IntRange(1),
    metavar="COUNT",
    help="Show the bytes of this many records; by default 50, or 1000 with --html or --json.",
)
@click.option(
    "--html",
    type=FILE_OR_DASH,
    help="Write the result to this file as a page for a browser; with -, to standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(
    *,
    what: str,
    keylog: str | None,
    connection: int | None,
    summary: bool,
    records: int | None,
    html: str | None,
    as_json: bool,
) -> None:
    """List the connections of a capture, then name every byte.

    The argument is a capture (pcap or pcapng, also compressed with gzip; - is standard input), or
    records or one handshake message in hexadecimal. Secrets embedded in a pcapng file are used,
    in addition to those of --keylog.

    \b
    Examples:
      tls13lab serve --psk 0011223344556677 --identity lab --record talk.pcapng --keylog keys.txt
      tls13lab inspect talk.pcapng --summary
      tls13lab inspect talk.pcapng --keylog keys.txt --connection 1
      tcpdump -w - port 443 | tls13lab inspect -
      tls13lab inspect 05000000
    """
    if records is None:
        records = MOST if html or as_json else MOST_IN_TEXT
    most = 0 if summary else records
    not_with_json("--html", html, as_json)
    outputs = Outputs()

    def work() -> report.Result:
        try_out(html)
        found, notes = _inspected(what, keylog, connection, most)
        if html is not None:
            title = named(Path(what)) if _is_source(what) else "bytes"
            outputs.write(html, inspection_page.as_html(found, title, notes).encode())
        if as_json:
            return {"connections": inspection_text.as_json(found), "notes": notes}
        return {"text": "\n".join(filter(None, (inspection_text.as_text(found), *notes)))}

    def show(result: report.Result) -> str:
        return f"written to {html}" if html and not outputs.errors else str(result["text"])

    report.run(work, show, as_json=as_json, outputs=outputs)


def _inspected(what: str, keylog: str | None, connection: int | None, most: int) -> _Found:
    if what == keylog == "-":
        raise click.UsageError("only one of the capture and the key log can be standard input")
    if _is_source(what):
        return _capture(Path(what), keylog, connection, most)
    try:
        data = bytes.fromhex(what)
    except ValueError:
        raise click.UsageError(f"{what[:40]!r} is neither a file nor hexadecimal digits") from None
    if keylog or connection is not None:
        raise click.UsageError("--keylog and --connection go with a capture file")
    return inspection.inspect_bytes(data), []


def _capture(path: Path, keylog: str | None, connection: int | None, most: int) -> _Found:
    notes = Notes()
    remarks: list[str] = []
    if keylog:
        log = read_keylog(Path(keylog))
        notes.keylog.update(log)
        if log.remark:
            remarks.append(f"{named(Path(keylog))}: {log.remark}")
    # Chosen during reading, so that the other connections of a large capture need no memory.
    items = (
        item
        for item in read_capture(path, notes)
        if connection is None or item.connection == connection
    )
    found = inspection.inspect(items, notes.keylog, most)
    remarks += notes.lines()
    if not found:
        which = "" if connection is None else f" {connection}"
        why = "; ".join(["", *remarks])
        raise LocalFault(f"there is no TLS connection{which} in {named(path)}{why}")
    left_out = sum(connection.left_out for connection in found)
    if left_out and most:
        remarks.insert(
            0,
            f"{left_out:,} more records are not shown: choose with --connection, or ask for more "
            "with --records",
        )
    return found, remarks


def _is_source(what: str) -> bool:
    """Whether the argument is a file, a pipe, or standard input."""
    path = Path(what)
    try:
        return path == STDIN or (path.exists() and not path.is_dir())
    except OSError:  # too long for a file name
        return False
