"""The sending half of a connection: it puts messages into records. RFC 9846 section 5.

Handshake messages that are sent together under the same keys share a record, as in the traces of
RFC 8448. After an alert that this side sends, and after a fatal alert from the peer, everything
else is dropped.
"""

from tls13lab.handshake.events import Step, Tap
from tls13lab.records.framing import MAX_PLAINTEXT, frame
from tls13lab.records.protection import Epoch, RecordProtection
from tls13lab.wire.codepoints import AlertDescription, AlertLevel, ContentType
from tls13lab.wire.names import Side

# For AES-GCM, "up to 2^24.5 full-size records (about 24 million) may be encrypted under a given set
# of keys" (5.5)
RECORD_LIMIT = 2**24
_INITIAL_VERSION = 0x0301


class Sender:
    """Collects the bytes to send; ``padding`` rounds protected content up to a multiple of it."""

    def __init__(self, role: Side, padding: int, tap: Tap | None) -> None:
        self._role = role
        self._padding = padding
        self._tap = tap
        self._epoch = Epoch.PLAINTEXT
        self._sealer: RecordProtection | None = None
        self._messages: list[bytes] = []
        self._outgoing: list[bytes] = []
        self._first = role == "client"
        self._silent = False  # an alert was sent

    @property
    def exhausted(self) -> bool:
        """Whether the current keys have protected as many records as they may."""
        return self._sealer is not None and self._sealer.sequence >= RECORD_LIMIT

    def take(self) -> bytes:
        """Remove and return the bytes that are waiting to be sent."""
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        return data

    def install(self, epoch: Epoch, protection: RecordProtection) -> None:
        """Use new keys from now on; queued messages are first sent under the old ones."""
        self.flush()
        self._epoch, self._sealer = epoch, protection

    def remove(self) -> None:
        """Send everything from now on without protection."""
        self.flush()
        self._epoch, self._sealer = Epoch.PLAINTEXT, None

    def handshake(self, raw: bytes) -> None:
        """Queue a packed handshake message; :meth:`flush` sends what is queued."""
        self._messages.append(raw)

    def flush(self) -> None:
        """Put the queued handshake messages into as few records as possible."""
        if self._messages:
            messages = tuple(self._messages)
            self._messages.clear()
            self.send(ContentType.HANDSHAKE, b"".join(messages), messages)

    def compatibility_ccs(self) -> None:
        """Send a change_cipher_spec record, which is never protected."""
        self.flush()
        self._emit(ContentType.CHANGE_CIPHER_SPEC, b"\x01", (), protect=False)

    def alert(self, description: AlertDescription) -> None:
        """Send an alert under the current keys, and nothing after it.

        Its level is warning for close_notify, and fatal for all others.
        """
        self.flush()
        closing = description is AlertDescription.CLOSE_NOTIFY
        level = AlertLevel.WARNING if closing else AlertLevel.FATAL
        self._emit(ContentType.ALERT, bytes((level, description)), (), protect=True)
        # "the sender will not send any more messages on this connection" (6.1)
        self._silent = True

    def silence(self) -> None:
        """Send nothing more, not even what is waiting: a fatal alert came from the peer."""
        self._messages.clear()
        self._outgoing.clear()
        self._silent = True

    def send(
        self, content_type: ContentType, content: bytes, messages: tuple[bytes, ...] = ()
    ) -> None:
        """Send content of any length, in as many records as it needs.

        ``messages`` are the handshake messages in it; the last record completes them.
        """
        last = max(0, (len(content) - 1) // MAX_PLAINTEXT)
        for number in range(last + 1):
            part = content[number * MAX_PLAINTEXT : (number + 1) * MAX_PLAINTEXT]
            done = messages if number == last else ()
            self._emit(content_type, part, done, protect=True)

    def _emit(
        self,
        content_type: ContentType,
        content: bytes,
        messages: tuple[bytes, ...],
        *,
        protect: bool,
    ) -> None:
        if self._silent:
            return
        epoch = self._epoch
        if self._sealer is not None and protect:
            room = MAX_PLAINTEXT - len(content)
            padding = min(-len(content) % self._padding, room)
            wire = self._sealer.seal(content_type, content, padding)
        else:
            # An initial ClientHello's record MAY say 0x0301 "for compatibility purposes" (5.1).
            wire = (
                frame(content_type, content, _INITIAL_VERSION)
                if self._first
                else frame(content_type, content)
            )
            epoch = Epoch.PLAINTEXT
        self._first = False
        self._outgoing.append(wire)
        if self._tap is not None:
            self._tap(Step(self._role, epoch, content_type, content, wire, messages))
