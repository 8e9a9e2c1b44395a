"""A limit on wrong binders: it slows down an attacker who guesses online. No RFC defines it.

When a binder does not verify, TLS ends the connection and remembers nothing. Here, a server counts
the failures of each identity, because a guesser cannot change the identity. It counts only for PSKs
that it has, so nobody can fill its memory. A successful handshake does not reset the count:
programs do not mistype, and otherwise a guesser could wait for honest connections in between. When
a PSK is locked, the server acts as if it did not have that PSK: it continues without one, or sends
the alert for an unknown identity.

This does not stop an attacker who has recorded a binder and guesses offline. And it can lock out
honest clients: anyone who knows an identity can lock it on purpose, with ``failures`` wrong
binders. Failures with tickets are not counted: their PSKs are random and cannot be guessed.

>>> from tls13lab.psk.keys import ExternalPsk
>>> printer, scanner = ExternalPsk(b"printer", b"dragon"), ExternalPsk(b"scanner", b"monkey")
>>> lockout = Lockout(Limit(failures=2))
>>> lockout.failed(printer, now_ms=0)
>>> lockout.failed(printer, now_ms=0)
>>> lockout.admits(printer, now_ms=10**12), lockout.admits(scanner, now_ms=0)
(False, True)
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from math import floor

from tls13lab.psk.importer import ImportedIdentity, ImportedPsk
from tls13lab.psk.keys import ExternalPsk


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``failures`` for each identity in any ``window_s`` seconds; None means forever.

    Raises ValueError unless both are positive.
    """

    failures: int
    window_s: float | None = None

    def __post_init__(self) -> None:
        if self.failures < 1 or (self.window_s is not None and self.window_s <= 0):
            raise ValueError("a limit needs at least 1 failure, and a window longer than 0 seconds")

    def guesses(self, seconds: float) -> float:
        """The most wrong guesses at an identity in this time, including its first and last moment.

        >>> Limit(10).guesses(1e9), Limit(10, window_s=3600).guesses(86400)
        (10, 250)
        """
        if self.window_s is None:
            return self.failures
        return self.failures * (1 + floor(seconds / self.window_s))


class Lockout:
    """Remembers the latest failures of each identity, as many as the limit needs."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._failed_ms: defaultdict[bytes, deque[int]] = defaultdict(
            lambda: deque(maxlen=limit.failures)
        )

    def admits(self, psk: ExternalPsk, now_ms: int) -> bool:
        """Whether the server may use this PSK now; ``now_ms`` is Unix time in milliseconds."""
        failed = self._failed_ms.get(_counted_as(psk))
        if failed is None or len(failed) < self.limit.failures:
            return True
        window_s = self.limit.window_s
        return window_s is not None and now_ms - failed[0] >= window_s * 1000

    def failed(self, psk: ExternalPsk, now_ms: int) -> None:
        """Count a binder under this PSK that did not verify."""
        self._failed_ms[_counted_as(psk)].append(now_ms)


def _counted_as(psk: ExternalPsk) -> bytes:
    """An imported PSK counts as its external PSK, because that is what an attacker guesses."""
    if isinstance(psk, ImportedPsk):
        return ImportedIdentity.decode(psk.identity).external_identity
    return psk.identity
