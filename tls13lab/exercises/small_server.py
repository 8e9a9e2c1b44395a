"""A TLS 1.3 server with PSKs in one file, with one method for each decision. RFC 9846 section 4.

It is correct, and easy to make wrong: a fault overrides one method (``faults.py``). It has no
certificates, no HelloRetryRequest, no key updates, only the group x25519 and only the suite
TLS_AES_128_GCM_SHA256. Real servers are not written like this; the lab's own is in ``handshake/``.

From one connection to the next, it remembers its tickets and the 0-RTT data that it accepted.
"""

import hmac
from dataclasses import dataclass, field

from tls13lab.crypto import groups, keyschedule
from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareEntry, KeyShareServerHello
from tls13lab.messages.negotiation import (
    EarlyData,
    EarlyDataLimit,
    PskKeyExchangeModes,
    SelectedVersion,
)
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import EncryptedExtensions, Finished
from tls13lab.messages.server_hello import ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk import age
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.records.framing import RecordBuffer, frame
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import (
    CipherSuite,
    ContentType,
    HandshakeType,
    NamedGroup,
    PskKeyExchangeMode,
)
from tls13lab.wire.faults import (
    BadRecordMac,
    BinderMismatch,
    FinishedMismatch,
    HandshakeFailure,
    UnknownPskIdentity,
)

PSK_KE, PSK_DHE_KE = PskKeyExchangeMode.PSK_KE, PskKeyExchangeMode.PSK_DHE_KE
SUITE = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]
LIFETIME_S, WINDOW_MS, MOST_EARLY = 7200, 10_000, 1000


@dataclass(frozen=True, slots=True)
class KnownPsk:
    """A PSK that the server knows; for a ticket, also its time of issue and ``age_add``."""

    kind: PskKind
    key: bytes = field(repr=False)
    issued_ms: int = 0
    age_add: int = field(default=0, repr=False)


@dataclass
class SmallServer:
    """``external`` maps identities to PSKs; ``now_ms`` is the clock, which the bench sets."""

    external: dict[bytes, bytes]
    entropy: Entropy
    now_ms: int
    tickets: dict[bytes, KnownPsk] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)

    # Decisions: each fault overrides one of these ----------------------------------------------

    def suite(self) -> Suite:
        """The suite that the server chooses."""
        return SUITE

    def echo(self, session_id: bytes) -> bytes:
        """The legacy_session_id_echo: the value that the client sent."""
        return session_id

    def random(self) -> bytes:
        """The ServerHello's random: 32 new bytes in each connection."""
        return self.entropy(32)

    def known(self, identity: bytes) -> KnownPsk | None:
        """The PSK with this identity; None for an expired ticket."""
        if identity in self.external:
            return KnownPsk(PskKind.EXTERNAL, self.external[identity])
        ticket = self.tickets.get(identity)
        return ticket if ticket is not None and self.lives(ticket) else None

    def lives(self, ticket: KnownPsk) -> bool:
        """Whether the ticket has not expired."""
        return self.now_ms - ticket.issued_ms <= LIFETIME_S * 1000

    def choose(self, offered: OfferedPsks) -> tuple[int, KnownPsk]:
        """The first known identity and its index; the others are ignored (4.3.11)."""
        for index, identity in enumerate(offered.identities):
            known = self.known(identity.identity)
            if known is not None:
                return index, known
        raise UnknownPskIdentity("no identity is known")

    def selected(self, index: int) -> int:
        """The selected_identity for the identity with this index."""
        return index

    def mode(self, hello: ClientHello) -> PskKeyExchangeMode:
        """psk_dhe_ke if the client offers it, otherwise psk_ke."""
        offered = hello.find(PskKeyExchangeModes)
        for mode in (PSK_DHE_KE, PSK_KE):
            if offered is not None and mode in offered.modes:
                return mode
        raise HandshakeFailure("no mode is shared")

    def covered(self, raw: bytes, offered: OfferedPsks) -> bytes:
        """What a binder covers: the ClientHello up to the binders."""
        return truncate(raw, offered)

    def binder_kind(self, known: KnownPsk) -> PskKind:
        """The kind of PSK, which decides the label of the binder key."""
        return known.kind

    def check_binder(self, known: KnownPsk, covered: bytes, received: bytes) -> None:
        """Raise BinderMismatch unless the binder was made with this PSK."""
        expected = binder(self.binder_kind(known), known.key, "sha256", covered)
        if not hmac.compare_digest(expected, received):
            raise BinderMismatch("the binder does not verify")

    def exchanged(self, shared_secret: bytes) -> bytes | None:
        """The shared secret that goes into the key schedule."""
        return shared_secret

    def protection(self, secret: bytes) -> RecordProtection:
        """The record protection for one direction, which counts its records."""
        return RecordProtection(SUITE, secret)

    def finished_over(self, transcript: Transcript, flight: bytes) -> Transcript:
        """What the server's Finished covers: all messages before it."""
        return transcript.add(flight)

    def nonce(self, number: int) -> bytes:
        """The ticket_nonce: a different one for each ticket of a connection."""
        return bytes([number])

    def age_ms(self, seen: int, known: KnownPsk) -> int:
        """The ticket's age as the client sees it, in milliseconds."""
        return age.recover(seen, known.age_add)

    def fresh(self, known: KnownPsk, seen: int) -> bool:
        """Whether the ticket's age fits the server's clock, so the ClientHello is recent (8.3)."""
        expected = known.issued_ms + self.age_ms(seen, known)
        return abs(self.now_ms - expected) <= WINDOW_MS

    def first_time(self, received_binder: bytes) -> bool:
        """Whether a ClientHello with this binder has not been seen before (8.2)."""
        first = received_binder not in self.used
        self.used.add(received_binder)
        return first

    def connection(self) -> "SmallConnection":
        return SmallConnection(self)


class SmallConnection:
    """The server's side of one connection. It raises faults; the bench turns them into alerts."""

    def __init__(self, server: SmallServer) -> None:
        self.server = server
        self.early_data = b""
        self.accepted_early = False
        self.server_hello: ServerHello | None = None
        self._buffer = RecordBuffer()
        self._stage = "hello"
        self._early: RecordProtection | None = None

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the client and return the answer."""
        self._buffer.feed(data)
        answer = b""
        while (record := self._buffer.next()) is not None:
            if record.content_type is ContentType.CHANGE_CIPHER_SPEC:
                continue
            if self._stage == "hello":
                answer += self._on_client_hello(record.fragment)
            elif record.content_type is ContentType.APPLICATION_DATA:
                answer += self._on_protected(record.header, record.fragment)
        return answer

    def _on_client_hello(self, raw: bytes) -> bytes:
        server, hello = self.server, unpack(raw)
        offered = hello.find(OfferedPsks) if isinstance(hello, ClientHello) else None
        if not isinstance(hello, ClientHello) or offered is None:
            raise HandshakeFailure("the client did not send a ClientHello with a PSK")
        index, known = server.choose(offered)
        server.check_binder(known, server.covered(raw, offered), offered.binders[index])
        self.accepted_early = (
            hello.find(EarlyData) is not None
            and index == 0
            and known.kind is PskKind.RESUMPTION
            and server.fresh(known, offered.identities[0].obfuscated_ticket_age)
            and server.first_time(offered.binders[0])
        )
        return self._flight(hello, raw, index, known)

    def _flight(self, hello: ClientHello, raw: bytes, index: int, known: KnownPsk) -> bytes:
        server = self.server
        extensions: list[Extension] = [SelectedVersion()]
        ecdhe = None
        if server.mode(hello) is PSK_DHE_KE:
            shares = hello.find(KeyShareClientHello)
            theirs = next(
                share
                for share in (shares.client_shares if shares else ())
                if share.group == NamedGroup.X25519
            )
            mine = groups.respond(NamedGroup.X25519, theirs.key_exchange, server.entropy)
            extensions.append(KeyShareServerHello(KeyShareEntry(NamedGroup.X25519, mine.share)))
            ecdhe = server.exchanged(mine.shared_secret)
        extensions.append(SelectedPsk(server.selected(index)))
        self.server_hello = ServerHello(
            server.random(),
            server.echo(hello.legacy_session_id),
            server.suite().code_point,
            tuple(extensions),
        )
        packed = pack(self.server_hello)
        transcript = Transcript(raw).add(packed)
        early = keyschedule.EarlyStage.start("sha256", known.key)
        stage = early.handshake(ecdhe)
        digest = transcript.hash("sha256")
        client_secret = stage.client_handshake_traffic_secret(digest)
        server_secret = stage.server_handshake_traffic_secret(digest)
        answers = (EarlyData(),) if self.accepted_early else ()
        encrypted = pack(EncryptedExtensions(answers))
        covered = server.finished_over(transcript, encrypted).hash("sha256")
        finished = pack(Finished(keyschedule.verify_data("sha256", server_secret, covered)))
        self._transcript = transcript.add(encrypted, finished)
        self._main = stage.main()
        digest = self._transcript.hash("sha256")
        self._client_secret = client_secret
        self._sending = server.protection(self._main.server_application_traffic_secret_0(digest))
        self._receiving = RecordProtection(SUITE, client_secret)
        self._then = RecordProtection(SUITE, self._main.client_application_traffic_secret_0(digest))
        if hello.find(EarlyData) is not None:
            secret = early.client_early_traffic_secret(Transcript(raw).hash("sha256"))
            self._early = RecordProtection(SUITE, secret)
        self._stage = "finished"
        sealing = server.protection(server_secret)
        return b"".join(
            (
                frame(ContentType.HANDSHAKE, packed),
                sealing.seal(ContentType.HANDSHAKE, encrypted),
                sealing.seal(ContentType.HANDSHAKE, finished),
            )
        )

    def _on_protected(self, header: bytes, fragment: bytes) -> bytes:
        if self._early is not None:
            return self._on_early(header, fragment)
        kind, content = self._receiving.open(header, fragment)
        if self._stage == "finished" and kind is ContentType.HANDSHAKE:
            return self._on_finished(content)
        return b""

    def _on_early(self, header: bytes, fragment: bytes) -> bytes:
        """Accept or skip early data."""
        early = self._early
        assert early is not None
        if not self.accepted_early:
            try:
                kind, content = self._receiving.open(header, fragment)
            except BadRecordMac:
                return b""  # rejected early data, under other keys
            self._early = None
            return self._on_finished(content) if kind is ContentType.HANDSHAKE else b""
        kind, content = early.open(header, fragment)
        if kind is ContentType.APPLICATION_DATA:
            self.early_data += content
        elif content[0] == HandshakeType.END_OF_EARLY_DATA:
            self._transcript = self._transcript.add(content)
            self._early = None
        return b""

    def _on_finished(self, raw: bytes) -> bytes:
        """Check the client's Finished, and answer with two tickets."""
        message = unpack(raw)
        expected = keyschedule.verify_data(
            "sha256", self._client_secret, self._transcript.hash("sha256")
        )
        if not isinstance(message, Finished) or not hmac.compare_digest(
            message.verify_data, expected
        ):
            raise FinishedMismatch("the Finished MAC does not verify")
        self._receiving, self._stage = self._then, "connected"
        digest = self._transcript.add(raw).hash("sha256")
        secret = self._main.resumption_secret(digest)
        return b"".join(self._ticket(number, secret) for number in range(2))

    def _ticket(self, number: int, resumption_secret: bytes) -> bytes:
        server = self.server
        nonce, ticket = server.nonce(number), server.entropy(16)
        age_add = int.from_bytes(server.entropy(4), "big")
        psk = keyschedule.resumption_psk("sha256", resumption_secret, nonce)
        server.tickets[ticket] = KnownPsk(PskKind.RESUMPTION, psk, server.now_ms, age_add)
        limit = (EarlyDataLimit(MOST_EARLY),)
        message = NewSessionTicket(LIFETIME_S, age_add, nonce, ticket, limit)
        return self._sending.seal(ContentType.HANDSHAKE, pack(message))
