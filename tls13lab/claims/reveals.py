"""Reveals on bytes: a secret of one session gets out; what does it open?

In two ways. A script: the eavesdropper with that secret, as from a key log; exporters are computed.
And a search without one: every line of the schedule table is applied to what got out, with every
transcript hash of the session, and to what comes of that, and so on; whatever is made is compared
with the secrets that the endpoints had. It is given more than an eavesdropper has, because the
flights in the transcripts are sealed; so what it does not reach, the eavesdropper does not either.

>>> sorted(opened("external-psk_ke", ("session_keys",)))
['application_data']
>>> sorted(reached("external-psk_ke", ("exporter_secret",)))
['exported']
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.theft import Theft
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.claims.stage import EARLY_WORDS, stage
from tls13lab.crypto import hkdf, keyschedule
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE, Context, Length, Operation, Row
from tls13lab.handshake.config import PSK_KE
from tls13lab.handshake.pair import Pair
from tls13lab.messages.transcript import Transcript
from tls13lab.wire.writer import uint16

HASH, SIZE = "sha256", 32
LABEL, CONTEXT, EXPORTED = "EXPORTER-an example", b"some context", 24
DEPTH = 2
"""How many lines of the table one after the other; from a PSK to any secret it takes up to six."""
_WORDS = {CLIENT_WORDS, SERVER_WORDS, EARLY_WORDS}


@dataclass(frozen=True)
class Sessions:
    """The one in question, another with the same PSK, and one resumed from the first, in psk_ke."""

    this: Pair
    another: Pair
    later: Pair


@lru_cache(maxsize=8)
def sessions(mode: str) -> Sessions:
    """For real."""
    one = stage(mode)
    another = talk(one.client, one.server, f"reveals {mode} another", one.now_ms)
    modes = frozenset({PSK_KE})
    client = replace(one.client, psks=one.this.tickets[:1], modes=modes)
    server = replace(one.server, modes=modes)
    return Sessions(one.this, another, talk(client, server, f"reveals {mode} later", one.now_ms))


@lru_cache(maxsize=8)
def secrets(mode: str) -> dict[str, bytes]:
    """All of the session in question, by their names in the schedule table."""
    this = sessions(mode).this
    known = {**this.server.secrets, **this.client.secrets}
    hello = Transcript(this.conversation().steps[0].messages[0]).hash(HASH)
    early = known["early_secret"]
    row = SCHEDULE["early_exporter_secret"]
    return known | {row.name: keyschedule.run(row, HASH, (early,), hello)}


def _revealed(mode: str, revealed: Iterable[str]) -> dict[str, bytes]:
    known, names = secrets(mode), []
    for what in revealed:
        sides = ("client", "server")
        session_keys = [f"{side}_application_traffic_secret_0" for side in sides]
        names += session_keys if what == "session_keys" else [what]
    return {name: known[name] for name in names if name != "quantum"}


# By script ---------------------------------------------------------------------------------------


def opened(mode: str, revealed: tuple[str, ...]) -> set[str]:
    """What of the questions the eavesdropper opens, or an exporter's secret computes."""
    every, known = sessions(mode), _revealed(mode, revealed)
    theft = _theft(every, known, quantum="quantum" in revealed)
    found = set(_exported(mode, known))
    recording = record(*stage(mode).pairs[:-1], every.this, every.another, every.later)
    names = {1: "another_session", 2: "resumed_session"}
    for goal in ("application_data", "early_data", "psk"):
        listener = Eavesdropper(theft, goal)
        findings = list(listener.listen(recording))[-len(names) - 1 :]
        for number, finding in enumerate(findings):
            heads = {text.head for text in finding.plaintext.values()}
            wanted = {secrets(mode)["psk"]} if goal == "psk" else _WORDS
            if finding.verdict == "lost" and heads & wanted:
                # A PSK that another session shows is that of this one, but not the later one's.
                found |= {goal} if number == 0 else {names[number]} if goal != "psk" else set()
        tickets = {ticket.key for ticket in every.this.tickets}
        found |= {"next_psk"} if tickets & set(listener.ticket_psks) else set()
    return found


def _theft(every: Sessions, known: dict[str, bytes], *, quantum: bool) -> Theft:
    keylog = {name: value for name, value in known.items() if name != "psk"}
    pairs = (every.this, every.another, every.later)
    shares = [pair.client.secrets.get("client_ecdhe", b"") for pair in pairs]
    return Theft(
        psks=(known["psk"],) if "psk" in known else (),
        initial_ecdhe=tuple(share for share in shares if share) if quantum else (),
        keylog={every.this.client.client_random: keylog} if keylog else {},
    )


def _exported(mode: str, known: dict[str, bytes]) -> Iterator[str]:
    """What comes out is what the endpoint itself would export."""
    this = sessions(mode).this.client
    truth = {
        "exported": this.exported(LABEL, CONTEXT, EXPORTED),
        "early_exported": _export(secrets(mode)["early_exporter_secret"]),
    }
    for asked, row in (
        ("exported", "exporter_secret"),
        ("early_exported", "early_exporter_secret"),
    ):
        if row in known and _export(known[row]) == truth[asked]:
            yield asked


def _export(secret: bytes) -> bytes:
    return keyschedule.exported(HASH, secret, LABEL, CONTEXT, EXPORTED)


# By search ---------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def reached(mode: str, revealed: tuple[str, ...], depth: int = DEPTH) -> frozenset[str]:
    """What of the questions the table leads to, from what got out."""
    start = set(_revealed(mode, revealed).values())
    made, new = set(start), start
    for _ in range(depth):
        new = {value for secret in new for value in _from(mode, secret)} - made
        made |= new
    return frozenset(asked for asked, truth in _truth(mode).items() if truth & made)


def _from(mode: str, secret: bytes) -> Iterator[bytes]:
    """Every line of the table on one secret, with zeros or a transcript hash beside it."""
    yield hkdf.extract(HASH, secret, bytes(SIZE))
    yield hkdf.extract(HASH, bytes(SIZE), secret)
    for data, size in _lines(mode):
        yield hmac.digest(secret, data, HASH)[:size]


@lru_cache(maxsize=8)
def _lines(mode: str) -> tuple[tuple[bytes, int], ...]:
    """What is hashed under a secret by each line but the extractions, and the bytes that are kept.

    Written down once, for the search runs each line on thousands of secrets.
    """
    found: dict[tuple[bytes, int], None] = {}
    for row in (*SCHEDULE.values(), *FAMILIES.values()):
        label = LABEL if row.name == "derived_exporter_secret" else None
        for context, length in product(_contexts(mode, row), _lengths(row)):
            if row.operation is Operation.HMAC:
                found[context, SIZE] = None
            elif row.operation is not Operation.EXTRACT:
                info, size = keyschedule.expansion(row, HASH, context, length=length, label=label)
                found[info + b"\x01", size] = None  # one block of HKDF-Expand
    return tuple(found)


def _lengths(row: Row) -> tuple[int | None, ...]:
    return {Length.KEY: (16,), Length.CALLER: (EXPORTED,)}.get(row.length, (None,))


def _contexts(mode: str, row: Row) -> tuple[bytes, ...]:
    """What the table says that a line is bound to: one of a few values."""
    if row.context is Context.TICKET_NONCE:
        return tuple(map(uint16, range(4)))
    if row.context is Context.EXPORTER_CONTEXT:
        return (Transcript(CONTEXT).hash(HASH),)
    return (b"",) if row.context is Context.EMPTY else _hashes(mode)


@lru_cache(maxsize=8)
def _hashes(mode: str) -> tuple[bytes, ...]:
    """The session's transcript hashes, after each of its messages."""
    steps = sessions(mode).this.conversation().steps
    transcript, hashes = Transcript(), []
    for message in (one for step in steps for one in step.messages):
        transcript = transcript.add(message)
        hashes.append(transcript.hash(HASH))
    return tuple(hashes)


@lru_cache(maxsize=8)
def _truth(mode: str) -> dict[str, set[bytes]]:
    """The secrets any of which opens what is asked for."""
    every, known = sessions(mode), secrets(mode)

    def traffic(pair: Pair, *names: str) -> set[bytes]:
        found = {**pair.server.secrets, **pair.client.secrets}
        return {value for name, value in found.items() if name.endswith(names)}

    return {
        "application_data": traffic(every.this, "application_traffic_secret_0"),
        "early_data": traffic(every.this, "client_early_traffic_secret"),
        "exported": {_export(known["exporter_secret"])},
        "early_exported": {_export(known["early_exporter_secret"])},
        "psk": {known["psk"]},
        "next_psk": {ticket.key for ticket in every.this.tickets},
        "another_session": traffic(every.another, "_traffic_secret", "_traffic_secret_0"),
        "resumed_session": traffic(every.later, "_traffic_secret", "_traffic_secret_0"),
    }
