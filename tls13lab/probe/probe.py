"""All questions, in order. RFC 9846 section 2.2.

>>> from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
>>> from tls13lab.peers.background import serving
>>> with serving(lesson_configs("psk_dhe_ke")[1]) as server:
...     found = probe(Prober(server.host, server.port, LESSON_PSK, pause=0.0))
>>> [finding.name for finding in found if finding.kind.grade is not Grade.GOOD]
['psk-only', 'identity-oracle', 'no-tickets']
"""

from collections.abc import Iterator

from tls13lab.handshake.config import ClientConfig
from tls13lab.probe import questions
from tls13lab.probe.finding import Grade, ProbeFinding
from tls13lab.probe.prober import Prober, Reply
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.faults import LocalFault

__all__ = ["Grade", "Prober", "probe"]

TICKETS = 8
"""How many tickets are collected; most questions about tickets use up one."""
GATHERINGS = 6
"""The most connections that are made to collect them."""


class NothingToProbe(LocalFault):
    """No TLS 1.3 handshake with this server succeeds, so nothing can be asked."""


def probe(
    prober: Prober, also: Prober | None = None, words: bytes = b"GET / HTTP/1.0\r\n\r\n"
) -> list[ProbeFinding]:
    """Ask all questions; ``words`` are sent as early data, ``also`` is a second address.

    Raises NothingToProbe, Unreachable, or TooManyQuestions.
    """
    return list(_every_answer(prober, also, words))


def _every_answer(prober: Prober, also: Prober | None, words: bytes) -> Iterator[ProbeFinding]:
    first = prober.ask(prober.config())
    if first.report is not None:
        seen = f"{first.report.outcome.suite.name} without a PSK"
        yield ProbeFinding("full-handshake", seen, str(first))
    elif prober.psk is None:
        raise NothingToProbe(_why_not(first))
    else:
        yield ProbeFinding("psk-only", "without a PSK there is no handshake", str(first))
    if prober.psk is not None:
        yield from _external(prober)
    usual = prober.config() if first.report else prober.config((prober.psk,) if prober.psk else ())
    found, each = _collect(prober, usual, first)
    yield from questions.tickets(found, each)
    if found:
        yield from _resumption(prober, usual, also, found, words)


def _why_not(first: Reply) -> str:
    if first.alert == "protocol_version":
        return "the server does not speak TLS 1.3"
    if first.alert in ("missing_extension", "unknown_psk_identity"):
        return f"the server wants a PSK ({first.alert}): give --psk and --identity"
    if first.alert == "handshake_failure":
        return (
            "the server and a client without a PSK have nothing in common (handshake_failure): if "
            "it wants a PSK, give --psk and --identity; otherwise compare --suites and --groups, "
            "or its certificate may be of a kind that the lab cannot verify"
        )
    return f"no TLS 1.3 handshake succeeded: {first.fault}"


def _external(prober: Prober) -> Iterator[ProbeFinding]:
    psk = prober.psk
    assert psk is not None
    asked = list(questions.modes(prober, [psk] * 3, "external PSK"))
    yield from asked
    if not any(finding.name == "psk-accepted" for finding in asked):
        return
    yield from questions.retry(prober, psk, "external PSK")
    yield from questions.binders(prober, psk, "external PSK")
    yield from questions.wrong_hellos(prober, psk)


def _collect(prober: Prober, usual: ClientConfig, first: Reply) -> tuple[list[ResumptionPsk], int]:
    """Tickets for the first questions, and how many came on one connection."""
    found, each = list(first.tickets), len(first.tickets)
    for _ in range(GATHERINGS):
        if len(found) >= TICKETS:
            break
        more = prober.ask(usual).tickets
        each = each or len(more)
        found += more
        if not more:
            break
    return found, each


def _resumption(
    prober: Prober,
    usual: ClientConfig,
    also: Prober | None,
    found: list[ResumptionPsk],
    words: bytes,
) -> Iterator[ProbeFinding]:
    # The newest first, because a server with a small store may have forgotten the oldest.
    left = found[::-1]
    three = [left.pop(0) for _ in range(min(3, len(left)))]
    asked = list(questions.modes(prober, list(three), "ticket"))
    yield from asked
    if not any(finding.name == "resumption-works" for finding in asked):
        return
    if left:
        yield from questions.retry(prober, left.pop(0), "ticket")
    if left:
        yield from questions.ticket_reuse(prober, left.pop(0))
    if left:
        yield from questions.ticket_names(prober, left.pop(0))
    fresh = list(prober.ask(usual).tickets)
    if fresh:
        yield from questions.binders(prober, fresh[0], "ticket")
    if also is not None and len(fresh) > 1:
        yield from questions.ticket_elsewhere(also, fresh[1])
    late = [ticket for _ in range(2) for ticket in prober.ask(usual).tickets]
    yield from questions.early_data(prober, late, words)
