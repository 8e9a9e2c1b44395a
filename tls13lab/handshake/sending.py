"""The sending half of a connection: messages into records, under the keys in force. RFC 9846 5.

Handshake messages that go out together under the same keys share a record, as in RFC 8448's traces.
An alert is the last word, sent or received: what is to be sent after it is dropped.
"""

from tls13lab.handshake.events import Step, Tap
from tls13lab.records.epochs import Epoch
from tls13lab.records.framing import MAX_PLAINTEXT, frame
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import AlertDescription, AlertLevel, ContentType

# For AES-GCM, "up to 2^24.5 full-size records (about 24 million) may be encrypted under a given set
# of keys" (5.5)
RECORD_LIMIT = 2**24
_INITIAL_VERSION = 0x0301


class Sender:
    """Collects what is to be sent. ``padding`` rounds protected content up to a multiple of it."""

    def __init__(self, role: str, padding: int, tap: Tap | None) -> None:
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
        """Whether these keys have protected as many records as they should."""
        return self._sealer is not None and self._sealer.sequence >= RECORD_LIMIT

    def take(self) -> bytes:
        """The bytes to be sent, once."""
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        return data

    def install(self, epoch: Epoch, protection: RecordProtection) -> None:
        """What waits goes out under the old keys; what comes goes under these."""
        self.flush()
        self._epoch, self._sealer = epoch, protection

    def remove(self) -> None:
        """Send unprotected again."""
        self.flush()
        self._epoch, self._sealer = Epoch.PLAINTEXT, None

    def handshake(self, raw: bytes) -> None:
        """Queue a message; :meth:`flush` sends all that are queued."""
        self._messages.append(raw)

    def flush(self) -> None:
        """Put the queued handshake messages into as few records as they need."""
        if self._messages:
            messages = tuple(self._messages)
            self._messages.clear()
            self.send(ContentType.HANDSHAKE, b"".join(messages), messages)

    def compatibility_ccs(self) -> None:
        """A change_cipher_spec, never protected."""
        self.flush()
        self._emit(ContentType.CHANGE_CIPHER_SPEC, b"\x01", (), protect=False)

    def alert(self, description: AlertDescription) -> None:
        """An alert under the keys in force; all but close_notify are fatal. Nothing follows it."""
        self.flush()
        closing = description is AlertDescription.CLOSE_NOTIFY
        level = AlertLevel.WARNING if closing else AlertLevel.FATAL
        self._emit(ContentType.ALERT, bytes((level, description)), (), protect=True)
        # "the sender will not send any more messages on this connection" (6.1)
        self._silent = True

    def silence(self) -> None:
        """Send nothing more, not even what waits: the peer's fatal alert ended the connection."""
        self._messages.clear()
        self._outgoing.clear()
        self._silent = True

    def send(
        self, content_type: ContentType, content: bytes, messages: tuple[bytes, ...] = ()
    ) -> None:
        """Content of any length, in records; ``messages`` are complete with the last one."""
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
