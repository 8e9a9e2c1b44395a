"""What is searched for: the binders of recorded ClientHellos. RFC 9846 section 4.3.11.2.

A binder can be checked against a guess at the PSK with nothing but the ClientHello that carries it:
no ServerHello, no key share. That is why (EC)DHE does not help.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tls13lab.capture.recording import CapturedRecord, Closed, Item
from tls13lab.crypto.hkdf import hkdf_label
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.crypto.suites import HASH_LENGTHS, SUITES
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import BINDER_KEYS, binder
from tls13lab.psk.importer import imported_by, imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import CipherSuite, ContentType
from tls13lab.wire.faults import TLSFault

EPSK_HASH = "sha256"
"""The hash of an external PSK that nobody was told another one for (RFC 9258 section 5.1)."""
HASHES = {length: name for name, length in HASH_LENGTHS.items()}


@dataclass(frozen=True, slots=True)
class Target:
    """One recorded binder, and the truncated transcript's bytes that it was made over.

    ``kind`` is a guess, too: an external PSK has no age, and its client sends 0 for it (4.3.11); an
    imported one's identity has a structure of its own (RFC 9258).
    """

    identity: bytes
    kind: PskKind
    hash_name: str
    truncated: bytes = field(repr=False)
    binder: bytes = field(repr=False)
    connection: int = 1

    def made_with(self, psk: bytes) -> bool:
        """Whether this PSK makes the binder: computed as the honest endpoints do.

        Where the binder is an imported PSK's, ``psk`` is the external one it was imported from.

        >>> told = binder(PskKind.EXTERNAL, b"secret", "sha256", b"ClientHello")
        >>> target = Target(b"lab", PskKind.EXTERNAL, "sha256", b"ClientHello", told)
        >>> target.made_with(b"secret"), target.made_with(b"Secret")
        (True, False)
        """
        if self.kind is PskKind.IMPORTED:
            psk = imported_key(psk, EPSK_HASH, self.identity, self.hash_name)
        return binder(self.kind, psk, self.hash_name, self.truncated) == self.binder

    @property
    def import_mac(self) -> bytes:
        """What the one HMAC more is taken over that makes an imported key of an extracted one.

        Only if the target's hash is that of the external PSK is it one HMAC, and no more.
        """
        told = hashlib.new(EPSK_HASH, self.identity).digest()
        return hkdf_label(IMPORTER["ipskx"].label, told, HASH_LENGTHS[self.hash_name]) + b"\x01"

    @property
    def macs(self) -> tuple[bytes, bytes, bytes]:
        """What three HMACs in a row are taken over, each keyed with the one before.

        The first key is the early secret, the last HMAC is the binder. "Derive-Secret" of nothing
        and the finished key are HKDF-Expand of one block: HMAC over the label and a 1 (7.1).
        """
        length = HASH_LENGTHS[self.hash_name]
        nothing = hashlib.new(self.hash_name).digest()
        row = BINDER_KEYS[self.kind]
        key_label = (SCHEDULE[row] if row in SCHEDULE else IMPORTER[row]).label
        finished_label = FAMILIES["finished_key"].label
        return (
            hkdf_label(key_label, nothing, length) + b"\x01",
            hkdf_label(finished_label, b"", length) + b"\x01",
            hashlib.new(self.hash_name, self.truncated).digest(),
        )


def readable(value: bytes) -> str:
    """An identity or a PSK as text: itself if it is printable UTF-8, else ``0x`` and its bytes.

    >>> readable(b"lab"), readable(bytes([7, 255]))
    ('lab', '0x07ff')
    """
    text = value.decode("utf-8", "replace")
    plain = text.isprintable() and "\ufffd" not in text and not text.startswith("0x")
    return text if plain else f"0x{value.hex()}"


def targets_of(raw_hello: bytes, connection: int = 1, before: bytes = b"") -> tuple[Target, ...]:
    """The binders of a ClientHello; ``before`` is the transcript that precedes it.

    Raises a TLSFault for what is no ClientHello.
    """
    hello = unpack(raw_hello)
    offered = hello.find(OfferedPsks) if isinstance(hello, ClientHello) else None
    if offered is None:
        return ()
    truncated = before + truncate(raw_hello, offered)
    return tuple(
        Target(
            one.identity,
            _kind_of(one),
            HASHES[len(told)],
            truncated,
            told,
            connection,
        )
        for one, told in zip(offered.identities, offered.binders, strict=True)
        if len(told) in HASHES
    )


def _kind_of(one: PskIdentity) -> PskKind:
    if one.obfuscated_ticket_age:
        return PskKind.RESUMPTION
    return PskKind.IMPORTED if imported_by(one.identity) else PskKind.EXTERNAL


@dataclass
class _Heard:
    """The beginning of one connection."""

    transcript: Transcript = field(default_factory=Transcript)
    parts: dict[str, Reassembler] = field(
        default_factory=lambda: {"client": Reassembler(), "server": Reassembler()}
    )
    hellos: int = 0


def targets(items: Iterable[Item]) -> Iterator[Target]:
    """All binders in a recording, as they come; what is damaged is passed over."""
    heard: dict[int, _Heard] = {}
    for item in items:
        if isinstance(item, Closed):
            heard.pop(item.connection, None)
        elif isinstance(item, CapturedRecord) and item.wire[0] == ContentType.HANDSHAKE:
            one = heard.setdefault(item.connection, _Heard())
            try:
                yield from _listen(one, item)
            except TLSFault:
                one.hellos = 2


def _listen(one: _Heard, record: CapturedRecord) -> Iterator[Target]:
    if one.hellos == 2:  # a ClientHello, and another one after a HelloRetryRequest: no more come
        return
    part = one.parts[record.sender]
    part.feed(record.wire[HEADER_LENGTH:])
    while (raw := part.next()) is not None:
        message = unpack(raw)
        if isinstance(message, ClientHello):
            yield from targets_of(raw, record.connection, one.transcript.messages)
            one.hellos += 1
        elif isinstance(message, ServerHello):
            one.hellos = 2
            return
        if isinstance(message, HelloRetryRequest) and message.cipher_suite in SUITES:
            suite = SUITES[CipherSuite(message.cipher_suite)]
            one.transcript = one.transcript.after_hello_retry(suite.hash_name)
        one.transcript = one.transcript.add(raw)
