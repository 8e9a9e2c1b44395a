"""How much early data a server takes in, or passes over. RFC 9846 sections 4.3.10 and 4.7.1.

A server that accepts 0-RTT takes as many bytes as the ticket allows. One that rejects it has no key
for what the client has sent already: the records behind the ClientHello make no sense to it, and it
passes over them until one opens with the handshake keys. Neither goes on without end.

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
    """What may still come, in bytes; at first nothing."""

    __slots__ = ("_skip_left", "_take_left")

    def __init__(self) -> None:
        self._take_left: int | None = None
        self._skip_left: int | None = None

    def take(self, limit: int | None) -> None:
        """From now on ``limit`` bytes of early data are accepted; None: no more."""
        self._take_left = limit

    @property
    def taking(self) -> bool:
        """Whether application data is early data now."""
        return self._take_left is not None

    def taken(self, length: int) -> None:
        """So much came; raises UnexpectedMessage when it is too much."""
        self._take_left = (self._take_left or 0) - length
        if self._take_left < 0:
            # "A server receiving more than max_early_data_size bytes of 0-RTT data SHOULD terminate
            # the connection with an "unexpected_message" alert." (4.7.1)
            raise UnexpectedMessage("more early data came than the ticket allows")

    def skip(self, limit: int | None) -> None:
        """From now on ``limit`` bytes of rejected early data are passed over; None: no more."""
        self._skip_left = limit

    def skips(self, fragment: bytes) -> bool:
        """Whether a record that makes no sense is passed over; raises when they are too many."""
        if self._skip_left is None:
            return False
        # At least one byte each, or records of nothing could come without end.
        self._skip_left -= max(1, len(fragment) - TAG_LENGTH - 1)
        if self._skip_left < 0:
            raise UnexpectedMessage("more early data came than is passed over")
        return True
