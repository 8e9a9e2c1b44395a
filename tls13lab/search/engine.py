"""Which engine tests a piece: the compiled one as soon as it is there, until then the portable one.

>>> from tls13lab.psk.binder import binder
>>> from tls13lab.psk.keys import PskKind
>>> from tls13lab.search.mask import Mask
>>> from tls13lab.search.pieces import MaskSource
>>> [piece] = MaskSource(Mask.parse("?l?l?l")).pieces((), lambda: 10**6)
>>> told = binder(PskKind.EXTERNAL, b"lab", "sha256", b"ClientHello")
>>> target = Target(b"", PskKind.EXTERNAL, "sha256", b"ClientHello", told)
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
from tls13lab.search.portable import Found, Portable, Way, by_copies, by_digest
from tls13lab.search.target import Target

MANY = 50_000
"""With fewer guesses at one target to try, compiling takes longer than trying them."""
SLICE = 500
"""Guesses at a target between two looks whether the compiled engine is ready."""
_compiled: set[str] = set()
"""Hashes whose program is there: an engine for other targets is then made at once."""


class Engine(Protocol):
    """Whatever tests guesses."""

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A PSK: its place among all guesses, and the index of the target whose binder it makes."""

    place: int
    target: int
    word: bytes


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a piece, and the seconds that it took."""

    count: int
    found: tuple[Hit, ...]
    seconds: float


def tried(targets: tuple[Target, ...], piece: Piece, *, compile: bool = True) -> Tried:
    """Test all guesses of a piece against all targets: what a worker does."""
    began = time.perf_counter()
    place = _places(targets)
    found = [
        Hit(at, place[target], word)
        for guesses in piece.guesses()
        for at, target, word in hits(tuple(place), guesses, compile=compile)
    ]
    return Tried(piece.count, tuple(found), time.perf_counter() - began)


def hits(targets: tuple[Target, ...], guesses: Guesses, *, compile: bool) -> Iterator[Found]:
    """Every guess on every target; each derivation that a target names is done once a guess."""
    for derivation, group in groupby(sorted(targets, key=_derived_by), lambda one: one.derivation):
        some = tuple(group)
        if derivation is None:
            for engine in engines(some, compile):
                yield from engine.test(guesses)
            continue
        words = [guesses[index] for index in range(len(guesses))]
        psks = (word and derivation.derive(word) for word in words)
        derived = Guesses.of(psks, guesses.first)
        # Beside the derivation all else takes no time, and compiling would be for nothing.
        for engine in engines(some, compile=False):
            for at, target, _ in engine.test(derived):
                yield at, target, words[at - guesses.first]


def _derived_by(target: Target) -> str:
    return str(target.derivation or "")


@lru_cache(maxsize=4)
def _places(targets: tuple[Target, ...]) -> Mapping[Target, int]:
    """The index of each target, by what it may be: of one kind each."""
    return {one: index for index, target in enumerate(targets) for one in target.each_kind}


@lru_cache(maxsize=4)
def engines(targets: tuple[Target, ...], compile: bool) -> tuple[Engine, ...]:
    """One for each kind and hash among the targets."""

    def made(group: tuple[Target, ...]) -> Engine:
        return Changing(group) if compile else fastest_portable(group)

    return tuple(
        OfHashLength(group, made) if group[0].kind is PskKind.RESUMPTION else made(group)
        for group in groups(targets)
    )


def groups(targets: Sequence[Target]) -> Iterator[tuple[Target, ...]]:
    """Targets that share the beginning of a guess: one hash and label, of the import as well.

    All but the last HMAC if no PSK is imported; else what comes before the identity.
    """

    def shared(target: Target) -> tuple[str, ...]:
        more = (target.epsk_hash,) if target.imported else ()
        return (target.hash_name, target.kind.value, *more)

    for _, group in groupby(sorted(targets, key=shared), shared):
        yield tuple(group)


def weight(targets: Sequence[Target]) -> float:
    """What a word costs, tried on all of these under every label, in guesses at one plain target.

    A label for words of a hash's length only is left out, for hardly a word has it.

    >>> made = [Target(b"", PskKind.EXTERNAL, "sha256", b"%d" % n, bytes(32)) for n in range(8)]
    >>> weight(made[:1]), weight(made)
    (1.0, 2.0)
    """
    each_kind = [one for target in targets for one in target.each_kind]
    counts = (
        _blocks(group) for group in groups(each_kind) if group[0].kind is not PskKind.RESUMPTION
    )
    return sum(counts) / blocks().for_targets(1)


def _blocks(group: tuple[Target, ...]) -> int:
    """Compressions for a word, of targets that share its beginning."""
    first = group[0]
    if not first.imported:
        return blocks(first.hash_name, first.kind).for_targets(len(group))
    count = partial(blocks, first.hash_name, PskKind.IMPORTED, epsk_hash=first.epsk_hash)
    apart, together = count(), count(same_identity=True)
    identities = len({target.identity for target in group})
    each = together.shared - apart.shared
    return apart.shared + identities * each + together.each * len(group)


def compiled_engine(targets: Sequence[Target]) -> Engine | None:
    """The compiled engine for targets of one kind and hash; none without an LLVM that works.

    Nor is there one for a PSK imported for another hash than its own: two hashes in one guess.
    """
    try:
        from tls13lab.search.lanes import Lanes

        engine = Lanes(targets)
        _compiled.add(targets[0].hash_name)
        return engine
    except (ImportError, OSError, RuntimeError):  # not installed; not for this system; too old
        return None


def fastest_portable(targets: Sequence[Target]) -> Portable:
    """Which way is faster depends on the machine: both are timed, for some milliseconds."""
    sample = Guesses.of(b"%08d" % n for n in range(SLICE))

    def seconds(way: Way) -> float:
        engine = Portable(targets[:1], way)
        began = time.perf_counter()
        list(engine.test(sample))
        return time.perf_counter() - began

    return Portable(targets, min((by_copies, by_digest), key=seconds))


class OfHashLength:
    """For resumption PSKs: they come out of HKDF, and have as many bytes as the hash (4.7.1).

    Other guesses are passed over at once, so that to try this label as well costs next to nothing.
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
    """Portable at first; meanwhile the compiled engine is made, if there is a compiler."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        self._slice = max(1, SLICE // len(targets))
        self._engine: Engine = Portable(targets)
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
            yield from Portable(self._targets).test(guesses.part(done, self._slice))
            done += self._slice
            if not self._making.is_alive():
                self._making = None
        if done < len(guesses):
            yield from self._engine.test(guesses.part(done, len(guesses)))

    @property
    def ready(self) -> bool:
        """Whether no change is to come."""
        return self._making is None
