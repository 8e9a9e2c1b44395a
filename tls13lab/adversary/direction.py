"""The protected records of one direction, opened stage by stage as keys turn up. RFC 9846 5.2.

From outside, all protected records look alike. So the keys of a stage are simply tried: the stage
begins with the first record that opens, and ends with its last message. A stage whose keys are
unknown is skipped in this way, and missing records are noticed.
"""

from collections import deque

from tls13lab.crypto.keyschedule import next_traffic_secret
from tls13lab.crypto.suites import Suite
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import ContentType, HandshakeType
from tls13lab.wire.faults import TLSFault

MOST_WAITING = 2**20
"""The most bytes of records that are kept for keys that are not known yet."""


class RecordReader:
    """The protected records of one side that still wait for their keys, in order."""

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque()
        self._size = 0
        self.lost = ""  # why nothing more can be opened, as a sentence

    def add(self, wire: bytes) -> None:
        """Add a protected record; past ``MOST_WAITING`` bytes, all are dropped."""
        self.waiting.append(wire)
        self._size += len(wire)
        if self._size > MOST_WAITING:
            self.forget()
            self.lost = "too much came before the handshake was done"

    def forget(self) -> None:
        """Drop all records that wait: there will be no keys for them."""
        self.waiting.clear()
        self._size = 0

    def take(self) -> bytes:
        """Remove and return the next record."""
        wire = self.waiting.popleft()
        self._size -= len(wire)
        return wire


class EpochReader:
    """One stage's keys on one direction, from its first record to the message of type ``last``.

    ``keys`` are the stage's key and IV. ``data`` and ``messages`` collect what was opened; the
    reader may empty them. Without ``last``, the stage goes on to the end of the connection. It
    follows key updates if ``secret``, the traffic secret, is known.
    """

    def __init__(
        self,
        direction: RecordReader,
        suite: Suite,
        keys: tuple[bytes, bytes],
        last: int | None = None,
        secret: bytes | None = None,
    ) -> None:
        self._direction, self._suite, self._keys = direction, suite, keys
        self._last, self._secret = last, secret
        self._early = last == HandshakeType.END_OF_EARLY_DATA
        self._protection: RecordProtection | None = None
        self._parts = Reassembler()
        self.data = bytearray()
        self.messages: list[bytes] = []
        self.done = False

    @property
    def begun(self) -> bool:
        """Whether at least one record has opened."""
        return self._protection is not None

    def read(self) -> None:
        """Open the records that wait, up to the end of the stage."""
        while not self.done and self._direction.waiting:
            opened = self._open(self._direction.waiting[0])
            if opened is None and (self.begun or self._early):
                self._not_ours()
                return
            self._direction.take()
            if opened is not None:
                self._note(*opened)

    def _open(self, wire: bytes) -> tuple[ContentType, bytes] | None:
        protection = self._protection or RecordProtection.from_keys(self._suite, *self._keys)
        try:
            opened = protection.open(wire[:HEADER_LENGTH], wire[HEADER_LENGTH:])
        except TLSFault:
            return None
        self._protection = protection
        return opened

    def _not_ours(self) -> None:
        """End the stage at a record that does not open under its keys.

        Early data, if there is any, begins with the client's first protected record. If the server
        rejected it, it ends without a last message, so for early data this is no gap.
        """
        self.done = True
        if not self._early:
            self._direction.lost = "a record does not open: something before it is missing"
            self._direction.forget()

    def _note(self, content_type: ContentType, content: bytes) -> None:
        if content_type is ContentType.APPLICATION_DATA:
            self.data += content
        elif content_type is ContentType.HANDSHAKE:
            self._parts.feed(content)
            while not self.done and (raw := self._parts.next()) is not None:
                self.messages.append(raw)
                self.done = raw[0] == self._last
                if raw[0] == HandshakeType.KEY_UPDATE:
                    self._next_keys()

    def _next_keys(self) -> None:
        if self._secret is None:
            self._direction.lost = "the keys were updated, and their secret is not known"
            self.done = True
            return
        self._secret = next_traffic_secret(self._suite.hash_name, self._secret)
        self._protection = RecordProtection(self._suite, self._secret)
