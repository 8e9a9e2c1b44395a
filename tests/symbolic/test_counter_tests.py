"""What is missing to a kept cell is enough, and nothing less; a lost cell has its derivation."""

from itertools import combinations

import pytest

from tls13lab.symbolic.claims import OPTIONS, decide, lost_by, outside
from tls13lab.symbolic.counter_tests import missing
from tls13lab.symbolic.vocabulary import ASSETS, LEAKS, SCENE_MODES, Asset, SceneMode

THEFTS = [(), *((leak,) for leak in LEAKS)]


@pytest.mark.parametrize("asset", ASSETS)
@pytest.mark.parametrize("mode", SCENE_MODES)
def test_a_cell_has_a_derivation_or_a_counter_test(mode: SceneMode, asset: Asset) -> None:
    options = OPTIONS.get(asset, ({},))[0]
    if outside(mode, asset, "active"):
        assert decide(mode, asset, "active", (), options).verdict == "outside"
        return
    for leaks in THEFTS:
        found = lost_by(mode, asset, "active", leaks, options)
        cell = decide(mode, asset, "active", leaks, options)
        assert (cell.verdict, cell.steps) == (("lost", found.count) if found else ("kept", 0))
        if found:
            made = [step.conclusion for step in found.steps]
            for place, step in enumerate(found.steps):
                assert not set(step.premises) & set(made[place:])  # nothing is used before it is
            continue
        for further in missing(mode, asset, "active", leaks, options):
            assert lost_by(mode, asset, "active", (*leaks, *further), options)
            for size in range(len(further)):
                for less in combinations(further, size):
                    assert not lost_by(mode, asset, "active", (*leaks, *less), options)


def test_without_rules_nothing_is_missing_because_nothing_helps() -> None:
    assert missing("external-psk_ke", "application_data", "passive")
    assert missing("external-psk_ke", "application_data", "passive", rules=()) == ()
