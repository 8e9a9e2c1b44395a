"""What a word costs that is tried on many recorded binders at once. RFC 9846 sections 7.1, 4.3.11.

There is no salt before an external PSK: the early secret of a word, its binder key and its finished
key are the same for every victim. They are computed once, and what is left for each target is one
HMAC whose key is known already. An importer (RFC 9258) puts the identity and the context in front
of all that; if these differ from victim to victim, hardly anything is left to share.

The unit is one compression of the hash. The counts are read off the schedule table: a step belongs
to each target if what goes into it, however far back, differs between victims, and otherwise to the
word. Whatever depends on no word is computed beforehand, and costs nothing.

What is simplified: all compressions count alike, though one whose message is the same for all words
is about a tenth cheaper. What is shared by *guesses* is not counted, as a common beginning is.

>>> blocks()
Blocks(shared=12, each=2)
>>> blocks(kind=PskKind.IMPORTED)
Blocks(shared=4, each=16)
>>> [blocks().for_targets(t) for t in (1, 4, 64)]
[14, 20, 140]
"""

import hashlib
from collections.abc import Iterator, Mapping
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
        """One word, tried on so many targets at once. ValueError for fewer than one."""
        if targets < 1:
            raise ValueError("a word is tried on one target at the least")
        return self.shared + self.each * targets

    def times(self, targets: int) -> float:
        """The same as a multiple of what one target costs.

        >>> blocks().times(64), blocks(kind=PskKind.IMPORTED).times(64)
        (10.0, 51.4)
        """
        return self.for_targets(targets) / self.for_targets(1)

    def log2_guesses(self, words: float, targets: int) -> float:
        """log2 of the cost of 2^``words`` words, counted in guesses at one target.

        >>> blocks().log2_guesses(20.0, 8)
        21.0
        """
        return words + log2(self.times(targets))


def success_of_any(choice: Guessable, guesses: float, targets: int) -> float:
    """The probability that so many words find some of the victims, who chose independently.

    >>> from tls13lab.psk.guesswork import even
    >>> [round(success_of_any(even(1000), 10, targets), 2) for targets in (1, 64)]
    [0.01, 0.47]
    """
    return _any(choice.success(guesses), targets)


def guesses_for_any(choice: Guessable, share: float, targets: int) -> float:
    """How many words find some of the victims with this probability.

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
"""What a value depends on besides constants: the word that is tried, and whose binder it is."""


def blocks(
    hash_name: str = "sha256",
    kind: PskKind = PskKind.EXTERNAL,
    *,
    length: int = 8,
    same_identity: bool = False,
    epsk_hash: str | None = None,
) -> Blocks:
    """Of a word of ``length`` bytes and targets of one hash and kind.

    ``same_identity``: all targets of an importer have one identity and context, as the connections
    of a single client have. ``epsk_hash`` is the hash that the importer works with, ``hash_name``
    if nothing is said; compressions of two hashes are then in one sum.

    >>> blocks("sha384") == blocks("sha256"), blocks(length=56).shared
    (True, 13)
    >>> blocks(kind=PskKind.IMPORTED, same_identity=True)
    Blocks(shared=18, each=2)
    """
    varies = {Context.TRUNCATED_CLIENT_HELLO}
    if not same_identity:
        varies.add(Context.IMPORTED_IDENTITY)
    hashes = {"ipskx": epsk_hash or hash_name, "epskx": epsk_hash or hash_name}
    shared = each = 0
    depends: dict[str, Depends] = {"zeros": frozenset(), "word": frozenset({_WORD})}
    lengths = {"word": length}
    for row in way(kind):
        name = hashes.get(row.name, hash_name)
        size = HASH_LENGTHS[hash_name if row.name == "ipskx" else name]
        key, *message = row.inputs
        of_key = depends[key]
        of_all = of_key.union(*(depends[one] for one in message))
        if row.context in varies:
            of_all |= {_VICTIM}
        told = lengths[message[0]] if message else None
        for of, count in zip((of_key, of_all), _hmacs(row, name, size, told), strict=True):
            shared += count * (of == {_WORD})
            each += count * (of == {_WORD, _VICTIM})
        depends[row.name], lengths[row.name] = of_all, size
    return Blocks(shared, each)


def way(kind: PskKind) -> tuple[Row, ...]:
    """The rows of the schedule between a word and its binder, in the order of computing.

    Where a row leaves open what it is applied to, that is filled in; the leaf is ``word``.

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
    inputs = tuple(given.get(one, one) for one in row.inputs)
    for one in inputs:
        yield from _rows(one, given)
    yield Row(row.name, row.operation, inputs, row.label, row.context, row.length)


def _hmacs(row: Row, hash_name: str, size: int, told: int | None) -> tuple[int, int]:
    """Compressions of a row for its key alone, the two pads', and for what is taken in then.

    ``size`` is how many bytes come out, ``told`` the length of an extraction's keying material.
    """
    length = HASH_LENGTHS[hash_name]
    if row.operation is Operation.EXTRACT:
        messages = [told or 0]
    elif row.operation is Operation.HMAC:
        messages = [length]  # Transcript-Hash
    else:
        context = 0 if row.operation is Operation.EXPAND_LABEL else length
        if row.context is Context.IMPORTED_IDENTITY:
            context = length
        info = len(hkdf_label(row.label, bytes(context), size)) + 1
        # HKDF-Expand (RFC 5869): each block but the first also takes in the one before.
        messages = [info + length * (number > 0) for number in range(ceil(size / length))]
    return 2, sum(_ending(hash_name, message) + _ending(hash_name, length) for message in messages)


def _ending(hash_name: str, length: int) -> int:
    """Blocks of a message of so many bytes, after whole blocks: with a one bit and its length."""
    block = hashlib.new(hash_name).block_size
    return ceil((length + 1 + block // 8) / block)
