"""``tls13lab break``: from a recording and stolen secrets to a verdict and the plaintext."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.leaks import NamedTheft, leak_of
from tls13lab.adversary.plan import GOALS, Goal
from tls13lab.adversary.theft import together
from tls13lab.capture.hellos import SPEAKS
from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture
from tls13lab.cli import report
from tls13lab.cli.options import FILE_OR_DASH
from tls13lab.cli.outputs import Outputs, not_with_json, try_out
from tls13lab.pictures import fit_text
from tls13lab.pictures.derivation_text import derivation_rows
from tls13lab.wire.faults import LocalFault

SHOWN = 2_000
"""Bytes of plaintext in the JSON object, for each direction."""
SHOWN_IN_TEXT = 200
MOST_OFFERED = 64
"""Identities listed for each connection."""
MOST_LISTED = 1_000
"""Connections listed with their steps; the rest are only counted."""


@click.command("break")
@click.argument("capture", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--leak",
    "leaks",
    multiple=True,
    metavar="NAME=HEX|@FILE",
    help="A stolen secret: psk, ticket_key, client_ecdhe, server_ecdhe or initial_ecdhe, in "
    "hexadecimal, in a file (@FILE), or on standard input (@-); or keylog=FILE.",
)
@click.option(
    "--goal",
    type=click.Choice(GOALS),
    default="application_data",
    show_default=True,
    help="What to read.",
)
@click.option(
    "--svg",
    type=FILE_OR_DASH,
    help="Draw the attack in this file; with -, on standard output, instead of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(*, capture: str, leaks: Sequence[str], goal: Goal, svg: str | None, as_json: bool) -> None:
    """Show what stolen secrets open in a recording, and how.

    CAPTURE is a pcap or pcapng file, also compressed with gzip; - is standard input. Nothing is
    sent to anyone. A leak that fits no connection is reported.

    \b
    Examples:
      openssl rand -hex 48 > ticket-key.hex
      tls13lab serve --psk 0011223344556677 --identity lab --ticket-key @ticket-key.hex \\
        --record talk.pcapng --keylog keys.txt
      tls13lab break talk.pcapng --leak psk=0011223344556677
      tls13lab break talk.pcapng --leak psk=0011223344556677 --leak client_ecdhe=HEX --json
      tls13lab break talk.pcapng --leak ticket_key=@ticket-key.hex --goal early_data
      tls13lab break talk.pcapng --leak keylog=keys.txt
    """

    not_with_json("--svg", svg, as_json)
    outputs = Outputs()

    def work() -> report.Result:
        if capture == "-" and any(text.endswith(("=@-", "keylog=-")) for text in leaks):
            raise click.UsageError("only one of the capture and the leaks can be standard input")
        stolen = [leak_of(text) for text in leaks]
        theft = together(leak.theft for leak in stolen)
        try_out(svg)
        summary, notes = BreakSummary(goal, stolen), Notes()
        for finding in eavesdrop(read_capture(Path(capture), notes), theft, goal):
            summary.add(finding)
        if svg is not None:
            with outputs.writing():
                outputs.write(svg, summary.drawing())
        return summary.result() | {"notes": notes.lines()}

    report.run(work, _text, as_json=as_json, outputs=outputs)


class BreakSummary:
    """Counts all findings, and keeps the first 1000 of them whole."""

    def __init__(self, goal: Goal, leaks: Sequence[NamedTheft]) -> None:
        self._goal = goal
        self._counts = dict.fromkeys(("lost", "kept", "unknown", "absent"), 0)
        self._leaks = [Places(leak) for leak in leaks]
        self._missing: dict[str, None] = {}
        self.findings: list[Finding] = []

    def add(self, finding: Finding) -> None:
        self._counts[finding.verdict] += 1
        for leak in self._leaks:
            leak.add(finding)
        self._missing |= dict.fromkeys(finding.missing)
        if len(self.findings) < MOST_LISTED:
            self.findings.append(finding)

    def drawing(self) -> bytes:
        """The attack tree of the first lost connection. Raises LocalFault if there is none."""
        from tls13lab.pictures.attack_tree import attack_tree

        lost = next((finding for finding in self.findings if finding.verdict == "lost"), None)
        if lost is None:
            raise LocalFault("nothing was lost, so there is no attack to draw: leave out --svg")
        svg = attack_tree(lost.steps).svg
        if not svg:
            raise LocalFault("no program here can draw this attack: pip install pygraphviz")
        return svg.encode()

    def result(self) -> report.Result:
        """The result of the command, as a JSON object."""
        lost = [finding for finding in self.findings if finding.verdict == "lost"]
        return {
            "goal": self._goal,
            "verdict": next((v for v, count in self._counts.items() if count), "absent"),
            "counts": self._counts,
            "leaks": [
                {"leak": places.leak.name, "fits": places.connections, "where": places.where}
                | ({"note": places.leak.note} if places.leak.note else {})
                for places in self._leaks
            ],
            "steps": [row for finding in lost for row in _steps(finding)],
            "plaintext": {str(finding.connection): _plaintext(finding) for finding in lost},
            "missing": list(self._missing),
            "connections": [_described(finding) for finding in self.findings],
        }


@dataclass
class Places:
    """The connections that a leak fits, and the places in them, up to the limit of the list."""

    leak: NamedTheft
    connections: list[int] = field(default_factory=list)
    where: list[dict[str, Any]] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        found = finding.fits_of(self.leak.theft)
        if found:
            self.connections.append(finding.connection)
        for fit in found[: MOST_LISTED - len(self.where)]:
            self.where.append({"connection": finding.connection} | fit_text.place(fit))


def _steps(finding: Finding) -> list[dict[str, Any]]:
    return [
        {"connection": finding.connection, "number": int(number), "what": what}
        | {"from": sources, "how": how, "value": value}
        for number, what, sources, how, value in derivation_rows(finding.steps)
    ]


def _plaintext(finding: Finding) -> dict[str, str]:
    """The plaintext of each sender; for ``--goal psk``, the PSK in hexadecimal."""
    if finding.goal == "psk":
        return {"psk": finding.plaintext["client"].head.hex()}
    return {
        sender: text.head[:SHOWN].decode("utf-8", "backslashreplace")
        for sender, text in finding.plaintext.items()
    }


def _described(finding: Finding) -> dict[str, Any]:
    source = finding.psk_from
    return {
        "connection": finding.connection,
        "client": finding.client,
        "server": finding.server,
        "mode": finding.mode,
        "suite": finding.suite,
        "identity": finding.identity.hex(),
        "offered": [
            {"client_hello": offer.hello, "place": offer.place, "identity": offer.identity.hex()}
            for offer in finding.offers[:MOST_OFFERED]
        ],
        "verdict": finding.verdict,
        "leaks": list(finding.leaks),
        "psk_from": {"connection": source.connection, "ticket": source.ticket} if source else None,
        "bytes": {sender: text.total for sender, text in finding.plaintext.items()},
        "missing": list(finding.missing),
        "incomplete": finding.incomplete,
    }


def _text(result: report.Result) -> str:
    lines: list[str] = []
    for connection in result["connections"]:
        lines += _connection_lines(connection, result)
    for leak in result["leaks"]:
        if "note" in leak:
            lines.append(f"the leak {leak['leak']}: {leak['note']}")
        if not leak["fits"]:
            lines.append(fit_text.nowhere(leak["leak"]))
    lines += result["notes"]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in result["counts"].items() if count)
    lines.append(f"{result['goal']}: {counts or 'no TLS connection in this capture'}")
    return "\n".join(lines)


def _connection_lines(one: dict[str, Any], result: report.Result) -> list[str]:
    number, verdict = one["connection"], one["verdict"]
    nothing = "not TLS 1.3" if SPEAKS in (one["incomplete"] or "") else "no ServerHello"
    what = " ".join(filter(None, (one["mode"], one["suite"]))) or nothing
    lines = [f"connection {number}, {one['client']} to {one['server']}, {what}: {verdict}"]
    if one["psk_from"]:
        source = one["psk_from"]
        lines.append(
            f"  its PSK came with ticket {source['ticket']} of connection {source['connection']}"
        )
    for leak in result["leaks"]:
        places = (place for place in leak["where"] if place["connection"] == number)
        lines += [f"  {fit_text.in_words(leak['leak'], place)}" for place in places]
    for step in result["steps"]:
        if step["connection"] == number:
            lines.append(
                f"  {step['number']:3}. {step['what']}  =  {step['how']} of {step['from']}"
                + (f"  =  {step['value']}" if step["value"] else "")
            )
    for sender, text in result["plaintext"].get(str(number), {}).items():
        more = "" if len(text) <= SHOWN_IN_TEXT else f" ... ({one['bytes'].get(sender)} bytes)"
        lines.append(f"  {sender}: {text[:SHOWN_IN_TEXT]!r}{more}")
    if one["missing"]:
        lines.append(f"  one of these would open it: {', '.join(one['missing'])}")
    elif verdict == "kept":
        lines.append("  no single leak would open it")
    if one["incomplete"]:
        lines.append(f"  incomplete: {one['incomplete']}")
    return lines
