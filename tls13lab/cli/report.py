"""How a command ends: a text or a JSON object, and an exit code. Never a traceback."""

import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import click

from tls13lab.cli.outputs import Outputs, in_words
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
    outputs: Outputs | None = None,
) -> None:
    """Do ``work``, print its result, and exit.

    The exit code is 1 if the work failed; otherwise ``code`` computes it from the result, by
    default 1 for ``"ok": False``. ``delivered`` is called once the result has been written; until
    then, it may still be lost. If standard output cannot be written to, the text that ``rescued``
    makes of the result goes to standard error. Errors in ``outputs`` are reported after the result,
    with ``as_json`` also in it, and the exit code is then 1. A page in ``outputs`` that belongs on
    standard output is printed instead of the result.
    """
    errors = [] if outputs is None else outputs.errors
    try:
        result = work()
    except TLSFault as fault:
        for error_ in errors:
            mention(f"tls13lab: {error_}")
        fail(f"{fault}{_hint(fault)}", alert_name(fault), as_json=as_json)
    except OSError as error:
        if error.filename == STANDARD_OUTPUT:  # the work itself prints: undelivered() reports it
            raise
        fail(in_words(error), None, as_json=as_json)
    try:
        wrong = {"error": "; ".join(errors), "alert": None} if errors else {}
        instead = None if outputs is None else outputs.instead
        say(instead or (json.dumps(result | wrong) if as_json else show(result)))
    except OSError:
        if rescued is not None:
            mention(rescued(result))
        raise
    delivered()
    if errors:
        for error_ in errors:
            mention(f"tls13lab: {error_}")
        sys.exit(1)
    if code(result):
        sys.exit(code(result))


def mention(text: str) -> None:
    """Print a line on standard error. The work goes on if nobody can read it there."""
    try:
        click.echo(text, err=True)
    except (OSError, ValueError):
        _empty(sys.stderr)


class Mentions(io.TextIOBase):
    """Standard error as a stream for a progress bar; what nobody can read there is dropped."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return sys.stderr.encoding

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def fileno(self) -> int:
        return sys.stderr.fileno()


def say(text: str | bytes) -> None:
    """Print a line. If that fails, the OSError names standard output as its file."""
    try:
        click.echo(text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from None


def undelivered(error: OSError) -> None:
    """Report that standard output cannot be written to, and exit with 1."""
    place = error.filename or STANDARD_OUTPUT
    _empty(sys.stdout)
    mention(f"tls13lab: {place}: {error.strerror or error}")
    sys.exit(1)


def _empty(stream: Any) -> None:
    """Send the rest of a stream's buffer nowhere; Python would try to write it again at exit."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


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


def fail(error: str, alert: str | None, *, as_json: bool, code: int = 1) -> NoReturn:
    """Print the error, as text and with ``as_json`` also as JSON, and exit with ``code``."""
    mention(f"tls13lab: {error}")
    if as_json:
        click.echo(json.dumps({"error": error, "alert": alert}))
    sys.exit(code)
