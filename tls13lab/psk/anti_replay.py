"""Has this 0-RTT data been seen before? Three answers, from strict to none. RFC 9846 section 8.

0-RTT data is sealed before the server has said anything, so nothing in it is the server's own: the
same bytes, sent again, are as good as the first time. Only a memory can tell. It is asked after the
binder has verified, or anyone could fill it.

An external PSK has no age, so no window bounds how long its ClientHello must be remembered: it is
remembered for good, and a memory that is full refuses 0-RTT data.

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
"""How far a ticket's age may be off what is expected: "on the order of ten seconds" (8.3)."""


class AntiReplay(Protocol):
    """Remembers what was used for 0-RTT."""

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        """Whether 0-RTT may be accepted; if so, it is remembered.

        ``issued_ms`` is when the ticket was issued, None for an external PSK; times are Unix
        milliseconds.
        """


class NoAntiReplay:
    """No memory at all: every replay is taken. For lessons only, because it breaks section 8.

    "The server MUST ensure that any instance of it [...] would accept 0-RTT for the same 0-RTT
    handshake at most once".
    """

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        """Always."""
        return True


class SingleUseTickets:
    """Each ticket is good for 0-RTT once (8.1). An external PSK is no ticket, and never is.

    Used tickets are remembered as long as tickets live. When the memory is full, 0-RTT is refused
    rather than a ticket forgotten.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        self._memory = _Memory(capacity)

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        """Whether this ticket was never used before."""
        if issued_ms is None:
            return False
        return self._memory.add(identity, now_ms, now_ms + MAX_LIFETIME_S * 1000)


class ClientHelloWindow:
    """Each ClientHello is good once (8.2), recognised by its validated binder.

    A ticket's age says when its ClientHello was made; outside the window it is refused before this
    is asked, so it need not be remembered longer than that. An external PSK has no age: its
    ClientHellos are remembered for good, but no memory survives a restart.

    ``since_ms`` is when the server started, if tickets may be older than that. Freshly started,
    servers "SHOULD reject 0-RTT as long as any portion of their recording window overlaps the
    startup time" (8.2); only the older tickets can have been used before it.
    """

    def __init__(self, since_ms: int | None = None, capacity: int = 100_000) -> None:
        self._since_ms = since_ms
        self._memory = _Memory(capacity)

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        """Whether this ClientHello was never seen, as far as can be told."""
        if issued_ms is not None and self._just_started(now_ms, issued_ms):
            return False
        until = None if issued_ms is None else now_ms + 2 * WINDOW_MS
        return self._memory.add(binder, now_ms, until)

    def _just_started(self, now_ms: int, issued_ms: int) -> bool:
        since = self._since_ms
        return since is not None and issued_ms < since and now_ms - since < 2 * WINDOW_MS


class _Memory:
    """A bounded set whose members expire, in the order in which they came, or never."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._for_good: set[bytes] = set()
        self._until: OrderedDict[bytes, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._for_good) + len(self._until)

    def add(self, key: bytes, now_ms: int, until_ms: int | None) -> bool:
        """Whether ``key`` is new and there was room for it."""
        self._forget(now_ms)
        if key in self._for_good or key in self._until or len(self) >= self._capacity:
            return False
        if until_ms is None:
            self._for_good.add(key)
        else:
            self._until[key] = until_ms
        return True

    def _forget(self, now_ms: int) -> None:
        # The oldest expire first, so a full memory costs no more than what has expired.
        while self._until and next(iter(self._until.values())) < now_ms:
            self._until.popitem(last=False)
