"""Agreement: what both ends of a connection must believe alike, if either believes it is done.

RFC 9846 appendix F.1 asks for the same session keys on both sides, for keys of one's own in each
handshake, and for the same parameters (downgrade protection). So: whenever an honest party ends a
handshake, there is just one honest session that ended at the other end, and the two have the same
keys, mode, PSK and name of the PSK. Without "just one" that is called agreement, with it
*injective* agreement.

It breaks in two ways. Somebody takes a party's place: then there is no honest session at all. Or
two honest ends do not mean the same: for each thing to agree on there is a scene in which an
adversary carries what they say, and tries to have both end. Which messages it has to make for that
falls out of the two views; whether it can is left to the rules, as ever.

Agreement is no claim about *who* the other end is: a member that talks to itself agrees with itself
on everything (see the asset ``peer_identity``).

>>> decide("external-psk_dhe_ke", "mode").verdict
'kept'
>>> decide("external-psk_dhe_ke", "mode", ("psk",)).verdict
'lost'
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from tls13lab.symbolic import claims, scenes
from tls13lab.symbolic.claims import USUAL, Build
from tls13lab.symbolic.connection import Connection
from tls13lab.symbolic.rules import Rule
from tls13lab.symbolic.scenes import Scene, Turn, attacked, connections, recorded
from tls13lab.symbolic.terms import Term, name

CITATION = "RFC 9846 F.1"


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whether the two ends agree ``on`` something, whatever leaked before; ``steps`` if not."""

    mode: str
    on: str
    leaks: tuple[str, ...]
    verdict: str
    steps: int = 0


@dataclass(frozen=True)
class SeenOtherwise(Connection):
    """A connection as one end sees it: some names of the server's are others, or the mode is.

    ``others`` are the names (without the label) that are not those of the connection itself. A
    ClientHello that offers both modes has a share, also if the server then takes psk_ke.
    """

    others: frozenset[str] = frozenset()
    offers_share: bool = False

    def name(self, what: str) -> Term:
        """Another name for what is seen otherwise."""
        return name(f"another {what}") if what in self.others else super().name(what)

    @cached_property
    def client_hello(self) -> Term:
        """With a share, if both modes are on offer."""
        if self.offers_share and self.mode == "psk_ke":
            return replace(self, mode="psk_dhe_ke").client_hello
        return super().client_hello


def _seen(this: Connection, others: frozenset[str] = frozenset(), **fields: object) -> Connection:
    own = {one: getattr(this, one) for one in Connection.__dataclass_fields__}
    return SeenOtherwise(**(own | fields), others=others)


_ITS_HELLO = frozenset({"server_random", "server_ecdhe"})


def other_keys(mode: str) -> Scene:
    """The client ends with keys of a ServerHello that the adversary made: the server's random and
    share are replaced by its own."""
    this = attacked(connections(mode)[-1])
    return carried(mode, _seen(this, _ITS_HELLO), this, own=(*_names(_ITS_HELLO),))


def other_mode(mode: str) -> Scene:
    """Both ends offer both modes; one ends in this one, the other in the other one."""
    this = attacked(connections(mode)[-1])
    other = "psk_dhe_ke" if this.mode == "psk_ke" else "psk_ke"
    client = _seen(this, offers_share=True)
    return carried(mode, client, _seen(this, mode=other, offers_share=True))


def other_psk(mode: str) -> Scene:
    """The server has another PSK under the same name."""
    this = attacked(connections(mode)[-1])
    return carried(mode, this, replace(this, psk=name("another psk")))


def other_identity(mode: str) -> Scene:
    """The server has the same PSK under two names, and takes up the one that was not sent."""
    this = attacked(connections(mode)[-1])
    another = name("another identity")
    return carried(mode, this, replace(this, identity=another), own=(another,))


def second_session(mode: str) -> Scene:
    """Two sessions of the server's answer one ClientHello; the client ends the one, and so does
    the other."""
    this = attacked(connections(mode)[-1])
    return carried(mode, this, _seen(this, _ITS_HELLO), answered=this)


def _names(what: frozenset[str]) -> Iterator[Term]:
    return (name(f"another {one}") for one in sorted(what))


FIELDS: dict[str, Build] = {
    "keys": other_keys,
    "mode": other_mode,
    "psk": other_psk,
    "identity": other_identity,
    "sessions": second_session,
}
"""What is agreed on; ``sessions`` is that there is one at the other end, and not two."""


def carried(
    mode: str,
    client: Connection,
    server: Connection,
    answered: Connection | None = None,
    own: tuple[Term, ...] = (),
) -> Scene:
    """Messages taken from a client to a server and back, each as the one who gets it sees it.

    ``answered`` is another session of the server's that gets what the client sends, and answers.
    """
    honest = (answered,) if answered is not None else ()
    turns = (
        Turn((), (client.client_hello,)),
        *(Turn((), (one.server_hello, one.server_flight_record)) for one in honest),
        Turn((server.client_hello,), (server.server_hello, server.server_flight_record)),
        Turn((client.server_hello, client.server_flight_record), (client.client_flight_record,)),
        Turn((server.client_flight_record,), ()),
    )
    return Scene((*recorded(mode).known, *own), {}, turns)


ENDS = ("client", "server")
_OPPOSITE = {"client": "server", "server": "client"}


def decide(
    mode: str,
    on: str,
    leaks: tuple[str, ...] = (),
    rules: tuple[Rule, ...] = USUAL,
    *,
    done: str = "",
) -> Agreed:
    """Against an adversary to whom the leaks came first. ``mode`` is one with a PSK.

    ``done`` is the end that believes it is done, of ``ENDS``; either, if nothing is said.

    >>> decide("external-psk_ke", "keys", ("ticket_key",), done="client").verdict
    'kept'
    >>> decide("external-psk_ke", "keys", ("ticket_key",), done="server").verdict
    'lost'
    """
    believing = (done,) if done else ENDS
    taken = (f"{_OPPOSITE[end]}_authentication" for end in believing)
    places = [way for place in taken for way in claims.ways(mode, place, {})]
    there = tuple(leak for leak in leaks if leak not in claims.absent(mode, leaks))
    steps = claims.played_out([*places, FIELDS[on]], mode, there, rules)
    return Agreed(mode, on, leaks, "lost" if steps else "kept", steps)


def questions() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every mode with a PSK, everything to agree on, and no leak or one that the mode has."""
    for mode in scenes.MODES:
        for on in FIELDS if mode != "full" else ():
            for leaks in ((), *((leak,) for leak in claims.LEAKS)):
                if not claims.absent(mode, leaks):
                    yield mode, on, leaks
