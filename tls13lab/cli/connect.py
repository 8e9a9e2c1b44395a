"""``tls13lab connect``: one connection, and what it came to."""

import ipaddress
import os
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.options import (
    DEFAULT_SUITES,
    FILE,
    GROUPS,
    MODES,
    Hexadecimal,
    Listed,
    external_psks,
    protocols,
    shared,
)
from tls13lab.crypto.certificates import (
    Trust,
    TrustAnyone,
    TrustPin,
    TrustRoots,
    load_pem_chain,
)
from tls13lab.handshake.config import ClientConfig
from tls13lab.peers import client, session_file
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.recorder import Recorder
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.codepoints import NamedGroup, name_of
from tls13lab.wire.faults import LocalFault, TLSFault


@click.command("connect")
@click.argument("address", metavar="HOST:PORT")
@click.option(
    "--modes",
    type=Listed(MODES),
    default="psk_dhe_ke",
    show_default=True,
    help="How the PSKs may be used. psk_ke loses forward secrecy.",
)
@click.option("--share-groups", type=Listed(GROUPS), help="Groups to send a share in at once.")
@click.option("--session", type=FILE, help="Resume with a ticket from this file.")
@click.option("--save-session", type=FILE, help="Save the tickets that come to this file.")
@click.option(
    "--cafile",
    type=FILE,
    help="Believe certificates that lead to these roots, PEM; one that is itself among them, for "
    "any name.",
)
@click.option("--pin", type=Hexadecimal(32), help="Believe the certificate with this SHA-256.")
@click.option("--insecure", is_flag=True, help="Believe any certificate: no authentication.")
@click.option("--server-name", metavar="NAME", help="The name to ask for; HOST by default.")
@click.option("--send", default="", metavar="TEXT", help="Send this and wait for its echo.")
@click.option(
    "--early-data",
    default="",
    metavar="TEXT",
    help="Send this as 0-RTT data, before the server has answered; again if it is rejected.",
)
@click.option(
    "--resume-within",
    type=click.IntRange(0),
    default=604800,
    show_default=True,
    metavar="SECONDS",
    help="Offer no ticket if the handshake that its chain of resumptions began with is older.",
)
@click.option(
    "--cert-with-psk",
    is_flag=True,
    help="Ask for the server's certificate and a --psk in one handshake (RFC 9973). The "
    "certificate must come; the PSK keeps what is recorded today from tomorrow's quantum computer.",
)
@click.option("--timeout", type=click.FloatRange(0.1), default=10.0, show_default=True)
@shared
def run(
    *,
    address: str,
    session: str | None,
    save_session: str | None,
    send: str,
    timeout: float,
    keylog: str | None,
    record: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Connect to a TLS 1.3 server, send something, and collect tickets.

    Without --cafile, --pin or --insecure no certificate is believed: only a PSK will do.

    \b
    Examples:
      tls13lab connect 127.0.0.1:4433 --psk 0011223344556677 --identity lab --send hello
      openssl s_client -connect localhost:4433 -showcerts < /dev/null > cert.pem
      tls13lab connect localhost:4433 --cafile cert.pem --save-session s.json
      tls13lab connect localhost:4433 --cafile cert.pem --psk 0011223344556677 --identity lab \\
        --cert-with-psk
      tls13lab connect localhost:4433 --session s.json --modes psk_ke,psk_dhe_ke --json
      tls13lab connect localhost:4433 --session s.json --early-data "GET /" --record talk.pcapng
    """
    host, port = parse_address(address)
    if save_session and not Path(save_session).parent.is_dir():
        raise click.UsageError("the folder of --save-session does not exist")

    def work() -> report.Result:
        saved = _load(session) if session else ()
        ticket = _usable(saved, options["resume_within"])
        if session and ticket is None:
            limit_s = options["resume_within"]
            click.echo(f"tls13lab: {_spent(saved, session, limit_s)}", err=True)
        config = _config(host=host, ticket=ticket, **options)
        log = KeyLog(Path(keylog)) if keylog else None
        # A ticket is to be used once: the one that is offered now is not kept.
        same = _same_file(session, save_session)
        kept = [one for one in saved if same and one is not ticket]
        new: tuple[ResumptionPsk, ...] = ()
        save = save_session is not None
        try:
            text = os.fsencode(send)
            with Recorder(Path(record)) if record else nullcontext() as recorder:
                done = client.connect(
                    host,
                    port,
                    config,
                    send=text,
                    timeout=timeout,
                    keylog=log,
                    recorder=recorder,
                )
            new = done.tickets
        except client.Unreachable:
            save = False  # nobody has seen the ticket
            raise
        except TLSFault:
            save = same
            raise
        finally:
            if save and save_session is not None:
                session_file.save(Path(save_session), [*kept, *new])
        if log is not None:
            log.close()
        _say_about_early_data(config, done)
        _say_about_the_psk(config, done)
        if not done.in_time:
            click.echo(
                f"tls13lab: not all came back (the server closed, or {timeout:g} s went by)",
                err=True,
            )
        return _described(done)

    report.run(work, _sentence, as_json=as_json)


def _load(session: str) -> tuple[ResumptionPsk, ...]:
    try:
        return session_file.load(Path(session))
    except session_file.SessionFileError as error:
        raise LocalFault(f"{session}: {error}") from None


def parse_address(address: str) -> tuple[str, int]:
    """``HOST:PORT``, with an IPv6 address in brackets."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise click.UsageError("give HOST:PORT, as in 127.0.0.1:4433 or [::1]:4433")
    return host, int(port)


def _usable(tickets: Sequence[ResumptionPsk], limit_s: int) -> ResumptionPsk | None:
    """The newest that may still be offered."""
    now_ms = time.time_ns() // 1_000_000
    fit = (one for one in reversed(tickets) if one.usable(now_ms) and one.within(limit_s, now_ms))
    return next(fit, None)


def _spent(tickets: Sequence[ResumptionPsk], session: str, limit_s: int) -> str:
    now_ms = time.time_ns() // 1_000_000
    what = f"every ticket in {session} has expired" if tickets else f"{session} holds no ticket"
    if any(one.usable(now_ms) for one in tickets):
        what = (
            f"the tickets in {session} come from a handshake more than {limit_s} seconds ago "
            "(--resume-within)"
        )
    return f"{what}: connect without --session, and with --save-session, to get new ones"


def _same_file(one: str | None, other: str | None) -> bool:
    return bool(one and other) and Path(str(one)).resolve() == Path(str(other)).resolve()


def _config(
    *,
    host: str,
    ticket: ResumptionPsk | None,
    psks: Sequence[bytes],
    identities: Sequence[str],
    psk_hash: str,
    modes: Sequence[Any],
    suites: Any,
    groups: Any,
    share_groups: Any,
    alpn: str | None,
    padding: int,
    cafile: str | None,
    pin: bytes | None,
    insecure: bool,
    server_name: str | None,
    early_data: str,
    resume_within: int,
    cert_with_psk: bool,
) -> ClientConfig:
    trust = trust_in(cafile, pin, insecure)
    early = os.fsencode(early_data)
    if early and ticket is None and not psks:
        raise click.UsageError("--early-data needs a PSK: give --session, or --psk and --identity")
    external = external_psks(psks, identities, psk_hash, suites, len(early))
    if cert_with_psk and not external:
        raise click.UsageError("--cert-with-psk needs --psk and --identity: tickets do not do")
    offered = (*((ticket,) if ticket else ()), *external)
    if not offered and trust is None:
        raise LocalFault("give --psk and --identity, a --session, or --cafile, --pin or --insecure")
    if server_name is not None and len(server_name) > 253:
        raise click.UsageError("--server-name has at most 253 characters")
    name = dns_name(host) if server_name is None else server_name or None
    if ticket is not None and server_name is None:
        name = ticket.server_name
    if ticket is not None and ticket.server_name != name:
        raise LocalFault(
            f"the session is for the name {ticket.server_name}: leave out --server-name"
        )
    if share_groups and not set(share_groups) <= set(groups or GROUPS[:2]):
        raise click.UsageError("every one of --share-groups must be among --groups, too")
    return ClientConfig(
        psks=offered,
        modes=frozenset(modes),
        trust=trust,
        server_name=name,
        certificate_name=server_name or host,
        alpn=protocols(alpn),
        suites=suites or DEFAULT_SUITES,
        groups=groups or GROUPS[:2],
        share_groups=share_groups,
        padding=padding,
        early_data=early,
        resume_within_s=resume_within,
        cert_with_extern_psk=cert_with_psk,
    )


def dns_name(host: str) -> str | None:
    """The name to ask for: none for an address, which server_name cannot carry (RFC 6066)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return None


def trust_in(cafile: str | None, pin: bytes | None, insecure: bool) -> Trust | None:
    """What ``--cafile``, ``--pin`` or ``--insecure`` says to believe; at most one may be given."""
    if (cafile is not None) + (pin is not None) + insecure > 1:
        raise click.UsageError("give only one of --cafile, --pin and --insecure")
    if cafile is not None:
        return TrustRoots(load_pem_chain(Path(cafile).read_bytes(), cafile))
    if pin is not None:
        return TrustPin(pin)
    return TrustAnyone() if insecure else None


def _say_about_early_data(config: ClientConfig, done: client.Report) -> None:
    """Nobody should believe that 0-RTT was used when it was not."""
    if config.early_data and done.outcome.early_data == "rejected":
        click.echo("tls13lab: the server rejected the early data; it was sent again", err=True)
    elif config.early_data and done.outcome.early_data == "none":
        click.echo(
            "tls13lab: no early data could be sent, because the ticket or PSK does not allow it "
            "(or not so much); it was sent later",
            err=True,
        )


def _say_about_the_psk(config: ClientConfig, done: client.Report) -> None:
    """The server may leave the PSK out; what was recorded then has the certificate's keys only."""
    if config.cert_with_extern_psk and done.outcome.psk_kind is None:
        click.echo(
            "tls13lab: the server took no PSK and showed its certificate alone: a quantum computer "
            "will read what is recorded now",
            err=True,
        )


def _described(done: client.Report) -> report.Result:
    outcome = done.outcome
    return {
        "mode": outcome.mode,
        "resumed": outcome.resumed,
        "suite": outcome.suite.name,
        "group": None if outcome.group is None else name_of(NamedGroup, outcome.group),
        "psk_identity_kind": outcome.psk_kind.value if outcome.psk_kind else None,
        "retried": outcome.retried,
        "alpn": outcome.alpn.decode("ascii", "replace") if outcome.alpn else None,
        "server_name": outcome.server_name,
        "early_data": outcome.early_data,
        "received": done.received.decode("utf-8", "replace"),
        "tickets": len(done.tickets),
    }


def _sentence(result: report.Result) -> str:
    words = [f"{name}: {value}" for name, value in result.items() if value not in (None, "")]
    return "\n".join(words)
