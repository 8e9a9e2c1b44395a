"""``tls13lab serve``: an echo server in the foreground, until a signal or its last connection.

With ``--http`` it has a page for a browser instead of the echo.
"""

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.options import DEFAULT_SUITES, GROUPS, external_psks, protocols
from tls13lab.crypto.certificates import Credential, load_credential, self_signed
from tls13lab.handshake.config import ServerConfig
from tls13lab.peers.application import Echo
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.link import real_environment
from tls13lab.peers.recorder import Recorder
from tls13lab.peers.server import Limits, Served, Server
from tls13lab.peers.web_page import WebPage
from tls13lab.psk.anti_replay import (
    AntiReplay,
    ClientHelloWindow,
    NoAntiReplay,
    SingleUseTickets,
)
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketBook
from tls13lab.wire.faults import LocalFault


def run(
    *,
    host: str,
    port: int,
    connections: int | None,
    max_connections: int,
    keylog: str | None,
    record: str | None,
    http: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Check the options, listen, and serve to the end."""

    def work() -> report.Result:
        config = _config(**options)
        log = KeyLog(Path(keylog)) if keylog else None
        with Recorder(Path(record)) if record else nullcontext() as recorder:
            limits = Limits(max_connections=max_connections)
            _allow_files(max_connections)
            server = partial(
                Server,
                config,
                limits=limits,
                stop_after=connections,
                keylog=log,
                log=_say,
                recorder=recorder,
                application=WebPage if http else Echo,
            )
            done = asyncio.run(_serve(server, host, port, http=http))
        if log is not None:
            log.close()
        return {"connections": [_described(one) for one in done]}

    report.run(work, lambda result: f"served {len(result['connections'])}", as_json=as_json)


def _config(
    *,
    cert: str | None,
    key: str | None,
    self_signed: bool,
    psks: Sequence[bytes],
    identities: Sequence[str],
    psk_hash: str,
    modes: Sequence[Any],
    prefer_psk_ke: bool,
    tickets: str,
    ticket_key: bytes | None,
    ticket_lifetime: int,
    resume_within: int,
    suites: Any,
    groups: Any,
    alpn: str | None,
    padding: int,
    max_early_data: int,
    anti_replay: str,
    hide_identities: bool,
    lockout: int | None,
    lockout_window: float | None,
    cert_with_psk: bool,
) -> ServerConfig:
    external = external_psks(psks, identities, psk_hash, suites, max_early_data)
    if lockout_window is not None and lockout is None:
        raise click.UsageError("--lockout-window needs a --lockout")
    credential = _credential(cert, key, self_signed)
    if credential is None and not external:
        raise click.UsageError("give --self-signed, or --cert and --key, or --psk and --identity")
    return ServerConfig(
        credential=credential,
        psks=external,
        modes=frozenset(modes),
        prefer_psk_ke=prefer_psk_ke,
        tickets=_tickets(tickets, ticket_key),
        ticket_lifetime_s=ticket_lifetime,
        resume_within_s=resume_within,
        alpn=protocols(alpn),
        suites=suites or DEFAULT_SUITES,
        groups=groups or GROUPS,
        padding=padding,
        max_early_data_size=max_early_data,
        anti_replay=_anti_replay(anti_replay),
        hide_identities=hide_identities,
        lockout=Lockout(Limit(lockout, lockout_window)) if lockout else None,
        cert_with_extern_psk=cert_with_psk,
    )


def _anti_replay(kind: str) -> AntiReplay:
    if kind == "off":
        return NoAntiReplay()
    if kind == "tickets":
        return SingleUseTickets()
    return ClientHelloWindow(since_ms=real_environment().now_ms)


def _credential(cert: str | None, key: str | None, make: bool) -> Credential | None:
    if (cert is None) != (key is None) or (cert is not None and make):
        raise click.UsageError("give --cert and --key together, or --self-signed alone")
    if make:
        env = real_environment()
        credential = self_signed("localhost", env.now_ms, env.entropy)
        pin = hashlib.sha256(credential.chain[0]).hexdigest()
        click.echo(f"certificate for localhost; clients may use --pin {pin}", err=True)
        return credential
    if cert is None or key is None:
        return None
    return load_credential(Path(cert).read_bytes(), Path(key).read_bytes(), (cert, key))


def _tickets(kind: str, key: bytes | None) -> TicketBook | None:
    if key is not None and kind != "stateless":
        raise click.UsageError("--ticket-key is for --tickets stateless")
    if kind == "off":
        return None
    if kind == "stateful":
        return StatefulTickets()
    if key is None:
        return StatelessTickets(TicketKey.new(os.urandom))
    # With 32 bytes there is no name: the first 16 bytes of the key's hash serve as one.
    name = b"" if len(key) == 48 else hashlib.sha256(key).digest()[:16]
    return StatelessTickets(TicketKey.from_bytes(name + key))


SPARE_FILES = 64
"""Files that the program itself has open: modules, logs, the listening socket."""


def _allow_files(connections: int) -> None:
    """Let this process have a file for each connection, or say that it may not."""
    try:
        import resource
    except ImportError:  # Windows counts otherwise
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + SPARE_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise LocalFault(
            f"{connections} connections need {needed} open files and this system allows {hard}: "
            "give a smaller --max-connections"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _say(served: Served) -> None:
    click.echo(str(served), err=True)


async def _serve(make: Callable[[], Server], host: str, port: int, *, http: bool) -> list[Served]:
    server = make()
    stop = asyncio.Event()
    address, bound = await server.start(host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # on Windows, Ctrl-C comes as KeyboardInterrupt
            loop.add_signal_handler(number, stop.set)
    place = f"[{address}]" if ":" in address else address
    report.say(f"listening on {place}:{bound}")
    if http:
        name = "localhost" if address in ("127.0.0.1", "::1") else place
        click.echo(
            f"open https://{name}:{bound}/ in a browser; it warns of a certificate that nobody "
            "vouches for, and there you may go on",
            err=True,
        )
    waits = {asyncio.create_task(stop.wait()), asyncio.create_task(server.done.wait())}
    _, unfinished = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in unfinished:
        one.cancel()
    await server.stop()
    return list(server.reports)


def _described(served: Served) -> dict[str, Any]:
    outcome = served.outcome
    return {
        "peer": served.peer,
        "mode": outcome.mode if outcome else None,
        "suite": outcome.suite.name if outcome else None,
        "resumed": outcome.resumed if outcome else None,
        "early_data": outcome.early_data if outcome else "none",
        "echoed": served.echoed,
        "error": str(served.fault) if served.fault else None,
        "alert": report.alert_name(served.fault) if served.fault else None,
    }
