"""The student's name and values: each student gets different keys, and a marker can repeat them.

The name is in the environment variable ``TLS13LAB_STUDENT``, which a marker sets, or in the first
line of the file ``student.txt`` in the notebook's folder. Without either, it is ``anyone``.

>>> alice, again, bob = Draw("alice", "2.1"), Draw("alice", "2.1"), Draw("bob", "2.1")
>>> first = alice.bytes(4)
>>> first == again.bytes(4), first == bob.bytes(4), 10 <= alice.number(10, 12) <= 12
(True, False, True)
"""

import codecs
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from tls13lab.crypto.entropy import Entropy, seeded

VARIABLE, FILE, ANYONE = "TLS13LAB_STUDENT", "student.txt", "anyone"
LONGEST = 100
"""The most characters of a name; the rest is ignored."""

NO_NAME = "You gave no name, so these are the tasks for everyone without one."
"""What is said to a student whose name is not known."""

T = TypeVar("T")


def student(folder: Path = Path()) -> str:
    """The student's name, for which the values of tasks are drawn; ``folder`` is the notebooks'."""
    name = os.environ.get(VARIABLE, "").strip()
    file = folder / FILE
    if not name and file.is_file():
        lines = as_text(file.read_bytes()).splitlines()
        name = lines[0].strip() if lines else ""
    return as_drawn(name)


def as_drawn(name: str) -> str:
    """The name for which values are drawn: typed on one system, the same as on another.

    >>> as_drawn("Zoe\N{COMBINING DIAERESIS}") == as_drawn("Zoë"), as_drawn("")
    (True, 'anyone')
    """
    return unicodedata.normalize("NFC", name.strip())[:LONGEST] or ANYONE


def as_text(raw: bytes) -> str:
    """What a text editor saved, as UTF-8 or as Windows does it: with a mark, UTF-16, code page.

    >>> as_text("Zoë".encode("utf-16")) == as_text("Zoë".encode("cp1252")) == "Zoë"
    True
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def whose_tasks() -> str:
    """The sentence that says for whom this machine draws the tasks.

    A marker can find a name in a notebook's stored output.
    """
    name = student()
    return NO_NAME if name == ANYONE else f"These are the tasks of {name}."


class Draw:
    """Random values for a task, always the same for the same student."""

    def __init__(self, student: str, task: str) -> None:
        # With its length, so that different pairs of name and task never give the same seed.
        self.seed = f"coursework {len(student)} {student} {task}"
        self.entropy: Entropy = seeded(self.seed)

    def bytes(self, length: int) -> bytes:
        """``length`` random bytes."""
        return self.entropy(length)

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        # Eight more bytes than the range needs, so that no value is noticeably more likely.
        size = (high - low).bit_length() // 8 + 9
        return low + int.from_bytes(self.entropy(size), "big") % (high - low + 1)

    def one_of(self, values: Sequence[T]) -> T:
        """A random element of ``values``."""
        return values[self.number(0, len(values) - 1)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """All ``values`` in random order."""
        left, found = list(values), []
        while left:
            found.append(left.pop(self.number(0, len(left) - 1)))
        return found
