"""Agreement by rules: what holds it, and that each of its scenes could be played out."""

from dataclasses import replace

import pytest

from tls13lab.crypto.schedule import Context
from tls13lab.symbolic import agreement, scenes
from tls13lab.symbolic.agreement import FIELDS, SeenOtherwise, carried, decide
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.rules import RULES
from tls13lab.symbolic.scenes import attacked, connections
from tls13lab.symbolic.terms import Term, name
from tls13lab.symbolic.vocabulary import SCENE_MODES, Leaks, SceneMode

PSK_MODES = [mode for mode in SCENE_MODES if mode != "full"]
KE = [mode for mode in PSK_MODES if "psk_ke" in mode.partition("-from-")[0]]


def played_out(scene: scenes.Scene, *stolen: Term) -> bool:
    world = scene.world(RULES.values(), stolen)
    return scene.play(world, stolen)[1] == len(scene.turns)


@pytest.mark.parametrize("mode", PSK_MODES)
def test_every_leak_that_takes_a_place_ends_agreement(mode: SceneMode) -> None:
    for on in FIELDS:
        thefts: tuple[Leaks, ...] = ((), ("psk",), ("ticket_key",), ("client_ecdhe",))
        for leaks in thefts:
            asked = scenes.secrets_to_steal(mode)
            if all(leak in asked for leak in leaks):
                lost = decide(mode, on, leaks).verdict == "lost"
                assert lost == (leaks in (("psk",), ("ticket_key",)))


@pytest.mark.parametrize("mode", PSK_MODES)
def test_carried_unchanged_it_ends(mode: SceneMode) -> None:
    this = attacked(connections(mode)[-1])
    assert played_out(carried(mode, this, this))


@pytest.mark.parametrize("mode", KE)
def test_who_has_the_psk_can_also_stand_between(mode: SceneMode) -> None:
    """In psk_ke all that both ends mean hangs on it: keys, name and sessions come apart."""
    this = connections(mode)[-1]
    assert this.psk is not None
    for on in ("keys", "identity", "sessions"):
        assert not played_out(FIELDS[on](mode))
        assert played_out(FIELDS[on](mode), this.psk)


class Loose(SeenOtherwise):
    """Without a transcript in secrets and Finished, and without a binder: what these are for."""

    def transcript(self, context: Context) -> Term | None:
        return None if super().transcript(context) is None else name("no transcript")

    def _mac(self, base_key: str, row: str, *messages: Term) -> Term:
        return super()._mac(base_key, row, name("no transcript"))


def loose(this: SymbolicConnection, **fields: object) -> Loose:
    own = {one: getattr(this, one) for one in SymbolicConnection.__dataclass_fields__}
    return Loose(**(own | {"binder": False} | fields))


@pytest.mark.parametrize("mode", PSK_MODES)
def test_without_transcripts_names_and_sessions_come_apart(mode: SceneMode) -> None:
    """Planted: nothing is stolen, and a carrier has both ends end with something else in mind."""
    this = attacked(connections(mode)[-1])
    another = name("another identity")
    by_name = carried(mode, loose(this), loose(this, identity=another), own=(another,))
    assert played_out(by_name)
    with_transcript = replace(this, binder=False)
    named = replace(with_transcript, identity=another)
    assert not played_out(carried(mode, with_transcript, named, own=(another,)))
    other = frozenset({"server_random"})
    again = carried(mode, loose(this), loose(this, others=other), answered=loose(this))
    assert played_out(again)
    assert not played_out(agreement.second_session(mode))
