"""What is missing to a cell that is kept. That such leaks are enough is the cell's counter-test.

It shows that the model could have found a derivation, if there were one.

>>> missing("external-psk_dhe_ke", "application_data", "passive", ("psk",))
(('client_ecdhe',), ('server_ecdhe',), ('quantum',))
"""

from collections.abc import Mapping
from itertools import combinations

from tls13lab.symbolic.claims import USUAL, absent, decide
from tls13lab.symbolic.rules import Rule
from tls13lab.symbolic.vocabulary import LEAKS, Adversary, Asset, Leaks, SceneMode


def missing(
    mode: SceneMode,
    asset: Asset,
    adversary: Adversary,
    leaks: Leaks = (),
    options: Mapping[str, str] | None = None,
    rules: tuple[Rule, ...] = USUAL,
) -> tuple[Leaks, ...]:
    """The fewest further leaks with which a cell that is kept is lost: one, or else two.

    Each is a counter-test of the cell. Empty if not even two leaks more are enough.
    """
    more = [leak for leak in LEAKS if leak not in leaks and not absent(mode, (leak,))]
    for count in (1, 2):
        found = tuple(
            further
            for further in combinations(more, count)
            if decide(mode, asset, adversary, (*leaks, *further), options, rules).verdict == "lost"
        )
        if found:
            return found
    return ()
