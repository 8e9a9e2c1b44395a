"""``tls13lab inspect``: every byte of a capture, or of bytes given as hexadecimal digits."""

from pathlib import Path

import click

from tls13lab import whole_file
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.reader import read_capture
from tls13lab.cli import report
from tls13lab.pictures import inspection
from tls13lab.wire.faults import LocalFault


def run(
    *, what: str, keylog: str | None, connection: int | None, html: str | None, as_json: bool
) -> None:
    """Look at it, and show it."""

    def work() -> report.Result:
        found = _inspected(what, keylog, connection)
        if html is not None:
            page = inspection.as_html(found, Path(what).name if _is_file(what) else "bytes")
            whole_file.write(Path(html), page.encode())
        return {"connections": inspection.as_json(found), "text": inspection.as_text(found)}

    def show(result: report.Result) -> str:
        return f"written to {html}" if html else str(result["text"])

    def work_for_json() -> report.Result:
        result = work()
        del result["text"]
        return result

    report.run(work_for_json if as_json else work, show, as_json=as_json)


def _inspected(
    what: str, keylog: str | None, connection: int | None
) -> list[inspection.Connection]:
    if _is_file(what):
        log = read_keylog(Path(keylog)) if keylog else {}
        # Chosen while it is read: of the other connections of a large capture nothing is kept.
        items = (
            item
            for item in read_capture(Path(what))
            if connection is None or item.connection == connection
        )
        found = inspection.inspect(items, log)
        if not found:
            which = "" if connection is None else f" {connection}"
            raise LocalFault(f"there is no TLS connection{which} in {Path(what).name}")
        return found
    try:
        data = bytes.fromhex(what)
    except ValueError:
        raise click.UsageError(f"{what[:40]!r} is neither a file nor hexadecimal digits") from None
    if keylog or connection is not None:
        raise click.UsageError("--keylog and --connection go with a capture file")
    return inspection.inspect_bytes(data)


def _is_file(what: str) -> bool:
    try:
        return Path(what).is_file()
    except OSError:  # too long for a file's name
        return False
