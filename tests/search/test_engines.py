"""Every engine finds what the honest endpoint's function says, wherever it stands."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tls13lab.psk.binder import binder
from tls13lab.psk.importer import imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.search.guesses import Guesses
from tls13lab.search.llvm.lanes import Lanes
from tls13lab.search.llvm.pack import GROUP
from tls13lab.search.portable import PortableEngine, by_copies, by_digest
from tls13lab.search.target import Target

BATCH = 16 * GROUP
"""Guesses that are worked on together on the widest vectors; of the others' it is a multiple."""
Engine = Callable[[list[Target]], PortableEngine | Lanes]
IDENTITY = b"somebody"
ENGINES: dict[str, Engine] = {
    "hmac.digest": lambda targets: PortableEngine(targets, by_digest),
    "copied contexts": lambda targets: PortableEngine(targets, by_copies),
    "lanes": lambda targets: (
        Lanes(targets)
        if (targets[0].kind, targets[0].hash_name) != (PskKind.IMPORTED, "sha384")
        else PortableEngine(targets)  # two hashes in one guess: not for lanes
    ),
}
engines = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
hashes = pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
kinds = pytest.mark.parametrize("kind", PskKind)


def target(psk: bytes, hash_name: str, kind: PskKind, hello: bytes = b"hello") -> Target:
    key = imported_key(psk, "sha256", IDENTITY, hash_name) if kind is PskKind.IMPORTED else psk
    made = binder(kind, key, hash_name, hello)
    return Target(IDENTITY, kind, hash_name, hello, made)


@engines
@hashes
@kinds
def test_every_length_from_1_to_200_bytes(engine: Engine, hash_name: str, kind: PskKind) -> None:
    words = [bytes((7 * n + i) % 256 for i in range(n)) for n in range(1, 201)]
    for word in (words[0], words[54], words[55], words[110], words[111], words[-1]):
        found = list(engine([target(word, hash_name, kind)]).test(Guesses.of(words, 1000)))
        assert [(at, psk) for at, _, psk in found] == [(999 + len(word), word)]
    several = [target(word, hash_name, kind, word) for word in words]
    found = list(engine(several).test(Guesses.of(words)))
    assert sorted(at for at, _, _ in found) == list(range(200))
    assert all(one.truncated == psk for _, one, psk in found)


@engines
@hashes
def test_every_place_of_a_batch(engine: Engine, hash_name: str) -> None:
    words = [b"guess %d" % n for n in range(2 * BATCH + 3)]
    tested = range(len(words)) if engine is ENGINES["lanes"] else (0, 1, BATCH, len(words) - 1)
    for at in tested:
        search = engine([target(words[at], hash_name, PskKind.EXTERNAL)])
        assert [found[0] for found in search.test(Guesses.of(words))] == [at]


@engines
@hashes
def test_nothing_is_found_that_is_not_there(engine: Engine, hash_name: str) -> None:
    wrong = target(b"not among them", hash_name, PskKind.EXTERNAL)
    words = [b"guess %d" % n for n in range(1000)]
    assert list(engine([wrong]).test(Guesses.of(words))) == []
    # The other kind's label, another ClientHello: the same PSK makes another binder.
    psk = words[500]
    made = target(psk, hash_name, PskKind.EXTERNAL)
    other = Target(b"", PskKind.RESUMPTION, hash_name, made.truncated, made.binder)
    assert list(engine([other]).test(Guesses.of(words))) == []
    other = Target(b"", PskKind.EXTERNAL, hash_name, b"Hello", made.binder)
    assert list(engine([other]).test(Guesses.of(words))) == []
    assert list(engine([made]).test(Guesses.of([]))) == []


@hashes
def test_the_same_word_more_often_than_can_be_noted(hash_name: str) -> None:
    search = Lanes([target(b"again", hash_name, PskKind.EXTERNAL)])
    assert len(list(search.test(Guesses.of([b"again"] * 200)))) == 200


@hashes
def test_a_binder_whose_first_word_alone_is_right(hash_name: str) -> None:
    made = target(b"nearly", hash_name, PskKind.EXTERNAL)
    wrong = made.binder[:-1] + bytes([made.binder[-1] ^ 1])
    nearly = Target(b"", PskKind.EXTERNAL, hash_name, made.truncated, wrong)
    assert list(Lanes([nearly]).test(Guesses.of([b"nearly"]))) == []


@given(st.lists(st.binary(min_size=1, max_size=130), min_size=1, max_size=20), st.data())
@settings(max_examples=40, deadline=None)
def test_any_bytes(words: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    made = target(words[at], "sha256", PskKind.EXTERNAL)
    expected = [n for n, word in enumerate(words) if made.made_with(word)]
    assert at in expected
    for engine in ENGINES.values():
        assert sorted(found[0] for found in engine([made]).test(Guesses.of(words))) == expected


def test_words_of_all_lengths_side_by_side() -> None:
    """Those that end a block early wait for the longest of their group."""
    words = [b"x" * (n % 300 + 1) + b"%d" % n for n in range(700)]
    for at in (0, 1, 255, 299, 300, 699):
        search = Lanes([target(words[at], "sha256", PskKind.EXTERNAL)])
        assert [found[0] for found in search.test(Guesses.of(words))] == [at]
