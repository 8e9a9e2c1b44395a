"""Whose tasks these are: each student has other keys, and the marker can make the same ones.

The name comes from the environment (``TLS13LAB_STUDENT``, which a marker sets), or from the first
line of a file ``student.txt`` beside the notebook; without either it is ``anyone``.

>>> one, same, other = Draw("alice", "2.1"), Draw("alice", "2.1"), Draw("bob", "2.1")
>>> first = one.bytes(4)
>>> first == same.bytes(4), first == other.bytes(4), 10 <= one.number(10, 12) <= 12
(True, False, True)
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from tls13lab.crypto.entropy import Entropy, seeded

VARIABLE, FILE, ANYONE = "TLS13LAB_STUDENT", "student.txt", "anyone"
LONGEST = 100
"""Characters of a name; the rest of a longer one does not count."""

T = TypeVar("T")


def student() -> str:
    """The name that tasks are drawn for."""
    name = os.environ.get(VARIABLE, "").strip()
    file = Path(FILE)
    if not name and file.is_file():
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        name = lines[0].strip() if lines else ""
    return name[:LONGEST] or ANYONE


class Draw:
    """Values for one student's task: always the same ones, in the same order."""

    def __init__(self, student: str, task: str) -> None:
        # With its length, so that no name runs over into the task's.
        self.seed = f"coursework {len(student)} {student} {task}"
        self.entropy: Entropy = seeded(self.seed)

    def bytes(self, length: int) -> bytes:
        """So many random bytes."""
        return self.entropy(length)

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        # Eight bytes more than the range needs, so that no value is noticeably likelier.
        size = (high - low).bit_length() // 8 + 9
        return low + int.from_bytes(self.entropy(size), "big") % (high - low + 1)

    def one_of(self, values: Sequence[T]) -> T:
        """One of them."""
        return values[self.number(0, len(values) - 1)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """All of them, in some order."""
        left, found = list(values), []
        while left:
            found.append(left.pop(self.number(0, len(left) - 1)))
        return found
