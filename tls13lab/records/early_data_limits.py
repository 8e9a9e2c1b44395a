"""How much early data a server accepts, or skips. RFC 9846 sections 4.3.10 and 4.7.1.

A server that accepts 0-RTT data accepts as many bytes as the ticket allows. A server that rejects
it still receives the records that the client has already sent. It cannot decrypt them, so it skips
records until one decrypts under the handshake keys. Both amounts are limited.

>>> limits = EarlyDataLimits()
>>> limits.take(5)
>>> limits.taken(5)
>>> limits.taken(1)
Traceback (most recent call last):
...
tls13lab.wire.faults.UnexpectedMessage: more early data came than the ticket allows
"""

from tls13lab.crypto.suites import TAG_LENGTH
from tls13lab.wire.faults import UnexpectedMessage


class EarlyDataLimits:
    """The two limits, in bytes. At first, no early data is accepted and none is skipped."""

    __slots__ = ("_skip_left", "_take_left")

    def __init__(self) -> None:
        self._take_left: int | None = None
        self._skip_left: int | None = None

    def take(self, limit: int | None) -> None:
        """Accept up to ``limit`` bytes of early data from now on, or none if ``limit`` is None."""
        self._take_left = limit

    @property
    def taking(self) -> bool:
        """Whether application data that arrives now counts as early data."""
        return self._take_left is not None

    def taken(self, length: int) -> None:
        """Count ``length`` bytes of early data; raises UnexpectedMessage beyond the limit."""
        self._take_left = (self._take_left or 0) - length
        if self._take_left < 0:
            # "A server receiving more than max_early_data_size bytes of 0-RTT data SHOULD terminate
            # the connection with an "unexpected_message" alert." (4.7.1)
            raise UnexpectedMessage("more early data came than the ticket allows")

    def skip(self, limit: int | None) -> None:
        """Skip up to ``limit`` bytes of rejected early data from now on, or none if it is None."""
        self._skip_left = limit

    def skips(self, fragment: bytes) -> bool:
        """Whether to skip a record that does not decrypt.

        Raises UnexpectedMessage once more bytes would be skipped than the limit allows.
        """
        if self._skip_left is None:
            return False
        # An empty record counts as one byte, or a client could send them forever.
        self._skip_left -= max(1, len(fragment) - TAG_LENGTH - 1)
        if self._skip_left < 0:
            raise UnexpectedMessage("more rejected early data came than the server skips")
        return True
