"""The bytes of one direction of a TCP connection, in order. RFC 9293 section 3.4.

Segments may come twice, late, or overlapping. No byte is delivered twice, and what comes too early
waits. How much may wait is limited; a gap that is not filled by then is reported.

>>> half = Half()
>>> half.begin(99)
>>> half.add(104, b"world"), half.add(99, b"hello")
(b'', b'helloworld')
"""

from heapq import heappop, heappush

MOST_WAITING = 2**22
"""The most bytes that wait for a gap to be filled."""
MOST_PIECES = 4096
MOST_STARTS = 8
WINDOW = 2**20
"""How far ahead a sequence number may be and still belong to the connection."""
_WRAP = 2**32


class Half:
    """The bytes that one side sent. ``gap`` says, in a sentence, why no more can be delivered."""

    def __init__(self) -> None:
        self.next: int | None = None
        self.count = 0  # bytes delivered
        self.gap = ""
        self.finished = False
        # The pieces that wait, by their place in the stream, and the places as a heap, so that the
        # next piece is found at once however many wait.
        self._early: dict[int, bytes] = {}
        self._places: list[int] = []
        self._size = 0
        self._end: int | None = None
        self._starts: set[int] = set()
        self._acknowledged: int | None = None
        self._confirmed = False

    @property
    def waiting(self) -> bool:
        """Whether bytes wait for a gap before them to be filled."""
        return bool(self._early)

    @property
    def missing(self) -> bool:
        """Whether bytes are known to be missing: later ones came, or the other side confirmed more.

        A FIN counts as one byte.
        """
        if self._acknowledged is None or self.next is None or self.finished:
            return self.waiting
        return self.waiting or 1 < self.ahead(self._acknowledged) < WINDOW

    def begin(self, sequence: int) -> None:
        """Set the number of the first byte; it can be corrected until bytes have been delivered."""
        sequence %= _WRAP
        if len(self._starts) < MOST_STARTS:
            self._starts.add(sequence)
        if self.next is None:
            self.next = sequence
        elif sequence != self.next and not self.count and not self._confirmed:
            moved = self.ahead(sequence)
            early = self._early
            self._forget()
            self.next = sequence
            for place, data in early.items():
                if place >= moved:
                    self._keep(place - moved, data)

    def confirm(self, acknowledged: int) -> None:
        """Note that the other side has received all bytes before this number.

        If several SYNs claimed different first numbers, the acknowledged one is right.
        """
        self._acknowledged = acknowledged
        if not self.count and acknowledged in self._starts:
            self.begin(acknowledged)
            self._confirmed = True

    def add(self, sequence: int, data: bytes) -> bytes:
        """Add the data of a segment; return the bytes that are now in order."""
        if self.next is None:
            self.begin(sequence)
        if self.gap or not data:
            return b""
        place = self.count + self.ahead(sequence)
        if place > self.count:
            self._keep(place, data)
            return b""
        if place == self.count and not self._places:
            self.count += len(data)
            self.next = (sequence + len(data)) % _WRAP
            out = data
        else:
            out = self._in_order(place, data)
        if self._end is not None:
            self._check_end()
        return out

    def _in_order(self, place: int, data: bytes) -> bytes:
        """The new bytes of this piece, and of the pieces that waited for it."""
        out = bytearray(self._take(place, data))
        while self._places and self._places[0] <= self.count:
            place = heappop(self._places)
            piece = self._early.pop(place)
            self._size -= len(piece)
            out += self._take(place, piece)
        return bytes(out)

    def end(self, sequence: int) -> None:
        """Note a FIN with this number: the last byte comes before it."""
        if self.next is None:
            self.begin(sequence)
        self._end = sequence % _WRAP
        self._check_end()

    def lose(self, why: str) -> None:
        """Give up: nothing that follows can be put in order. ``why`` is kept in ``gap``."""
        self.gap = self.gap or why
        self._forget()

    def _forget(self) -> None:
        self._early = {}
        self._places = []
        self._size = 0

    def _check_end(self) -> None:
        self.finished = self.finished or (self._end is not None and self.ahead(self._end) <= 0)
        if self.finished:
            self._forget()  # bytes after the end do not belong to this connection

    def ahead(self, sequence: int) -> int:
        """How many bytes ``sequence`` is past the delivered ones; negative if before their end."""
        distance = (sequence - (self.next or 0)) % _WRAP
        return distance if distance < _WRAP // 2 else distance - _WRAP

    def _take(self, place: int, data: bytes) -> bytes:
        new = data[self.count - place :]
        self.next = ((self.next or 0) + len(new)) % _WRAP
        self.count += len(new)
        return new

    def _keep(self, place: int, data: bytes) -> None:
        known = self._early.get(place)
        if known is not None and len(known) >= len(data):
            return
        if known is None:
            heappush(self._places, place)
        self._size += len(data) - len(known or b"")
        self._early[place] = data
        if self._size > MOST_WAITING or len(self._early) > MOST_PIECES:
            self.lose(f"the bytes after the first {self.count} are missing")
