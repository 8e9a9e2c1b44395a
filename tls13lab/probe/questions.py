"""The questions to a server. Each takes one or a few connections, and gives findings.

There are four parts: the modes that it accepts (RFC 9846 sections 2.2 and 4.3.9), its tickets
(4.7.1), its 0-RTT (2.3 and 8), and whether it checks binders and reveals which identities it knows
(4.3.11 and F.6). Only the server's answers are compared, not their timing.

The user chooses what is sent as 0-RTT data. It should be harmless, because a server that accepts it
acts on it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE
from tls13lab.handshake.connection import Connection
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import PskKeyExchangeModes
from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.transcript import Transcript
from tls13lab.peers.link import real_environment
from tls13lab.probe.finding import ProbeFinding
from tls13lab.probe.prober import BOTH, Prober, Reply
from tls13lab.probe.ticket_keys import known_key
from tls13lab.psk.binder import fill_binders
from tls13lab.psk.keys import ExternalPsk, Psk, ResumptionPsk
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import PSK_MODES

OFFERS = {"psk_ke": frozenset({PSK_KE}), "psk_dhe_ke": frozenset({PSK_DHE_KE}), "both": BOTH}
OTHER_NAME = "other.example"
HOUR_MS = 3_600_000
TAKEN = "ServerHello with PSK"


# Modes --------------------------------------------------------------------------------------------


def modes(prober: Prober, psks: list[Psk], what: str) -> Iterator[ProbeFinding]:
    """Offer PSKs with psk_ke, with psk_dhe_ke, and with both; a ticket is offered only once."""
    answers = {
        name: prober.ask(prober.config((psk,), offered))
        for (name, offered), psk in zip(OFFERS.items(), psks, strict=False)
    }
    took = {name: str(answer) for name, answer in answers.items()}
    evidence = ", ".join(f"offered {name}: {answer}" for name, answer in took.items())
    external = any(isinstance(psk, ExternalPsk) for psk in psks)
    if any(answer.ours for answer in answers.values()):
        # The lab's own client ends a connection in a mode that it did not offer.
        yield ProbeFinding("mode-not-offered", f"with the {what}, it broke a rule", evidence)
        return
    if not set(took.values()) & set(PSK_MODES):
        name = "psk-ignored" if external else "resumption-refused"
        yield ProbeFinding(name, f"no offer of the {what} was accepted", evidence)
        return
    yield ProbeFinding(
        "psk-accepted" if external else "resumption-works", f"it accepts the {what}", evidence
    )
    if took.get("psk_ke") == "psk_ke":
        yield ProbeFinding(
            "psk-ke-accepted", f"with the {what}, if only psk_ke is offered", evidence
        )
    else:
        yield ProbeFinding("psk-ke-refused", f"with the {what}", evidence)
    if took.get("psk_dhe_ke") == "psk_dhe_ke":
        yield ProbeFinding("psk-dhe-ke-accepted", f"with the {what}", evidence)
    if took.get("both") == "psk_ke":
        yield ProbeFinding("psk-ke-preferred", f"with the {what}, if both are offered", evidence)
    elif took.get("both") == "psk_dhe_ke" and took.get("psk_ke") == "psk_ke":
        yield ProbeFinding(
            "psk-dhe-ke-preferred", f"with the {what}, if both are offered", evidence
        )


def retry(prober: Prober, psk: Psk, what: str) -> Iterator[ProbeFinding]:
    """Send no share at first, so that the server must ask for one. Does it still use the PSK?"""
    config = prober.config((psk,), frozenset({PSK_DHE_KE}))
    answer = prober.ask(replace(config, share_groups=()))
    if answer.report is None or not answer.report.outcome.retried:
        return
    name = "retry-works" if answer.mode == "psk_dhe_ke" else "retry-drops-psk"
    yield ProbeFinding(name, f"with the {what}, after a HelloRetryRequest", str(answer))


# Tickets ------------------------------------------------------------------------------------------


def tickets(collected: list[ResumptionPsk], each: int) -> Iterator[ProbeFinding]:
    """What tickets show without being used; ``each`` is how many came on one connection."""
    if not collected:
        yield ProbeFinding("no-tickets", "no NewSessionTicket came")
        return
    lengths = sorted({len(ticket.identity) for ticket in collected})
    lifetimes = sorted({ticket.lifetime_s for ticket in collected})
    seen = f"{each} a connection, of {_listed(lengths)} bytes, for {_listed(lifetimes)} s"
    yield ProbeFinding("tickets", seen, f"SHA-256 of the first: {_shown(collected[0])}")
    if lifetimes[-1] > MAX_LIFETIME_S:
        yield ProbeFinding(
            "ticket-lifetime-too-long", f"{lifetimes[-1]} s", "604,800 s are seven days"
        )
    if len(collected) > 1 and len({ticket.age_add for ticket in collected}) < len(collected):
        yield ProbeFinding("age-add-repeats", f"among {len(collected)} tickets")
    if len({ticket.identity for ticket in collected}) < len(collected):
        yield ProbeFinding("ticket-repeats", f"among {len(collected)} tickets")
    found = next(filter(None, (known_key(ticket.identity) for ticket in collected)), None)
    if found is not None:
        yield ProbeFinding("ticket-key-known", found, "the ticket's own MAC verifies with it")
    else:
        yield ProbeFinding("ticket-key-not-known-bad", f"{len(collected)} tickets tried")


def _listed(numbers: list[int]) -> str:
    return " or ".join(map(str, numbers))


def _shown(ticket: ResumptionPsk) -> str:
    return hashlib.sha256(ticket.identity).hexdigest()[:16]


def ticket_reuse(prober: Prober, ticket: ResumptionPsk) -> Iterator[ProbeFinding]:
    """Offer the same ticket twice."""
    config = prober.config((ticket,))
    first, second = prober.ask(config), prober.ask(config)
    if first.report is None or not first.report.resumed:
        return
    again = second.report is not None and second.report.resumed
    evidence = f"first {first}, then {second}"
    name = "ticket-many-times" if again else "ticket-once"
    yield ProbeFinding(name, "the same ticket twice", evidence)


def ticket_names(prober: Prober, ticket: ResumptionPsk) -> Iterator[ProbeFinding]:
    """Offer a ticket with a server name other than the one it was issued for."""
    renamed = replace(ticket, server_name=OTHER_NAME)
    answer = prober.ask(prober.config((renamed,), server_name=OTHER_NAME))
    resumed = answer.report is not None and answer.report.resumed
    name = "resumes-under-other-name" if resumed else "name-tied-to-ticket"
    was = ticket.server_name or "no name"
    yield ProbeFinding(name, f"a ticket for {was}, offered for {OTHER_NAME}", str(answer))


def ticket_elsewhere(other: Prober, ticket: ResumptionPsk) -> Iterator[ProbeFinding]:
    """Offer a ticket at another address, which the user named."""
    answer = other.ask(other.config((replace(ticket, server_name=other.server_name),)))
    resumed = answer.report is not None and answer.report.resumed
    name = "ticket-key-shared" if resumed else "ticket-key-apart"
    yield ProbeFinding(name, f"a ticket offered at {other.host} port {other.port}", str(answer))


# 0-RTT data ---------------------------------------------------------------------------------------


def early_data(
    prober: Prober, tickets: list[ResumptionPsk], words: bytes
) -> Iterator[ProbeFinding]:
    """Send 0-RTT data, then the same flight again, then a ticket with an impossible age."""
    allowed = [ticket for ticket in tickets if ticket.max_early_data_size >= len(words)]
    if not allowed:
        yield ProbeFinding("early-data-off", "its tickets allow none")
        return
    most = max(ticket.max_early_data_size for ticket in allowed)
    config = prober.config((allowed[0],), early_data=words)
    # With the same random bytes, the client's first flight is the same again.
    environment = prober.environment()
    first = prober.ask(config, environment)
    if not _taken(first):
        yield ProbeFinding("early-data-rejected", f"its tickets allow {most} bytes", str(first))
        return
    yield ProbeFinding("early-data-accepted", f"{len(words)} bytes, {most} are allowed", str(first))
    again = prober.ask(config, environment)
    name = "replay-accepted" if _taken(again) else "replay-rejected"
    yield ProbeFinding(name, "the same first flight, twice", f"first accepted, then {_fate(again)}")
    if len(allowed) > 1:
        old = replace(allowed[1], received_ms=allowed[1].received_ms - HOUR_MS)
        stale = prober.ask(prober.config((old,), early_data=words))
        name = "stale-early-data-accepted" if _taken(stale) else "stale-early-data-rejected"
        yield ProbeFinding(name, "a ticket age that is an hour too high", _fate(stale))


def _taken(answer: Reply) -> bool:
    return answer.report is not None and answer.report.outcome.early_data == "accepted"


def _fate(answer: Reply) -> str:
    return answer.report.outcome.early_data if answer.report else answer.fault


# Binders and identities ---------------------------------------------------------------------------


def hello(prober: Prober, psk: Psk) -> bytes:
    """A packed ClientHello that offers ``psk``."""
    sent = Connection.client(prober.config((psk,)), real_environment()).outgoing()
    return sent[5 : 5 + int.from_bytes(sent[3:5], "big")]


def ask(prober: Prober, raw: bytes) -> str:
    """Send a packed ClientHello; the server's answer as :meth:`Prober.raw` describes it."""
    return prober.raw(frame(ContentType.HANDSHAKE, raw, 0x0301))


def binders(prober: Prober, psk: Psk, what: str) -> Iterator[ProbeFinding]:
    """Offer a known identity with a wrong key, and then a random identity."""
    wrong = bytes(byte ^ 0xFF for byte in psk.key)
    known = ask(prober, hello(prober, replace(psk, key=wrong)))
    stranger = real_environment().entropy(len(psk.identity))
    unknown = ask(prober, hello(prober, replace(psk, identity=stranger, key=wrong)))
    evidence = f"known identity and wrong key: {known}; unknown identity: {unknown}"
    if known == TAKEN:
        yield ProbeFinding(
            "binder-unchecked", f"the {what} was accepted with a wrong binder", evidence
        )
        return
    if known != "ServerHello":
        yield ProbeFinding("binder-checked", f"of the {what}", evidence)
    if isinstance(psk, ExternalPsk):
        # Tickets cannot be guessed; only external identities are worth trying out.
        name = "no-identity-oracle" if known == unknown else "identity-oracle"
        yield ProbeFinding(name, f"of the {what}", evidence)


def wrong_hellos(prober: Prober, psk: Psk) -> Iterator[ProbeFinding]:
    """Send pre_shared_key first instead of last, and then without psk_key_exchange_modes."""
    message = unpack(hello(prober, psk))
    assert isinstance(message, ClientHello)
    *others, offered = message.extensions
    assert isinstance(offered, OfferedPsks)
    moved = ask(prober, pack(replace(message, extensions=(offered, *others))))
    kept = (each for each in message.extensions if not isinstance(each, PskKeyExchangeModes))
    without = tuple(kept)
    raw = fill_binders(pack(replace(message, extensions=without)), offered, (psk,), Transcript())
    missing = ask(prober, raw)
    evidence = f"not last: {moved}; without modes: {missing}"
    if moved.startswith("ServerHello"):
        yield ProbeFinding("psk-not-last-accepted", "pre_shared_key was first", evidence)
    if missing.startswith("ServerHello"):
        yield ProbeFinding("modes-missing-accepted", "psk_key_exchange_modes was missing", evidence)
    if not (moved.startswith("ServerHello") or missing.startswith("ServerHello")):
        yield ProbeFinding("wrong-hellos-refused", "both", evidence)
