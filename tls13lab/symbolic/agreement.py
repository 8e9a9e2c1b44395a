"""Agreement: what both ends of a connection must have in common when one of them has completed it.

RFC 9846 appendix F.1 asks for the same session keys on both sides, for new keys in each handshake,
and for the same parameters (downgrade protection). So, whenever an honest party completes a
handshake, there must be exactly one honest session at the other end that completed it, and both
must have the same keys, mode, PSK and identity. Without "exactly one", this is called agreement;
with it, *injective* agreement.

It can fail in two ways. If the adversary takes a party's place, there is no honest session at all.
Or two honest ends have different values. For each thing to agree on, there is a scene in which an
adversary carries messages between the ends, and tries to make both complete with different values.
The messages that it must make follow from the two views; the rules decide whether it can.

Agreement says nothing about *who* the other end is: a member that talks to itself agrees with
itself on everything (see the asset ``peer_identity``).

>>> decide("external-psk_dhe_ke", "mode").verdict
'kept'
>>> decide("external-psk_dhe_ke", "mode", ("psk",)).verdict
'lost'
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from tls13lab.symbolic import claims, vocabulary
from tls13lab.symbolic.claims import USUAL, Build
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.rules import Rule
from tls13lab.symbolic.scenes import Scene, Turn, attacked, connections, recorded
from tls13lab.symbolic.terms import Term, name
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode, Verdict
from tls13lab.wire.names import SIDES, Mode, Side, each_of, one_of

CITATION = "RFC 9846 F.1"


@dataclass(frozen=True, slots=True)
class AgreementVerdict:
    """Whether both ends agree ``on`` something with these leaks; if not, in how many ``steps``."""

    mode: SceneMode
    on: str
    leaks: Leaks
    verdict: Verdict
    steps: int = 0


@dataclass(frozen=True)
class SeenOtherwise(SymbolicConnection):
    """A connection as one end sees it, if some of the server's names, or the mode, differ.

    ``others`` are the names (without the label) that differ from those of the connection itself. A
    ClientHello that offers both modes has a share, even if the server then chooses psk_ke.
    """

    others: frozenset[str] = frozenset()
    offers_share: bool = False

    def name(self, what: str) -> Term:
        """The name, or another one for what this end sees differently."""
        return name(f"another {what}") if what in self.others else super().name(what)

    @cached_property
    def client_hello(self) -> Term:
        """The ClientHello, with a share if both modes are offered."""
        if self.offers_share and self.mode == "psk_ke":
            return replace(self, mode="psk_dhe_ke").client_hello
        return super().client_hello


def _seen(
    this: SymbolicConnection, others: frozenset[str] = frozenset(), **fields: object
) -> SymbolicConnection:
    own = {field: getattr(this, field) for field in SymbolicConnection.__dataclass_fields__}
    return SeenOtherwise(**(own | fields), others=others)


_ITS_HELLO = frozenset({"server_random", "server_ecdhe"})


def other_keys(mode: SceneMode) -> Scene:
    """The client completes with keys from a ServerHello in which the adversary replaced the random
    and the share."""
    this = attacked(connections(mode)[-1])
    return carried(mode, _seen(this, _ITS_HELLO), this, own=(*_names(_ITS_HELLO),))


def other_mode(mode: SceneMode) -> Scene:
    """Both ends allow both modes; one completes in this mode, and the other in the other mode."""
    this = attacked(connections(mode)[-1])
    other: Mode = "psk_dhe_ke" if this.mode == "psk_ke" else "psk_ke"
    client = _seen(this, offers_share=True)
    return carried(mode, client, _seen(this, mode=other, offers_share=True))


def other_psk(mode: SceneMode) -> Scene:
    """The server has another PSK under the same identity."""
    this = attacked(connections(mode)[-1])
    return carried(mode, this, replace(this, psk=name("another psk")))


def other_identity(mode: SceneMode) -> Scene:
    """The server has the PSK under two identities, and uses the one that was not sent."""
    this = attacked(connections(mode)[-1])
    another = name("another identity")
    return carried(mode, this, replace(this, identity=another), own=(another,))


def second_session(mode: SceneMode) -> Scene:
    """Two sessions of the server answer one ClientHello; the client completes with one of them, and
    the other completes, too."""
    this = attacked(connections(mode)[-1])
    return carried(mode, this, _seen(this, _ITS_HELLO), answered=this)


def _names(what: frozenset[str]) -> Iterator[Term]:
    return (name(f"another {each}") for each in sorted(what))


FIELDS: dict[str, Build] = {
    "keys": other_keys,
    "mode": other_mode,
    "psk": other_psk,
    "identity": other_identity,
    "sessions": second_session,
}
"""What to agree on; ``sessions`` means that there is one session at the other end, not two."""


def carried(
    mode: SceneMode,
    client: SymbolicConnection,
    server: SymbolicConnection,
    answered: SymbolicConnection | None = None,
    own: tuple[Term, ...] = (),
) -> Scene:
    """Messages carried from a client to a server and back, each as the receiver expects it.

    ``answered`` is another session of the server that gets the client's messages and answers them.
    """
    honest = (answered,) if answered is not None else ()
    turns = (
        Turn((), (client.client_hello,)),
        *(Turn((), (end.server_hello, end.server_flight_record)) for end in honest),
        Turn((server.client_hello,), (server.server_hello, server.server_flight_record)),
        Turn((client.server_hello, client.server_flight_record), (client.client_flight_record,)),
        Turn((server.client_flight_record,), ()),
    )
    return Scene((*recorded(mode).known, *own), {}, turns)


_TAKEN: dict[Side, Asset] = {
    "client": "server_authentication",
    "server": "client_authentication",
}
"""Whose place is taken towards an end that has completed."""


def decide(
    mode: SceneMode,
    on: str,
    leaks: Leaks = (),
    rules: tuple[Rule, ...] = USUAL,
    *,
    done: Side | Literal[""] = "",
) -> AgreementVerdict:
    """Decide against an adversary that has the leaks first. ``mode`` must be one with a PSK.

    ``done`` is the end that has completed; by default, either. Raises NotAllowed for words that are
    not known.

    >>> decide("external-psk_ke", "keys", ("ticket_key",), done="client").verdict
    'kept'
    >>> decide("external-psk_ke", "keys", ("ticket_key",), done="server").verdict
    'lost'
    """
    one_of(on, tuple(FIELDS), "thing to agree on,")
    each_of(leaks, vocabulary.LEAKS, "leak")
    if done:
        one_of(done, SIDES, "end")
    believing: tuple[Side, ...] = (done,) if done else SIDES
    taken = (_TAKEN[end] for end in believing)
    places = [way for place in taken for way in claims.ways(mode, place, {})]
    there = tuple(leak for leak in leaks if leak not in claims.absent(mode, leaks))
    found = claims.played_out([*places, FIELDS[on]], mode, there, rules)
    verdict: Verdict = "lost" if found else "kept"
    return AgreementVerdict(mode, on, leaks, verdict, found.count if found else 0)


def questions() -> Iterator[tuple[SceneMode, str, Leaks]]:
    """Every mode with a PSK, everything to agree on, and at most one leak that the mode has."""
    for mode in vocabulary.SCENE_MODES:
        for on in FIELDS if mode != "full" else ():
            thefts: list[Leaks] = [(), *((leak,) for leak in vocabulary.LEAKS)]
            for leaks in thefts:
                if not claims.absent(mode, leaks):
                    yield mode, on, leaks
