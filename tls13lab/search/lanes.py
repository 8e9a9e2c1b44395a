"""Testing guesses with compiled code: many lanes of SHA-2 side by side, 14 compressions a guess."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tls13lab.search.compiled import tester
from tls13lab.search.guesses import Guesses
from tls13lab.search.lanes_pack import GROUP
from tls13lab.search.portable import Found
from tls13lab.search.sha2 import SHA2, Numbers, Sha2, pad, schedule
from tls13lab.search.target import Target

Words = npt.NDArray[Any]


class Lanes:
    """Tests guesses against targets of one kind and hash; imported ones, of one identity.

    The first of a hash is compiled. Raises NotImplementedError for a PSK imported for another hash
    than its own.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        sha = SHA2[targets[0].hash_name]
        self._targets = targets
        imported = targets[0].imported
        if imported and sha.name != targets[0].epsk_hash:
            raise NotImplementedError("two hashes in one guess")
        self._test, self._shape = tester(sha.name, "test_imported" if imported else "test")
        self._readable_after = sha.word
        word = np.dtype(f"u{sha.word}")
        first, second, _ = targets[0].macs
        messages = (first, second, targets[0].import_mac) if imported else (first, second)
        shared = [_scheduled(sha, message) for message in messages]
        transcripts = [_scheduled(sha, target.macs[2]) for target in targets]
        wanted = [int.from_bytes(target.binder[: sha.word]) for target in targets]
        self._constant: tuple[Words, ...] = (
            np.array(shared, word),
            np.array(transcripts, word),
            np.array(wanted, word),
        )

    def test(self, guesses: Guesses) -> Iterator[Found]:
        """Those of the guesses that made a target's binder."""
        lanes, targets = self._shape.lanes, len(self._targets)
        groups = -(-len(guesses) // (lanes * GROUP))
        if not groups:
            return
        starts, lengths = (
            _filled(each, groups * GROUP * lanes) for each in (guesses.starts, guesses.lengths)
        )
        marks = np.zeros(groups * GROUP * targets, np.uint16)
        # A word at a guess's end is read whole, so some bytes must follow the last one.
        end = int((starts + lengths).max()) + self._readable_after
        arrays = (_filled(guesses.data, end), starts, lengths, *self._constant, marks)
        self._test(*(array.ctypes.data for array in arrays), groups, targets)
        for at in np.flatnonzero(marks):
            vector, target = divmod(int(at), targets)
            for lane in range(lanes):
                index = vector * lanes + lane
                if int(marks[at]) >> lane & 1 and index < len(guesses):
                    word = guesses[index]
                    # No PSK is empty; a line that was passed over is.
                    if word and self._targets[target].made_with(word):
                        yield guesses.first + index, self._targets[target], word


def _filled(array: Words, length: int) -> Words:
    """The array, with zeros after it if it is shorter, as one stretch of memory."""
    if len(array) < length:
        array = np.concatenate((array, np.zeros(length - len(array), array.dtype)))
    return np.ascontiguousarray(array)


def _scheduled(sha: Sha2, message: bytes) -> list[int]:
    """The message schedule of the one block that ends an HMAC over ``message``."""
    numbers = Numbers(sha.bits)
    return list(schedule(sha, numbers, pad(sha, message, before=sha.block)))
