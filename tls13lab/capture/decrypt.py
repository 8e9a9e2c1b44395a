"""Open the records of a recording with a key log. RFC 9846 section 5, RFC 9850.

Each record gets its content if it is in the clear or if the key log has its keys. From outside,
nobody can see which keys protect a record. So they are tried in order (early, handshake,
application), in each direction separately. Early data is sent before the ServerHello chooses a
suite, so it is tried with every suite whose hash has the length of the secret.

In a connection of TLS 1.2 or older, the messages in the clear are read; everything after its
change_cipher_spec stays closed. Without a ServerHello, such a connection is recognized by messages
that TLS 1.3 lacks, or by an encrypted handshake record.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tls13lab.capture.glance import RANDOM, glance
from tls13lab.capture.recording import CapturedRecord, Closed, Item, Opened
from tls13lab.capture.versions import ONLY_OLD, chosen_version, is_old, is_sealed
from tls13lab.crypto.keyschedule import next_traffic_secret
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.server_hello import HELLO_RETRY_RANDOM
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import CipherSuite, ContentType, ExtensionType, HandshakeType
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

MOST_HELD = 2**20
"""The most bytes of records that wait for the other side's hello."""
KeyLogSecrets = Mapping[bytes, Mapping[str, bytes]]

_NO_SECRETS: Mapping[str, bytes] = {}
_TYPES = {int(kind): kind for kind in ContentType}
# Looking up a member of an enumeration is slow: for each record, it would take longer than most of
# the other work. So it is done once, here.
_APPLICATION_DATA, _HANDSHAKE = ContentType.APPLICATION_DATA, ContentType.HANDSHAKE
_CHANGE_CIPHER_SPEC = ContentType.CHANGE_CIPHER_SPEC
_CLIENT_HELLO, _SERVER_HELLO = int(HandshakeType.CLIENT_HELLO), int(HandshakeType.SERVER_HELLO)
_KEY_UPDATE, _EARLY_DATA = int(HandshakeType.KEY_UPDATE), int(ExtensionType.EARLY_DATA)

# The secrets (rows of the schedule table) that protect each side's records, in order.
_ROWS = {
    "client": (
        "client_early_traffic_secret",
        "client_handshake_traffic_secret",
        "client_application_traffic_secret_0",
    ),
    "server": ("server_handshake_traffic_secret", "server_application_traffic_secret_0"),
}


class Read(NamedTuple):
    """One record and what could be read of it.

    ``keys`` is the name of the traffic secret that opened it, empty for a record in the clear.
    ``content`` is None if it cannot be read. ``messages`` are the handshake messages that end in
    this record. ``fault`` says what is wrong with the record, if anything. ``version`` is the
    connection's, 0 while unknown. ``tag_length`` is in bytes, 0 unless the record was opened.

    >>> Read(CapturedRecord(1, "client", b""), "", ContentType.APPLICATION_DATA, b"plaintext")
    Read(connection=1, sender='client', keys='', content_type=APPLICATION_DATA)
    """

    record: CapturedRecord
    keys: str
    content_type: ContentType
    content: bytes | None
    messages: tuple[bytes, ...] = ()
    fault: str = ""
    version: int = 0
    tag_length: int = 0

    def __repr__(self) -> str:
        """Without the content and the messages, which may have been secret on the wire."""
        where = f"connection={self.record.connection}, sender={self.record.sender!r}"
        return f"Read({where}, keys={self.keys!r}, content_type={self.content_type.name})"

    @property
    def padding(self) -> int:
        """How many bytes of padding an opened record has (zeros after its real content type)."""
        if not self.keys or self.content is None:
            return 0
        return len(self.record.wire) - HEADER_LENGTH - len(self.content) - 1 - self.tag_length


class DecryptedSide:
    """One direction: the keys in use, and the handshake message that is not complete yet."""

    def __init__(self, sender: Side) -> None:
        self._rows = _ROWS[sender]
        self._at = -1  # before any keys
        self._secret = b""
        self._protection: RecordProtection | None = None
        self._parts = Reassembler()
        self._changed = False  # whether a change_cipher_spec came

    def read(
        self, record: CapturedRecord, version: int, suite: Suite | None, log: Mapping[str, bytes]
    ) -> Read:
        """Read a record; ``log`` has the connection's secrets, ``suite`` is None if not known."""
        content_type = _TYPES[record.wire[0]]
        if content_type is _APPLICATION_DATA:
            opened = self._open(record.wire, suite, log) if log else None
            if opened is None:
                return Read(record, "", content_type, None, (), self._broken_off(), version)
            (content_type, content), keys = opened, self._rows[self._at]
            tag = self._protection.suite.tag_length if self._protection else 0
        else:
            content, keys, tag = record.wire[HEADER_LENGTH:], "", 0
            at_begin = content_type is _HANDSHAKE and not self._parts.pending
            if self._changed and not version and at_begin and is_sealed(content):
                version = int.from_bytes(record.wire[1:3], "big")
            if self._changed and is_old(version):
                return Read(record, "", content_type, None, version=version)
            self._changed |= content_type is _CHANGE_CIPHER_SPEC
        if content_type is not _HANDSHAKE:
            return Read(record, keys, content_type, content, (), self._broken_off(), version, tag)
        messages, fault = self._messages(content)
        self._follow(messages)
        return Read(record, keys, content_type, content, tuple(messages), fault, version, tag)

    def _messages(self, content: bytes) -> tuple[list[bytes], str]:
        """The handshake messages that end in this content, and what is wrong with it."""
        if not content:
            # "Implementations MUST NOT send zero-length fragments of Handshake types" (5.1)
            return [], "a handshake record is empty"
        if not self._parts.pending and len(content) == 4 + int.from_bytes(content[1:4], "big"):
            return [content], ""  # exactly one message, as most records with hellos have
        messages: list[bytes] = []
        try:
            self._parts.feed(content)
            while (raw := self._parts.next()) is not None:
                messages.append(raw)
        except TLSFault as wrong:
            self._parts = Reassembler()
            return messages, str(wrong)
        return messages, ""

    def _broken_off(self) -> str:
        """What is wrong if a record of another type interrupts a handshake message.

        "Handshake messages MUST NOT be interleaved with other record types" (5.1).
        """
        return "it interrupts a handshake message" if self._parts.pending else ""

    def _open(
        self, wire: bytes, suite: Suite | None, log: Mapping[str, bytes]
    ) -> tuple[ContentType, bytes] | None:
        for at in range(max(self._at, 0), len(self._rows)):
            for protection, secret in self._candidates(at, suite, log):
                try:
                    opened = protection.open(wire[:HEADER_LENGTH], wire[HEADER_LENGTH:])
                except TLSFault:
                    continue
                self._at, self._protection, self._secret = at, protection, secret
                return opened
        return None

    def _candidates(
        self, at: int, suite: Suite | None, log: Mapping[str, bytes]
    ) -> Iterator[tuple[RecordProtection, bytes]]:
        """The keys to try for one row: those in use, or new ones from the log."""
        row = self._rows[at]
        if at == self._at and self._protection is not None:
            yield self._protection, self._secret
        elif row in log:
            early = row == "client_early_traffic_secret"
            for possible in SUITES.values() if early else (suite,):
                if possible is not None and possible.hash_length == len(log[row]):
                    yield RecordProtection(possible, log[row]), log[row]

    def _follow(self, messages: list[bytes]) -> None:
        """Change to the next keys after a KeyUpdate (7.2)."""
        for raw in messages:
            if raw[0] == _KEY_UPDATE and self._protection is not None:
                suite = self._protection.suite
                self._secret = next_traffic_secret(suite.hash_name, self._secret)
                self._protection = RecordProtection(suite, self._secret)


class DecryptedConnection:
    """Both directions of one connection, read record by record."""

    def __init__(self, keylog: KeyLogSecrets) -> None:
        self._keylog = keylog
        self._random = b""
        self._early = False  # whether the client announces early data
        self._suite: Suite | None = None
        self._answered = False  # whether the ServerHello came
        self._version = 0
        self._sides: dict[Side, DecryptedSide] = {
            "client": DecryptedSide("client"),
            "server": DecryptedSide("server"),
        }
        self._held: list[CapturedRecord] = []
        self._size = 0

    def take(self, record: CapturedRecord) -> Iterator[Read]:
        """Read the record, and any earlier records that had to wait for it.

        In a file, all records of one side may come before the other side's hello. They cannot be
        opened without it, so they wait.
        """
        if self._is_behind_held(record) or self._comes_too_soon(record):
            self._hold(record)
        else:
            read = self.read(record)
            if read.content is None and self._lacks_server_hello(record):
                self._hold(record)
            else:
                yield read
        if self._size > MOST_HELD or (self._held and self._has_hello(self._held[0].sender)):
            yield from self.release()

    def release(self) -> Iterator[Read]:
        """Read the records that wait, as far as possible; call this at the end."""
        held, self._held, self._size = self._held, [], 0
        yield from map(self.read, held)

    def _hold(self, record: CapturedRecord) -> None:
        self._held.append(record)
        self._size += len(record.wire)

    def _is_behind_held(self, record: CapturedRecord) -> bool:
        """Whether an earlier record of the same side waits."""
        return bool(self._held) and self._held[0].sender == record.sender

    def _has_hello(self, sender: Side) -> bool:
        """Whether the hello that ``sender`` depends on, the other side's, has come."""
        return bool(self._random) if sender == "server" else self._answered

    def _comes_too_soon(self, record: CapturedRecord) -> bool:
        """Whether this is a protected record from the server before any ClientHello."""
        protected = record.wire[0] == _APPLICATION_DATA
        return protected and record.sender == "server" and bool(self._keylog and not self._random)

    def _lacks_server_hello(self, record: CapturedRecord) -> bool:
        """Whether this is a protected client record before the ServerHello, but not early data.

        If early data was announced and its keys are not in the log, nobody can say which it is.
        """
        log = self._keylog.get(self._random, _NO_SECRETS)
        protected = record.wire[0] == _APPLICATION_DATA
        if not protected or record.sender != "client" or self._answered:
            return False
        return bool(log) and (not self._early or "client_early_traffic_secret" in log)

    def read(self, record: CapturedRecord) -> Read:
        """Read one record, without regard to others that wait."""
        # Looked up each time, because a pcapng file may add secrets between packets.
        log = self._keylog.get(self._random, _NO_SECRETS)
        read = self._sides[record.sender].read(record, self._version, self._suite, log)
        self._version = self._version or read.version
        if not read.messages or read.keys:
            return read
        for raw in read.messages:
            self._note(raw, record)
        return read._replace(version=self._version)

    def _note(self, raw: bytes, record: CapturedRecord) -> None:
        """Learn from a message in the clear."""
        if raw[0] == _CLIENT_HELLO:
            seen = glance(raw)
            if not self._random and seen is not None:
                self._early = _EARLY_DATA in seen.extensions
            self._random = self._random or raw[RANDOM]
        elif raw[0] == _SERVER_HELLO:
            seen, self._version = glance(raw), chosen_version(raw)
            if seen is not None and raw[RANDOM] == HELLO_RETRY_RANDOM:
                return
            self._answered = True
            if seen is not None and seen.suite in SUITES:
                self._suite = SUITES[CipherSuite(seen.suite)]
        elif raw[0] in ONLY_OLD and not self._version:
            self._version = int.from_bytes(record.wire[1:3], "big")


def decrypted(items: Iterable[Item], keylog: KeyLogSecrets) -> Iterator[Item | Read]:
    """The recording, with a :class:`Read` in place of each record; other items are unchanged."""
    connections: dict[int, DecryptedConnection] = {}
    for item in items:
        if isinstance(item, CapturedRecord):
            yield from connections[item.connection].take(item)
            continue
        if isinstance(item, Opened):
            connections[item.connection] = DecryptedConnection(keylog)
        elif isinstance(item, Closed):
            yield from connections.pop(item.connection).release()
        yield item
    for connection in connections.values():
        yield from connection.release()
