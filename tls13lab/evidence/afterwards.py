"""Claims on bytes against an adversary that speaks first, and gets the leaks afterwards.

It has no secrets while it speaks. It answers the client without the PSK, or with a certificate of
its own. It repeats the recorded first flight, and it connects with a made-up PSK. All of this is
recorded. When the leaks come, the eavesdropper reads it like any other recording; it also has the
adversary's own private keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import GOALS
from tls13lab.capture.recording import Item, recording_of
from tls13lab.crypto.certificates import self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import active, passive
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.evidence.stage import EARLY_WORDS, stage
from tls13lab.handshake.config import Environment
from tls13lab.handshake.connection import Connection
from tls13lab.impostor.blunt_answer import answer
from tls13lab.impostor.replay import first_flight
from tls13lab.impostor.stand_in import StolenPsk, false_client, false_server
from tls13lab.psk.keys import PskKind
from tls13lab.symbolic.claims import SECRECY, absent
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

MADE_UP = bytes(32)


@dataclass(frozen=True)
class Attempt:
    """A connection of an honest party with the adversary.

    ``flights`` are pairs of a sender (``client`` or ``server``) and its bytes. ``role`` is the
    honest party's. ``own`` is the adversary's private key, and ``theirs`` the honest party's.
    ``psk`` is the PSK that this party used, and ``tickets`` are the PSKs of the tickets that it
    issued or received. ``beforehand`` means that the connection only issues a ticket for the
    connection in question.
    """

    flights: tuple[tuple[Side, bytes], ...]
    role: Side
    own: bytes = field(repr=False)
    theirs: bytes = field(repr=False)
    psk: bytes = field(default=b"", repr=False)
    tickets: frozenset[bytes] = field(default=frozenset(), repr=False)
    beforehand: bool = False


def got(mode: SceneMode, asset: Asset, leaks: Leaks, options: Mapping[str, str]) -> bool:
    """Whether the adversary gets the asset in the end, or broke an authentication before that."""
    if asset not in SECRECY:
        return active.got(mode, asset, (), options)
    there = tuple(leak for leak in leaks if leak not in absent(mode, leaks))
    return passive.got(mode, asset, leaks) or asset in _read(mode, there)


@remembered(2048)
def _read(mode: SceneMode, leaks: Leaks) -> frozenset[Asset]:
    return frozenset(read(mode, leaks, attempts(mode)))


# Speaking ----------------------------------------------------------------------------------------


@remembered(16)
def attempts(mode: SceneMode) -> tuple[Attempt, ...]:
    """What honest parties send when a script without secrets speaks to them."""
    setup = stage(mode)
    flights = ((first_flight(setup.recording, len(setup.pairs)), b""), *_made_up(mode))
    return (*_answered(mode), *(_brought(mode, flight, own) for flight, own in flights))


def _answered(mode: SceneMode) -> Iterator[Attempt]:
    """The honest client, answered by the adversary."""
    setup = stage(mode)
    env, own = Environment(setup.now_ms, seeded("an honest client")), seeded("the adversary")
    client = Connection.client(setup.client, env)
    hello = client.outgoing()
    if setup.psk is not None:
        reply, private_key = answer(hello, own)
    else:
        false = false_server(credential=self_signed("lab.example", setup.now_ms, own))
        server = Connection.server(false)
        server.receive(hello, Environment(setup.now_ms, own))
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


def _made_up(mode: SceneMode) -> Iterator[tuple[bytes, bytes]]:
    """First flights with a made-up PSK, with their private keys."""
    setup = stage(mode)
    if setup.psk is None:
        return
    kind = PskKind.EXTERNAL if setup.psk is setup.external else PskKind.RESUMPTION
    psk = StolenPsk(setup.psk.identity, MADE_UP, kind, "sha256", seen_ms=setup.now_ms)
    config = false_client(psk, setup.modes, setup.client.server_name)
    client = Connection.client(config, Environment(setup.now_ms, seeded("made up")))
    yield client.outgoing(), client.secrets.get("client_ecdhe", b"")


def _brought(mode: SceneMode, flight: bytes, own: bytes = b"") -> Attempt:
    """An honest server, and what it answers to a first flight."""
    setup = stage(mode)
    server = Connection.server(setup.server)
    with suppress(TLSFault):
        server.receive(flight, Environment(setup.now_ms, seeded("an honest server")))
    return Attempt(
        (("client", flight), ("server", server.outgoing())),
        "server",
        own,
        server.secrets.get("server_ecdhe", b""),
    )


# Listening, when the leaks have come --------------------------------------------------------------


def read(mode: SceneMode, leaks: Leaks, every: tuple[Attempt, ...]) -> set[Asset]:
    """The assets that are lost when the leaks are used on these attempts and the recording."""
    setup = stage(mode)
    stolen = setup.theft(leaks)
    of_role: dict[Side, bool] = {
        "client": "client_ecdhe" in leaks,
        "server": "server_ecdhe" in leaks,
    }
    shares = [each.own for each in every]
    shares += [
        each.theirs
        for each in every
        if "quantum" in leaks or (of_role[each.role] and not each.beforehand)
    ]
    # A private key fits where its public share was sent, no matter which leak revealed it.
    theft = replace(
        stolen, initial_ecdhe=(*stolen.initial_ecdhe, *(share for share in shares if share))
    )
    begin = len(setup.pairs)
    items = (*setup.recording, *_items(every, begin + 1))
    lost: set[Asset] = set()
    for goal in GOALS:
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
    """The records of a flight, each with its header of 5 bytes.

    >>> [len(record) for record in records(bytes.fromhex("1503030002 0100 1403030001 01"))]
    [7, 6]
    """
    while flight:
        size = 5 + int.from_bytes(flight[3:5], "big")
        yield flight[:size]
        flight = flight[size:]


def _reads(finding: Finding, attempt: Attempt) -> bool:
    """Whether the eavesdropper read what an honest party sent, or the PSK that it used."""
    if finding.verdict != "lost" or attempt.beforehand:
        return False
    heads = {text.head for text in finding.plaintext.values()}
    return bool(heads & {CLIENT_WORDS, SERVER_WORDS, EARLY_WORDS, attempt.psk} - {b""})
