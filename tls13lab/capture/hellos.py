"""The hellos of one recorded connection, and the PSKs that they offer. RFC 9846 sections 4.2, 5.1.

They are in the clear. The hellos of one side come in order, but in a file the server's may come
before the client's: a network card with several queues, or a capture taken in two places, can mix
them. So each side is read separately, and the two are combined when both are there.
"""

from dataclasses import dataclass, field

from tls13lab.capture.versions import ONLY_OLD, chosen_version, is_sealed, version_name
from tls13lab.crypto.suites import SUITES
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.offered import Before, OfferedPsk, offered_in
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import TLS13, ContentType
from tls13lab.wire.faults import UnexpectedMessage
from tls13lab.wire.names import Side

SPEAKS = "this connection speaks"
"""The first words of the message that names another version."""


def _speaks(version: int) -> UnexpectedMessage:
    return UnexpectedMessage(f"{SPEAKS} {version_name(version)}, and not TLS 1.3")


@dataclass
class Hellos:
    """The hellos that were read so far; ``complete`` once those of both sides are there.

    ``hellos`` has one ClientHello, or two if there was a HelloRetryRequest, ``retry``. ``answer``
    is the ServerHello. The ``raw_`` attributes have the packed bytes of each.
    """

    hellos: list[ClientHello] = field(default_factory=list)
    raw_hellos: list[bytes] = field(default_factory=list)
    retry: HelloRetryRequest | None = None
    raw_retry: bytes = b""
    answer: ServerHello | None = None
    raw_answer: bytes = b""
    _offers: dict[tuple[int, bool], tuple[OfferedPsk, ...]] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)  # the sides that sent a change_cipher_spec
    _parts: dict[str, Reassembler] = field(
        default_factory=lambda: {"client": Reassembler(), "server": Reassembler()}
    )

    def read(self, sender: Side, wire: bytes) -> None:
        """Read a record in the clear. Raises a TLSFault for anything but a TLS 1.3 hello."""
        if wire[0] == ContentType.CHANGE_CIPHER_SPEC:
            self._changed.add(sender)
        if wire[0] != ContentType.HANDSHAKE or self.has_all(sender):
            return
        part, content = self._parts[sender], wire[HEADER_LENGTH:]
        written = int.from_bytes(wire[1:3], "big")
        if sender in self._changed and not part.pending and is_sealed(content):
            raise _speaks(written)
        part.feed(content)
        while not self.has_all(sender) and (raw := part.next()) is not None:
            if raw[0] in ONLY_OLD:
                raise _speaks(written)
            self._note(sender, raw)

    def has_all(self, sender: Side) -> bool:
        """Whether all hellos of this side are there, as far as is known."""
        return self.complete or (sender == "server" and self.answer is not None)

    @property
    def complete(self) -> bool:
        """Whether the hellos of both sides are there."""
        return self.answer is not None and len(self.raw_hellos) > (self.retry is not None)

    def _note(self, sender: Side, raw: bytes) -> None:
        version = chosen_version(raw)
        if version not in (0, TLS13):  # checked first: unpack cannot read every older ServerHello
            raise _speaks(version)
        message = unpack(raw)
        if isinstance(message, ClientHello) and sender == "client" and len(self.raw_hellos) < 2:
            self.raw_hellos.append(raw)
            self.hellos.append(message)
        elif isinstance(message, HelloRetryRequest) and sender == "server" and not self.retry:
            self.retry, self.raw_retry = message, raw
        elif isinstance(message, ServerHello) and sender == "server":
            if message.cipher_suite not in SUITES:
                raise UnexpectedMessage(
                    f"this connection uses the suite 0x{message.cipher_suite:04x}, which the lab "
                    "does not know"
                )
            self.answer, self.raw_answer = message, raw
        else:
            raise UnexpectedMessage(f"expected a hello, but a {type(message).__name__} came")

    @property
    def first_hello(self) -> bytes:
        """The bytes of the first ClientHello; empty if there is none."""
        return self.raw_hellos[0] if self.raw_hellos else b""

    @property
    def raw_hello(self) -> bytes:
        """The bytes of the last ClientHello, which the ServerHello answers."""
        return self.raw_hellos[-1] if self.raw_hellos else b""

    def before_hello(self, hash_name: str) -> Transcript:
        """The transcript before the last ClientHello; empty unless that is the second one."""
        if self.retry is None or len(self.raw_hellos) < 2:
            return Transcript()
        return Transcript(self.first_hello).after_hello_retry(hash_name).add(self.raw_retry)

    def offers(self, hello: int) -> tuple[OfferedPsk, ...]:
        """The PSKs on offer in ClientHello 1 or 2; empty if that ClientHello is not there."""
        if hello > len(self.hellos):
            return ()
        known = hello, self.retry is not None
        if known not in self._offers:
            self._offers[known] = offered_in(
                self.hellos[hello - 1], self.raw_hellos[hello - 1], hello, self._before(hello)
            )
        return self._offers[known]

    def _before(self, hello: int) -> Before:
        if hello == 1:
            return lambda hash_name: b""
        return lambda hash_name: self.before_hello(hash_name).messages
