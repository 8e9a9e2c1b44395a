"""Scenes in which the adversary sends messages: in a party's place, or those of others.

A scene says which messages it must make, turn by turn; the rules decide whether it can.

>>> scene = false_client("external-psk_ke")
>>> [[term.symbol for term in turn.makes] for turn in scene.turns]
[['ClientHello'], ['sealed']]
"""

from dataclasses import replace

from tls13lab.symbolic.connection import ZEROS, SymbolicConnection
from tls13lab.symbolic.rules import TICKET
from tls13lab.symbolic.scenes import (
    ANOTHER_WAY,
    OTHER_WAY,
    PUBLIC,
    THIS_WAY,
    TICKET_KEY,
    Scene,
    Turn,
    Wanted,
    attacked,
    connections,
    recorded,
    resumed,
)
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.symbolic.vocabulary import SceneMode

_SERVERS = ("server_random", "server_ecdhe", "EncryptedExtensions")
_CLIENTS = ("client_random", "client_ecdhe")


def false_server(mode: SceneMode) -> Scene:
    """The adversary answers an honest client in the server's place."""
    return as_server(attacked(connections(mode)[-1]), recorded(mode).known)


def false_server_importing(mode: SceneMode) -> Scene:
    """The same with an imported PSK."""
    return as_server(importing(attacked(connections(mode)[-1])), recorded(mode).known)


def as_server(this: SymbolicConnection, known: tuple[Term, ...]) -> Scene:
    """The adversary as the server of this connection; ``known`` is what it knows at the start."""
    own = (*(this.name(what) for what in _SERVERS), this.nonce(1))
    turns = (
        Turn((), (this.client_hello, *((this.early_record,) if this.early_data else ()))),
        _answered(this),
    )
    wanted: dict[Wanted, tuple[Term, ...]] = {"application_data": (this.client_data,)}
    if this.early_data:
        wanted["early_data"] = (this.early,)
    return Scene((*known, *own), wanted, turns)


def hasty(mode: SceneMode) -> Scene:
    """A client that does not wait for Finished, but sends its data right after the ServerHello.

    No TLS client may do that. It seals the data under its handshake keys, the only keys that it has
    at this time. The adversary answers with its own ServerHello, and does not need the PSK.
    """
    this = attacked(connections(mode)[-1])
    own = (this.name("server_random"), this.name("server_ecdhe"))
    hello, answer, record = hastily(this)
    turns = (Turn((), (hello,)), Turn((answer,), (record,)))
    return Scene((*recorded(mode).known, *own), {"application_data": (this.client_data,)}, turns)


def hastily(this: SymbolicConnection) -> tuple[Term, Term, Term]:
    """Its ClientHello, the answer, and its data."""
    record = this.sealed("client_handshake_traffic_secret", this.client_data)
    return this.client_hello, this.server_hello, record


def _answered(this: SymbolicConnection) -> Turn:
    """The adversary completes the server's part; the client then sends data and takes a ticket."""
    return Turn(
        (this.server_hello, this.server_flight_record),
        (this.client_flight_record, this.client_data_record),
        {"next_psk": (this.ticket_psk(),)},
    )


def false_issuer(mode: SceneMode) -> Scene:
    """The adversary is the server from the start: it issues the ticket for the resumption."""
    first, this = _falsely_issued(mode)
    own = [one.name(what) for one in (first, this) for what in _SERVERS]
    own += [first.nonce(1), first.ticket(1), this.nonce(1)]
    turns = (*_issuing(first, this), _answered(this))
    wanted: dict[Wanted, tuple[Term, ...]] = {
        "application_data": (this.client_data,),
        "early_data": (this.early,),
    }
    return Scene((*recorded(mode).known, *own), wanted, turns)


def _falsely_issued(mode: SceneMode) -> tuple[SymbolicConnection, SymbolicConnection]:
    first = replace(connections(mode)[0], label="attacked initial", ticket_key=None)
    return first, resumed("attacked", connections(mode)[-1].mode, first)


def _issuing(first: SymbolicConnection, this: SymbolicConnection) -> tuple[Turn, ...]:
    """The turns of the first connection, up to the client's next ClientHello."""
    return (
        Turn((), (first.client_hello,)),
        Turn((first.server_hello, first.server_flight_record), (first.client_flight_record,)),
        Turn(
            (first.ticket_record(),),
            (this.client_hello, this.early_record),
            {"psk": (this.psk or ZEROS,)},
        ),
    )


def false_client(mode: SceneMode) -> Scene:
    """The adversary connects to an honest server in the client's place."""
    return as_client(attacked(connections(mode)[-1]), recorded(mode).known)


def false_client_importing(mode: SceneMode) -> Scene:
    """The same with an imported PSK."""
    return as_client(importing(attacked(connections(mode)[-1])), recorded(mode).known)


def forged_ticket(mode: SceneMode) -> Scene:
    """The adversary connects with a forged ticket that contains the adversary's own PSK.

    An honest server cannot distinguish its own tickets from those that somebody else sealed under
    its ticket key. So the adversary needs only that key, no PSK and no recording.
    """
    this = attacked(connections(mode)[-1])
    psk = name("the adversary's own psk")
    ticket = apply(TICKET, TICKET_KEY, psk)
    forged = replace(this, psk=psk, identity=ticket, binder_key="res_binder_key")
    return as_client(forged, (*recorded(mode).known, psk))


def as_client(this: SymbolicConnection, known: tuple[Term, ...]) -> Scene:
    """The adversary as the client of this connection; ``known`` is what it knows at the start."""
    own = (this.name(what) for what in _CLIENTS)
    wanted: dict[Wanted, tuple[Term, ...]] = {"application_data": (this.server_data,)}
    return Scene((*known, *own), wanted, _connecting(this))


def _connecting(this: SymbolicConnection) -> tuple[Turn, ...]:
    """The client's part; the server then sends a ticket and data."""
    return (
        Turn((this.client_hello,), (this.server_hello, this.server_flight_record)),
        Turn(
            (this.client_flight_record,),
            (this.ticket_record(), this.server_data_record),
            {"next_psk": (this.ticket_psk(),)},
        ),
    )


def issued_to_it(mode: SceneMode) -> Scene:
    """The adversary is the client from the start: it receives the ticket with which it resumes.

    This is asked where the first connection has a PSK, because a ticket then authenticates its
    holder.
    """
    first, this = _taken_falsely(mode)
    own = (one.name(what) for one in (first, this) for what in _CLIENTS)
    wanted: dict[Wanted, tuple[Term, ...]] = {"application_data": (this.server_data,)}
    turns = (*_connecting(first), *_connecting(this))
    return Scene((*recorded(mode).known, *own), wanted, turns)


def _taken_falsely(mode: SceneMode) -> tuple[SymbolicConnection, SymbolicConnection]:
    first = replace(connections(mode)[0], label="taken initial")
    return first, resumed("taken", connections(mode)[-1].mode, first)


def reflected(mode: SceneMode) -> Scene:
    """A member's own handshake is sent back to it, so that it is its own server (Selfie).

    Both ends have the PSK under the same identity, so what one end sends, the other expects.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def reflected_with_roles(mode: SceneMode) -> Scene:
    """The same, but each end imported the PSK with who is client and who is server."""
    client = attacked(connections(mode)[-1])
    return _carried(importing(client), importing(client, OTHER_WAY))


def rerouted(mode: SceneMode) -> Scene:
    """A handshake for one member is carried to another member, who has the same PSK.

    To the model it is the same as :func:`reflected`: a PSK does not say which member holds it.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def rerouted_with_names(mode: SceneMode) -> Scene:
    """The same, but each end imported the PSK with the name of the other end."""
    client = attacked(connections(mode)[-1])
    return _carried(importing(client), importing(client, ANOTHER_WAY))


def importing(this: SymbolicConnection, context: Term = THIS_WAY) -> SymbolicConnection:
    """The same connection with the PSK imported for these two ends."""
    psk = apply("ipskx", apply("epskx", ZEROS, this.psk or ZEROS), context)
    return replace(this, psk=psk, identity=context, binder_key="imp_binder_key")


def _carried(client: SymbolicConnection, server: SymbolicConnection) -> Scene:
    """Messages are carried from a client to a server and back; the adversary adds nothing."""
    turns = (
        Turn((), (client.client_hello,)),
        Turn((server.client_hello,), (server.server_hello, server.server_flight_record)),
        Turn((client.server_hello, client.server_flight_record), (client.client_flight_record,)),
        Turn((server.client_flight_record,), ()),
    )
    return Scene(PUBLIC, {}, turns)


def again(mode: SceneMode) -> Scene:
    """0-RTT data is delivered a second time by sending the same bytes again."""
    this = connections(mode)[-1]
    return Scene(recorded(mode).known, {}, (Turn((this.client_hello, this.early_record), ()),))


def afresh(mode: SceneMode) -> Scene:
    """0-RTT data is delivered a second time with a new ClientHello."""
    this = connections(mode)[-1]
    other = attacked(this)
    own = (other.name(what) for what in _CLIENTS)
    turns = (_early(other, this.early),)
    return Scene((*recorded(mode).known, *own), {}, turns)


def afresh_with_its_ticket(mode: SceneMode) -> Scene:
    """The same, with data read as a false server, under a ticket received as a false client.

    A server accepts data twice that the client sent to the adversary once.
    """
    first, this = _falsely_issued(mode)
    taken, once = _taken_falsely(mode)
    twice = replace(once, label="taken again")
    own = [one.name(what) for one in (first, this) for what in _SERVERS]
    own += [one.name(what) for one in (taken, once, twice) for what in _CLIENTS]
    own += [first.nonce(1), first.ticket(1)]
    early = (_early(one, this.early) for one in (once, twice))
    turns = (*_issuing(first, this), *_connecting(taken), *early)
    return Scene((*recorded(mode).known, *own), {}, turns)


def _early(this: SymbolicConnection, data: Term) -> Turn:
    """The turn that sends a first flight with this early data."""
    return Turn((this.client_hello, this.sealed("client_early_traffic_secret", data)), ())
