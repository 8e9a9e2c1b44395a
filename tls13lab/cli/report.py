"""How a command ends: one sentence or one JSON object, and the exit code. Never a traceback."""

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
    """Do ``work`` and print its result; exits with 1 if it failed, else with ``code``.

    That is 1 if the result says ``"ok": False``, unless another function is given. ``delivered`` is
    called once the result has left this process: before that it may still be lost. What ``rescued``
    says of a result goes to standard error if standard output takes none.
    """
    try:
        result = work()
    except TLSFault as fault:
        fail(f"{fault}{_hint(fault)}", alert_name(fault), as_json=as_json)
    except OSError as error:
        if error.filename == STANDARD_OUTPUT:  # work that prints: a matter of undelivered()
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
    """Print a line; an OSError names standard output as the place that does not take it."""
    try:
        click.echo(text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from None


def undelivered(error: OSError) -> None:
    """Standard output takes no more: say so, and exit with 1."""
    place = error.filename or STANDARD_OUTPUT
    # What is still in its buffer would fail once more at the end, with a traceback.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    with suppress(OSError):
        click.echo(f"tls13lab: {place}: {error.strerror or error}", err=True)
    sys.exit(1)


def any_letters() -> None:
    """What a code page cannot write is written as ``\\u`` and digits, and not lost."""
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
    "missing_extension": "it takes none of the PSKs and wants to show a certificate: compare "
    "--psk and --identity, or give --cafile, --pin or --insecure",
}


def _hint(fault: TLSFault) -> str:
    """What the peer's alert means for whoever gave the command."""
    name = alert_name(fault) if isinstance(fault, AlertReceived) else None
    return f": {_HINTS[name]}" if name in _HINTS else ""


def alert_name(fault: TLSFault) -> str | None:
    """The alert that crossed the wire for this fault, in the RFC's spelling; None if none did."""
    if isinstance(fault, LocalFault) or not isinstance(fault, PeerFault | AlertReceived):
        return None
    return fault.alert.name.lower()


def fail(error: str, alert: str | None, *, as_json: bool) -> None:
    """Say why, and exit with 1."""
    click.echo(f"tls13lab: {error}", err=True)
    if as_json:
        click.echo(json.dumps({"error": error, "alert": alert}))
    sys.exit(1)
