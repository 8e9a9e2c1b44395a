"""Agreement on bytes: two honest ends, and an adversary between them that changes what it carries.

A script for each thing to agree on: it tries to have both ends end the handshake without meaning
the same. And the adversary without a script: all its sessions are laid side by side, and each end
must have just one honest partner that means the same.

>>> from tls13lab.symbolic.agreement import FIELDS
>>> [on for on in FIELDS if carried("external-psk_ke", on)]
[]
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from tls13lab.claims import active, searched
from tls13lab.claims.afterwards import records
from tls13lab.claims.stage import Stage, stage
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.environment import Environment
from tls13lab.impostor.parties import Session
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import KeyShareServerHello
from tls13lab.messages.server_hello import ServerHello
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.records.framing import HEADER_LENGTH, frame
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault

Change = Callable[[bytes], bytes]
BOTH = frozenset({PSK_KE, PSK_DHE_KE})
TWICE = {"sessions": "two"}


def got(mode: str, on: str, leaks: tuple[str, ...]) -> bool:
    """Whether a script has an end believe what nobody honest believes, at the other end."""
    places = "server_authentication", "client_authentication"
    return any(active.got(mode, asset, leaks, {}) for asset in places) or carried(mode, on)


def found(mode: str, leaks: tuple[str, ...]) -> bool:
    """Whether the search does; it has every party twice, to set the one against the other."""
    sessions = searched.found(mode, leaks, TWICE).honest
    return any(not _has_one_partner(one, sessions) for one in sessions if _counts(one))


# By script ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Carrying:
    """What the adversary does to a client's first flight, and to the server's answer."""

    to_server: Change = lambda flight: flight
    to_client: Change = lambda flight: flight


@lru_cache(maxsize=128)
def carried(mode: str, on: str) -> bool:
    """Whether both ends come to the end of their handshakes, and differ in what they agree on."""
    one = stage(mode)
    client, server, carrying = _CASES[on](one)
    bobs = [Connection.server(server) for _ in range(2 if on == "sessions" else 1)]
    return ends(one.now_ms, client, bobs, carrying)


def ends(
    now_ms: int,
    config: ClientConfig,
    bobs: Iterable[Connection],
    carrying: Carrying,
    seeds: Callable[[int], str] = "bob {}".format,
) -> bool:
    """Whether the client and all these sessions of a server come to the end of the handshake.

    The client gets the answer of the first. ``seeds`` is what each session draws from.
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


def _other_keys(one: Stage) -> Case:
    """Another random in the ServerHello."""
    return _plain(one), one.server, Carrying(to_client=_with_hello(_other_random))


def _other_mode(one: Stage) -> Case:
    """Both modes are on offer, the server takes psk_dhe_ke, and its share is taken away."""
    client = replace(_plain(one), modes=BOTH)
    return client, replace(one.server, modes=BOTH), Carrying(to_client=_with_hello(_without_share))


def _other_psk(one: Stage) -> Case:
    """The server knows another PSK under the name that was sent."""
    other = bytes(byte ^ 1 for byte in _psk(one).key)
    return _plain(one), *_known_as(one, _psk(one).identity, other)


def _other_identity(one: Stage) -> Case:
    """The server knows the same PSK under another name, too; that one is put into the hello."""
    another = bytes(byte ^ 1 for byte in _psk(one).identity)
    return _plain(one), *_known_as(one, another, _psk(one).key)


def _second_session(one: Stage) -> Case:
    """Nothing is changed, but all is brought to two sessions."""
    return _plain(one), one.server, Carrying()


def _plain(one: Stage) -> ClientConfig:
    return replace(one.client, early_data=b"")


def _psk(one: Stage) -> Psk:
    assert one.psk is not None
    return one.psk


def _known_as(one: Stage, identity: bytes, key: bytes) -> tuple[ServerConfig, Carrying]:
    """A server that knows this key under this name, and a carrier that puts the name in."""
    psk = _psk(one)
    if isinstance(psk, ExternalPsk):
        server = replace(one.server, psks=(replace(psk, identity=identity, key=key),))
    else:
        # A ticket says what its PSK is: the server's own ticket around the other one.
        book = one.server.tickets
        assert book is not None
        state = book.find(psk.identity, one.now_ms)
        assert state is not None
        changed = replace(state, psk=key)
        identity, server = book.issue(changed, seeded("another ticket")), one.server
    return server, Carrying(to_server=lambda flight: flight.replace(psk.identity, identity))


_CASES: dict[str, Callable[[Stage], Case]] = {
    "keys": _other_keys,
    "mode": _other_mode,
    "psk": _other_psk,
    "identity": _other_identity,
    "sessions": _second_session,
}


def _with_hello(change: Callable[[ServerHello], ServerHello]) -> Change:
    """Of a server's flight, the ServerHello changed."""

    def changed(flight: bytes) -> bytes:
        first, *others = records(flight)
        hello = unpack(first[HEADER_LENGTH:])
        assert isinstance(hello, ServerHello)
        return frame(ContentType.HANDSHAKE, pack(change(hello))) + b"".join(others)

    return changed


def _other_random(hello: ServerHello) -> ServerHello:
    return replace(hello, random=seeded("the adversary")(32))


def _without_share(hello: ServerHello) -> ServerHello:
    kept = (one for one in hello.extensions if not isinstance(one, KeyShareServerHello))
    return replace(hello, extensions=tuple(kept))


# By search ---------------------------------------------------------------------------------------


def _counts(session: Session) -> bool:
    """An honest end that is done, of the connection in question and with a PSK."""
    return session.connected and session.with_psk and not session.party.beforehand


def _has_one_partner(session: Session, every: Iterable[Session]) -> bool:
    partners = [
        one
        for one in every
        if one.party.is_client != session.party.is_client and _meant(one) == _meant(session)
    ]
    # A session that has heard more is the same one, later on.
    last = [one for one in partners if not any(_goes_on(one, other) for other in partners)]
    return len(last) == 1


def _meant(session: Session) -> tuple[object, ...]:
    """What there is to agree on."""
    secrets, outcome = session.secrets, session.outcome
    sides = ("client", "server")
    keys = tuple(secrets.get(f"{side}_application_traffic_secret_0") for side in sides)
    if outcome is None:
        return (*keys, None)
    return (*keys, outcome.mode, secrets.get("psk"), outcome.psk_identity)


def _goes_on(session: Session, later: Session) -> bool:
    heard = session.heard
    longer = len(later.heard) > len(heard)
    return session.party == later.party and longer and later.heard[: len(heard)] == heard
