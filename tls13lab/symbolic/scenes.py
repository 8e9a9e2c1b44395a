"""Scenes: related connections, what can be stolen, and an adversary that may send messages.

A passive adversary has a recording, and gets the leaks afterwards. An active one has the leaks
first, and takes *turns*: it must make certain messages itself, and an honest party that accepts
them answers. A scene only says which messages these are; the rules decide whether they can be
made. A third adversary also takes turns, but before anything leaks. The scenes with turns are in
:mod:`~tls13lab.symbolic.speaking`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tls13lab.symbolic.connection import CERTIFICATE, CERTIFICATE_KEY, ZEROS, SymbolicConnection
from tls13lab.symbolic.guessing import saturate
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import Rule
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.terms import Term, name
from tls13lab.symbolic.vocabulary import (
    Asset,
    Epoch,
    SceneMode,
    Secret,
    is_of_psk,
    parts,
    with_external_psk,
)
from tls13lab.wire.names import Mode

TICKET_KEY = name("ticket_key")
IDENTITY = name("psk_identity")
THIS_WAY, OTHER_WAY = name("alice calls bob"), name("bob calls alice")
ANOTHER_WAY = name("alice calls carol")
Wanted = Asset | Epoch
"""What a scene may be asked for."""
# Public values: zeros, the identity of an external PSK, the context of an imported one, and the
# public key in the server's certificate.
PUBLIC = (ZEROS, IDENTITY, THIS_WAY, OTHER_WAY, ANOTHER_WAY, CERTIFICATE)


@dataclass(frozen=True, slots=True)
class Turn:
    """The adversary sends ``makes``; the honest party that accepts it answers with ``gets``.

    ``takes_up`` has, by asset, secrets that the honest party uses from then on.
    """

    makes: tuple[Term, ...]
    gets: tuple[Term, ...]
    takes_up: Mapping[Wanted, tuple[Term, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """``known`` is known from the beginning; then come the ``turns``. ``wanted`` has the assets.

    An asset is lost if any of its terms is known at the end: a term of ``wanted``, or one that an
    honest party took up in a turn.
    """

    known: tuple[Term, ...]
    wanted: Mapping[Wanted, tuple[Term, ...]]
    turns: tuple[Turn, ...] = ()

    def world(self, rules: Iterable[Rule], stolen: Iterable[Term] = ()) -> World:
        """The terms in play, including everything that may be stolen."""
        moved = [term for turn in self.turns for term in (*turn.makes, *turn.gets)]
        asked = [term for assets in self._askings() for terms in assets.values() for term in terms]
        return World([*self.known, *moved, *asked, *stolen], rules)

    def asked(self, asset: Wanted, turns: int) -> tuple[Term, ...]:
        """The terms of an asset after this number of turns."""
        return tuple(term for assets in self._askings(turns) for term in assets.get(asset, ()))

    def _askings(self, turns: int | None = None) -> tuple[Mapping[Wanted, tuple[Term, ...]], ...]:
        return self.wanted, *(turn.takes_up for turn in self.turns[:turns])

    def play(
        self, world: World, stolen: Iterable[Term], weak: Iterable[Term] = ()
    ) -> tuple[Knowledge, int]:
        """What is known when no more turn is possible, and the number of turns taken."""
        weak, known = tuple(weak), [*self.known, *stolen]
        for number, turn in enumerate(self.turns):
            knowledge = saturate(world, known, weak)
            if any(term not in knowledge for term in turn.makes):
                return knowledge, number
            known += turn.gets
        return saturate(world, known, weak), len(self.turns)

    def heard(self, turns: int) -> tuple[Term, ...]:
        """What was given or sent, after this number of turns."""
        sent = (term for turn in self.turns[:turns] for term in turn.gets)
        return (*self.known, *sent)


@remembered(32)
def connections(mode: SceneMode) -> tuple[SymbolicConnection, ...]:
    """The recorded connections; for a resumption, first the one that issued the ticket."""
    kind, psk_mode, issued_in = parts(mode)
    if kind == "full":
        return (SymbolicConnection("this", "full", ticket_key=TICKET_KEY),)
    if kind == "external":
        psk = name("psk")
        return (
            SymbolicConnection(
                "this", psk_mode, psk, IDENTITY, early_data=True, ticket_key=TICKET_KEY
            ),
        )
    if is_of_psk(issued_in):
        (issued,) = connections(with_external_psk(issued_in))
        external = name("external_psk")
    else:
        (issued,), external = connections("full"), None
    initial = replace(issued, label="initial", psk=external, early_data=False)
    return initial, resumed("this", psk_mode, initial)


def resumed(
    label: str, psk_mode: Mode, before: SymbolicConnection, ticket: int = 1
) -> SymbolicConnection:
    """A connection with the PSK behind a ticket of the one before."""
    return SymbolicConnection(
        label,
        psk_mode,
        psk=before.ticket_psk(ticket),
        identity=before.ticket(ticket),
        binder_key="res_binder_key",
        early_data=True,
        ticket_key=before.ticket_key,
    )


@remembered(32)
def secrets_to_steal(mode: SceneMode) -> Mapping[Secret, tuple[Term, ...]]:
    """The terms behind each leak that this mode has; a leak that is absent has none."""
    every = connections(mode)
    this = every[-1]
    leaks: dict[Secret, tuple[Term, ...]] = {"ticket_key": (TICKET_KEY,)}
    if this.psk is not None:
        leaks["psk"] = (this.psk,)
    if this.mode != "psk_ke":
        # Of an attacked connection too: the party that is stolen from loses its share in each.
        leaks["client_ecdhe"] = tuple(one.name("client_ecdhe") for one in (this, attacked(this)))
        leaks["server_ecdhe"] = tuple(one.name("server_ecdhe") for one in (this, attacked(this)))
    if len(every) > 1 and every[0].mode != "psk_ke":
        leaks["initial_ecdhe"] = (every[0].name("client_ecdhe"),)
    if every[0].mode == "full":
        leaks["certificate_key"] = (CERTIFICATE_KEY,)
    return leaks


def weak_secrets(mode: SceneMode) -> tuple[Term, ...]:
    """What can be guessed if PSKs come from a dictionary: only people choose those."""
    first = connections(mode)[0]
    return (first.psk,) if first.psk is not None else ()


def has_shares(mode: SceneMode) -> bool:
    """Whether a connection of this mode sends a share: a logarithm to be taken."""
    return any(one.mode != "psk_ke" for one in connections(mode))


def attacked(this: SymbolicConnection) -> SymbolicConnection:
    """Another connection of the same kind, in which the adversary plays one of the parties."""
    return replace(this, label="attacked")


def recorded(mode: SceneMode) -> Scene:
    """The recording of a passive adversary, and the assets."""
    every = connections(mode)
    this = every[-1]
    wanted: dict[Wanted, tuple[Term, ...]] = {
        "application_data": (this.client_data, this.server_data),
        "next_psk": (this.ticket_psk(1), this.ticket_psk(2)),
    }
    if this.psk is not None:
        wanted |= {"early_data": (this.early,), "psk": (this.psk,)}
    return Scene((*PUBLIC, *(term for one in every for term in one.wire)), wanted)


def ticket_used(mode: SceneMode) -> Scene:
    """The recording when the client also resumes with the first ticket."""
    this = connections(mode)[-1]
    later = resumed("later", "psk_dhe_ke", this)
    wanted: dict[Wanted, tuple[Term, ...]] = {"next_psk": (this.ticket_psk(1),)}
    return Scene((*recorded(mode).known, *later.wire), wanted)
