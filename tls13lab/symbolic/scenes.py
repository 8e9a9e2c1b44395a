"""Scenes: connections that hang together, what may be stolen, and an adversary that may speak.

A passive adversary has what was recorded, and gets what leaks afterwards. An active one has the
leaks first and takes *turns*: it has to make certain messages itself, and for those that the honest
party accepts it is sent others. Which messages those are is all that a scene says; whether they can
be made is left to the rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tls13lab.symbolic.connection import CERTIFICATE_KEY, ZEROS, Connection
from tls13lab.symbolic.guessing import saturate
from tls13lab.symbolic.rules import TICKET, Rule
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.terms import Term, apply, name

MODES = (
    "full",
    "resumption-psk_ke",
    "resumption-psk_dhe_ke",
    "external-psk_ke",
    "external-psk_dhe_ke",
)
TICKET_KEY = name("ticket_key")
IDENTITY = name("psk_identity")
THIS_WAY, OTHER_WAY = name("alice calls bob"), name("bob calls alice")
ANOTHER_WAY = name("alice calls carol")
# What nobody keeps secret: zeros, the name of an external PSK, the context of an imported one.
PUBLIC = (ZEROS, IDENTITY, THIS_WAY, OTHER_WAY, ANOTHER_WAY)


@dataclass(frozen=True, slots=True)
class Turn:
    """The adversary sends ``makes``; who accepts that answers with ``gets``."""

    makes: tuple[Term, ...]
    gets: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """``known`` from the beginning, ``turns`` to take; ``wanted`` is what is asked for, by asset.

    An asset is lost if, at the end, any of its terms is known.
    """

    known: tuple[Term, ...]
    wanted: Mapping[str, tuple[Term, ...]]
    turns: tuple[Turn, ...] = ()

    def world(self, rules: Iterable[Rule], stolen: Iterable[Term] = ()) -> World:
        """The terms in play; the same for all that may be stolen, if that is given."""
        moved = [term for turn in self.turns for term in (*turn.makes, *turn.gets)]
        asked = [term for terms in self.wanted.values() for term in terms]
        return World([*self.known, *moved, *asked, *stolen], rules)

    def play(
        self, world: World, stolen: Iterable[Term], weak: Iterable[Term] = ()
    ) -> tuple[Knowledge, bool]:
        """What is known when no further turn can be taken, and whether all turns were taken."""
        known, weak = [*self.known, *stolen], tuple(weak)
        knowledge = saturate(world, known, weak)
        for turn in self.turns:
            if any(term not in knowledge for term in turn.makes):
                return knowledge, False
            known += turn.gets
            knowledge = saturate(world, known, weak)
        return knowledge, True


def connections(mode: str) -> tuple[Connection, ...]:
    """The recorded connections: in a resumption mode the initial one, and the one asked about."""
    kind, _, psk_mode = mode.partition("-")
    if kind == "full":
        return (Connection("this", "full", ticket_key=TICKET_KEY),)
    if kind == "external":
        psk = name("psk")
        return (
            Connection("this", psk_mode, psk, IDENTITY, early_data=True, ticket_key=TICKET_KEY),
        )
    initial = Connection("initial", "full", ticket_key=TICKET_KEY)
    return initial, resumed("this", psk_mode, initial)


def resumed(label: str, psk_mode: str, before: Connection, ticket: int = 1) -> Connection:
    """A connection with the PSK behind a ticket of the one before."""
    return Connection(
        label,
        psk_mode,
        psk=before.ticket_psk(ticket),
        identity=before.ticket(ticket),
        binder_key="res_binder_key",
        early_data=True,
        ticket_key=before.ticket_key,
    )


def secrets_to_steal(mode: str) -> dict[str, tuple[Term, ...]]:
    """The terms behind each leak that this mode has; a leak that is absent has none."""
    every = connections(mode)
    this = every[-1]
    leaks: dict[str, tuple[Term, ...]] = {"ticket_key": (TICKET_KEY,)}
    if this.psk is not None:
        leaks["psk"] = (this.psk,)
    if this.mode != "psk_ke":
        # Of an attacked connection too: the party that is stolen from loses its share in each.
        for side in ("client_ecdhe", "server_ecdhe"):
            leaks[side] = tuple(one.name(side) for one in (this, attacked(this)))
    if len(every) > 1:
        leaks["initial_ecdhe"] = (every[0].name("client_ecdhe"),)
    if every[0].mode == "full":
        leaks["certificate_key"] = (CERTIFICATE_KEY,)
    return leaks


def weak_secrets(mode: str) -> tuple[Term, ...]:
    """What can be guessed if PSKs come from a dictionary: only people choose those."""
    this = connections(mode)[-1]
    return (this.psk,) if this.psk is not None and mode.startswith("external") else ()


def has_shares(mode: str) -> bool:
    """Whether a connection of this mode sends a share: a logarithm to be taken."""
    return any(one.mode != "psk_ke" for one in connections(mode))


def attacked(this: Connection) -> Connection:
    """Another run of the same kind, in which the adversary plays one of the parts."""
    return replace(this, label="attacked")


def recorded(mode: str) -> Scene:
    """What a passive adversary has, and what can be asked of it."""
    every = connections(mode)
    this = every[-1]
    wanted: dict[str, tuple[Term, ...]] = {
        "application_data": (this.client_data, this.server_data),
        "next_psk": (this.ticket_psk(1), this.ticket_psk(2)),
    }
    if this.psk is not None:
        wanted |= {"early_data": (this.early,), "psk": (this.psk,)}
    return Scene((*PUBLIC, *(term for one in every for term in one.wire)), wanted)


def ticket_used(mode: str) -> Scene:
    """The recording goes on: the client resumes with the first ticket that came. What then?"""
    this = connections(mode)[-1]
    later = resumed("later", "psk_dhe_ke", this)
    wanted = {"next_psk": (this.ticket_psk(1),)}
    return Scene((*recorded(mode).known, *later.wire), wanted)


def false_server(mode: str) -> Scene:
    """The adversary answers an honest client in the server's place."""
    return _false_server(mode, attacked(connections(mode)[-1]))


def false_server_importing(mode: str) -> Scene:
    """The same; the client imported its PSK."""
    return _false_server(mode, _importing(attacked(connections(mode)[-1])))


def _false_server(mode: str, this: Connection) -> Scene:
    before = recorded(mode)
    own = (
        *(this.name(what) for what in ("server_random", "server_ecdhe", "EncryptedExtensions")),
        this.nonce(1),
    )
    turns = (
        Turn((), (this.client_hello, *((this.early_record,) if this.early_data else ()))),
        Turn(
            (this.server_hello, this.server_flight_record),
            (this.client_flight_record, this.client_data_record),
        ),
    )
    wanted = {"application_data": (this.client_data,), "next_psk": (this.ticket_psk(),)}
    if this.early_data:
        wanted["early_data"] = (this.early,)
    return Scene((*before.known, *own), wanted, turns)


def false_issuer(mode: str) -> Scene:
    """The adversary is there from the first: it issues the ticket that is then resumed with."""
    before = recorded(mode)
    first = Connection("attacked initial", "full")
    this = resumed("attacked", connections(mode)[-1].mode, first)
    theirs = ("server_random", "server_ecdhe", "EncryptedExtensions")
    own = [one.name(what) for one in (first, this) for what in theirs]
    own += [first.nonce(1), first.ticket(1), this.nonce(1)]
    turns = (
        Turn((), (first.client_hello,)),
        Turn((first.server_hello, first.server_flight_record), (first.client_flight_record,)),
        Turn((first.ticket_record(),), (this.client_hello, this.early_record)),
        Turn(
            (this.server_hello, this.server_flight_record),
            (this.client_flight_record, this.client_data_record),
        ),
    )
    secrets = {"psk": (this.psk or ZEROS,), "next_psk": (this.ticket_psk(),)}
    told = {"application_data": (this.client_data,), "early_data": (this.early,)}
    return Scene((*before.known, *own), secrets | told, turns)


def false_client(mode: str) -> Scene:
    """The adversary connects to an honest server in the client's place."""
    return _false_client(mode, attacked(connections(mode)[-1]))


def false_client_importing(mode: str) -> Scene:
    """The same; the server imported its PSK."""
    return _false_client(mode, _importing(attacked(connections(mode)[-1])))


def forged_ticket(mode: str) -> Scene:
    """The adversary connects with a ticket that no server has issued, around a PSK of its own.

    An honest server that takes tickets can tell one of its own from one that somebody else sealed
    under its key in no way at all. So this needs no PSK and no recording, but the ticket key.
    """
    this = attacked(connections(mode)[-1])
    psk = name("the adversary's own psk")
    ticket = apply(TICKET, TICKET_KEY, psk)
    forged = replace(this, psk=psk, identity=ticket, binder_key="res_binder_key")
    return _false_client(mode, forged, psk)


def _false_client(mode: str, this: Connection, *made_up: Term) -> Scene:
    before = recorded(mode)
    own = (this.name("client_random"), this.name("client_ecdhe"), *made_up)
    turns = (
        Turn((this.client_hello,), (this.server_hello, this.server_flight_record)),
        Turn((this.client_flight_record,), (this.ticket_record(), this.server_data_record)),
    )
    wanted = {"application_data": (this.server_data,), "next_psk": (this.ticket_psk(),)}
    return Scene((*before.known, *own), wanted, turns)


def reflected(mode: str) -> Scene:
    """A member's own handshake, sent back to it: it is the server of its own client (Selfie).

    Both ends know the PSK under the same name, so that what one sends is what the other expects.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def reflected_with_roles(mode: str) -> Scene:
    """The same, but each end imported the PSK with who is client and who is server."""
    client = attacked(connections(mode)[-1])
    return _carried(_importing(client), _importing(client, OTHER_WAY))


def rerouted(mode: str) -> Scene:
    """A handshake meant for one member, taken to another one, who has the same PSK.

    To the model it is the same as :func:`reflected`: a PSK does not say which member holds it.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def rerouted_with_names(mode: str) -> Scene:
    """The same, but each end imported the PSK with whom it is for."""
    client = attacked(connections(mode)[-1])
    return _carried(_importing(client), _importing(client, ANOTHER_WAY))


def _importing(this: Connection, context: Term = THIS_WAY) -> Connection:
    """The same connection with what the importer makes of the PSK, for these two ends."""
    psk = apply("ipskx", apply("epskx", ZEROS, this.psk or ZEROS), context)
    return replace(this, psk=psk, identity=context, binder_key="imp_binder_key")


def _carried(client: Connection, server: Connection) -> Scene:
    """Messages taken from a client to a server, and back; the adversary has nothing to add."""
    turns = (
        Turn((), (client.client_hello,)),
        Turn((server.client_hello,), (server.server_hello, server.server_flight_record)),
        Turn((client.server_hello, client.server_flight_record), (client.client_flight_record,)),
        Turn((server.client_flight_record,), ()),
    )
    return Scene(PUBLIC, {}, turns)


def again(mode: str) -> Scene:
    """Have 0-RTT data taken a second time: by sending the very same bytes."""
    this = connections(mode)[-1]
    return Scene(recorded(mode).known, {}, (Turn((this.client_hello, this.early_record), ()),))


def afresh(mode: str) -> Scene:
    """Have 0-RTT data taken a second time: under a ClientHello that nobody has seen before."""
    this = connections(mode)[-1]
    other = attacked(this)
    own = (other.name("client_random"), other.name("client_ecdhe"))
    record = other.sealed("client_early_traffic_secret", this.early)
    return Scene((*recorded(mode).known, *own), {}, (Turn((other.client_hello, record), ()),))
