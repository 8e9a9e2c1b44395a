"""A limit on records that carry nothing. RFC 9846 sections 5, 5.4 and 4.7.3.

Some records are legal but useless: empty application data, a KeyUpdate, a change_cipher_spec, a
user_canceled alert. They cost the sender almost nothing and make the receiver work. The RFC does
not limit how many may come in a row. Like other implementations, the lab ends the connection after
a few.

>>> idling = Idling()
>>> for _ in range(MOST):
...     idling.nothing()
>>> idling.something()  # the count starts again
>>> idling.nothing()
"""

from tls13lab.wire.faults import UnexpectedMessage

MOST = 32
"""How many may come in a row; BoringSSL and OpenSSL have the same limit."""


class Idling:
    """Counts the records in a row that carry nothing."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def nothing(self) -> None:
        """Count a record that carries nothing; raises UnexpectedMessage beyond the limit."""
        self._count += 1
        if self._count > MOST:
            raise UnexpectedMessage(f"more than {MOST} records in a row carry nothing")

    def something(self) -> None:
        """Start the count again, because a record carried something."""
        self._count = 0
