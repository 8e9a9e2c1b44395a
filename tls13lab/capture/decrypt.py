"""A recording and a key log: what each record holds. RFC 9846 section 5, RFC 9850.

For each record its content, if it is in the clear or if the key log has its keys. Which keys a
protected record is under cannot be seen from outside; they are tried in their order: early,
handshake, application, each direction for itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tls13lab.capture.recording import CapturedRecord, Closed, Item, Opened
from tls13lab.crypto.keyschedule import next_traffic_secret
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.server_hello import ServerHello
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import CipherSuite, ContentType, HandshakeType
from tls13lab.wire.faults import TLSFault

KeyLogSecrets = Mapping[bytes, Mapping[str, bytes]]

# The rows of the schedule table whose keys each side sends under, in their order.
_ROWS = {
    "client": (
        "client_early_traffic_secret",
        "client_handshake_traffic_secret",
        "client_application_traffic_secret_0",
    ),
    "server": ("server_handshake_traffic_secret", "server_application_traffic_secret_0"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """One record: ``keys`` names the traffic secret, or is empty for a record in the clear.

    ``content`` is None if it cannot be read; ``messages`` are those that it completes; ``fault``
    says what is wrong with it, if anything is.
    """

    record: CapturedRecord
    keys: str
    content_type: ContentType
    content: bytes | None = field(repr=False)
    messages: tuple[bytes, ...] = field(default=(), repr=False)
    fault: str = ""


class Side:
    """One direction: the keys in force, and what of a handshake message has come."""

    def __init__(self, sender: str) -> None:
        self._rows = _ROWS[sender]
        self._at = -1  # before any keys
        self._secret = b""
        self._protection: RecordProtection | None = None
        self._parts = Reassembler()

    def read(self, record: CapturedRecord, suite: Suite | None, log: Mapping[str, bytes]) -> Read:
        """What the record holds."""
        content_type, content = ContentType(record.wire[0]), record.wire[HEADER_LENGTH:]
        keys = ""
        if content_type is ContentType.APPLICATION_DATA:
            opened = self._open(record.wire, suite, log)
            if opened is None:
                return Read(record, "", content_type, None)
            (content_type, content), keys = opened, self._rows[self._at]
        if content_type is not ContentType.HANDSHAKE:
            return Read(record, keys, content_type, content)
        messages, fault = [], ""
        try:
            self._parts.feed(content)
            while (raw := self._parts.next()) is not None:
                messages.append(raw)
        except TLSFault as wrong:
            fault = str(wrong)
        self._follow(messages)
        return Read(record, keys, content_type, content, tuple(messages), fault)

    def _open(
        self, wire: bytes, suite: Suite | None, log: Mapping[str, bytes]
    ) -> tuple[ContentType, bytes] | None:
        if suite is None:
            return None
        for at in range(max(self._at, 0), len(self._rows)):
            protection, secret = self._protection, self._secret
            if at != self._at or protection is None:
                if self._rows[at] not in log:
                    continue
                secret = log[self._rows[at]]
                protection = RecordProtection(suite, secret)
            try:
                opened = protection.open(wire[:HEADER_LENGTH], wire[HEADER_LENGTH:])
            except TLSFault:
                continue
            self._at, self._protection, self._secret = at, protection, secret
            return opened
        return None

    def _follow(self, messages: list[bytes]) -> None:
        """After a KeyUpdate the next keys are in force (7.2)."""
        for raw in messages:
            if raw[0] == HandshakeType.KEY_UPDATE and self._protection is not None:
                suite = self._protection.suite
                self._secret = next_traffic_secret(suite.hash_name, self._secret)
                self._protection = RecordProtection(suite, self._secret)


class Connection:
    """Both directions of one connection, read record by record."""

    def __init__(self, keylog: KeyLogSecrets) -> None:
        self._keylog = keylog
        self._log: Mapping[str, bytes] = {}
        self._suite: Suite | None = None
        self._sides = {"client": Side("client"), "server": Side("server")}
        self._early: list[CapturedRecord] = []

    def read(self, record: CapturedRecord) -> Iterator[Read]:
        """The record; early data waits until the ServerHello has named the suite."""
        waits = record.sender == "client" and record.wire[0] == ContentType.APPLICATION_DATA
        if waits and self._suite is None and "client_early_traffic_secret" in self._log:
            self._early.append(record)
            return
        read = self._sides[record.sender].read(record, self._suite, self._log)
        for raw in read.messages if not read.keys else ():
            self._note(raw)
        yield read
        if self._suite is not None:
            yield from self.rest()

    def rest(self) -> Iterator[Read]:
        """What waited."""
        early, self._early = self._early, []
        for record in early:
            yield self._sides[record.sender].read(record, self._suite, self._log)

    def _note(self, raw: bytes) -> None:
        try:
            message = unpack(raw)
        except TLSFault:
            return
        if isinstance(message, ClientHello):
            self._log = self._log or self._keylog.get(message.random, {})
        elif isinstance(message, ServerHello) and message.cipher_suite in SUITES:
            self._suite = SUITES[CipherSuite(message.cipher_suite)]


def decrypted(items: Iterable[Item], keylog: KeyLogSecrets) -> Iterator[Item | Read]:
    """The recording with each record read; what is not a record is passed on."""
    connections: dict[int, Connection] = {}
    for item in items:
        match item:
            case Opened(number):
                connections[number] = Connection(keylog)
                yield item
            case CapturedRecord(number):
                yield from connections[number].read(item)
            case Closed(number):
                yield from connections.pop(number).rest()
                yield item
            case _:
                yield item
