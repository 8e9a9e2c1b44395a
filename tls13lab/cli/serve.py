"""``tls13lab serve``: an echo server that runs until a signal or its last connection.

With ``--http``, it serves a page for a browser instead of the echo.
"""

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.inputs import called, only_one, text_in
from tls13lab.cli.options import (
    DEFAULT_SUITES,
    FILE_OR_DASH,
    GROUPS,
    KEY_EXCHANGE_MODES,
    Hexadecimal,
    Listed,
    external_psks,
    protocols,
    shared,
)
from tls13lab.cli.outputs import Outputs
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


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port; by default, any free one."
)
@click.option("--cert", type=FILE_OR_DASH, metavar="FILE|-", help="Certificate chain in PEM.")
@click.option(
    "--key", type=FILE_OR_DASH, metavar="FILE|-", help="Its private key in PEM, not encrypted."
)
@click.option(
    "--self-signed", is_flag=True, help="Make a certificate for localhost that lasts for this run."
)
@click.option(
    "--modes",
    type=Listed(KEY_EXCHANGE_MODES),
    default="psk_dhe_ke",
    show_default=True,
    help="The PSK modes allowed. psk_ke has no forward secrecy.",
)
@click.option("--prefer-psk-ke", is_flag=True, help="Use psk_ke where both modes are possible.")
@click.option(
    "--tickets",
    type=click.Choice(["stateless", "stateful", "off"]),
    default="stateless",
    show_default=True,
    help="Seal tickets under a ticket key, or keep their PSKs in memory for one use each.",
)
@click.option(
    "--ticket-key",
    type=Hexadecimal(32, 48),
    help="The ticket key: 48 bytes (16 of name, 32 of key), or 32 of key.",
)
@click.option(
    "--ticket-lifetime",
    type=click.IntRange(1, 604800),
    default=7200,
    show_default=True,
    metavar="SECONDS",
    help="How long a ticket can be used.",
)
@click.option(
    "--resume-within",
    type=click.IntRange(0),
    default=604800,
    show_default=True,
    metavar="SECONDS",
    help="Reject a ticket if the first handshake of its chain of resumptions is older than this.",
)
@click.option(
    "--max-early-data",
    type=click.IntRange(0, 2**24),
    default=0,
    show_default=True,
    help="Bytes of 0-RTT data to accept. TLS guarantees no forward secrecy for it.",
)
@click.option(
    "--anti-replay",
    type=click.Choice(["tickets", "window", "off"]),
    default="window",
    show_default=True,
    help="Accept 0-RTT data once for each ticket, once for each ClientHello, or (off, which RFC "
    "9846 section 8 forbids) as often as it is sent.",
)
@click.option(
    "--hide-identities",
    is_flag=True,
    help="Answer an unknown identity as if its binder were wrong, so that nobody can find out "
    "which identities exist; only without a certificate.",
)
@click.option(
    "--lockout",
    type=click.IntRange(1),
    metavar="N",
    help="After N wrong binders for an --identity, act as if its --psk did not exist. An attacker "
    "then has N guesses, but can also lock the owner out.",
)
@click.option(
    "--lockout-window",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Forget a wrong binder after this time; by default, when the command ends.",
)
@click.option(
    "--cert-with-psk",
    is_flag=True,
    help="Use a --psk only together with the certificate, for clients that ask for both (RFC "
    "9973).",
)
@click.option(
    "--http", is_flag=True, help="Answer a browser with a page that shows its own handshake."
)
@click.option("--connections", type=click.IntRange(1), help="Stop after this many connections.")
@click.option(
    "--max-connections",
    type=click.IntRange(1, 100_000),
    default=1024,
    show_default=True,
    help="Most connections at once. When there are more, the server closes the oldest one that "
    "is still in its handshake.",
)
@shared
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
    """Run a TLS 1.3 server that echoes what it receives, or shows a browser its handshake.

    Prints "listening on HOST:PORT" when it is ready, and then one line for each connection.

    \b
    Examples:
      tls13lab serve --self-signed
      tls13lab serve --self-signed --http --port 8443 --max-early-data 16384
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \\
        -addext subjectAltName=DNS:localhost -out cert.pem -keyout key.pem
      tls13lab serve --cert cert.pem --key key.pem --port 4433 --tickets stateful
      openssl rand -hex 32 > printer.hex
      tls13lab serve --psk @printer.hex --identity printer
      tls13lab serve --psk 0011223344556677 --identity lab --modes psk_ke --connections 1
      tls13lab serve --psk @printer.hex --identity printer --lockout 10 --lockout-window 3600
      tls13lab serve --self-signed --psk @printer.hex --identity printer --cert-with-psk
      tls13lab serve --self-signed --max-early-data 1000 --anti-replay off --record talk.pcapng
    """

    outputs = Outputs()

    def work() -> report.Result:
        config = _config(**options)
        if http and config.credential is None:
            raise click.UsageError("--http needs a certificate for the browser: add --self-signed")
        log = KeyLog(Path(keylog)) if keylog else None
        recorder = Recorder(Path(record)) if record else None
        try:
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
        finally:
            outputs.close(recorder, log)
        return {"connections": [_described(served) for served in done]}

    report.run(
        work,
        lambda result: f"served {len(result['connections'])}",
        as_json=as_json,
        outputs=outputs,
    )


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
        report.mention(f"certificate for localhost; clients may use --pin {pin}")
        return credential
    if cert is None or key is None:
        return None
    only_one(("--cert", cert), ("--key", key))
    return load_credential(text_in(cert), text_in(key), (called(cert), called(key)))


def _tickets(kind: str, key: bytes | None) -> TicketBook | None:
    if key is not None and kind != "stateless":
        raise click.UsageError("--ticket-key is for --tickets stateless")
    if kind == "off":
        return None
    if kind == "stateful":
        return StatefulTickets()
    if key is None:
        return StatelessTickets(TicketKey.new(os.urandom))
    # A key of 32 bytes comes without a name; the first 16 bytes of its hash serve as its name.
    name = b"" if len(key) == 48 else hashlib.sha256(key).digest()[:16]
    return StatelessTickets(TicketKey.from_bytes(name + key))


SPARE_FILES = 64
"""Open files that the program itself needs: modules, logs, the listening socket."""


def _allow_files(connections: int) -> None:
    """Allow this process one open file for each connection. Raises LocalFault if it cannot."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
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
    report.mention(str(served))


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
        report.mention(
            f"open https://{name}:{bound}/ in a browser; it will warn that no authority signed the "
            "certificate: continue all the same"
        )
    waits = {asyncio.create_task(stop.wait()), asyncio.create_task(server.done.wait())}
    _, unfinished = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in unfinished:
        task.cancel()
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
