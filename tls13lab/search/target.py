"""The targets of a search: the binders of recorded ClientHellos. RFC 9846 section 4.3.11.2.

A guess at the PSK can be checked against a binder with nothing but the ClientHello that carries it:
no ServerHello, no key share. That is why (EC)DHE does not help.

For an imported PSK (RFC 9258), the guesses are for the *external* PSK. The importer is assumed to
use SHA-256, the RFC's default. If the target has another hash, a guess needs two hash functions;
only the portable engine supports that.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tls13lab.capture.hellos import Hellos
from tls13lab.capture.recording import CapturedRecord, Closed, Item
from tls13lab.crypto.hkdf import hkdf_label
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.messages.handshake import unpack
from tls13lab.psk.binder import BINDER_KEYS, binder
from tls13lab.psk.importer import imported_by, imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.psk.memory_hard import Argon2id, Scrypt
from tls13lab.psk.offered import OfferedPsk, offered_in
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault

EPSK_HASH = "sha256"
"""The default hash of an external PSK (RFC 9258 section 5.1)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One recorded binder, and the bytes of the truncated transcript that it covers.

    ``kind`` is the most likely kind of PSK, and ``also`` has the other possible kinds. Only the
    label in the binder's computation can prove the kind, so a search tries all of them. For an
    imported PSK (RFC 9258), ``epsk_hash`` is the hash of its external PSK. ``hello`` says which
    ClientHello it is, 1 or 2. With a ``derivation``, guesses are words from which PSKs are derived.
    """

    identity: bytes
    kind: PskKind
    hash_name: str
    truncated: bytes = field(repr=False)
    binder: bytes = field(repr=False)
    connection: int = 1
    epsk_hash: str = field(default=EPSK_HASH, repr=False)
    hello: int = field(default=1, repr=False)
    also: tuple[PskKind, ...] = field(default=(), repr=False)
    derivation: Scrypt | Argon2id | None = field(default=None, repr=False)

    @property
    def each_kind(self) -> tuple["Target", ...]:
        """This target once for each possible kind of PSK."""
        return tuple(replace(self, kind=kind, also=()) for kind in (self.kind, *self.also))

    @property
    def imported(self) -> bool:
        """Whether the guesses are for the external PSK behind an imported one.

        The identity decides, not the label: a stack without an importer uses "ext binder" for a
        PSK that was imported elsewhere.
        """
        return self.kind is PskKind.IMPORTED or imported_by(self.identity) is not None

    def made_with(self, psk: bytes) -> bool:
        """Whether this PSK makes the binder."""
        return self.kind_with(psk) is not None

    def kind_with(self, psk: bytes) -> PskKind | None:
        """The kind of PSK for which ``psk`` makes the binder, or None.

        It is computed with the honest endpoints' functions. If the PSK was imported, ``psk`` is the
        external one; if there is a derivation, it is the word.

        >>> made = binder(PskKind.EXTERNAL, b"secret", "sha256", b"ClientHello")
        >>> target = Target(b"lab", PskKind.EXTERNAL, "sha256", b"ClientHello", made)
        >>> target.kind_with(b"secret"), target.kind_with(b"Secret")
        (<PskKind.EXTERNAL: 'external'>, None)
        """
        if self.derivation is not None:
            psk = self.derivation.derive(psk)
        key = psk
        if self.imported:
            key = imported_key(psk, self.epsk_hash, self.identity, self.hash_name)
        for kind in (self.kind, *self.also):
            if binder(kind, key, self.hash_name, self.truncated) == self.binder:
                return kind
        return None

    @property
    def import_mac(self) -> bytes:
        """The message of the HMAC that turns an extracted key into an imported one.

        It is a single HMAC only if the target and the external PSK have the same hash.
        """
        context = hashlib.new(self.epsk_hash, self.identity).digest()
        return hkdf_label(IMPORTER["ipskx"].label, context, HASH_LENGTHS[self.hash_name]) + b"\x01"

    @property
    def macs(self) -> tuple[bytes, bytes, bytes]:
        """The messages of three HMACs in a row; the key of each is the output of the one before.

        The first key is the early secret, and the last output is the binder. Derive-Secret and the
        finished key are HKDF-Expand with a single block: HMAC over the label and a byte 1 (7.1).
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
    """An identity or a PSK as text: as it is if it is printable UTF-8, otherwise in hexadecimal.

    >>> readable(b"lab"), readable(bytes([7, 255]))
    ('lab', '0x07ff')
    """
    text = value.decode("utf-8", "replace")
    plain = text.isprintable() and "\ufffd" not in text and not text.startswith("0x")
    return text if plain else f"0x{value.hex()}"


def targets_of(raw_hello: bytes, connection: int = 1) -> tuple[Target, ...]:
    """The binders of a first ClientHello. Raises TLSFault if it is not a handshake message."""
    return tuple(_targets(offered_in(unpack(raw_hello), raw_hello), connection))


def _targets(offers: Iterable[OfferedPsk], connection: int) -> Iterator[Target]:
    for offer in offers:
        if offer.hash_name:
            kind, *also = offer.possible_kinds
            yield Target(
                offer.identity,
                kind,
                offer.hash_name,
                offer.covered,
                offer.binder,
                connection,
                hello=offer.hello,
                also=tuple(also),
            )


@dataclass
class _Heard:
    """The beginning of one connection, and how many of its ClientHellos were reported."""

    hellos: Hellos = field(default_factory=Hellos)
    reported: int = 0
    damaged: bool = False

    def ready(self) -> Iterator[int]:
        """The numbers of new ClientHellos for which everything that their binders cover is known.

        The second one's binder covers the HelloRetryRequest, which may come after it in the file.
        """
        hellos = self.hellos
        whole = len(hellos.raw_hellos) if hellos.retry else min(1, len(hellos.raw_hellos))
        while self.reported < whole:
            self.reported += 1
            yield self.reported


def targets(items: Iterable[Item]) -> Iterator[Target]:
    """All binders in a recording, in order; damaged connections are skipped."""
    heard: dict[int, _Heard] = {}
    for item in items:
        if isinstance(item, Closed):
            heard.pop(item.connection, None)
        elif isinstance(item, CapturedRecord) and item.wire[0] == ContentType.HANDSHAKE:
            yield from _listen(heard.setdefault(item.connection, _Heard()), item)


def _listen(heard: _Heard, record: CapturedRecord) -> Iterator[Target]:
    if heard.damaged:
        return
    try:
        heard.hellos.read(record.sender, record.wire)
    except TLSFault:
        heard.damaged = True
    for number in heard.ready():
        yield from _targets(heard.hellos.offers(number), record.connection)
