"""``tls13lab inspect``: every byte of a capture, or of bytes given as hexadecimal digits."""

from pathlib import Path

import click

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
        found = _inspected(what, keylog)
        if connection is not None:
            found = [one for one in found if one.connection == connection]
            if not found:
                raise LocalFault(f"there is no TLS connection {connection} in it")
        if html is not None:
            page = inspection.as_html(found, Path(what).name if Path(what).is_file() else "bytes")
            Path(html).write_text(page, encoding="utf-8")
        return {"connections": inspection.as_json(found), "text": inspection.as_text(found)}

    def show(result: report.Result) -> str:
        return f"written to {html}" if html else str(result["text"])

    def work_for_json() -> report.Result:
        result = work()
        del result["text"]
        return result

    report.run(work_for_json if as_json else work, show, as_json=as_json)


def _inspected(what: str, keylog: str | None) -> list[inspection.Connection]:
    if _is_file(what):
        log = read_keylog(Path(keylog)) if keylog else {}
        found = inspection.inspect(read_capture(Path(what)), log)
        if not found:
            raise LocalFault(f"there is no TLS connection in {Path(what).name}")
        return found
    try:
        data = bytes.fromhex(what)
    except ValueError:
        raise click.UsageError(f"{what[:40]!r} is neither a file nor hexadecimal digits") from None
    return inspection.inspect_bytes(data)


def _is_file(what: str) -> bool:
    try:
        return Path(what).is_file()
    except OSError:  # too long for a file's name
        return False
