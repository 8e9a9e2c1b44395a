"""One guess for many victims: each PSK is found where it is, whoever else is searched for."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.search.test_engines import ENGINES, Engine
from tls13lab.psk.amortised import blocks
from tls13lab.psk.binder import binder
from tls13lab.psk.importer import ImportedIdentity, imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.search import engine as engine_module
from tls13lab.search import runner
from tls13lab.search.engine import Tried, groups, tried, weight
from tls13lab.search.guesses import Guesses
from tls13lab.search.llvm.program import program
from tls13lab.search.llvm.text import GuessShape
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, Piece
from tls13lab.search.runner import Search, Workers
from tls13lab.search.sha2 import SHA2
from tls13lab.search.target import Target

WORDS = [b"%03d" % number for number in range(300)]
engines = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
hashes = pytest.mark.parametrize("hash_name", ["sha256", "sha384"])


def target(
    psk: bytes,
    victim: str,
    kind: PskKind = PskKind.EXTERNAL,
    hash_name: str = "sha256",
    *,
    identity: bytes = b"lab",
    epsk_hash: str = "sha256",
) -> Target:
    """The binder in one victim's hello."""
    hello, key = f"hello of {victim}".encode(), psk
    if kind is PskKind.IMPORTED:
        key = imported_key(psk, epsk_hash, identity, hash_name)
    made = binder(kind, key, hash_name, hello)
    return Target(identity, kind, hash_name, hello, made, epsk_hash=epsk_hash)


@engines
@hashes
def test_imported_psks_of_many_identities_in_any_order(engine: Engine, hash_name: str) -> None:
    """Several binders of an identity, several identities of a word, and some that no word makes."""
    identities = [b"d", b"a", b"c", b"b"]
    chosen = {b"d": b"017", b"a": b"299", b"c": b"not among them", b"b": b"017"}
    sought = [
        target(chosen[one], f"{one!r} {hello}", PskKind.IMPORTED, hash_name, identity=one)
        for hello in range(3)
        for one in identities
    ]
    found = {(at, one) for at, one, _ in engine(sought).test(Guesses.of(WORDS))}
    assert found == {(int(chosen[t.identity]), t) for t in sought if t.identity != b"c"}


@engines
@hashes
def test_one_word_of_two_victims_and_a_psk_that_is_not_in_the_list(
    engine: Engine, hash_name: str
) -> None:
    sought = [
        target(word, victim, hash_name=hash_name)
        for word, victim in ((b"042", "one"), (b"4711", "two"), (b"042", "three"))
    ]
    found = list(engine(sought).test(Guesses.of(WORDS)))
    assert {(at, one.truncated) for at, one, _ in found} == {
        (42, b"hello of one"),
        (42, b"hello of three"),
    }
    # The same victims with their binders exchanged: what tells them apart is the transcript.
    one, _, three = sought
    swapped = [replace(one, binder=three.binder), replace(three, binder=one.binder)]
    assert list(engine(swapped).test(Guesses.of(WORDS))) == []


@engines
@hashes
@pytest.mark.parametrize("change", [-1, 1], ids=["a byte short", "a byte long"])
def test_a_binder_of_the_wrong_length_is_never_found(
    engine: Engine, hash_name: str, change: int
) -> None:
    right = target(b"042", "one", hash_name=hash_name)
    wrong = replace(right, binder=right.binder[:change] if change < 0 else right.binder + b"\0")
    found = list(engine([wrong, right]).test(Guesses.of(WORDS)))
    assert [(at, one) for at, one, _ in found] == [(42, right)]


class Listed:
    """A piece of exactly these guesses."""

    count, after = len(WORDS), (len(WORDS),)

    def guesses(self) -> list[Guesses]:
        return [Guesses.of(WORDS)]


def mixed() -> tuple[list[Target], list[bytes]]:
    """Every kind, every pair of hashes, each with a word that is there and one that is not."""
    cases: list[tuple[Target, bytes]] = []
    plain = [(PskKind.EXTERNAL, name, "sha256") for name in SHA2]
    imported = [(PskKind.IMPORTED, name, epsk) for name in SHA2 for epsk in SHA2]
    for number, (kind, name, epsk) in enumerate([*plain, *imported]):
        for word in (b"%03d" % (17 * number), b"absent", b"042"):
            victim = f"{number} {word!r}"
            made = target(word, victim, kind, name, identity=victim.encode(), epsk_hash=epsk)
            cases.append((made, word))
    return [made for made, _ in cases], [word for _, word in cases]


@pytest.mark.parametrize("compile", [False, True])
def test_hashes_importers_and_plain_psks_side_by_side(compile: bool) -> None:
    sought, words = mixed()
    piece: Any = Listed()
    for order in (1, -1):
        listed = sought[::order]
        found = tried(tuple(listed), piece, compile=compile).found
        expected = {
            (int(word), index, word)
            for index, word in enumerate(words[::order])
            if word != b"absent"
        }
        assert {(hit.place, hit.target, hit.word) for hit in found} == expected
    # By hash and label, and by the importer's hash: the identities of a group may differ.
    assert [len(group) for group in groups(sought)] == [3] * 6


@engines
def test_an_imported_psk_under_the_label_of_an_external_one_beside_plain_ones(
    engine: Engine,
) -> None:
    """The identity says that it was imported; so it may not share a plain PSK's early secret."""
    identity = ImportedIdentity(b"lab", b"hall", 1).encode()
    made = binder(
        PskKind.EXTERNAL, imported_key(b"042", "sha256", identity, "sha256"), "sha256", b"hello"
    )
    imported = Target(identity, PskKind.EXTERNAL, "sha256", b"hello", made)
    sought = [target(b"017", "one"), imported, target(b"042", "two")]
    listed = list(groups(sought))
    assert sorted(map(len, listed)) == [1, 2]
    found = {
        (at, one) for group in listed for at, one, _ in engine(list(group)).test(Guesses.of(WORDS))
    }
    assert found == {(17, sought[0]), (42, imported), (42, sought[2])}


# How much is computed -----------------------------------------------------------------------------


def compressions(hash_name: str, function: str, identities: int, each: int) -> int:
    """Of one group of guesses, by the calls in the program's text and the loops around them.

    Loops are followed by their labels; ``pack`` and the copying of states compress nothing.
    """
    text = program(SHA2[hash_name], GuessShape(SHA2[hash_name].bits, 8))
    body = text.partition(f"define void @{function}(")[2].partition("\n}")[0]
    # How many targets an identity has is loaded from %counts.
    (at,) = re.findall(r"(%v\d+) = getelementptr i64, ptr %counts,", body)
    (count,) = re.findall(rf"(%v\d+) = load i64, ptr {at}\n", body)
    bounds = {count: each, "%identities": identities}
    ends = r"icmp ult i64 %\w+\.next, (\S+)\n  br i1 \S+ label %(\w+)"
    times = {mark: bounds.get(bound, 1) for bound, mark in re.findall(ends, body)}
    total, around = 0, 1
    for line in body.splitlines():
        if label := re.fullmatch(r"(loop\d+)(\.done)?:", line):
            around = around // times[label[1]] if label[2] else around * times[label[1]]
        elif re.search(r"call void @(message|finish|inner_pad|outer_pad|shared)\(", line):
            total += around
    return total


@hashes
@pytest.mark.parametrize("targets", [1, 4, 64])
def test_the_compiled_program_computes_what_the_table_says(hash_name: str, targets: int) -> None:
    told = partial(blocks, hash_name)
    imported = partial(compressions, hash_name, "test_imported")
    assert compressions(hash_name, "test", 1, targets) == told().for_targets(targets)
    assert imported(targets, 1) == told(PskKind.IMPORTED).for_targets(targets)
    one = told(PskKind.IMPORTED, same_identity=True)
    assert imported(1, targets) == one.for_targets(targets)


def test_what_a_word_weighs_is_the_sum_of_what_is_computed() -> None:
    """Of all groups, under every label that is tried on a word; identities by themselves."""
    plain = [target(b"x", f"{n}") for n in range(4)]
    longer = [target(b"x", f"{n}", hash_name="sha384") for n in range(2)]
    names = [ImportedIdentity(b"a%d" % (n % 3), b"", 1).encode() for n in range(6)]
    imported = [
        target(b"x", f"{n}", PskKind.IMPORTED, identity=name) for n, name in enumerate(names)
    ]
    both = [replace(one, also=(PskKind.EXTERNAL,)) for one in imported]
    tickets = [replace(one, also=(PskKind.RESUMPTION,)) for one in plain]
    once = 4 + 3 * 14 + 6 * 2
    for sought, computed in (
        (plain, 12 + 4 * 2),
        (longer, 12 + 2 * 2),
        (imported, once),
        (both, 2 * once),
        (tickets, 12 + 4 * 2),
        ([*plain, *longer, *both], 20 + 16 + 2 * once),
    ):
        assert 14 * weight(sought) == pytest.approx(computed)
    # The compiled program has the same loops.
    assert compressions("sha256", "test_imported", 3, 2) == once
    assert weight([]) == 0


def test_few_words_for_many_victims_are_compiled_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bool] = []

    def noted(targets: tuple[Target, ...], piece: Piece, *, compile: bool = True) -> Tried:
        given.append(compile)
        return Tried(piece.count, (), 0.1)

    monkeypatch.setattr(runner, "tried", noted)
    for count, compiled in ((1, False), (64, True)):
        given.clear()
        sought = tuple(target(b"absent", f"{n}") for n in range(count))
        search = Search(sought, MaskSource(Mask.parse("?d?d?d?d")))
        assert search.work == pytest.approx(10_000 * weight(sought))
        for _ in search.run(Workers(1, lambda: ThreadPoolExecutor(1))):
            pass
        assert set(given) == {compiled}


def test_no_word_is_tried_on_a_binder_that_was_made_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor twice on one that two captures show; and all of them are told of."""
    given: list[list[bytes]] = []

    def noted(targets: tuple[Target, ...], piece: Piece, *, compile: bool = True) -> Tried:
        given.append([one.truncated for one in targets])
        return tried(targets, piece, compile=compile)

    monkeypatch.setattr(runner, "tried", noted)
    monkeypatch.setattr(runner, "FEWEST", 10)
    monkeypatch.setattr(runner, "MOST", 10)
    first, late = target(b"005", "first"), target(b"995", "late")
    search = Search((first, late, replace(late, connection=7)), MaskSource(Mask.parse("?d?d?d")))
    for _ in search.run(Workers(1, lambda: ThreadPoolExecutor(1))):
        pass
    assert {hit.target: hit.word for hit in search.progress.found} == {
        0: b"005",
        1: b"995",
        2: b"995",
    }
    assert given[0] == [b"hello of first", b"hello of late"]
    # Those that were given out before it was found still have it.
    assert all(one == [b"hello of late"] for one in given[runner.EACH + 1 :])
    assert len(given) == 100


def test_an_engine_for_other_targets_is_there_at_once_when_the_program_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_module, "_compiled", set())
    waits = engine_module.Changing([target(b"042", "one")])
    assert not waits.ready
    assert waits._making is not None
    waits._making.join()
    assert engine_module.Changing([target(b"042", "two")]).ready
    # Of the other hash nothing is known by that.
    assert not engine_module.Changing([target(b"042", "two", hash_name="sha384")]).ready
