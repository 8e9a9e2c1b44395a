"""Active claims on bytes: the leaks come first, then the adversary speaks to honest parties.

It may use what the leaks and the recording give: a PSK that the eavesdropper found, the key of a
certificate, recorded flights. The honest party decides whether that is enough.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import passive
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, talk
from tls13lab.evidence.stage import EARLY_WORDS, Stage, stage
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
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
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode, parts
from tls13lab.wire.faults import TLSFault


def got(mode: SceneMode, asset: Asset, leaks: Leaks, options: Mapping[str, str]) -> bool:
    """Whether the adversary gets the asset or, for an authentication, breaks it."""
    if asset == "server_authentication":
        return bool(_as_server(mode, leaks))
    if asset == "client_authentication":
        return bool(_as_client(mode, leaks))
    if asset == "early_data_freshness":
        return _delivered_again(mode, leaks, memory=options["anti_replay"] == "on")
    if asset == "peer_identity":
        return _place_taken(mode, leaks, options) or _led_astray(mode, tuple(options.items()))
    assert asset in SECRECY
    return passive.got(mode, asset, leaks) or asset in _received(mode, leaks)


def forged_psk(mode: SceneMode, leaks: Leaks) -> StolenPsk | None:
    """A forged ticket with the adversary's own PSK, if the ticket key has leaked."""
    if "ticket_key" not in leaks:
        return None
    setup, own = stage(mode), seeded("the forger")
    return forge(setup.ticket_key, own(32), setup.now_ms, own)


def _talk(client: ClientConfig, server: ServerConfig, now_ms: int) -> Pair | None:
    """A connection on which both sides send their words; None if one of them refuses it."""
    with suppress(TLSFault):
        return talk(client, server, "an impostor", now_ms)
    return None


@remembered(1024)
def _as_server(mode: SceneMode, leaks: Leaks) -> tuple[Pair, ...]:
    """Connections of an honest client that takes the adversary for its server."""
    setup = stage(mode)
    stolen, credential = passive.stolen_psk(mode, leaks), setup.stolen_credential(leaks)
    found = []
    if stolen is not None or (credential is not None and setup.psk is None):
        found.append(
            _talk(setup.client, false_server(stolen, credential, setup.modes), setup.now_ms)
        )
    issuing = passive.stolen_issuing_psk(mode, leaks)
    if parts(mode).kind == "resumption" and (credential is not None or issuing is not None):
        found.append(_issued(setup, false_server(issuing, credential, setup.modes)))
    return tuple(pair for pair in found if pair is not None)


def _issued(setup: Stage, false: ServerConfig) -> Pair | None:
    """The client resumes with a ticket of the adversary, which was its server from the start."""
    server = replace(
        false,
        tickets=StatelessTickets(TicketKey.new(seeded("the adversary's"))),
        max_early_data_size=100,
        anti_replay=NoAntiReplay(),
    )
    first = _talk(setup.first_client, server, setup.now_ms)
    if first is None:
        return None
    again = replace(setup.client, psks=first.tickets[:1], early_data=EARLY_WORDS)
    return _talk(again, server, setup.now_ms)


@remembered(1024)
def _as_client(mode: SceneMode, leaks: Leaks) -> tuple[Pair, ...]:
    """Connections of an honest server that takes the adversary for its client."""
    setup = stage(mode)
    configs = [
        false_client(psk, setup.modes, setup.client.server_name)
        for psk in (passive.stolen_psk(mode, leaks), forged_psk(mode, leaks))
        if psk is not None
    ]
    given = _given(mode, leaks)
    configs += [given] if given is not None else []
    found = (_talk(config, setup.server, setup.now_ms) for config in configs)
    return tuple(pair for pair in found if pair is not None)


def _given(mode: SceneMode, leaks: Leaks) -> ClientConfig | None:
    """The adversary with a ticket that it received as a client in an earlier connection."""
    setup, issuing = stage(mode), passive.stolen_issuing_psk(mode, leaks)
    if issuing is None:
        return None
    first = _talk(false_client(issuing, setup.modes), setup.server, setup.now_ms)
    if first is None or not first.tickets:
        return None
    return ClientConfig(psks=first.tickets[:1], modes=setup.modes)


def _received(mode: SceneMode, leaks: Leaks) -> set[Asset]:
    """The assets that honest parties send to the adversary because they take it for a peer."""
    received: set[Asset] = set()
    for pair in _as_server(mode, leaks):
        received |= {"application_data"} if pair.server_received == CLIENT_WORDS else set()
        received |= {"early_data"} if pair.server_early == EARLY_WORDS else set()
        # The adversary's server issued the ticket, so it knows the PSK with which the client
        # resumed.
        same = pair.client.secrets.get("psk") == pair.server.secrets.get("psk")
        received |= {"psk"} if same else set()
        received |= {"next_psk"} if pair.tickets else set()
    # In a full handshake, anyone may be the client: what the server sends it is not a secret.
    for pair in _as_client(mode, leaks) if mode != "full" else ():
        received |= {"application_data"} if pair.client_received == SERVER_WORDS else set()
        received |= {"next_psk"} if pair.tickets else set()
    return received - ({"psk"} if stage(mode).psk is None else set())


def _place_taken(mode: SceneMode, leaks: Leaks, options: Mapping[str, str]) -> bool:
    """Whether an outsider can take the place of a member."""
    if options["importer"] == "off":
        return bool(_as_server(mode, leaks) or _as_client(mode, leaks))
    setup = stage(mode)
    stolen, forged = passive.stolen_psk(mode, leaks), forged_psk(mode, leaks)
    alice, bob = _member(mode, options, b"alice", b"bob"), _member(mode, options, b"bob", b"alice")
    if stolen is not None:
        false = replace(bob, psk=ExternalPsk(stolen.identity, stolen.key))
        if _talk(alice.as_client(), false.as_server(), setup.now_ms) is not None:
            return True
    # A member's server accepts the same tickets, with an importer or without.
    server = replace(bob.as_server(), tickets=setup.server.tickets)
    return (
        forged is not None
        and _talk(false_client(forged, setup.modes), server, setup.now_ms) is not None
    )


def _member(mode: SceneMode, options: Mapping[str, str], name: bytes, friend: bytes) -> Member:
    setup = stage(mode)
    assert setup.external is not None
    return Member(
        name,
        friend,
        setup.external,
        roles=options["importer"] == "on",
        answers=options["roles"] == "both" or name != b"alice",
        mode=next(iter(setup.modes)),
    )


@remembered(64)
def _led_astray(mode: SceneMode, chosen: tuple[tuple[str, str], ...]) -> bool:
    """Whether a member's call to its friend completes with another member.

    That is the member itself (Selfie) or, in a larger group, a third member.
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


@remembered(1024)
def _delivered_again(mode: SceneMode, leaks: Leaks, *, memory: bool) -> bool:
    """Whether a server that has received the early data accepts it a second time."""
    setup = stage(mode)
    server = replace(setup.server, anti_replay=ClientHelloWindow() if memory else NoAntiReplay())
    recorded = first_flight(setup.recording, len(setup.pairs))
    assert _takes(server, recorded, setup.now_ms), "the first delivery is the honest one"
    if _takes(server, recorded, setup.now_ms):
        return True
    return any(
        _takes(server, Connection.client(client, env).outgoing(), setup.now_ms)
        for client in _with_early_data(mode, leaks)
        for env in [Environment(setup.now_ms, seeded("afresh"))]
    )


def _with_early_data(mode: SceneMode, leaks: Leaks) -> Iterator[ClientConfig]:
    """Clients of the adversary that send an honest client's early data again.

    It was read in the recording, or the client sent it to the adversary's own server.
    """
    setup, stolen = stage(mode), passive.stolen_psk(mode, leaks)
    finding, _ = passive.listen(mode, leaks, "early_data")
    if stolen is not None and finding.verdict == "lost":
        read = finding.plaintext["client"].head
        yield false_client(stolen, setup.modes, setup.client.server_name, read)
    given = _given(mode, leaks)
    if given is not None:
        for pair in _as_server(mode, leaks):
            yield replace(given, early_data=pair.server_early)


def _takes(server: ServerConfig, flight: bytes, now_ms: int) -> bool:
    connection = Connection.server(server)
    events = connection.receive(flight, Environment(now_ms, seeded("an honest server")))
    early = b"".join(event.data for event in events if isinstance(event, EarlyDataReceived))
    return early == EARLY_WORDS
