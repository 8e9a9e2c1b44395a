"""The compiled engine: SHA-2 for many guesses at once, one in each lane, against many targets."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from tls13lab.search.guesses import Guesses
from tls13lab.search.llvm.compiled import tester
from tls13lab.search.llvm.pack import GROUP
from tls13lab.search.portable import Found, by_identity
from tls13lab.search.sha2 import SHA2, Numbers, Sha2, pad, schedule
from tls13lab.search.target import Target

Words = npt.NDArray[Any]


class Lanes:
    """Tests guesses against targets of one kind and hash.

    The first engine for a hash compiles the program. Raises NotImplementedError for PSKs that were
    imported for another hash.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        sha = SHA2[targets[0].hash_name]
        imported = targets[0].imported
        if imported and sha.name != targets[0].epsk_hash:
            raise NotImplementedError("two hashes in one guess")
        self._test, self._shape = tester(sha.name, "test_imported" if imported else "test")
        self._readable_after = sha.word
        self._targets, groups = by_identity(targets)
        word = np.dtype(f"u{sha.word}")
        *shared, _ = targets[0].macs
        imports = [group[0].import_mac for group in groups] if imported else []
        firsts = [0, *accumulate(len(group) for group in groups)][:-1]
        transcripts = [target.macs[2] for target in self._targets]
        wanted = [int.from_bytes(target.binder[: sha.word]) for target in self._targets]
        self._identities = len(groups)
        self._constant: tuple[Words, ...] = (
            _scheduled(sha, shared),
            _scheduled(sha, imports),
            np.array(firsts, np.int64),
            np.array([len(group) for group in groups], np.int64),
            _scheduled(sha, transcripts),
            np.array(wanted, word),
        )

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """The guesses that make the binder of a target."""
        lanes, targets = self._shape.lanes, len(self._targets)
        groups = -(-len(guesses) // (lanes * GROUP))
        if not groups:
            return
        starts, lengths = (
            _filled(each, groups * GROUP * lanes) for each in (guesses.starts, guesses.lengths)
        )
        marks = np.zeros(groups * GROUP * targets, np.uint16)
        # The last word of a guess is read as a whole, so some bytes must follow the last guess.
        end = int((starts + lengths).max()) + self._readable_after
        arrays = (_filled(guesses.data, end), starts, lengths, *self._constant, marks)
        addresses = (array.ctypes.data for array in arrays)
        self._test(*addresses, groups, targets, self._identities)
        for at in np.flatnonzero(marks):
            vector, target = divmod(int(at), targets)
            for lane in range(lanes):
                index = vector * lanes + lane
                if int(marks[at]) >> lane & 1 and index < len(guesses):
                    word = guesses[index]
                    # An empty guess is a line that was skipped; no PSK is empty.
                    if word and self._targets[target].made_with(word):
                        yield guesses.first + index, self._targets[target], word


def _filled(array: Words, length: int) -> Words:
    """The array in contiguous memory, padded with zeros to at least this length."""
    if len(array) < length:
        array = np.concatenate((array, np.zeros(length - len(array), array.dtype)))
    return np.ascontiguousarray(array)


def _scheduled(sha: Sha2, messages: Iterable[bytes]) -> Words:
    """For each message, the message schedule of the one block that an HMAC over it needs."""
    return np.array([_schedule_of(sha, each) for each in messages], np.dtype(f"u{sha.word}"))


@lru_cache(maxsize=4096)
def _schedule_of(sha: Sha2, message: bytes) -> tuple[int, ...]:
    # Cached, because after each PSK that is found, a new engine is made for the other targets.
    return tuple(schedule(sha, Numbers(sha.bits), pad(sha, message, before=sha.block)))
