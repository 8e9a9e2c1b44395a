"""The cost of trying a word on many recorded binders at once. RFC 9846 sections 7.1 and 4.3.11.

An external PSK has no salt. The early secret, the binder key and the finished key of a word are the
same for every victim, so an attacker computes them once. For each target, only one HMAC with a
known key is left. An importer (RFC 9258) hashes identity and context before all that; if they
differ between victims, hardly any work can be shared.

The unit is one compression of the hash function. The counts come from the schedule table: a step is
counted for each target if any of its inputs, direct or indirect, differs between victims; otherwise
it is counted once for the word. Steps that do not depend on the word are computed in advance, and
cost nothing.

Two simplifications: all compressions cost the same, although one whose message is the same for all
words is about a tenth cheaper. And work that several *guesses* share, such as that for a common
prefix, is not counted.

>>> blocks()
Blocks(shared=12, each=2)
>>> blocks(kind=PskKind.IMPORTED)
Blocks(shared=4, each=16)
>>> [blocks().for_targets(t) for t in (1, 4, 64)]
[14, 20, 140]
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, expm1, log1p, log2

from tls13lab.crypto.hkdf import hkdf_label
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE, Context, Operation, Row
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.psk.binder import BINDER_KEYS
from tls13lab.psk.guesswork import Guessable
from tls13lab.psk.keys import PskKind


@dataclass(frozen=True, slots=True)
class Blocks:
    """Compressions for one word: ``shared`` once, and ``each`` once for each target."""

    shared: int
    each: int

    def for_targets(self, targets: int) -> int:
        """The cost of a word that is tried on this many targets; raises ValueError below 1."""
        if targets < 1:
            raise ValueError("a word must be tried on at least one target")
        return self.shared + self.each * targets

    def times(self, targets: int) -> float:
        """The same cost, as a multiple of the cost for one target.

        >>> blocks().times(64), blocks(kind=PskKind.IMPORTED).times(64)
        (10.0, 51.4)
        """
        return self.for_targets(targets) / self.for_targets(1)

    def log2_guesses(self, words: float, targets: int) -> float:
        """log2 of the cost of 2^``words`` words; the unit is a guess at one target.

        >>> blocks().log2_guesses(20.0, 8)
        21.0
        """
        return words + log2(self.times(targets))


def until_all(cost: Blocks, places: Iterable[float]) -> float:
    """Compressions until the PSKs of all victims are found.

    ``places`` are the places of the PSKs in the word list; the first place is 1. Once a PSK was
    found, no more words are tried on that victim.

    >>> until_all(blocks(), [10]), until_all(blocks(), [10, 20])
    (140.0, 300.0)
    """
    ordered = sorted(places)
    return cost.shared * float(ordered[-1]) + cost.each * float(sum(ordered))


def expected_places(choice: Guessable, targets: int) -> tuple[float, ...]:
    """The expected places of ``targets`` PSKs in the best list; victims choose independently.

    The n-th place is the number of guesses that succeed with probability n / (targets + 1).

    >>> from tls13lab.psk.guesswork import even
    >>> expected_places(even(1000), 1), expected_places(even(1000), 4)
    ((500,), (200, 400, 600, 800))
    """
    return tuple(choice.guesses_for(n / (targets + 1)) for n in range(1, targets + 1))


def success_of_any(choice: Guessable, guesses: float, targets: int) -> float:
    """The probability of finding at least one victim's PSK; victims choose independently.

    >>> from tls13lab.psk.guesswork import even
    >>> [round(success_of_any(even(1000), 10, targets), 2) for targets in (1, 64)]
    [0.01, 0.47]
    """
    return _any(choice.success(guesses), targets)


def guesses_for_any(choice: Guessable, share: float, targets: int) -> float:
    """How many words find at least one victim's PSK with this probability.

    >>> from tls13lab.psk.guesswork import even
    >>> guesses_for_any(even(1000), 0.5, 1), guesses_for_any(even(1000), 0.5, 64)
    (500, 11)
    """
    return choice.guesses_for(_any(share, 1 / targets))


def _any(each: float, number: float) -> float:
    """1 - (1 - each)^number, also where ``each`` is tiny."""
    return -expm1(number * log1p(-each)) if each < 1 else 1.0


# --- the counts, from the table

_WORD, _VICTIM = "word", "victim"
Depends = frozenset[str]
"""What a value depends on, besides constants: on the word, on the victim, on both or neither."""


def blocks(
    hash_name: str = "sha256",
    kind: PskKind = PskKind.EXTERNAL,
    *,
    length: int = 8,
    same_identity: bool = False,
    epsk_hash: str | None = None,
) -> Blocks:
    """The cost of a word of ``length`` bytes; all targets have the same hash and kind of PSK.

    ``same_identity`` says that all imported targets have the same identity and context, like the
    connections of a single client. ``epsk_hash`` is the hash of the importer, by default
    ``hash_name``. If the two differ, the sum counts compressions of both.

    >>> blocks("sha384") == blocks("sha256"), blocks(length=56).shared
    (True, 13)
    >>> blocks(kind=PskKind.IMPORTED, same_identity=True)
    Blocks(shared=18, each=2)
    """
    every = steps(
        hash_name, kind, length=length, same_identity=same_identity, epsk_hash=epsk_hash
    ).values()
    return Blocks(sum(step.shared for step in every), sum(step.each for step in every))


def steps(
    hash_name: str = "sha256",
    kind: PskKind = PskKind.EXTERNAL,
    *,
    length: int = 8,
    same_identity: bool = False,
    epsk_hash: str | None = None,
) -> dict[str, Blocks]:
    """The cost of each row between a word and its binder, in the order of computation.

    The arguments are those of :func:`blocks`.

    >>> steps()["binder"], steps(kind=PskKind.IMPORTED)["ipskx"]
    (Blocks(shared=2, each=2), Blocks(shared=2, each=2))
    """
    varies = {Context.TRUNCATED_CLIENT_HELLO}
    if not same_identity:
        varies.add(Context.IMPORTED_IDENTITY)
    hashes = {"ipskx": epsk_hash or hash_name, "epskx": epsk_hash or hash_name}
    found: dict[str, Blocks] = {}
    depends: dict[str, Depends] = {"zeros": frozenset(), "word": frozenset({_WORD})}
    lengths = {"word": length}
    for row in way(kind):
        name = hashes.get(row.name, hash_name)
        size = HASH_LENGTHS[hash_name if row.name == "ipskx" else name]
        key, *message = row.inputs
        of_key = depends[key]
        of_all = of_key.union(*(depends[parent] for parent in message))
        if row.context in varies:
            of_all |= {_VICTIM}
        ikm_length = lengths[message[0]] if message else None
        counts = tuple(zip((of_key, of_all), _hmacs(row, name, size, ikm_length), strict=True))
        found[row.name] = Blocks(
            sum(count for of, count in counts if of == {_WORD}),
            sum(count for of, count in counts if of == {_WORD, _VICTIM}),
        )
        depends[row.name], lengths[row.name] = of_all, size
    return found


def way(kind: PskKind) -> tuple[Row, ...]:
    """The rows of the schedule that lead from a word to its binder, in the order of computation.

    Inputs that the table leaves open, such as ``base_key``, are filled in. The leaf is ``word``.

    >>> [row.name for row in way(PskKind.EXTERNAL)]
    ['early_secret', 'ext_binder_key', 'finished_key', 'binder']
    """
    imported = kind is PskKind.IMPORTED
    given = {"base_key": BINDER_KEYS[kind], "psk": "ipskx" if imported else "word", "epsk": "word"}
    return tuple(_rows("binder", given))


def _rows(name: str, given: Mapping[str, str]) -> Iterator[Row]:
    table = SCHEDULE | FAMILIES | IMPORTER
    if name not in table:
        return
    row = table[name]
    inputs = tuple(given.get(parent, parent) for parent in row.inputs)
    for parent in inputs:
        yield from _rows(parent, given)
    yield Row(row.name, row.operation, inputs, row.label, row.context, row.length)


def _hmacs(row: Row, hash_name: str, size: int, ikm_length: int | None) -> tuple[int, int]:
    """Compressions of a row: those that depend only on the HMAC key, and those of the message.

    ``size`` is the length of the output, ``ikm_length`` that of the input keying material of an
    extraction, in bytes.
    """
    length = HASH_LENGTHS[hash_name]
    if row.operation is Operation.EXTRACT:
        messages = [ikm_length or 0]
    elif row.operation is Operation.HMAC:
        messages = [length]  # Transcript-Hash
    else:
        context = 0 if row.operation is Operation.EXPAND_LABEL else length
        if row.context is Context.IMPORTED_IDENTITY:
            context = length
        info = len(hkdf_label(row.label, bytes(context), size)) + 1
        # HKDF-Expand (RFC 5869): each block but the first also hashes the previous block.
        messages = [info + length * (number > 0) for number in range(ceil(size / length))]
    return 2, sum(_ending(hash_name, message) + _ending(hash_name, length) for message in messages)


def _ending(hash_name: str, length: int) -> int:
    """How many blocks a message of this length takes, with the padding of SHA-2."""
    block = hashlib.new(hash_name).block_size
    return ceil((length + 1 + block // 8) / block)
