"""``tls13lab connect``: make one connection and report its outcome."""

import ipaddress
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.inputs import called, text_in
from tls13lab.cli.options import (
    DEFAULT_SUITES,
    FILE,
    FILE_OR_DASH,
    GROUPS,
    KEY_EXCHANGE_MODES,
    Hexadecimal,
    Listed,
    external_psks,
    protocols,
    shared,
)
from tls13lab.cli.outputs import Outputs, try_out
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
    type=Listed(KEY_EXCHANGE_MODES),
    default="psk_dhe_ke",
    show_default=True,
    help="The PSK modes to offer. psk_ke has no forward secrecy.",
)
@click.option(
    "--share-groups", type=Listed(GROUPS), help="Groups for which to send a key share at once."
)
@click.option(
    "--session",
    type=FILE,
    help="Resume with a ticket from this file, which cannot be standard input.",
)
@click.option("--save-session", type=FILE, help="Save new tickets to this file.")
@click.option(
    "--cafile",
    type=FILE_OR_DASH,
    metavar="FILE|-",
    help="Accept certificates that lead to a root in this PEM file. A certificate that is itself "
    "in the file is accepted for any name.",
)
@click.option("--pin", type=Hexadecimal(32), help="Accept the certificate with this SHA-256 hash.")
@click.option("--insecure", is_flag=True, help="Accept any certificate: no authentication.")
@click.option("--server-name", metavar="NAME", help="The name to ask for; by default, HOST.")
@click.option("--send", default="", metavar="TEXT", help="Send this text and wait for its echo.")
@click.option(
    "--early-data",
    default="",
    metavar="TEXT",
    help="Send this as 0-RTT data, before the server answers. If it is rejected, send it again.",
)
@click.option(
    "--resume-within",
    type=click.IntRange(0),
    default=604800,
    show_default=True,
    metavar="SECONDS",
    help="Do not offer a ticket if the first handshake of its chain of resumptions is older than "
    "this.",
)
@click.option(
    "--cert-with-psk",
    is_flag=True,
    help="Ask for the server's certificate and a --psk in one handshake (RFC 9973). The "
    "certificate is required. The PSK protects a recording made today from a later quantum "
    "computer.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=10.0,
    show_default=True,
    help="Seconds to wait for the server.",
)
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

    Without --cafile, --pin or --insecure, no certificate is accepted; the server must use a PSK.

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
    if session == "-":
        raise click.UsageError("give --session the name of a file: it cannot be standard input")
    outputs = Outputs()

    def work() -> report.Result:
        saved = _load(session) if session else ()
        ticket = _usable(saved, options["resume_within"])
        if session and ticket is None:
            limit_s = options["resume_within"]
            report.mention(f"tls13lab: {_spent(saved, session, limit_s)}")
        config = _config(host=host, ticket=ticket, **options)
        try_out(save_session)
        log = KeyLog(Path(keylog)) if keylog else None
        recorder = Recorder(Path(record)) if record else None
        # A ticket should be used only once, so the one offered now is not saved again.
        same = _same_file(session, save_session)
        kept = [other for other in saved if same and other is not ticket]
        new: tuple[ResumptionPsk, ...] = ()
        save = save_session is not None
        try:
            done = client.connect(
                host,
                port,
                config,
                send=os.fsencode(send),
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
                with outputs.writing():
                    session_file.save(Path(save_session), [*kept, *new])
            outputs.close(recorder, log)
        _say_about_early_data(config, done)
        _say_about_the_psk(config, done)
        if not done.in_time:
            report.mention(
                "tls13lab: not everything was echoed (the server closed the connection, or "
                f"{timeout:g} s passed)"
            )
        return _described(done)

    report.run(work, _sentence, as_json=as_json, outputs=outputs)


def _load(session: str) -> tuple[ResumptionPsk, ...]:
    try:
        return session_file.load(Path(session))
    except session_file.SessionFileError as error:
        raise LocalFault(f"{session}: {error}") from None


def parse_address(address: str) -> tuple[str, int]:
    """Host and port from ``HOST:PORT``, with an IPv6 address in brackets. Raises UsageError."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise click.UsageError("give HOST:PORT, as in 127.0.0.1:4433 or [::1]:4433")
    return host, int(port)


def _usable(tickets: Sequence[ResumptionPsk], limit_s: int) -> ResumptionPsk | None:
    """The newest ticket that may still be offered."""
    now_ms = time.time_ns() // 1_000_000
    for ticket in reversed(tickets):
        if ticket.usable(now_ms) and ticket.within(limit_s, now_ms):
            return ticket
    return None


def _spent(tickets: Sequence[ResumptionPsk], session: str, limit_s: int) -> str:
    now_ms = time.time_ns() // 1_000_000
    what = f"every ticket in {session} has expired" if tickets else f"{session} holds no ticket"
    if any(ticket.usable(now_ms) for ticket in tickets):
        what = (
            f"the tickets in {session} come from a handshake more than {limit_s} seconds ago "
            "(--resume-within)"
        )
    elif any(ticket.received_ms > now_ms for ticket in tickets):
        what = (
            f"the tickets in {session} were received later than this machine's clock says, or have "
            "expired: set the clock"
        )
        return f"{what}, or connect without --session"
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
        raise click.UsageError("--cert-with-psk needs --psk and --identity; a ticket will not do")
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
        raise click.UsageError("all --share-groups must be among --groups, too")
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
    """The name to ask for; None for an IP address, which server_name cannot carry (RFC 6066)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return None


def trust_in(cafile: str | None, pin: bytes | None, insecure: bool) -> Trust | None:
    """The certificates that ``--cafile``, ``--pin`` or ``--insecure`` accepts; None for none.

    Raises UsageError if more than one of them is given.
    """
    if (cafile is not None) + (pin is not None) + insecure > 1:
        raise click.UsageError("give only one of --cafile, --pin and --insecure")
    if cafile is not None:
        return TrustRoots(load_pem_chain(text_in(cafile), called(cafile)))
    if pin is not None:
        return TrustPin(pin)
    return TrustAnyone() if insecure else None


def _say_about_early_data(config: ClientConfig, done: client.Report) -> None:
    """Say so if early data was asked for, and not sent or not accepted."""
    if config.early_data and done.outcome.early_data == "rejected":
        report.mention("tls13lab: the server rejected the early data; it was sent again")
    elif config.early_data and done.outcome.early_data == "none":
        report.mention(
            "tls13lab: no early data was sent, because the ticket or PSK does not allow it, or not "
            "this much; it was sent after the handshake"
        )


def _say_about_the_psk(config: ClientConfig, done: client.Report) -> None:
    """Say so if the server left out the PSK: only the (EC)DHE exchange then protects the data."""
    if config.cert_with_extern_psk and done.outcome.psk_kind is None:
        report.mention(
            "tls13lab: the server used no PSK and showed only its certificate: a later quantum "
            "computer can read what is recorded now"
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
