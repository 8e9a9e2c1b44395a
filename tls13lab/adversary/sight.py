"""What an eavesdropper reads of one connection without any key. RFC 9846 sections 4.2, 5.1.

The hellos are in the clear, so the suite, the shares, the PSK's identity and its binder are; and
from the ServerHello the mode: pre_shared_key with key_share is psk_dhe_ke, without it psk_ke.
"""

from dataclasses import dataclass, field

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.negotiation import EarlyData, SelectedVersion
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import TLS13, CipherSuite, ContentType
from tls13lab.wire.faults import UnexpectedMessage


@dataclass
class Sight:
    """Grows with each clear handshake record; ``complete`` once the ServerHello is there."""

    first_hello: bytes = b""
    hello: ClientHello | None = None
    raw_hello: bytes = b""
    retry: HelloRetryRequest | None = None
    raw_retry: bytes = b""
    answer: ServerHello | None = None
    raw_answer: bytes = b""
    _parts: dict[str, Reassembler] = field(
        default_factory=lambda: {"client": Reassembler(), "server": Reassembler()}
    )

    def read(self, sender: str, wire: bytes) -> None:
        """Take in a record in the clear. Raises a TLSFault for what cannot be a TLS 1.3 hello."""
        if wire[0] != ContentType.HANDSHAKE or (self.complete and sender == "server"):
            return
        part = self._parts[sender]
        part.feed(wire[HEADER_LENGTH:])
        while not self.complete and (raw := part.next()) is not None:
            self._note(sender, raw)

    def _note(self, sender: str, raw: bytes) -> None:
        message = unpack(raw)
        if isinstance(message, ClientHello) and sender == "client":
            self.first_hello = self.first_hello or raw
            self.hello, self.raw_hello = message, raw
        elif isinstance(message, HelloRetryRequest) and sender == "server":
            self.retry, self.raw_retry = message, raw
        elif isinstance(message, ServerHello) and sender == "server" and self.hello is not None:
            version = message.find(SelectedVersion)
            if version is None or version.selected_version != TLS13:
                raise UnexpectedMessage("this connection does not speak TLS 1.3")
            if message.cipher_suite not in SUITES:
                raise UnexpectedMessage(
                    "this connection uses a cipher suite that is not known here"
                )
            self.answer, self.raw_answer = message, raw
        else:
            raise UnexpectedMessage(f"a {type(message).__name__} came where a hello should")

    @property
    def complete(self) -> bool:
        """Whether both hellos are there."""
        return self.answer is not None

    @property
    def suite(self) -> Suite | None:
        """What the server chose, or before that nothing."""
        return SUITES[CipherSuite(self.answer.cipher_suite)] if self.answer else None

    @property
    def mode(self) -> str:
        """``full``, ``psk_ke``, ``psk_dhe_ke``, or empty before the ServerHello."""
        if self.answer is None:
            return ""
        if self.answer.find(SelectedPsk) is None:
            return "full"
        return "psk_ke" if self.answer.find(KeyShareServerHello) is None else "psk_dhe_ke"

    @property
    def group(self) -> int | None:
        """That of the key exchange, if there is one."""
        share = self.answer.find(KeyShareServerHello) if self.answer else None
        return share.server_share.group if share else None

    @property
    def early_data(self) -> bool:
        """Whether the client sends early data: its first ClientHello says so."""
        if not self.first_hello:
            return False
        first = unpack(self.first_hello)
        return isinstance(first, ClientHello) and first.find(EarlyData) is not None

    @property
    def offered(self) -> OfferedPsks | None:
        """The PSKs on offer, in the last ClientHello."""
        return self.hello.find(OfferedPsks) if self.hello else None

    @property
    def index(self) -> int:
        """Which identity was chosen; before that the first, which early data belongs to."""
        selected = self.answer.find(SelectedPsk) if self.answer else None
        return selected.selected_identity if selected else 0

    @property
    def identity(self) -> bytes:
        """The PSK's name, as it crossed the wire; empty if there is none."""
        offered = self.offered
        if offered is None or self.mode == "full" or self.index >= len(offered.identities):
            return b""
        return offered.identities[self.index].identity

    @property
    def says_age(self) -> bool:
        """Whether the identity claims an age, as tickets do and external PSKs do not (4.3.11)."""
        offered = self.offered
        if offered is None or self.index >= len(offered.identities):
            return False
        return offered.identities[self.index].obfuscated_ticket_age != 0

    def shares(self, sender: str) -> dict[int, bytes]:
        """The public shares of one side, by group."""
        if sender == "server":
            share = self.answer.find(KeyShareServerHello) if self.answer else None
            return {share.server_share.group: share.server_share.key_exchange} if share else {}
        sent = self.hello.find(KeyShareClientHello) if self.hello else None
        return {one.group: one.key_exchange for one in sent.client_shares} if sent else {}

    def before_hello(self, hash_name: str) -> Transcript:
        """What the transcript holds before the last ClientHello: nothing, unless it is a second."""
        if self.retry is None:
            return Transcript()
        return Transcript(self.first_hello).after_hello_retry(hash_name).add(self.raw_retry)

    @property
    def client_random(self) -> bytes:
        """32 bytes, by which a key log names the connection; that of the first ClientHello."""
        return self.first_hello[6:38]
