"""The bytes of one direction of a TCP connection, in order. RFC 9293 section 3.4.

Segments come twice, late, or overlapping; what was delivered once is not delivered again, and what
comes too early waits. How much may wait is bounded: a hole that does not fill is reported.

>>> half = Half()
>>> half.begin(99)
>>> half.add(104, b"world"), half.add(99, b"hello")
(b'', b'helloworld')
"""

MOST_WAITING = 2**22
"""Bytes that may wait for a hole to be filled."""
MOST_PIECES = 4096
_WRAP = 2**32


class Half:
    """What one side sent; ``gap`` says, in a sentence, why no more can be had."""

    def __init__(self) -> None:
        self.next: int | None = None
        self.count = 0  # bytes delivered
        self.gap = ""
        self.finished = False
        self._early: dict[int, bytes] = {}
        self._size = 0
        self._end: int | None = None

    @property
    def waiting(self) -> bool:
        """Whether something came whose place is not reached."""
        return bool(self._early)

    def begin(self, sequence: int) -> None:
        """The number of the first byte."""
        self.next = sequence % _WRAP

    def add(self, sequence: int, data: bytes) -> bytes:
        """A segment's data; returns the bytes that are now in order."""
        if self.next is None:
            self.begin(sequence)
        if self.gap or not data:
            return b""
        if self._ahead(sequence) > 0:
            self._keep(sequence, data)
            return b""
        out = bytearray(self._take(sequence, data))
        while self._early:
            ready = next((at for at in self._early if self._ahead(at) <= 0), None)
            if ready is None:
                break
            piece = self._early.pop(ready)
            self._size -= len(piece)
            out += self._take(ready, piece)
        self._check_end()
        return bytes(out)

    def end(self, sequence: int) -> None:
        """The sender's last byte is before this number."""
        if self.next is None:
            self.begin(sequence)
        self._end = sequence % _WRAP
        self._check_end()

    def lose(self, why: str) -> None:
        """Nothing after this can be put in order any more."""
        self.gap = self.gap or why
        self._early.clear()
        self._size = 0

    def _check_end(self) -> None:
        self.finished = self.finished or (self._end is not None and self._ahead(self._end) <= 0)

    def _ahead(self, sequence: int) -> int:
        """How far ``sequence`` lies beyond what was delivered; negative for what is known."""
        distance = (sequence - (self.next or 0)) % _WRAP
        return distance if distance < _WRAP // 2 else distance - _WRAP

    def _take(self, sequence: int, data: bytes) -> bytes:
        new = data[-self._ahead(sequence) :]
        self.next = ((self.next or 0) + len(new)) % _WRAP
        self.count += len(new)
        return new

    def _keep(self, sequence: int, data: bytes) -> None:
        if len(self._early.get(sequence, b"")) >= len(data):
            return
        self._size += len(data) - len(self._early.get(sequence, b""))
        self._early[sequence] = data
        if self._size > MOST_WAITING or len(self._early) > MOST_PIECES:
            self.lose(f"the bytes after the first {self.count} are missing")
