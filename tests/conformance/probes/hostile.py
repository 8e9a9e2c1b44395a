"""One conversation with the lab's client: a server that is honest but for one thing. RFC 9846.

The server is a script: it makes each message itself and derives its keys by the schedule table; the
lab's own server has no part in it. Nothing is sent over a socket, and nothing is drawn at random.
The answer is read off what the client sends: the alert, alone and under the right keys, or that it
goes on: its Finished fits, and application data comes behind it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from tests.conformance.probes.question import SUITE
from tests.conformance.probes.talk import ALERT, CCS, DATA, GOES_ON, HANDSHAKE, NOW_MS, PING
from tests.handshake.scenes import CREDENTIAL
from tls13lab.crypto import certificates, groups, keyschedule, signatures
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import ClientConfig, Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import Event
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import Message, pack, unpack
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareEntry,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import SelectedVersion
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import check_binder
from tls13lab.records.framing import Record, RecordBuffer, frame
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import AlertDescription, HandshakeType, name_of
from tls13lab.wire.faults import AlertReceived, BadRecordMac, BinderMismatch, PeerFault

Packed = Callable[[bytes], bytes]
"""From an honest packed message to the one that is sent."""
Flight = Callable[[list[bytes]], Sequence[bytes]]
"""The same for all messages between ServerHello and Finished."""


def as_it_is(value: Any) -> Any:
    """Honest."""
    return value


class Hostile:
    """A server's side, and the client of ``config`` that it talks to.

    It uses the PSK at ``index``, or none for a full handshake, and puts ``extensions`` into its
    EncryptedExtensions.
    """

    def __init__(self, config: ClientConfig) -> None:
        self._entropy, self.config = seeded("the probes' server"), config
        self.client = Connection.client(config, Environment(NOW_MS, seeded("the probes' client")))
        self.events: list[Event] = []
        self.extensions: tuple[Extension, ...] = ()
        self._records, self._messages = RecordBuffer(), Reassembler()
        self._keys: list[RecordProtection] = []  # the client's, one epoch after the other
        self._before = Transcript()
        self._finished = b""
        self._heard: list[str] = []
        self.hello, self.raw = self._client_hello()
        self.index = 0 if self.hello.find(OfferedPsks) else None
        self.suite = SUITES[SUITE]
        if self.config.early_data:
            early = EarlyStage.start("sha256", self.config.psks[0].key)
            secret = early.client_early_traffic_secret(Transcript(self.raw).hash("sha256"))
            self._keys.append(RecordProtection(self.suite, secret))

    # What the server says -------------------------------------------------------------------------

    def retry(self, *extensions: Extension, suite: int = SUITE, sent: Packed = as_it_is) -> None:
        """A HelloRetryRequest, and what the client answers, if it is no alert."""
        request = HelloRetryRequest(
            self.hello.legacy_session_id, suite, (SelectedVersion(), *extensions)
        )
        raw = sent(pack(request))
        self._before = (self._before.add(self.raw)).after_hello_retry("sha256").add(raw)
        self.plain(raw)
        if not self.ended:
            self.hello, self.raw = self._client_hello()

    def server_hello(self, group: int | None = None) -> ServerHello:
        """The honest one: a share in ``group``, or the client's first; its first PSK if it has one.

        Sets what the keys come from.
        """
        extensions: list[Extension] = [SelectedVersion()]
        shares = self.hello.find(KeyShareClientHello)
        self._ecdhe = None
        if shares is not None and shares.client_shares:
            theirs = next(x for x in shares.client_shares if group in (None, x.group))
            mine = groups.respond(theirs.group, theirs.key_exchange, self._entropy)
            extensions.append(KeyShareServerHello(KeyShareEntry(theirs.group, mine.share)))
            self._ecdhe = mine.shared_secret
        if self.index is not None:
            extensions.append(SelectedPsk(self.index))
        session_id = self.hello.legacy_session_id
        return ServerHello(self._entropy(32), session_id, self.suite.code_point, tuple(extensions))

    def say_hello(self, change: Packed = as_it_is) -> None:
        """The ServerHello, and the handshake keys that follow from it."""
        raw = change(pack(self.server_hello()))
        self._transcript = self._before.add(self.raw, raw)
        psk = None if self.index is None else self.config.psks[self.index].key
        early = EarlyStage.start("sha256", psk)
        self._stage = early.handshake(self._ecdhe)
        digest = self._transcript.hash("sha256")
        self._client_secret = self._stage.client_handshake_traffic_secret(digest)
        self._server_secret = self._stage.server_handshake_traffic_secret(digest)
        self.sealer = RecordProtection(self.suite, self._server_secret)
        self._keys.append(RecordProtection(self.suite, self._client_secret))
        self.plain(raw)

    def flight(self) -> list[bytes]:
        """The honest messages between ServerHello and Finished."""
        messages = [pack(EncryptedExtensions(self.extensions))]
        if self.index is None:
            entries = tuple(CertificateEntry(der) for der in CREDENTIAL.chain)
            messages.append(pack(Certificate(b"", entries)))
            messages.append(self.signed(messages))
        return messages

    def signed(self, messages: Sequence[bytes]) -> bytes:
        """A CertificateVerify over these."""
        (scheme,) = certificates.schemes(CREDENTIAL.chain[0])
        digest = self._transcript.add(*messages).hash("sha256")
        return pack(CertificateVerify(scheme, signatures.sign(CREDENTIAL.key, scheme, digest)))

    def say_flight(self, change: Flight = as_it_is, finished: Packed = as_it_is) -> None:
        """The rest, each message in a record of its own, and the application keys."""
        messages = change(self.flight())
        for one in messages:
            self.sealed(one)
        self._transcript = self._transcript.add(*messages)
        verify = keyschedule.verify_data(
            "sha256", self._server_secret, self._transcript.hash("sha256")
        )
        raw = pack(Finished(verify))
        self.sealed(finished(raw))
        self._transcript = self._transcript.add(raw)
        digest, self.main = self._transcript.hash("sha256"), self._stage.main()
        self._server_application = self.main.server_application_traffic_secret_0(digest)
        secret = self.main.client_application_traffic_secret_0(digest)
        self._keys.append(RecordProtection(self.suite, secret))
        self.sealer = RecordProtection(self.suite, self._server_application)

    def shake(self) -> None:
        """All of the honest handshake, and the client's Finished."""
        self.say_hello()
        self.say_flight()
        self._listen()
        assert self._finished, self._heard

    def update(self) -> None:
        """A KeyUpdate, and the next keys."""
        self.sealed(b"\x18\x00\x00\x01\x00")
        self._server_application = keyschedule.next_traffic_secret(
            "sha256", self._server_application
        )
        self.sealer = RecordProtection(self.suite, self._server_application)

    def resumption_secret(self) -> bytes:
        """From which the PSKs of tickets come."""
        return self.main.resumption_secret(self._transcript.hash("sha256"))

    def sealed(self, content: bytes, kind: Any = HANDSHAKE) -> None:
        """In one record under the server's keys."""
        self.tell(self.sealer.seal(kind, content))

    def mirror(self) -> None:
        """The next Finished is made under the client's secret."""
        self._server_secret = self._client_secret

    def lock(self, secret: bytes) -> None:
        """From now on the records are under other keys than agreed."""
        self.sealer = RecordProtection(self.suite, secret)

    def plain(self, raw: bytes) -> None:
        """In one record under none."""
        self.tell(frame(HANDSHAKE, raw))

    def tell(self, data: bytes) -> None:
        """To the client, as long as it listens. What it makes of it, it says itself."""
        if not self.client.closed:
            with suppress(PeerFault, AlertReceived):
                self.events += self.client.receive(
                    data, Environment(NOW_MS, seeded("the client, later"))
                )

    # What the client says -------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether the client has closed."""
        return self.client.closed

    def _client_hello(self) -> tuple[ClientHello, bytes]:
        """The next one; its binder, if it has one, must fit."""
        self._records.feed(self.client.outgoing())
        while (record := self._records.next()) is not None:
            if record.content_type is HANDSHAKE:
                break
        assert record is not None, "the client sent no hello"
        hello = unpack(record.fragment)
        assert isinstance(hello, ClientHello)
        offered = hello.find(OfferedPsks)
        if offered is not None:
            try:
                check_binder(self.config.psks[0], record.fragment, offered, 0, self._before)
            except BinderMismatch:
                self._heard.append("a binder that does not fit")
        return hello, record.fragment

    def need(self, *, that: bool, otherwise: str) -> None:
        """A thing that the client must have done; else the answer says that it has not."""
        if not that:
            self._heard.append(otherwise)

    def answer(self) -> str:
        """What the client makes of it all."""
        if self.client.connected and not self.ended:
            self.client.send(PING)
        self._listen()
        return ", and then ".join(self._heard) or "nothing"

    def _listen(self) -> None:
        """Take in what the client has sent: alerts, its Finished, and data, in one word each."""
        self._records.feed(self.client.outgoing())
        while (record := self._records.next()) is not None:
            kind, content = self._open(record)
            if kind is ALERT:
                self._heard.append(name_of(AlertDescription, content[1]))
            elif kind is HANDSHAKE:
                self._messages.feed(content)
                while (raw := self._messages.next()) is not None:
                    self._take(raw)
            elif kind is DATA and content == PING:
                self._heard.append(GOES_ON if self._finished else "data before its Finished")

    def _open(self, record: Record) -> tuple[Any, bytes]:
        """Under the first of the client's keys that fit; those before it are done with."""
        if record.content_type is not DATA:
            return (
                record.content_type if record.content_type is not CCS else None
            ), record.fragment
        for place, keys in enumerate(self._keys):
            with suppress(BadRecordMac):
                opened = keys.open(record.header, record.fragment)
                del self._keys[:place]
                return opened
        return None, b""

    def _take(self, raw: bytes) -> None:
        """One message; the client's Finished must fit what came before it."""
        if raw[0] == HandshakeType.FINISHED:
            self._finished = raw
            digest = self._transcript.hash("sha256")
            verify = keyschedule.verify_data("sha256", self._client_secret, digest)
            if raw != pack(Finished(verify)):
                self._heard.append("a Finished that does not fit")
        self._transcript = self._transcript.add(raw)


def message(change: Callable[[Any], Message]) -> Packed:
    """A change of a message, as one of its bytes."""
    return lambda raw: pack(change(unpack(raw)))
