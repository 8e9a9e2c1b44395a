"""Lines of JSON between the judge and the processes that run a student's code.

Both ends have it: the judge reads what :class:`Numbered` writes (``answers``).
"""

import os
from typing import Any

from coursework.judge import plain

TASK, FIRST = b"task", b"first"
"""Who says a line: a task's copy, or the first process."""


class Line:
    """The judge's end, as two file descriptors of which a student's code is not told."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading, self.writing = reading, writing

    def hear(self) -> Any:
        """The next order; raises EOFError at the end."""
        return plain.loads(self.raw())

    def raw(self) -> bytes:
        """The next order's line; raises EOFError at the end."""
        line = bytearray()
        # The judge sends one line and waits, so nothing for another process can follow it.
        while not line.endswith(b"\n"):
            found = os.read(self.reading, 1 << 16)
            if not found:
                raise EOFError
            line += found
        return bytes(line)

    def say(self, message: Any) -> None:
        """Send one line."""
        self.write(plain.dumps(message))

    def write(self, line: bytes) -> None:
        """Send a line as it is."""
        left = memoryview(line)
        while left:
            left = left[os.write(self.writing, left) :]

    def close(self) -> None:
        """Close both."""
        for place in (self.reading, self.writing):
            os.close(place)


class Numbered(Line):
    """A line to the judge on which each message begins with the order's number and who says it."""

    def __init__(self, reading: int, writing: int, who: bytes) -> None:
        super().__init__(reading, writing)
        self.number, self.who = b"0", who

    def order(self) -> Any:
        """The next order, without its number."""
        found = self.hear()
        self.number = str(found.pop("number")).encode()
        return found

    def write(self, line: bytes) -> None:
        super().write(b" ".join((self.number, self.who, line)))


def pair() -> tuple[Line, Line]:
    """Two ends that hear each other."""
    (one, two), (three, four) = os.pipe(), os.pipe()
    return Line(one, four), Line(three, two)
