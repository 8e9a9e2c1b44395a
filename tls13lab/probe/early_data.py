"""0-RTT: is it taken, is it taken twice, is it taken late? RFC 9846 sections 2.3 and 8.

What is sent is the user's choice, and should be harmless: a server that takes it acts on it.
"""

from collections.abc import Iterator
from dataclasses import replace

from tls13lab.probe.finding import Finding
from tls13lab.probe.prober import Answer, Prober
from tls13lab.psk.keys import ResumptionPsk

HOUR_MS = 3_600_000


def early_data(prober: Prober, tickets: list[ResumptionPsk], words: bytes) -> Iterator[Finding]:
    """Needs two tickets that allow it; without them, that is the finding."""
    allowed = [one for one in tickets if one.max_early_data_size >= len(words)]
    if not allowed:
        yield Finding("early-data-off", "its tickets allow none")
        return
    most = max(one.max_early_data_size for one in allowed)
    config = prober.config((allowed[0],), early_data=words)
    # The client's randomness is kept, so that its first flight is the same bytes again.
    environment = prober.environment()
    first = prober.ask(config, environment)
    if not _taken(first):
        yield Finding("early-data-rejected", f"its tickets allow {most} bytes", str(first))
        return
    yield Finding("early-data-accepted", f"{len(words)} bytes, {most} are allowed", str(first))
    again = prober.ask(config, environment)
    name = "replay-accepted" if _taken(again) else "replay-rejected"
    yield Finding(name, "the same first flight, twice", f"first accepted, then {_fate(again)}")
    if len(allowed) > 1:
        old = replace(allowed[1], received_ms=allowed[1].received_ms - HOUR_MS)
        stale = prober.ask(prober.config((old,), early_data=words))
        name = "stale-early-data-accepted" if _taken(stale) else "stale-early-data-rejected"
        yield Finding(name, "a ticket's age that is an hour too much", _fate(stale))


def _taken(answer: Answer) -> bool:
    return answer.report is not None and answer.report.outcome.early_data == "accepted"


def _fate(answer: Answer) -> str:
    return answer.report.outcome.early_data if answer.report else answer.fault
