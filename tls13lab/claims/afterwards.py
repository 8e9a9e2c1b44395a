"""A claim on bytes against an adversary that speaks, and to whom the leaks come when all is over.

It has nothing while it speaks. It answers the client without its PSK, or with a certificate of its
own; it repeats the recorded first flight, and connects with a PSK made up. All that is said then is
recorded, and when the leaks come, it is listened to like any recording. Private keys of its own it
has, of course.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.capture.recording import Item, recording_of
from tls13lab.claims import active, passive
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.claims.stage import EARLY_WORDS, stage
from tls13lab.crypto.certificates import self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.impostor.blunt_answer import answer
from tls13lab.impostor.replay import first_flight
from tls13lab.impostor.stand_in import StolenPsk, false_client, false_server
from tls13lab.psk.keys import PskKind
from tls13lab.symbolic.claims import SECRECY, absent
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

MADE_UP = bytes(32)


@dataclass(frozen=True)
class Attempt:
    """A connection of an honest party with the adversary: flights, by ``client`` or ``server``.

    ``own`` is the adversary's private key in it; ``theirs`` the honest party's, which has ``role``.
    ``psk`` and ``tickets`` are the PSKs that this party took up, and came to. ``beforehand``: it is
    not the connection in question, but one that issues a ticket for it.
    """

    flights: tuple[tuple[Side, bytes], ...]
    role: Side
    own: bytes = field(repr=False)
    theirs: bytes = field(repr=False)
    psk: bytes = field(default=b"", repr=False)
    tickets: frozenset[bytes] = field(default=frozenset(), repr=False)
    beforehand: bool = False


def got(mode: str, asset: str, leaks: tuple[str, ...], options: Mapping[str, str]) -> bool:
    """Whether the adversary has the asset in the end, or did what it forbids before the leaks."""
    if asset not in SECRECY:
        return active.got(mode, asset, (), options)
    there = tuple(leak for leak in leaks if leak not in absent(mode, leaks))
    return passive.got(mode, asset, leaks) or asset in _read(mode, there)


@lru_cache(maxsize=2048)
def _read(mode: str, leaks: tuple[str, ...]) -> frozenset[str]:
    return frozenset(read(mode, leaks, attempts(mode)))


# Speaking ----------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def attempts(mode: str) -> tuple[Attempt, ...]:
    """What a script without any secret makes honest parties say."""
    one = stage(mode)
    flights = ((first_flight(one.recording, len(one.pairs)), b""), *_made_up(mode))
    return (*_answered(mode), *(_brought(mode, flight, own) for flight, own in flights))


def _answered(mode: str) -> Iterator[Attempt]:
    """The honest client, answered."""
    one = stage(mode)
    env, own = Environment(one.now_ms, seeded("an honest client")), seeded("the adversary")
    client = Connection.client(one.client, env)
    hello = client.outgoing()
    if one.psk is not None:
        reply, private_key = answer(hello, own)
    else:
        false = false_server(credential=self_signed("lab.example", one.now_ms, own))
        server = Connection.server(false)
        server.receive(hello, Environment(one.now_ms, own))
        reply, private_key = server.outgoing(), server.secrets["server_ecdhe"]
    with suppress(TLSFault):
        client.receive(reply, env)
    last = client.outgoing()
    yield Attempt(
        (("client", hello), ("server", reply), ("client", last)),
        "client",
        private_key,
        client.secrets.get("client_ecdhe", b""),
    )


def _made_up(mode: str) -> Iterator[tuple[bytes, bytes]]:
    """First flights of the adversary's own, with their private keys; of nobody's PSK."""
    one = stage(mode)
    if one.psk is None:
        return
    kind = PskKind.EXTERNAL if one.psk is one.external else PskKind.RESUMPTION
    psk = StolenPsk(one.psk.identity, MADE_UP, kind, "sha256", seen_ms=one.now_ms)
    config = false_client(psk, one.modes, one.client.server_name)
    client = Connection.client(config, Environment(one.now_ms, seeded("made up")))
    yield client.outgoing(), client.secrets.get("client_ecdhe", b"")


def _brought(mode: str, flight: bytes, own: bytes = b"") -> Attempt:
    """An honest server, and what it says to a first flight."""
    one = stage(mode)
    server = Connection.server(one.server)
    with suppress(TLSFault):
        server.receive(flight, Environment(one.now_ms, seeded("an honest server")))
    return Attempt(
        (("client", flight), ("server", server.outgoing())),
        "server",
        own,
        server.secrets.get("server_ecdhe", b""),
    )


# Listening, when the leaks have come --------------------------------------------------------------


def read(mode: str, leaks: tuple[str, ...], every: tuple[Attempt, ...]) -> set[str]:
    """Which secrets fall when the leaks are brought to what was said before."""
    one = stage(mode)
    stolen = one.theft(leaks)
    of_role = {"client": "client_ecdhe" in leaks, "server": "server_ecdhe" in leaks}
    shares = [each.own for each in every]
    shares += [
        each.theirs
        for each in every
        if "quantum" in leaks or (of_role[each.role] and not each.beforehand)
    ]
    # A private key fits where its public share was sent, whichever leak it came by.
    theft = replace(
        stolen, initial_ecdhe=(*stolen.initial_ecdhe, *(share for share in shares if share))
    )
    begin = len(one.pairs)
    items = (*one.recording, *_items(every, begin + 1))
    lost = set()
    for goal in ("application_data", "early_data", "psk"):
        listener = Eavesdropper(theft, goal)
        findings = list(listener.listen(items))[begin:]
        lost |= {goal} if any(map(_reads, findings, every)) else set()
        asked = (each for each in every if not each.beforehand)
        tickets = frozenset().union(*(each.tickets for each in asked))
        lost |= {"next_psk"} if tickets & set(listener.ticket_psks) else set()
    return lost


def _items(every: Iterable[Attempt], number: int) -> Iterator[Item]:
    for connection, each in enumerate(every, number):
        wire = ((who, record) for who, flight in each.flights for record in records(flight))
        yield from recording_of(wire, connection, f"client {connection}", "the server")


def records(flight: bytes) -> Iterator[bytes]:
    """A flight, record by record.

    >>> [len(one) for one in records(bytes.fromhex("1503030002 0100 1403030001 01"))]
    [7, 6]
    """
    while flight:
        size = 5 + int.from_bytes(flight[3:5], "big")
        yield flight[:size]
        flight = flight[size:]


def _reads(finding: Finding, attempt: Attempt) -> bool:
    """Whether the very words were read, or the very PSK is there."""
    if finding.verdict != "lost" or attempt.beforehand:
        return False
    heads = {text.head for text in finding.plaintext.values()}
    return bool(heads & {CLIENT_WORDS, SERVER_WORDS, EARLY_WORDS, attempt.psk} - {b""})
