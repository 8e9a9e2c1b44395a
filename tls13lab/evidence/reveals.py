"""Reveals on bytes: what does one revealed secret of one session open?

There are two ways to find out. In the script, the eavesdropper has the secret as if from a key log,
and exporters are computed. The search applies every line of the schedule table to the secret, with
every transcript hash of the session, then again to the results, and so on. It compares everything
it computes with the secrets of the endpoints. It has more than an eavesdropper, who cannot see the
encrypted messages in the transcript. So what the search does not reach, no eavesdropper reaches.

>>> sorted(opened("external-psk_ke", ("session_keys",)))
['application_data']
>>> sorted(reached("external-psk_ke", ("exporter_secret",)))
['exported']
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import hkdf, keyschedule
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE, Context, Length, Operation, Row
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.evidence.stage import EARLY_WORDS, stage
from tls13lab.handshake.config import PSK_KE
from tls13lab.handshake.pair import Pair
from tls13lab.messages.transcript import Transcript
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import SceneMode
from tls13lab.wire.writer import uint16

HASH, SIZE = "sha256", 32
LABEL, CONTEXT, EXPORTED = "EXPORTER-an example", b"some context", 24
DEPTH = 2
"""Lines of the table applied in a row; from a PSK to any secret, it takes up to six."""
_WORDS = {CLIENT_WORDS, SERVER_WORDS, EARLY_WORDS}


@dataclass(frozen=True)
class ThreeSessions:
    """The session in question, another with the same PSK, and one resumed from it in psk_ke."""

    this: Pair
    another: Pair
    later: Pair


@remembered(8)
def sessions(mode: SceneMode) -> ThreeSessions:
    """Run the three sessions of a mode."""
    setup = stage(mode)
    another = talk(setup.client, setup.server, f"reveals {mode} another", setup.now_ms)
    modes = frozenset({PSK_KE})
    client = replace(setup.client, psks=setup.this.tickets[:1], modes=modes)
    server = replace(setup.server, modes=modes)
    return ThreeSessions(
        setup.this, another, talk(client, server, f"reveals {mode} later", setup.now_ms)
    )


@remembered(8)
def secrets(mode: SceneMode) -> dict[str, bytes]:
    """The secrets of the session in question, by their names in the schedule table."""
    this = sessions(mode).this
    known = {**this.server.secrets, **this.client.secrets}
    hello = Transcript(this.conversation().steps[0].messages[0]).hash(HASH)
    early = known["early_secret"]
    row = SCHEDULE["early_exporter_secret"]
    return known | {row.name: keyschedule.run(row, HASH, (early,), hello)}


def _revealed(mode: SceneMode, revealed: Iterable[str]) -> dict[str, bytes]:
    known, names = secrets(mode), []
    for what in revealed:
        sides = ("client", "server")
        session_keys = [f"{side}_application_traffic_secret_0" for side in sides]
        names += session_keys if what == "session_keys" else [what]
    return {name: known[name] for name in names if name != "quantum"}


# By script ---------------------------------------------------------------------------------------


def opened(mode: SceneMode, revealed: tuple[str, ...]) -> set[str]:
    """The assets that the eavesdropper opens, or that an exporter secret computes."""
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
                # Another session has the PSK of this session, so finding it there proves nothing.
                found |= {goal} if number == 0 else {names[number]} if goal != "psk" else set()
        tickets = {ticket.key for ticket in every.this.tickets}
        found |= {"next_psk"} if tickets & set(listener.ticket_psks) else set()
    return found


def _theft(every: ThreeSessions, known: dict[str, bytes], *, quantum: bool) -> Theft:
    keylog = {name: value for name, value in known.items() if name != "psk"}
    pairs = (every.this, every.another, every.later)
    shares = [pair.client.secrets.get("client_ecdhe", b"") for pair in pairs]
    return Theft(
        psks=(known["psk"],) if "psk" in known else (),
        initial_ecdhe=tuple(share for share in shares if share) if quantum else (),
        keylog={every.this.client.client_random: keylog} if keylog else {},
    )


def _exported(mode: SceneMode, known: dict[str, bytes]) -> Iterator[str]:
    """The exported values that come out as the endpoint itself would export them."""
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


@remembered(64)
def reached(mode: SceneMode, revealed: tuple[str, ...], depth: int = DEPTH) -> frozenset[str]:
    """The assets that the schedule table leads to from the revealed secrets."""
    start = set(_revealed(mode, revealed).values())
    made, new = set(start), start
    for _ in range(depth):
        new = {value for secret in new for value in _from(mode, secret)} - made
        made |= new
    return frozenset(asset for asset, truth in _truth(mode).items() if truth & made)


def _from(mode: SceneMode, secret: bytes) -> Iterator[bytes]:
    """Every line of the table applied to one secret, with zeros or a transcript hash."""
    yield hkdf.extract(HASH, secret, bytes(SIZE))
    yield hkdf.extract(HASH, bytes(SIZE), secret)
    for data, size in _lines(mode):
        yield hmac.digest(secret, data, HASH)[:size]


@remembered(8)
def _lines(mode: SceneMode) -> tuple[tuple[bytes, int], ...]:
    """For each line except the extractions: the HMAC's input, and the bytes kept of its output.

    They are computed once, because the search applies each line to thousands of secrets.
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


def _contexts(mode: SceneMode, row: Row) -> tuple[bytes, ...]:
    """The possible contexts of a line of the table."""
    if row.context is Context.TICKET_NONCE:
        return tuple(map(uint16, range(4)))
    if row.context is Context.EXPORTER_CONTEXT:
        return (Transcript(CONTEXT).hash(HASH),)
    return (b"",) if row.context is Context.EMPTY else _hashes(mode)


@remembered(8)
def _hashes(mode: SceneMode) -> tuple[bytes, ...]:
    """The session's transcript hashes, after each of its messages."""
    steps = sessions(mode).this.conversation().steps
    transcript, hashes = Transcript(), []
    for message in (message for step in steps for message in step.messages):
        transcript = transcript.add(message)
        hashes.append(transcript.hash(HASH))
    return tuple(hashes)


@remembered(8)
def _truth(mode: SceneMode) -> dict[str, set[bytes]]:
    """For each asset, the secrets of which any one opens it."""
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
