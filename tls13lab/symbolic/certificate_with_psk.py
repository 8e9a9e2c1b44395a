"""A certificate, a PSK, or both: what is safe after which theft, decided by the rules. RFC 9973.

The same questions are asked about three handshakes: ``full``, ``psk_dhe_ke`` with an external PSK,
and ``cert_with_extern_psk``. They are separate from the matrix, in which a connection has either a
certificate or a PSK. The leaks mean the same as there. A passive adversary gets a quantum computer
after the connection, when the certificate's key is no longer useful. An active adversary has it
before, and can forge the signature.

A client that insists on the PSK is in no RFC, and is left out. By RFC 9973, a server may continue
with its certificate alone. So the adversary can do the same, and a stolen certificate key is enough
to be the server. The PSK adds nothing to authentication, and the RFC does not claim that it does.

>>> decide("cert_with_extern_psk", "application_data", "passive", ("quantum",)).verdict
'kept'
>>> decide("cert_with_extern_psk", "application_data", "passive", ("weak_psk", "quantum")).verdict
'lost'
>>> decide("cert_with_extern_psk", "server_authentication", "active", ("psk",)).verdict
'kept'
>>> decide("cert_with_extern_psk", "server_authentication", "active", ("quantum",)).verdict
'lost'
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, Literal, get_args

from tls13lab.symbolic.connection import CERTIFICATE_KEY, CERTIFIED, ZEROS, SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import QUANTUM, RULES, Rule
from tls13lab.symbolic.scenes import IDENTITY, PUBLIC, Scene, Turn, Wanted
from tls13lab.symbolic.terms import Term, name
from tls13lab.symbolic.vocabulary import Adversary, Asset, Leak, Leaks, Verdict
from tls13lab.wire.names import Mode, each_of, one_of

BOTH: Final = "cert_with_extern_psk"
ComparedMode = Literal["full", "psk_dhe_ke", "cert_with_extern_psk"]
"""The handshakes that are asked the same questions."""
COMPARED_MODES: tuple[ComparedMode, ...] = get_args(ComparedMode)
ASSETS: tuple[Asset, ...] = ("application_data", "psk", "next_psk", "server_authentication")
ADVERSARIES: tuple[Adversary, ...] = ("passive", "active")
LEAKS: Leaks = ("psk", "weak_psk", "client_ecdhe", "server_ecdhe", "certificate_key", "quantum")
PSK = name("psk")
USUAL = tuple(RULES.values())


@dataclass(frozen=True, slots=True)
class Decided:
    """One question and its answer: ``lost``, ``kept``, or ``outside`` the model.

    ``steps`` is the length of the derivation.
    """

    mode: ComparedMode
    asset: Asset
    adversary: Adversary
    leaks: Leaks
    verdict: Verdict
    steps: int = 0


class Unheeded(SymbolicConnection):
    """A full handshake whose ClientHello offers a PSK that the server does not use."""

    @cached_property
    def client_hello(self) -> Term:
        """The ClientHello with the PSK's binder."""
        return connection(BOTH, self.label).client_hello


def connection(mode: Mode, label: str) -> SymbolicConnection:
    """A connection of the mode."""
    if mode == "full":
        return SymbolicConnection(label, mode)
    return SymbolicConnection(label, mode, PSK, IDENTITY)


def answers(mode: ComparedMode) -> tuple[SymbolicConnection, ...]:
    """The possible answers of a server to an honest client of this mode."""
    attacked = connection(mode, "attacked")
    return (attacked, Unheeded("attacked", "full")) if mode == BOTH else (attacked,)


def _recorded(mode: ComparedMode) -> Scene:
    this = connection(mode, "this")
    wanted: dict[Wanted, tuple[Term, ...]] = {
        "application_data": (this.client_data, this.server_data),
        "next_psk": (this.ticket_psk(1), this.ticket_psk(2)),
        "psk": (this.psk or ZEROS,),
    }
    return Scene((*PUBLIC, *this.wire), wanted)


def _false_server(mode: ComparedMode, answer: SymbolicConnection) -> Scene:
    """The adversary answers an honest client in the server's place."""
    own = [answer.name(what) for what in ("server_random", "server_ecdhe", "EncryptedExtensions")]
    turns = (
        Turn((), (answer.client_hello,)),
        Turn(
            (answer.server_hello, answer.server_flight_record),
            (answer.client_flight_record, answer.client_data_record),
            {"next_psk": (answer.ticket_psk(1),)},
        ),
    )
    wanted: dict[Wanted, tuple[Term, ...]] = {"application_data": (answer.client_data,)}
    return Scene((*_recorded(mode).known, *own, answer.nonce(1)), wanted, turns)


def _stolen(mode: ComparedMode, leak: Leak) -> tuple[Term, ...]:
    """The terms behind a leak; none if the mode has no such secret."""
    if leak == "psk" and mode != "full":
        return (PSK,)
    if leak == "certificate_key" and mode in CERTIFIED:
        return (CERTIFICATE_KEY,)
    if leak in ("client_ecdhe", "server_ecdhe"):
        # Also of an attacked connection, as in the matrix: the party loses its share in each.
        return tuple(name(f"{leak} of {label}") for label in ("this", "attacked"))
    return ()


def outside(asset: Asset, mode: ComparedMode, adversary: Adversary) -> bool:
    """Whether a question is outside the model: no PSK to steal, or no adversary that speaks."""
    if asset == "psk":
        return mode == "full"
    return asset == "server_authentication" and adversary == "passive"


@remembered(4096)
def decide(
    mode: ComparedMode,
    asset: Asset,
    adversary: Adversary,
    leaks: Leaks = (),
    rules: tuple[Rule, ...] = USUAL,
) -> Decided:
    """Decide one claim; ``rules`` are those that everyone can use.

    Raises NotAllowed for a mode, asset, adversary or leak that is not asked about here.
    """
    one_of(mode, COMPARED_MODES, "mode")
    one_of(asset, ASSETS, "asset")
    one_of(adversary, ADVERSARIES, "adversary")
    each_of(leaks, LEAKS, "leak")
    if outside(asset, mode, adversary):
        return Decided(mode, asset, adversary, leaks, "outside")
    if "quantum" in leaks:
        rules = (*rules, QUANTUM)
    scenes = [_recorded(mode)]
    if adversary == "active":
        scenes += [_false_server(mode, answer) for answer in answers(mode)]
    stolen = [term for leak in leaks for term in _stolen(mode, leak)]
    weak = (PSK,) if "weak_psk" in leaks and mode != "full" else ()
    steps = 0
    for scene in scenes:
        world = scene.world(rules, [*stolen, *weak, CERTIFICATE_KEY])
        knowledge, turns = scene.play(world, stolen, weak)
        if asset == "server_authentication":
            done = turns == len(scene.turns)
            made = [term for turn in scene.turns for term in turn.makes] if done else []
            ways = {step for term in made for step in knowledge.derivation(term)}
            steps = steps or len(ways) + len(made)
            continue
        for term in scene.asked(asset, turns):
            if term in knowledge:
                steps = steps or max(1, len(knowledge.derivation(term)))
    return Decided(mode, asset, adversary, leaks, "lost" if steps else "kept", steps)


def questions() -> Iterator[tuple[ComparedMode, Asset, Adversary, Leaks]]:
    """Every mode, asset, adversary, and set of at most two leaks."""
    thefts = [chosen for size in (0, 1, 2) for chosen in combinations(LEAKS, size)]
    for mode in COMPARED_MODES:
        for asset in ASSETS:
            for adversary in ADVERSARIES:
                for leaks in thefts:
                    yield mode, asset, adversary, leaks
