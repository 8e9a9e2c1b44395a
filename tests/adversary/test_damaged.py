"""Whatever happens to a recording, nothing is said to have been read that was not said."""

import random

import pytest

from tests.adversary.conversations import EARLY_WORDS, Made, made
from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.plan import Goal
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.search.target import targets
from tls13lab.wire.names import Side

ALL = tuple(made())


def damaged(items: tuple[Item, ...], chance: random.Random) -> list[Item]:
    """Records lost, doubled, swapped, changed, or said to come from the other side."""
    found = list(items)
    for _ in range(chance.randint(1, 4)):
        places = [n for n, item in enumerate(found) if isinstance(item, CapturedRecord)]
        place, other = chance.choice(places), chance.choice(places)
        item, swapped = found[place], found[other]
        assert isinstance(item, CapturedRecord)
        match chance.randrange(5):
            case 0:
                wire = bytearray(item.wire)
                wire[chance.randrange(5, len(wire))] ^= 1 << chance.randrange(8)
                found[place] = CapturedRecord(item.connection, item.sender, bytes(wire))
            case 1:
                del found[place]
            case 2:
                found.insert(place, item)
            case 3 if swapped.connection == item.connection:
                found[place], found[other] = swapped, item
            case _:
                sender: Side = "server" if item.sender == "client" else "client"
                found[place] = CapturedRecord(item.connection, sender, item.wire)
    return found


@pytest.mark.parametrize("seed", range(150))
def test_damage(seed: int) -> None:
    chance = random.Random(seed)
    one: Made = chance.choice(ALL)
    items = damaged(one.items, chance)
    theft, known, _, _ = chance.choice(list(one.thefts.values()))
    keys = {one._psk(name).key for name in known}
    true: dict[Goal, set[bytes]] = {
        "application_data": {CLIENT_WORDS, SERVER_WORDS},
        "early_data": {EARLY_WORDS},
        "psk": keys,
    }
    for goal, said in true.items():
        *_, finding = eavesdrop(items, theft, goal)
        assert finding.verdict in ("lost", "kept", "unknown", "absent")
        read = {text.head for text in finding.plaintext.values()}
        assert read <= said | {b""}
    right = {one._psk(name).key for name in one.offered}
    for target in targets(items):
        assert sum(target.made_with(key) for key in right) <= 1
