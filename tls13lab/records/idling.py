"""Records that carry nothing: allowed, but not without end. RFC 9846 sections 5, 5.4, 4.7.3.

An empty record of application data, a KeyUpdate, a compatibility change_cipher_spec, an alert that
is user_canceled: each is legal, costs the sender almost nothing and the receiver some work, and the
RFC says of none how many may follow one another. As other stacks do, the lab ends the connection
after a few.

>>> idling = Idling()
>>> for _ in range(MOST):
...     idling.nothing()
>>> idling.something()  # begins to count anew
>>> idling.nothing()
"""

from tls13lab.wire.faults import UnexpectedMessage

MOST = 32
"""Records in a row, as in BoringSSL and OpenSSL."""


class Idling:
    """Counts the records in a row that carried nothing."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def nothing(self) -> None:
        """One more; raises UnexpectedMessage when they are too many."""
        self._count += 1
        if self._count > MOST:
            raise UnexpectedMessage(f"more than {MOST} records in a row carry nothing")

    def something(self) -> None:
        """Something came at last."""
        self._count = 0
