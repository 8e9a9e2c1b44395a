"""How a command ends: a text or a JSON object, and an exit code. Never a traceback."""

import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from tls13lab.wire.faults import AlertReceived, LocalFault, PeerFault, TLSFault

Result = dict[str, Any]
STANDARD_OUTPUT = "standard output"


def run(
    work: Callable[[], Result],
    show: Callable[[Result], str],
    *,
    as_json: bool,
    code: Callable[[Result], int] = lambda result: 1 if result.get("ok") is False else 0,
    delivered: Callable[[], None] = lambda: None,
    rescued: Callable[[Result], str] | None = None,
) -> None:
    """Do ``work``, print its result, and exit.

    The exit code is 1 if the work failed; otherwise ``code`` computes it from the result, by
    default 1 for ``"ok": False``. ``delivered`` is called once the result has been written; until
    then, it may still be lost. If standard output cannot be written to, the text that ``rescued``
    makes of the result goes to standard error.
    """
    try:
        result = work()
    except TLSFault as fault:
        fail(f"{fault}{_hint(fault)}", alert_name(fault), as_json=as_json)
    except OSError as error:
        if error.filename == STANDARD_OUTPUT:  # the work itself prints: undelivered() reports it
            raise
        place = f"{error.filename}: " if error.filename else ""
        fail(f"{place}{error.strerror or error}", None, as_json=as_json)
    try:
        say(json.dumps(result) if as_json else show(result))
    except OSError:
        if rescued is not None:
            click.echo(rescued(result), err=True)
        raise
    delivered()
    if code(result):
        sys.exit(code(result))


def say(text: str) -> None:
    """Print a line. If that fails, the OSError names standard output as its file."""
    try:
        click.echo(text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from None


def undelivered(error: OSError) -> None:
    """Report that standard output cannot be written to, and exit with 1."""
    place = error.filename or STANDARD_OUTPUT
    # Python would try to write the rest of the buffer at exit, and fail with a traceback.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    with suppress(OSError):
        click.echo(f"tls13lab: {place}: {error.strerror or error}", err=True)
    sys.exit(1)


def any_letters() -> None:
    """Write letters that the terminal's encoding lacks as ``\\u`` and digits."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


_HINTS = {
    "decrypt_error": "the two sides hold different keys for this identity: compare --psk (or it "
    "does not know the identity, and hides that)",
    "unknown_psk_identity": "it cannot use the PSK: compare --identity, --psk-hash and --modes, "
    "or resume with a newer session",
    "handshake_failure": "the two sides have nothing in common: compare --suites, --groups and "
    "--psk; or the server's certificate is of a kind that this client cannot check",
    "protocol_version": "it does not speak TLS 1.3",
    "no_application_protocol": "it speaks none of the protocols in --alpn",
    "missing_extension": "it accepts none of the PSKs and wants to show a certificate: compare "
    "--psk and --identity, or give --cafile, --pin or --insecure",
}


def _hint(fault: TLSFault) -> str:
    """What the peer's alert means, in terms of the command's options."""
    name = alert_name(fault) if isinstance(fault, AlertReceived) else None
    return f": {_HINTS[name]}" if name in _HINTS else ""


def alert_name(fault: TLSFault) -> str | None:
    """The name of the alert that was sent or received, as the RFC spells it; None if none was."""
    if isinstance(fault, LocalFault) or not isinstance(fault, PeerFault | AlertReceived):
        return None
    return fault.alert.name.lower()


def fail(error: str, alert: str | None, *, as_json: bool) -> None:
    """Print the error, as text and with ``as_json`` also as JSON, and exit with 1."""
    click.echo(f"tls13lab: {error}", err=True)
    if as_json:
        click.echo(json.dumps({"error": error, "alert": alert}))
    sys.exit(1)
