"""Scenes in which the adversary speaks: in a party's place, or by carrying what others say.

Each says which messages it has to make, turn by turn; whether it can is left to the rules.

>>> scene = false_client("external-psk_ke")
>>> [[term.symbol for term in turn.makes] for turn in scene.turns]
[['ClientHello'], ['sealed']]
"""

from dataclasses import replace

from tls13lab.symbolic.connection import ZEROS, Connection
from tls13lab.symbolic.rules import TICKET
from tls13lab.symbolic.scenes import (
    ANOTHER_WAY,
    OTHER_WAY,
    PUBLIC,
    THIS_WAY,
    TICKET_KEY,
    Scene,
    Turn,
    attacked,
    connections,
    recorded,
    resumed,
)
from tls13lab.symbolic.terms import Term, apply, name

_SERVERS = ("server_random", "server_ecdhe", "EncryptedExtensions")
_CLIENTS = ("client_random", "client_ecdhe")


def false_server(mode: str) -> Scene:
    """The adversary answers an honest client in the server's place."""
    return as_server(attacked(connections(mode)[-1]), recorded(mode).known)


def false_server_importing(mode: str) -> Scene:
    """The same; the client imported its PSK."""
    return as_server(importing(attacked(connections(mode)[-1])), recorded(mode).known)


def as_server(this: Connection, known: tuple[Term, ...]) -> Scene:
    """In the server's place in this connection, by somebody who has ``known`` when it begins."""
    own = (*(this.name(what) for what in _SERVERS), this.nonce(1))
    turns = (
        Turn((), (this.client_hello, *((this.early_record,) if this.early_data else ()))),
        _answered(this),
    )
    wanted = {"application_data": (this.client_data,)}
    if this.early_data:
        wanted["early_data"] = (this.early,)
    return Scene((*known, *own), wanted, turns)


def hasty(mode: str) -> Scene:
    """What waiting for Finished is for: a client that sends its data right after the ServerHello.

    No TLS client may; it seals under its handshake keys, the only ones that it then has. The
    adversary answers it with a ServerHello of its own, and does not need the PSK for that.
    """
    this = attacked(connections(mode)[-1])
    own = (this.name("server_random"), this.name("server_ecdhe"))
    hello, answer, record = hastily(this)
    turns = (Turn((), (hello,)), Turn((answer,), (record,)))
    return Scene((*recorded(mode).known, *own), {"application_data": (this.client_data,)}, turns)


def hastily(this: Connection) -> tuple[Term, Term, Term]:
    """Its ClientHello, the answer, and its data."""
    record = this.sealed("client_handshake_traffic_secret", this.client_data)
    return this.client_hello, this.server_hello, record


def _answered(this: Connection) -> Turn:
    """The adversary ends the server's part; the client then sends data, and takes a ticket."""
    return Turn(
        (this.server_hello, this.server_flight_record),
        (this.client_flight_record, this.client_data_record),
        {"next_psk": (this.ticket_psk(),)},
    )


def false_issuer(mode: str) -> Scene:
    """The adversary is there from the first: it issues the ticket that is then resumed with."""
    first, this = _falsely_issued(mode)
    own = [one.name(what) for one in (first, this) for what in _SERVERS]
    own += [first.nonce(1), first.ticket(1), this.nonce(1)]
    turns = (*_issuing(first, this), _answered(this))
    told = {"application_data": (this.client_data,), "early_data": (this.early,)}
    return Scene((*recorded(mode).known, *own), told, turns)


def _falsely_issued(mode: str) -> tuple[Connection, Connection]:
    first = replace(connections(mode)[0], label="attacked initial", ticket_key=None)
    return first, resumed("attacked", connections(mode)[-1].mode, first)


def _issuing(first: Connection, this: Connection) -> tuple[Turn, ...]:
    """The first connection as its server, up to the client's next ClientHello."""
    return (
        Turn((), (first.client_hello,)),
        Turn((first.server_hello, first.server_flight_record), (first.client_flight_record,)),
        Turn(
            (first.ticket_record(),),
            (this.client_hello, this.early_record),
            {"psk": (this.psk or ZEROS,)},
        ),
    )


def false_client(mode: str) -> Scene:
    """The adversary connects to an honest server in the client's place."""
    return as_client(attacked(connections(mode)[-1]), recorded(mode).known)


def false_client_importing(mode: str) -> Scene:
    """The same; the server imported its PSK."""
    return as_client(importing(attacked(connections(mode)[-1])), recorded(mode).known)


def forged_ticket(mode: str) -> Scene:
    """The adversary connects with a ticket that no server has issued, around a PSK of its own.

    An honest server that takes tickets can tell one of its own from one that somebody else sealed
    under its key in no way at all. So this needs no PSK and no recording, but the ticket key.
    """
    this = attacked(connections(mode)[-1])
    psk = name("the adversary's own psk")
    ticket = apply(TICKET, TICKET_KEY, psk)
    forged = replace(this, psk=psk, identity=ticket, binder_key="res_binder_key")
    return as_client(forged, (*recorded(mode).known, psk))


def as_client(this: Connection, known: tuple[Term, ...]) -> Scene:
    """In the client's place in this connection, by somebody who has ``known`` when it begins."""
    own = (this.name(what) for what in _CLIENTS)
    wanted = {"application_data": (this.server_data,)}
    return Scene((*known, *own), wanted, _connecting(this))


def _connecting(this: Connection) -> tuple[Turn, ...]:
    """The client's part; the server then sends a ticket and data."""
    return (
        Turn((this.client_hello,), (this.server_hello, this.server_flight_record)),
        Turn(
            (this.client_flight_record,),
            (this.ticket_record(), this.server_data_record),
            {"next_psk": (this.ticket_psk(),)},
        ),
    )


def issued_to_it(mode: str) -> Scene:
    """The adversary is the client from the first: it is given the ticket that it resumes with.

    That is asked where a PSK stands at the beginning: then a ticket says who its holder is.
    """
    first, this = _taken_falsely(mode)
    own = (one.name(what) for one in (first, this) for what in _CLIENTS)
    wanted = {"application_data": (this.server_data,)}
    turns = (*_connecting(first), *_connecting(this))
    return Scene((*recorded(mode).known, *own), wanted, turns)


def _taken_falsely(mode: str) -> tuple[Connection, Connection]:
    first = replace(connections(mode)[0], label="taken initial")
    return first, resumed("taken", connections(mode)[-1].mode, first)


def reflected(mode: str) -> Scene:
    """A member's own handshake, sent back to it: it is the server of its own client (Selfie).

    Both ends know the PSK under the same name, so that what one sends is what the other expects.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def reflected_with_roles(mode: str) -> Scene:
    """The same, but each end imported the PSK with who is client and who is server."""
    client = attacked(connections(mode)[-1])
    return _carried(importing(client), importing(client, OTHER_WAY))


def rerouted(mode: str) -> Scene:
    """A handshake meant for one member, taken to another one, who has the same PSK.

    To the model it is the same as :func:`reflected`: a PSK does not say which member holds it.
    """
    this = attacked(connections(mode)[-1])
    return _carried(this, this)


def rerouted_with_names(mode: str) -> Scene:
    """The same, but each end imported the PSK with whom it is for."""
    client = attacked(connections(mode)[-1])
    return _carried(importing(client), importing(client, ANOTHER_WAY))


def importing(this: Connection, context: Term = THIS_WAY) -> Connection:
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
    own = (other.name(what) for what in _CLIENTS)
    turns = (_early(other, this.early),)
    return Scene((*recorded(mode).known, *own), {}, turns)


def afresh_with_its_ticket(mode: str) -> Scene:
    """The same with data read as a false issuer, under a ticket given to it as a false client.

    What the client sent to the adversary once, a server takes twice, in two connections.
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


def _early(this: Connection, data: Term) -> Turn:
    """A first flight with somebody's early data."""
    return Turn((this.client_hello, this.sealed("client_early_traffic_secret", data)), ())
