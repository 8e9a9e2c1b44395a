"""A server's memory of failed binders: what bounds who has to ask it. No RFC has it.

TLS ends a connection whose binder does not verify, and forgets it. A server that is to count does
so by identity, because that is what a guesser has to keep to. Only PSKs that the server has are
counted, so nobody can fill its memory; and a success clears nothing, because programs do not
mistype, and a guesser could otherwise wait for honest connections in between. A PSK that is locked
is to the server as one that it does not have: it goes on without, or sends the alert for an unknown
identity.

What it does not do: it bounds nobody who takes a binder home. And it locks honest clients out as
well: who knows an identity can shut its owner out with ``failures`` wrong binders, on purpose. Of
tickets nothing is counted: a PSK of 32 random bytes is not guessed.

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
    """So many failures for each identity in any ``window_s`` seconds; None: ever, a lockout.

    Raises ValueError for a limit of no failures, or a window of no time.
    """

    failures: int
    window_s: float | None = None

    def __post_init__(self) -> None:
        if self.failures < 1 or (self.window_s is not None and self.window_s <= 0):
            raise ValueError("a limit has one failure at the least, and a window above 0 seconds")

    def guesses(self, seconds: float) -> float:
        """The most wrong guesses at one identity in this time, its beginning and end included.

        >>> Limit(10).guesses(1e9), Limit(10, window_s=3600).guesses(86400)
        (10, 250)
        """
        if self.window_s is None:
            return self.failures
        return self.failures * (1 + floor(seconds / self.window_s))


class Lockout:
    """Remembers the last failures of each identity, no more than the limit needs."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._failed_ms: defaultdict[bytes, deque[int]] = defaultdict(
            lambda: deque(maxlen=limit.failures)
        )

    def admits(self, psk: ExternalPsk, now_ms: int) -> bool:
        """Whether a binder under this PSK is looked at; times are in milliseconds."""
        failed = self._failed_ms.get(_counted_as(psk))
        if failed is None or len(failed) < self.limit.failures:
            return True
        window_s = self.limit.window_s
        return window_s is not None and now_ms - failed[0] >= window_s * 1000

    def failed(self, psk: ExternalPsk, now_ms: int) -> None:
        """A binder under this PSK did not verify."""
        self._failed_ms[_counted_as(psk)].append(now_ms)


def _counted_as(psk: ExternalPsk) -> bytes:
    """What is imported counts as what it was imported from: that is what is guessed at."""
    if isinstance(psk, ImportedPsk):
        return ImportedIdentity.decode(psk.identity).external_identity
    return psk.identity
