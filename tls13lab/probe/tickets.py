"""Tickets: how many, how long, how often, under which name and key. RFC 9846 section 4.7.1."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.probe.finding import Finding
from tls13lab.probe.prober import Prober
from tls13lab.probe.ticket_keys import known_key
from tls13lab.psk.keys import ResumptionPsk

OTHER_NAME = "other.example"


def looks(tickets: list[ResumptionPsk], each: int) -> Iterator[Finding]:
    """What the tickets show by themselves; ``each`` is how many a connection brought."""
    if not tickets:
        yield Finding("no-tickets", "no NewSessionTicket came")
        return
    lengths = sorted({len(one.identity) for one in tickets})
    lifetimes = sorted({one.lifetime_s for one in tickets})
    seen = f"{each} a connection, of {_listed(lengths)} bytes, for {_listed(lifetimes)} s"
    yield Finding("tickets", seen, f"SHA-256 of the first: {_shown(tickets[0])}")
    if lifetimes[-1] > MAX_LIFETIME_S:
        yield Finding("ticket-lifetime-too-long", f"{lifetimes[-1]} s", "604,800 s are seven days")
    if len(tickets) > 1 and len({one.age_add for one in tickets}) < len(tickets):
        yield Finding("age-add-repeats", f"among {len(tickets)} tickets")
    if len({one.identity for one in tickets}) < len(tickets):
        yield Finding("ticket-repeats", f"among {len(tickets)} tickets")
    found = next(filter(None, (known_key(one.identity) for one in tickets)), None)
    if found is not None:
        yield Finding("ticket-key-known", found, "the ticket's own MAC verifies with it")
    else:
        yield Finding("ticket-key-not-known-bad", f"{len(tickets)} tickets tried")


def _listed(numbers: list[int]) -> str:
    return " or ".join(map(str, numbers))


def _shown(ticket: ResumptionPsk) -> str:
    return hashlib.sha256(ticket.identity).hexdigest()[:16]


def reuse(prober: Prober, ticket: ResumptionPsk) -> Iterator[Finding]:
    """The same ticket twice."""
    config = prober.config((ticket,))
    first, second = prober.ask(config), prober.ask(config)
    if first.report is None or not first.report.resumed:
        return
    again = second.report is not None and second.report.resumed
    evidence = f"first {first}, then {second}"
    name = "ticket-many-times" if again else "ticket-once"
    yield Finding(name, "the same ticket twice", evidence)


def names(prober: Prober, ticket: ResumptionPsk) -> Iterator[Finding]:
    """A ticket of this name, under another."""
    renamed = replace(ticket, server_name=OTHER_NAME)
    answer = prober.ask(prober.config((renamed,), server_name=OTHER_NAME))
    resumed = answer.report is not None and answer.report.resumed
    name = "resumes-under-other-name" if resumed else "name-tied-to-ticket"
    was = ticket.server_name or "no name"
    yield Finding(name, f"a ticket of {was}, offered for {OTHER_NAME}", str(answer))


def elsewhere(other: Prober, ticket: ResumptionPsk) -> Iterator[Finding]:
    """A ticket of this address, at another one that the user named."""
    answer = other.ask(other.config((replace(ticket, server_name=other.server_name),)))
    resumed = answer.report is not None and answer.report.resumed
    name = "ticket-key-shared" if resumed else "ticket-key-apart"
    yield Finding(name, f"a ticket offered at {other.host} port {other.port}", str(answer))
