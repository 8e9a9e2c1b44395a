"""Which side's records come first in a file is chance: what a key log opens is the same."""

from collections.abc import Iterable

import pytest

from tests.adversary.conversations import Made, made, sided
from tls13lab.capture.decrypt import KeyLogSecrets, Read, decrypted
from tls13lab.capture.recording import Closed, Item

ALL = tuple(made())[::3]


def read(items: Iterable[Item], log: KeyLogSecrets) -> dict[str, list[tuple[str, bytes | None]]]:
    """What each side said last, by connection: keys and contents in its own order."""
    found: dict[str, list[tuple[str, bytes | None]]] = {}
    for item in decrypted(items, log):
        if isinstance(item, Read):
            side = f"{item.record.connection} {item.record.sender}"
            found.setdefault(side, []).append((item.keys, item.content))
    return found


@pytest.mark.parametrize("first", ["client", "server"])
@pytest.mark.parametrize("one", ALL, ids=str)
def test_one_side_before_the_other(one: Made, first: str) -> None:
    log = one.thefts["key log"][0].keylog
    assert read(sided(one.items, first), log) == read(one.items, log)
    own = one.items[-1].connection
    assert all(
        content is not None
        for side, contents in read(one.items, log).items()
        if side.startswith(f"{own} ")
        for _, content in contents
    )
    # In their usual order nothing is held back: records come out as they went in.
    order = [item for item in decrypted(one.items, log) if isinstance(item, Read)]
    usual = [item for item in one.items if not isinstance(item, Closed) and hasattr(item, "wire")]
    assert [item.record for item in order] == usual


@pytest.mark.parametrize("one", ALL[::4], ids=str)
def test_what_never_comes_is_not_waited_for(one: Made) -> None:
    """Of one side alone, or of a recording that breaks off, every record comes out."""
    log = one.thefts["key log"][0].keylog
    for side in ("client", "server"):
        items = [item for item in one.items if getattr(item, "sender", side) == side]
        for kept in (items, items[:-1]):
            found = [item.record for item in decrypted(kept, log) if isinstance(item, Read)]
            assert found == [item for item in kept if hasattr(item, "wire")]
