"""Agreement on bytes: two honest ends, and an adversary between them that changes messages.

For each thing to agree on, a script tries to make both ends complete the handshake with different
values. In the search without a script, all its sessions are compared: each end must have exactly
one honest partner with the same values.

>>> from tls13lab.symbolic.agreement import FIELDS
>>> [on for on in FIELDS if carried("external-psk_ke", on)]
[]
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import active, searched
from tls13lab.evidence.afterwards import records
from tls13lab.evidence.stage import Stage, stage
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.impostor.parties import Session
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import KeyShareServerHello
from tls13lab.messages.server_hello import ServerHello
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.records.framing import HEADER_LENGTH, frame
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import SIDES

Change = Callable[[bytes], bytes]
BOTH = frozenset({PSK_KE, PSK_DHE_KE})
TWICE = {"sessions": "two"}


def got(mode: SceneMode, on: str, leaks: Leaks) -> bool:
    """Whether a script makes one end complete without an honest partner that agrees with it."""
    places: tuple[Asset, ...] = ("server_authentication", "client_authentication")
    return any(active.got(mode, asset, leaks, {}) for asset in places) or carried(mode, on)


def found(mode: SceneMode, leaks: Leaks) -> bool:
    """Whether the search does. It has two of every party, so that it can mix their sessions."""
    sessions = searched.found(mode, leaks, TWICE).honest
    return any(not _has_one_partner(each, sessions) for each in sessions if _counts(each))


# By script ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Carrying:
    """The changes that the adversary makes to a client's first flight and to the answer."""

    to_server: Change = lambda flight: flight
    to_client: Change = lambda flight: flight


@remembered(128)
def carried(mode: SceneMode, on: str) -> bool:
    """Whether both ends complete their handshakes although the adversary changed something."""
    setup = stage(mode)
    client, server, carrying = _CASES[on](setup)
    bobs = [Connection.server(server) for _ in range(2 if on == "sessions" else 1)]
    return ends(setup.now_ms, client, bobs, carrying)


def ends(
    now_ms: int,
    config: ClientConfig,
    bobs: Iterable[Connection],
    carrying: Carrying,
    seeds: Callable[[int], str] = "bob {}".format,
) -> bool:
    """Whether the client and all these sessions of a server complete the handshake.

    The client gets the answer of the first session. ``seeds`` gives the seed of each session.
    """
    alice_env = Environment(now_ms, seeded("alice"))
    alice = Connection.client(config, alice_env)
    hello, answers, bobs = carrying.to_server(alice.outgoing()), [], tuple(bobs)
    with suppress(TLSFault):
        for number, bob in enumerate(bobs):
            bob.receive(hello, Environment(now_ms, seeded(seeds(number))))
            answers.append(bob.outgoing())
        alice.receive(carrying.to_client(answers[0]), alice_env)
        finished = alice.outgoing()
        for number, bob in enumerate(bobs):
            bob.receive(finished, Environment(now_ms, seeded(seeds(number))))
    return alice.connected and all(bob.connected for bob in bobs)


Case = tuple[ClientConfig, ServerConfig, Carrying]


def _other_keys(setup: Stage) -> Case:
    """The adversary changes the random in the ServerHello."""
    return _plain(setup), setup.server, Carrying(to_client=_with_hello(_other_random))


def _other_mode(setup: Stage) -> Case:
    """Both modes are allowed, the server chooses psk_dhe_ke, and its share is removed."""
    client = replace(_plain(setup), modes=BOTH)
    return (
        client,
        replace(setup.server, modes=BOTH),
        Carrying(to_client=_with_hello(_without_share)),
    )


def _other_psk(setup: Stage) -> Case:
    """The server has another PSK under the identity that was sent."""
    other = bytes(byte ^ 1 for byte in _psk(setup).key)
    return _plain(setup), *_known_as(setup, _psk(setup).identity, other)


def _other_identity(setup: Stage) -> Case:
    """The server also has the PSK under another identity, which is put into the ClientHello."""
    another = bytes(byte ^ 1 for byte in _psk(setup).identity)
    return _plain(setup), *_known_as(setup, another, _psk(setup).key)


def _second_session(setup: Stage) -> Case:
    """Nothing is changed, but everything is delivered to two sessions."""
    return _plain(setup), setup.server, Carrying()


def _plain(setup: Stage) -> ClientConfig:
    return replace(setup.client, early_data=b"")


def _psk(setup: Stage) -> Psk:
    assert setup.psk is not None
    return setup.psk


def _known_as(setup: Stage, identity: bytes, key: bytes) -> tuple[ServerConfig, Carrying]:
    """A server that has this key under this identity, and the change that inserts the identity."""
    psk = _psk(setup)
    if isinstance(psk, ExternalPsk):
        server = replace(setup.server, psks=(replace(psk, identity=identity, key=key),))
    else:
        # A ticket contains its PSK, so the server seals a ticket with the other PSK.
        book = setup.server.tickets
        assert book is not None
        state = book.find(psk.identity, setup.now_ms)
        assert state is not None
        changed = replace(state, psk=key)
        identity, server = book.issue(changed, seeded("another ticket")), setup.server
    return server, Carrying(to_server=lambda flight: flight.replace(psk.identity, identity))


_CASES: dict[str, Callable[[Stage], Case]] = {
    "keys": _other_keys,
    "mode": _other_mode,
    "psk": _other_psk,
    "identity": _other_identity,
    "sessions": _second_session,
}


def _with_hello(change: Callable[[ServerHello], ServerHello]) -> Change:
    """A change of a server's flight that changes its ServerHello."""

    def changed(flight: bytes) -> bytes:
        first, *others = records(flight)
        hello = unpack(first[HEADER_LENGTH:])
        assert isinstance(hello, ServerHello)
        return frame(ContentType.HANDSHAKE, pack(change(hello))) + b"".join(others)

    return changed


def _other_random(hello: ServerHello) -> ServerHello:
    return replace(hello, random=seeded("the adversary")(32))


def _without_share(hello: ServerHello) -> ServerHello:
    kept = (each for each in hello.extensions if not isinstance(each, KeyShareServerHello))
    return replace(hello, extensions=tuple(kept))


# By search ---------------------------------------------------------------------------------------


def _counts(session: Session) -> bool:
    """Whether this is a completed session of the connection in question, with a PSK."""
    return session.connected and session.with_psk and not session.party.beforehand


def _has_one_partner(session: Session, every: Iterable[Session]) -> bool:
    partners = [
        other
        for other in every
        if other.party.is_client != session.party.is_client
        and _agreed_on(other) == _agreed_on(session)
    ]
    # The search keeps each session at several times; only its latest state counts.
    last = [each for each in partners if not any(_goes_on(each, other) for other in partners)]
    return len(last) == 1


def _agreed_on(session: Session) -> tuple[object, ...]:
    """The values to agree on, as this session has them."""
    secrets, outcome = session.secrets, session.outcome
    keys = tuple(secrets.get(f"{side}_application_traffic_secret_0") for side in SIDES)
    if outcome is None:
        return (*keys, None)
    return (*keys, outcome.mode, secrets.get("psk"), outcome.psk_identity)


def _goes_on(session: Session, later: Session) -> bool:
    heard = session.heard
    longer = len(later.heard) > len(heard)
    return session.party == later.party and longer and later.heard[: len(heard)] == heard
