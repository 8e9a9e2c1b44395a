"""Which engine tests a piece: the compiled one once it is ready, and before that the portable one.

>>> from tls13lab.psk.binder import binder
>>> from tls13lab.psk.keys import PskKind
>>> from tls13lab.search.mask import Mask
>>> from tls13lab.search.pieces import MaskSource
>>> [piece] = MaskSource(Mask.parse("?l?l?l")).pieces((), lambda: 10**6)
>>> made = binder(PskKind.EXTERNAL, b"lab", "sha256", b"ClientHello")
>>> target = Target(b"", PskKind.EXTERNAL, "sha256", b"ClientHello", made)
>>> [(found.place, found.word) for found in tried((target,), piece, compile=False).found]
[(7437, b'lab')]
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from threading import Thread
from typing import Protocol

from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.psk.amortised import blocks
from tls13lab.psk.keys import PskKind
from tls13lab.search.guesses import Guesses
from tls13lab.search.pieces import Piece
from tls13lab.search.portable import Found, PortableEngine, Way, by_copies, by_digest
from tls13lab.search.target import Target

MANY = 50_000
"""With fewer guesses at one target, compiling takes longer than trying them."""
SLICE = 500
"""Guesses at one target between two checks whether the compiled engine is ready."""
_compiled: set[str] = set()
"""Hashes whose program is compiled: an engine for other targets then takes no time."""


class Engine(Protocol):
    """Tests guesses against targets."""

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """The guesses that make the binder of a target."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A PSK that was found, its number among all guesses, and the index of its target."""

    place: int
    target: int
    word: bytes


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a piece, and the seconds that it took."""

    count: int
    found: tuple[Hit, ...]
    seconds: float


def tried(targets: tuple[Target, ...], piece: Piece, *, compile: bool = True) -> Tried:
    """Test all guesses of a piece against all targets. This is the work of a worker."""
    began = time.perf_counter()
    place = _places(targets)
    found = [
        Hit(at, place[target], word)
        for guesses in piece.guesses()
        for at, target, word in hits(tuple(place), guesses, compile=compile)
    ]
    return Tried(piece.count, tuple(found), time.perf_counter() - began)


def hits(targets: tuple[Target, ...], guesses: Guesses, *, compile: bool) -> Iterator[Found]:
    """Test every guess on every target, with one derivation for each guess where there is any."""
    for derivation, group in groupby(sorted(targets, key=_derived_by), lambda t: t.derivation):
        some = tuple(group)
        if derivation is None:
            for engine in engines(some, compile):
                yield from engine.test(guesses)
            continue
        words = [guesses[index] for index in range(len(guesses))]
        psks = (word and derivation.derive(word) for word in words)
        derived = Guesses.of(psks, guesses.first)
        # The derivation takes nearly all of the time, so compiling would not help.
        for engine in engines(some, compile=False):
            for at, target, _ in engine.test(derived):
                yield at, target, words[at - guesses.first]


def _derived_by(target: Target) -> str:
    return str(target.derivation or "")


@lru_cache(maxsize=4)
def _places(targets: tuple[Target, ...]) -> Mapping[Target, int]:
    """The index of each target, under each kind that it may have."""
    return {each: index for index, target in enumerate(targets) for each in target.each_kind}


@lru_cache(maxsize=4)
def engines(targets: tuple[Target, ...], compile: bool) -> tuple[Engine, ...]:
    """An engine for each kind and hash among the targets."""

    def made(group: tuple[Target, ...]) -> Engine:
        return Changing(group) if compile else fastest_portable(group)

    return tuple(
        OfHashLength(group, made) if group[0].kind is PskKind.RESUMPTION else made(group)
        for group in groups(targets)
    )


def groups(targets: Sequence[Target]) -> Iterator[tuple[Target, ...]]:
    """The targets in groups with the same hash and label, which share work for each guess.

    They share all HMACs but the last; for imported PSKs, only the work before the identity.
    """

    def shared(target: Target) -> tuple[str, ...]:
        more = (target.epsk_hash,) if target.imported else ()
        return (target.hash_name, target.kind.value, *more)

    for _, group in groupby(sorted(targets, key=shared), shared):
        yield tuple(group)


def weight(targets: Sequence[Target]) -> float:
    """The cost of a word that is tried on all targets; the unit is a guess at one plain target.

    The label of tickets is not counted, because it is tried only for words as long as the hash.

    >>> made = [Target(b"", PskKind.EXTERNAL, "sha256", b"%d" % n, bytes(32)) for n in range(8)]
    >>> weight(made[:1]), weight(made)
    (1.0, 2.0)
    """
    each_kind = [each for target in targets for each in target.each_kind]
    counts = (
        _blocks(group) for group in groups(each_kind) if group[0].kind is not PskKind.RESUMPTION
    )
    return sum(counts) / blocks().for_targets(1)


def _blocks(group: tuple[Target, ...]) -> int:
    """Compressions for a word that is tried on the targets of one group."""
    first = group[0]
    if not first.imported:
        return blocks(first.hash_name, first.kind).for_targets(len(group))
    count = partial(blocks, first.hash_name, PskKind.IMPORTED, epsk_hash=first.epsk_hash)
    apart, together = count(), count(same_identity=True)
    identities = len({target.identity for target in group})
    each = together.shared - apart.shared
    return apart.shared + identities * each + together.each * len(group)


def compiled_engine(targets: Sequence[Target]) -> Engine | None:
    """The compiled engine for targets of one kind and hash; None without a working LLVM.

    It is also None for PSKs that were imported for another hash, which need two hash functions.
    """
    try:
        from tls13lab.search.llvm.lanes import Lanes

        engine = Lanes(targets)
        _compiled.add(targets[0].hash_name)
        return engine
    except (ImportError, OSError, RuntimeError):  # not installed; not for this system; too old
        return None


def fastest_portable(targets: Sequence[Target]) -> PortableEngine:
    """The portable engine in its faster variant; both are timed for some milliseconds."""
    sample = Guesses.of(b"%08d" % n for n in range(SLICE))

    def seconds(way: Way) -> float:
        engine = PortableEngine(targets[:1], way)
        began = time.perf_counter()
        list(engine.test(sample))
        return time.perf_counter() - began

    return PortableEngine(targets, min((by_copies, by_digest), key=seconds))


class OfHashLength:
    """An engine for resumption PSKs, which are always as long as the hash (4.7.1).

    Guesses of other lengths are skipped, so trying this label costs almost nothing.
    """

    def __init__(
        self, targets: tuple[Target, ...], make: Callable[[tuple[Target, ...]], Engine]
    ) -> None:
        self._targets, self._make = targets, make
        self._engine: Engine | None = None

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""
        places, fitting = guesses.of_length(HASH_LENGTHS[self._targets[0].hash_name])
        if len(fitting):
            self._engine = self._engine or self._make(self._targets)
            for at, target, word in self._engine.test(fitting):
                yield guesses.first + int(places[at]), target, word


class Changing:
    """An engine that is portable at first, and compiled as soon as the compiler has finished."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        self._slice = max(1, SLICE // len(targets))
        self._engine: Engine = PortableEngine(targets)
        self._making: Thread | None = None
        if targets[0].hash_name in _compiled:
            self._make()
            return
        self._making = Thread(target=self._make)
        try:
            self._making.start()
        except RuntimeError:  # a browser has no threads, and no compiler either
            self._making = None
            self._make()

    def _make(self) -> None:
        self._engine = compiled_engine(self._targets) or fastest_portable(self._targets)

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""
        done = 0
        while self._making is not None and done < len(guesses):
            yield from PortableEngine(self._targets).test(guesses.part(done, self._slice))
            done += self._slice
            if not self._making.is_alive():
                self._making = None
        if done < len(guesses):
            yield from self._engine.test(guesses.part(done, len(guesses)))

    @property
    def ready(self) -> bool:
        """Whether no change is to come."""
        return self._making is None
