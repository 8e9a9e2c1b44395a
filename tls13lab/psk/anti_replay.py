"""Protection against replayed 0-RTT data: three ways, from none to strict. RFC 9846 section 8.

0-RTT data is encrypted before the server has sent anything. So nothing in it depends on the server,
and the same bytes are valid again when they are replayed. A server can only detect a replay if it
remembers. It asks its memory after it has verified the binder; otherwise, anyone could fill it.

An external PSK has no age, so there is no limit to how long its ClientHellos must be remembered:
they are never forgotten. When the memory is full, 0-RTT data is rejected.

>>> memory = ClientHelloWindow()
>>> memory.first_time(b"ticket", b"binder", now_ms=1_000, issued_ms=500)
True
>>> memory.first_time(b"ticket", b"binder", now_ms=2_000, issued_ms=500)
False
"""

from collections import OrderedDict
from typing import Protocol

from tls13lab.messages.post_handshake import MAX_LIFETIME_S

WINDOW_MS = 10_000
"""How far a ticket's age may differ from what is expected: "on the order of ten seconds" (8.3)."""


class AntiReplay(Protocol):
    """A memory of what was used for 0-RTT data."""

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        """Whether 0-RTT data may be accepted; if so, this use is remembered.

        ``issued_ms`` is when the ticket was issued, or None for an external PSK. Times are in Unix
        milliseconds.
        """


class NoAntiReplay:
    """No memory: every replay is accepted. For lessons only, because it violates section 8.

    "The server MUST ensure that any instance of it [...] would accept 0-RTT for the same 0-RTT
    handshake at most once".
    """

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        return True


class SingleUseTickets:
    """Accepts 0-RTT data once for each ticket, and never for an external PSK (8.1).

    Used tickets are remembered for the longest lifetime of a ticket. When the memory is full, 0-RTT
    data is rejected; no ticket is forgotten early.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        self._memory = _Memory(capacity)

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        if issued_ms is None:
            return False
        return self._memory.add(identity, now_ms, now_ms + MAX_LIFETIME_S * 1000)


class ClientHelloWindow:
    """Accepts each ClientHello once (8.2), identified by its verified binder.

    A ticket's age shows when its ClientHello was made. If it was made outside the window, 0-RTT
    data is rejected before this memory is asked. So no ClientHello needs to be remembered longer
    than the window. Those of external PSKs have no age, and are remembered until a restart.

    ``since_ms`` is when the server started; give it if tickets may be older. After a start, servers
    "SHOULD reject 0-RTT as long as any portion of their recording window overlaps the startup time"
    (8.2). Only tickets from before the start can have been used before it.
    """

    def __init__(self, since_ms: int | None = None, capacity: int = 100_000) -> None:
        self._since_ms = since_ms
        self._memory = _Memory(capacity)

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        if issued_ms is not None and self._just_started(now_ms, issued_ms):
            return False
        until = None if issued_ms is None else now_ms + 2 * WINDOW_MS
        return self._memory.add(binder, now_ms, until)

    def _just_started(self, now_ms: int, issued_ms: int) -> bool:
        since = self._since_ms
        return since is not None and issued_ms < since and now_ms - since < 2 * WINDOW_MS


class _Memory:
    """A bounded set; members expire in the order in which they were added, or never."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._for_good: set[bytes] = set()
        self._until: OrderedDict[bytes, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._for_good) + len(self._until)

    def add(self, key: bytes, now_ms: int, until_ms: int | None) -> bool:
        """Add ``key``; returns False if it was there already, or if there is no room for it."""
        self._forget(now_ms)
        if key in self._for_good or key in self._until or len(self) >= self._capacity:
            return False
        if until_ms is None:
            self._for_good.add(key)
        else:
            self._until[key] = until_ms
        return True

    def _forget(self, now_ms: int) -> None:
        # The oldest expire first, so this looks at no more members than have expired, plus one.
        while self._until and next(iter(self._until.values())) < now_ms:
            self._until.popitem(last=False)
