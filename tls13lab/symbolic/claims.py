"""The claims: for each mode, asset, adversary and set of leaks, is the asset lost?

The first half of this file has the questions, and those that are outside the model. The second half
plays the scenes and looks whether the asset is known at the end. With other rules as an argument,
one can find out which claims depend on a rule.

>>> cell = decide("external-psk_ke", "application_data", "passive", ("psk",))
>>> cell.verdict, cell.steps > 10
('lost', True)
>>> decide("external-psk_dhe_ke", "application_data", "passive", ("psk",)).verdict
'kept'
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from tls13lab.symbolic import breaks, scenes, speaking
from tls13lab.symbolic.guessing import saturate
from tls13lab.symbolic.reasons import Reason
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import QUANTUM, RULES, Rule
from tls13lab.symbolic.saturation import Knowledge, World
from tls13lab.symbolic.scenes import Scene
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    ASSETS,
    LEAKS,
    SCENE_MODES,
    Adversary,
    Asset,
    Leak,
    Leaks,
    SceneMode,
    Secret,
    Verdict,
    parts,
)
from tls13lab.wire.faults import NotAllowed
from tls13lab.wire.names import PSK_MODES, each_of, one_of

SECRECY: tuple[Asset, ...] = ("application_data", "early_data", "psk", "next_psk")

OPTIONS: dict[Asset, tuple[dict[str, str], ...]] = {
    "early_data_freshness": ({"anti_replay": "on"}, {"anti_replay": "off"}),
    "peer_identity": tuple(
        {"group": group, "importer": importer, "roles": roles}
        for group in ("two", "more")
        for importer in ("off", "on")
        for roles in ("both", "fixed")
    ),
}
"""Options that change a verdict: whether the server remembers ClientHellos; how many members share
the PSK; whether it is imported with the names of both ends; and whether a member is always client
or server, or both. In a group of ``more`` with ``fixed`` roles, there is more than one server."""

CITATIONS: dict[Asset, str] = {
    "application_data": "RFC 9846 F.1",
    "early_data": "RFC 9846 2.3",
    "psk": "RFC 9846 2.2",
    "next_psk": "RFC 9846 4.7.1",
    "server_authentication": "RFC 9846 F.1",
    "client_authentication": "RFC 9846 F.1",
    "early_data_freshness": "RFC 9846 8",
    "peer_identity": "RFC 9257 4",
}


UNTIL_USED = "until the ticket is used: it then crosses the wire in the clear"


@dataclass(frozen=True, slots=True)
class Cell:
    """One question and its answer. ``steps`` is the length of the derivation.

    ``why`` says why a question is outside the model. ``absent`` has leaks of secrets that the mode
    does not have; they change nothing. ``horizon`` says until when something is kept, if a later
    step of the honest parties ends that.
    """

    mode: SceneMode
    asset: Asset
    adversary: Adversary
    leaks: Leaks
    verdict: Verdict
    steps: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    absent: Leaks = ()
    horizon: str = ""

    @property
    def citation(self) -> str:
        """The section of the RFC about this asset."""
        return CITATIONS[self.asset]


# What is outside ---------------------------------------------------------------------------------


def outside(mode: SceneMode, asset: Asset, adversary: Adversary) -> str:
    """Why a question is outside the model, in a sentence; empty if it is not."""
    if asset in ("early_data", "early_data_freshness", "psk") and mode == "full":
        return "a full handshake has no PSK, and so no early data"
    if asset == "client_authentication" and mode == "full":
        return "the client of this full handshake has no identity to be taken"
    kind, _, issued_in = parts(mode)
    if asset == "peer_identity" and issued_in in PSK_MODES:
        return "who the peer is was settled when the ticket was issued: see the external modes"
    if asset == "peer_identity" and kind != "external":
        return "certificates and tickets say who the server is; only a shared PSK does not"
    if adversary == "passive" and asset not in SECRECY:
        return "who only listens completes no handshake and delivers nothing"
    return ""


def absent(mode: SceneMode, leaks: Iterable[Leak]) -> Leaks:
    """The leaks of secrets that this mode does not have.

    >>> absent("external-psk_ke", ("psk", "client_ecdhe", "quantum"))
    ('client_ecdhe', 'quantum')
    """
    return tuple(leak for leak in leaks if leak not in _there(mode))


@remembered(32)
def _there(mode: SceneMode) -> frozenset[Secret]:
    there: set[Secret] = {*scenes.secrets_to_steal(mode), *breaks.breaks(mode)}
    there |= {"weak_psk"} if scenes.weak_secrets(mode) else set()
    there |= {"quantum"} if scenes.has_shares(mode) else set()
    return frozenset(there)


def questions() -> Iterator[tuple[SceneMode, Asset, Adversary, Leaks, dict[str, str]]]:
    """Every mode, asset, adversary, set of at most two leaks, and the options that matter."""
    thefts = [chosen for size in (0, 1, 2) for chosen in combinations(LEAKS, size)]
    for mode in SCENE_MODES:
        for asset in ASSETS:
            options = OPTIONS.get(asset, ({},))
            for adversary in ADVERSARIES:
                for leaks in thefts:
                    for option in options:
                        yield mode, asset, adversary, leaks, option


# Deciding ----------------------------------------------------------------------------------------

Build = Callable[[SceneMode], Scene]
USUAL = tuple(RULES.values())


@remembered(1024)
def _stage(build: Build, mode: SceneMode, rules: tuple[Rule, ...]) -> tuple[Scene, World]:
    scene = build(mode)
    stolen = [term for terms in scenes.secrets_to_steal(mode).values() for term in terms]
    return scene, scene.world(rules, stolen)


@remembered(8192)
def play(
    build: Build,
    mode: SceneMode,
    leaks: tuple[Secret, ...],
    rules: tuple[Rule, ...] = USUAL,
    leaks_later: bool = False,
) -> tuple[Scene, Knowledge, int]:
    """The scene, what is known at its end with these leaks, and the number of turns taken.

    With ``leaks_later``, the leaks come after all turns.
    """
    usual = rules
    if "quantum" in leaks:
        rules = (*rules, QUANTUM)
    scene, world = _stage(build, mode, rules)
    secrets = scenes.secrets_to_steal(mode)
    stolen = [term for leak in leaks for term in secrets.get(leak, ())]
    stolen += breaks.terms(mode, leaks)
    weak = scenes.weak_secrets(mode) if "weak_psk" in leaks else ()
    if not (leaks_later and scene.turns):
        return scene, *scene.play(world, stolen, weak)
    # The turns do not depend on leaks that come later. Guessing takes time, so it also comes after
    # the turns; from then on, nobody sends anything.
    turns = _turns_before_the_leaks(build, mode, usual)
    return scene, saturate(world, [*scene.heard(turns), *stolen], weak), turns


@remembered(1024)
def _turns_before_the_leaks(build: Build, mode: SceneMode, rules: tuple[Rule, ...]) -> int:
    scene, world = _stage(build, mode, rules)
    return scene.play(world, ())[1]


def decide(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: Leaks = (),
    options: Mapping[str, str] | None = None,
    rules: tuple[Rule, ...] = USUAL,
) -> Cell:
    """Decide one cell; ``rules`` are those that everyone can use.

    Raises NotAllowed for a word that is not in :mod:`~tls13lab.symbolic.vocabulary`, and for
    options that are not in ``OPTIONS``.

    >>> decide("external-psk_ke", "application_data", "passive", ("pskk",))
    Traceback (most recent call last):
    tls13lab.wire.faults.NotAllowed: there is no leak 'pskk': use psk, ticket_key, ...
    """
    mode = one_of(mode, SCENE_MODES, "mode")
    asset = one_of(asset, ASSETS, "asset")
    adversary = one_of(adversary, ADVERSARIES, "adversary")
    leaks = each_of(leaks, LEAKS, "leak")
    options = _checked(asset, options or {})
    why = outside(mode, asset, adversary)
    if why:
        return Cell(mode, asset, adversary, leaks, "outside", 0, options, why)
    without = absent(mode, leaks)
    there = tuple(leak for leak in leaks if leak not in without)
    found = lost_by(mode, asset, adversary, there, options, rules)
    verdict: Verdict = "lost" if found else "kept"
    steps = found.count if found else 0
    horizon = "" if found else _horizon(mode, asset, there, rules)
    return Cell(mode, asset, adversary, leaks, verdict, steps, options, "", without, horizon)


def _checked(asset: Asset, options: Mapping[str, str]) -> Mapping[str, str]:
    """The options, if the asset has such options with such values."""
    known = OPTIONS.get(asset, ())
    if options and not known:
        raise NotAllowed(f"{asset} has no options: leave {dict(options)} out")
    for name, value in options.items():
        one_of(name, tuple(known[0]), f"option of {asset}")
        one_of(value, tuple(dict.fromkeys(each[name] for each in known)), f"value of {name}")
    return options


def lost_by(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: tuple[Secret, ...] = (),
    options: Mapping[str, str] | None = None,
    rules: tuple[Rule, ...] = USUAL,
) -> Reason | None:
    """How the asset is lost; None if it is kept. The arguments are those of :func:`decide`.

    Among the ``leaks`` may also be what was computed; see :mod:`~tls13lab.symbolic.breaks`.

    >>> found = lost_by("external-psk_ke", "application_data", "passive", ("psk",))
    >>> found.steps[0].rule, found.opened[0].symbol
    ('early_secret', "client's application data of this")
    >>> lost_by("external-psk_dhe_ke", "application_data", "passive", ("psk",)) is None
    True
    """
    there = tuple(leak for leak in leaks if leak in _there(mode))
    later = adversary == "active_then_leak"
    if asset in SECRECY:
        return _told(tellers(mode, adversary), asset, mode, there, rules, leaks_later=later)
    # All messages were sent before anything leaked, so only what was sent can be lost.
    beforehand = () if later else there
    return played_out(ways(mode, asset, options or {}), mode, beforehand, rules)


def _horizon(mode: SceneMode, asset: Asset, leaks: Leaks, rules: tuple[Rule, ...]) -> str:
    """Until when it is kept: the PSK of a ticket may be lost when the ticket is first used."""
    if asset == "next_psk" and _told([scenes.ticket_used], asset, mode, leaks, rules):
        return UNTIL_USED
    return ""


def tellers(mode: SceneMode, adversary: Adversary) -> list[Build]:
    """The scenes in which a secret may become known."""
    builds: list[Build] = [scenes.recorded]
    if adversary != "passive":
        builds += _false_servers(mode)
        # In a full handshake, anyone may be the client: what the server sends it is not secret.
        builds += [] if mode == "full" else _false_clients(mode)
    return builds


def _told(
    builds: list[Build],
    asset: Asset,
    mode: SceneMode,
    leaks: tuple[Secret, ...],
    rules: tuple[Rule, ...],
    *,
    leaks_later: bool = False,
) -> Reason | None:
    """The derivation of a secret; None if there is none."""
    for build in builds:
        scene, knowledge, turns = play(build, mode, leaks, rules, leaks_later)
        for term in scene.asked(asset, turns):
            if term in knowledge:
                return Reason(knowledge.derivation(term), (term,), sends=turns > 0)
    return None


def _false_servers(mode: SceneMode) -> list[Build]:
    """The adversary as the server, for a resumption also from the first connection on."""
    resumes = parts(mode).kind == "resumption"
    return [speaking.false_server, speaking.false_issuer] if resumes else [speaking.false_server]


def _false_clients(mode: SceneMode, of: Build = speaking.false_client) -> list[Build]:
    """The adversary as the client: with the PSK, or with a forged ticket.

    If only holders of a PSK get tickets, also with a ticket that it received itself.
    """
    given = [speaking.issued_to_it] if _issued_under_a_psk(mode) else []
    return [of, speaking.forged_ticket, *given]


def _issued_under_a_psk(mode: SceneMode) -> bool:
    first, *others = scenes.connections(mode)
    return bool(others) and first.psk is not None


def ways(mode: SceneMode, asset: Asset, options: Mapping[str, str]) -> list[Build]:
    """The scenes that lose the asset if all their turns can be taken."""
    if asset == "server_authentication":
        return _false_servers(mode)
    if asset == "client_authentication":
        return _false_clients(mode)
    if asset == "peer_identity":
        return _not_the_peer(mode, options)
    afresh: list[Build] = [speaking.afresh]
    afresh += [speaking.afresh_with_its_ticket] if _issued_under_a_psk(mode) else []
    # A server that remembers ClientHellos rejects one that it has seen (8.2).
    return afresh if options["anti_replay"] == "on" else [speaking.again, *afresh]


def _not_the_peer(mode: SceneMode, options: Mapping[str, str]) -> list[Build]:
    """Scenes in which the peer is not who it should be: an outsider, oneself, or a third member."""
    if options.get("importer") == "on":
        ways = [
            speaking.false_server_importing,
            *_false_clients(mode, speaking.false_client_importing),
        ]
        itself, third = speaking.reflected_with_roles, speaking.rerouted_with_names
    else:
        ways = [speaking.false_server, *_false_clients(mode)]
        itself, third = speaking.reflected, speaking.rerouted
    ways += [] if options.get("roles") == "fixed" else [itself]
    return ways if options.get("group") == "two" else [*ways, third]


def played_out(
    builds: list[Build], mode: SceneMode, leaks: tuple[Secret, ...], rules: tuple[Rule, ...]
) -> Reason | None:
    """The steps to all messages of a scene; None if it cannot be played to the end."""
    for build in builds:
        scene, knowledge, turns = play(build, mode, leaks, rules)
        if turns == len(scene.turns):
            made = tuple(term for turn in scene.turns for term in turn.makes)
            steps = dict.fromkeys(step for term in made for step in knowledge.derivation(term))
            return Reason(tuple(steps), made, sends=True, makes=True)
    return None


@remembered(2)
def cells(rules: tuple[Rule, ...] = USUAL) -> tuple[Cell, ...]:
    """The whole matrix."""
    return tuple(decide(*question, rules=rules) for question in questions())
