"""How a command ends: one sentence or one JSON object, and the exit code. Never a traceback."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from tls13lab.wire.faults import AlertReceived, LocalFault, PeerFault, TLSFault

Result = dict[str, Any]


def run(work: Callable[[], Result], show: Callable[[Result], str], *, as_json: bool) -> None:
    """Do ``work`` and print its result; exits with 1 if it failed or says ``"ok": False``."""
    try:
        result = work()
    except TLSFault as fault:
        fail(str(fault), alert_name(fault), as_json=as_json)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        fail(f"{place}{error.strerror or error}", None, as_json=as_json)
    click.echo(json.dumps(result) if as_json else show(result))
    if result.get("ok") is False:
        sys.exit(1)


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
