"""``tls13lab probe``: ask a server the questions of :mod:`tls13lab.probe`."""

import ipaddress
import os
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.connect import dns_name, parse_address, trust_in
from tls13lab.cli.options import FILE_OR_DASH, GROUPS, SUITES, Hexadecimal, Listed
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.probe.finding import Grade, ProbeFinding
from tls13lab.probe.probe import Prober, probe
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import HASHES

HERE_S, ELSEWHERE_S = 0.05, 0.5
ORDER = (Grade.FAULT, Grade.WARNING, Grade.NOTE, Grade.GOOD)


@click.command("probe")
@click.argument("address", metavar="HOST:PORT")
@click.option("--psk", type=Hexadecimal(), help="An external PSK that the server should know.")
@click.option("--identity", default="", help="The identity of that PSK.")
@click.option(
    "--psk-hash",
    type=click.Choice(HASHES),
    default="sha256",
    show_default=True,
    help="The hash function of that PSK.",
)
@click.option("--server-name", metavar="NAME", help="The name to ask for; by default, HOST.")
@click.option(
    "--cafile",
    type=FILE_OR_DASH,
    metavar="FILE|-",
    help="Accept only certificates that lead to a root in this PEM file.",
)
@click.option(
    "--pin", type=Hexadecimal(32), help="Accept only the certificate with this SHA-256 hash."
)
@click.option("--suites", type=Listed(SUITES), help="Cipher suites to offer; by default, all.")
@click.option("--groups", type=Listed(GROUPS), help="Groups to offer; by default, all.")
@click.option("--also", metavar="HOST:PORT", help="Also try a ticket at this address.")
@click.option(
    "--early-data",
    "words",
    default="GET / HTTP/1.0\r\n\r\n",
    metavar="TEXT",
    help="Send this as 0-RTT data, twice, if the server allows any. Choose something harmless.",
)
@click.option("--pause", type=click.FloatRange(0.0), help="Seconds between connections.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=5.0,
    show_default=True,
    help="Seconds to wait for the server in each connection.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(
    *,
    address: str,
    psk: bytes | None,
    identity: str,
    psk_hash: str,
    server_name: str | None,
    cafile: str | None,
    pin: bytes | None,
    also: str | None,
    words: str,
    suites: Any,
    groups: Any,
    pause: float | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Find out what a server does with PSKs, tickets and 0-RTT data.

    It makes twenty to forty connections, one after the other (with 0.05 s between them to this
    machine, 0.5 s to others). Without --cafile or --pin, any certificate is accepted. Probe only
    servers of your own. Each finding has a grade: a fault breaks a MUST or lets in a party that it
    should not; a warning is allowed but costs security; a note is neither. The exit code is 1 if
    there is a fault.

    \b
    Examples:
      tls13lab probe 127.0.0.1:4433
      tls13lab probe 127.0.0.1:4433 --psk 0011223344556677 --identity lab --json
      tls13lab probe my.example:443 --early-data "GET / HTTP/1.0" --pause 1
      tls13lab probe 127.0.0.1:4433 --also 127.0.0.1:4434
    """
    if (psk is None) != (not identity):
        raise click.UsageError("give --psk and --identity together")
    external = ExternalPsk(os.fsencode(identity), psk, psk_hash) if psk is not None else None

    def prober(where: str) -> Prober:
        host, port = parse_address(where)
        local = _is_here(host)
        if not local:
            report.mention(f"tls13lab: probing {host}; make sure that its owner agrees")
        return Prober(
            host,
            port,
            psk=external,
            server_name=server_name or dns_name(host),
            trust=trust_in(cafile, pin, False) or TrustAnyone(),
            suites=suites or SUITES,
            groups=groups or GROUPS,
            pause=pause if pause is not None else (HERE_S if local else ELSEWHERE_S),
            timeout=timeout,
        )

    def work() -> report.Result:
        first, second = prober(address), prober(also) if also else None
        try:
            found = probe(first, second, os.fsencode(words))
        except LocalFault as fault:
            raise LocalFault(f"{address}: {fault}") from None
        found.sort(key=lambda finding: ORDER.index(finding.kind.grade))
        return {
            "address": address,
            "connections": first.count + (second.count if second else 0),
            "findings": [_described(finding) for finding in found],
        }

    report.run(work, _text, as_json=as_json, code=_code)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _described(finding: ProbeFinding) -> dict[str, Any]:
    kind = finding.kind
    return {
        "name": finding.name,
        "grade": kind.grade.value,
        "seen": finding.seen,
        "why": kind.why,
        "rfc9846": kind.section,
        "rfc8446": kind.section_8446,
        "evidence": finding.evidence,
    }


def _text(result: report.Result) -> str:
    lines = []
    for found in result["findings"]:
        rfcs = f"RFC 9846 {found['rfc9846']}, 8446 {found['rfc8446']}"
        lines.append(f"{found['grade']:8} {found['name']}: {found['seen']}")
        lines.append(f"         {found['why']} ({rfcs})")
        if found["evidence"]:
            lines.append(f"         seen: {found['evidence']}")
    lines.append(f"{len(result['findings'])} findings, {result['connections']} connections")
    return "\n".join(lines)


def _code(result: report.Result) -> int:
    return int(any(found["grade"] == Grade.FAULT.value for found in result["findings"]))
