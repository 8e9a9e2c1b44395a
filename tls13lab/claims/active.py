"""An active claim on bytes: leaks first, and then the adversary speaks to honest parties.

What it may use is what the leaks and the recording give: a PSK that the eavesdropper came upon, the
key of a certificate, recorded flights. Whether that is enough, the honest party decides.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from tls13lab.claims import passive
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS, talk
from tls13lab.claims.stage import EARLY_WORDS, Stage, stage
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.events import EarlyDataReceived
from tls13lab.handshake.pair import Pair
from tls13lab.impostor.forged_ticket import forge
from tls13lab.impostor.replay import first_flight
from tls13lab.impostor.selfie import Member
from tls13lab.impostor.stand_in import StolenPsk, false_client, false_server
from tls13lab.psk.anti_replay import ClientHelloWindow, NoAntiReplay
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.symbolic.claims import SECRECY
from tls13lab.wire.faults import TLSFault


def got(mode: str, asset: str, leaks: tuple[str, ...], options: Mapping[str, str]) -> bool:
    """Whether the adversary has the asset, or did what the asset forbids."""
    if asset == "server_authentication":
        return bool(_as_server(mode, leaks))
    if asset == "client_authentication":
        return bool(_as_client(mode, leaks))
    if asset == "early_data_freshness":
        return _delivered_again(mode, leaks, memory=options["anti_replay"] == "on")
    if asset == "peer_identity":
        return _place_taken(mode, leaks, options) or _led_astray(mode, tuple(options.items()))
    assert asset in SECRECY
    return passive.got(mode, asset, leaks) or asset in _told(mode, leaks)


def forged_psk(mode: str, leaks: tuple[str, ...]) -> StolenPsk | None:
    """A ticket of the adversary's own making, if the leaks have the ticket key."""
    if "ticket_key" not in leaks:
        return None
    one, own = stage(mode), seeded("the forger")
    return forge(one.ticket_key, own(32), one.now_ms, own)


def _talk(client: ClientConfig, server: ServerConfig, now_ms: int) -> Pair | None:
    """A connection on which both say their words; None if one side would not have it."""
    with suppress(TLSFault):
        return talk(client, server, "an impostor", now_ms)
    return None


@lru_cache(maxsize=1024)
def _as_server(mode: str, leaks: tuple[str, ...]) -> tuple[Pair, ...]:
    """The connections of an honest client that took the adversary for its server."""
    one = stage(mode)
    stolen, credential = passive.stolen_psk(mode, leaks), one.stolen_credential(leaks)
    found = []
    if stolen is not None or (credential is not None and one.psk is None):
        found.append(_talk(one.client, false_server(stolen, credential, one.modes), one.now_ms))
    issuing = passive.stolen_issuing_psk(mode, leaks)
    if mode.startswith("resumption") and (credential is not None or issuing is not None):
        found.append(_issued(one, false_server(issuing, credential, one.modes)))
    return tuple(pair for pair in found if pair is not None)


def _issued(one: Stage, false: ServerConfig) -> Pair | None:
    """The client resumes with a ticket that the adversary gave it, as its server from the first."""
    server = replace(
        false,
        tickets=StatelessTickets(TicketKey.new(seeded("the adversary's"))),
        max_early_data_size=100,
        anti_replay=NoAntiReplay(),
    )
    first = _talk(one.first_client, server, one.now_ms)
    if first is None:
        return None
    again = replace(one.client, psks=first.tickets[:1], early_data=EARLY_WORDS)
    return _talk(again, server, one.now_ms)


@lru_cache(maxsize=1024)
def _as_client(mode: str, leaks: tuple[str, ...]) -> tuple[Pair, ...]:
    """The connections of an honest server that took the adversary for its client."""
    one = stage(mode)
    configs = [
        false_client(psk, one.modes, one.client.server_name)
        for psk in (passive.stolen_psk(mode, leaks), forged_psk(mode, leaks))
        if psk is not None
    ]
    given = _given(mode, leaks)
    configs += [given] if given is not None else []
    found = (_talk(config, one.server, one.now_ms) for config in configs)
    return tuple(pair for pair in found if pair is not None)


def _given(mode: str, leaks: tuple[str, ...]) -> ClientConfig | None:
    """The adversary with a ticket that it was given, as the client from the first."""
    one, issuing = stage(mode), passive.stolen_issuing_psk(mode, leaks)
    if issuing is None:
        return None
    first = _talk(false_client(issuing, one.modes), one.server, one.now_ms)
    if first is None or not first.tickets:
        return None
    return ClientConfig(psks=first.tickets[:1], modes=one.modes)


def _told(mode: str, leaks: tuple[str, ...]) -> set[str]:
    """Which secrets honest parties told the adversary, taking it for somebody else."""
    told = set()
    for pair in _as_server(mode, leaks):
        told |= {"application_data"} if pair.server_received == CLIENT_WORDS else set()
        told |= {"early_data"} if pair.server_early == EARLY_WORDS else set()
        # Its own server issued the ticket: it knows the PSK that the client resumed with.
        same = pair.client.secrets.get("psk") == pair.server.secrets.get("psk")
        told |= {"psk"} if same else set()
        told |= {"next_psk"} if pair.tickets else set()
    # In a full handshake anyone may be the client: what it is told is no secret from it.
    for pair in _as_client(mode, leaks) if mode != "full" else ():
        told |= {"application_data"} if pair.client_received == SERVER_WORDS else set()
        told |= {"next_psk"} if pair.tickets else set()
    return told - ({"psk"} if stage(mode).psk is None else set())


def _place_taken(mode: str, leaks: tuple[str, ...], options: Mapping[str, str]) -> bool:
    """Whether somebody who is no member takes the place of one."""
    if options["importer"] == "off":
        return bool(_as_server(mode, leaks) or _as_client(mode, leaks))
    one = stage(mode)
    stolen, forged = passive.stolen_psk(mode, leaks), forged_psk(mode, leaks)
    alice, bob = _member(mode, options, b"alice", b"bob"), _member(mode, options, b"bob", b"alice")
    if stolen is not None:
        false = replace(bob, psk=ExternalPsk(stolen.identity, stolen.key))
        if _talk(alice.as_client(), false.as_server(), one.now_ms) is not None:
            return True
    # A member's server takes the same tickets, whatever it makes of its PSK.
    server = replace(bob.as_server(), tickets=one.server.tickets)
    return (
        forged is not None
        and _talk(false_client(forged, one.modes), server, one.now_ms) is not None
    )


def _member(mode: str, options: Mapping[str, str], name: bytes, friend: bytes) -> Member:
    one = stage(mode)
    assert one.external is not None
    return Member(
        name,
        friend,
        one.external,
        roles=options["importer"] == "on",
        answers=options["roles"] == "both" or name != b"alice",
        mode=next(iter(one.modes)),
    )


@lru_cache(maxsize=64)
def _led_astray(mode: str, chosen: tuple[tuple[str, str], ...]) -> bool:
    """Whether a member's call to its friend can be taken to somebody else, and completes there.

    To the member itself, or in a larger group to a third one; none of them is the friend.
    """
    options = dict(chosen)
    alice = _member(mode, options, b"alice", b"bob")
    doors = [alice.as_server()]
    if options["group"] == "more":
        doors.append(_member(mode, options, b"carol", b"alice").as_server())
    return any(_completes(alice.as_client(), door) for door in doors)


def _completes(client: ClientConfig, server: ServerConfig) -> bool:
    with suppress(TLSFault):
        return bool(Pair(client, server, "led astray").handshake().mode)
    return False


@lru_cache(maxsize=1024)
def _delivered_again(mode: str, leaks: tuple[str, ...], *, memory: bool) -> bool:
    """Whether a server that has had the early data once takes it a second time."""
    one = stage(mode)
    server = replace(one.server, anti_replay=ClientHelloWindow() if memory else NoAntiReplay())
    recorded = first_flight(one.recording, len(one.pairs))
    assert _takes(server, recorded, one.now_ms), "the first delivery is the honest one"
    if _takes(server, recorded, one.now_ms):
        return True
    return any(
        _takes(server, Connection.client(client, env).outgoing(), one.now_ms)
        for client in _with_early_data(mode, leaks)
        for env in [Environment(one.now_ms, seeded("afresh"))]
    )


def _with_early_data(mode: str, leaks: tuple[str, ...]) -> Iterator[ClientConfig]:
    """Clients of the adversary's that send what an honest one said: heard, or told to a server."""
    one, stolen = stage(mode), passive.stolen_psk(mode, leaks)
    finding, _ = passive.listen(mode, leaks, "early_data")
    if stolen is not None and finding.verdict == "lost":
        read = finding.plaintext["client"].head
        yield false_client(stolen, one.modes, one.client.server_name, read)
    given = _given(mode, leaks)
    if given is not None:
        for pair in _as_server(mode, leaks):
            yield replace(given, early_data=pair.server_early)


def _takes(server: ServerConfig, flight: bytes, now_ms: int) -> bool:
    connection = Connection.server(server)
    events = connection.receive(flight, Environment(now_ms, seeded("an honest server")))
    early = b"".join(one.data for one in events if isinstance(one, EarlyDataReceived))
    return early == EARLY_WORDS
