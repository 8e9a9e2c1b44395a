"""What is searched for: the binders of recorded ClientHellos. RFC 9846 section 4.3.11.2.

A binder can be checked against a guess at the PSK with nothing but the ClientHello that carries it:
no ServerHello, no key share. That is why (EC)DHE does not help.

For an imported PSK (RFC 9258) the guesses are at the *external* PSK. The import is taken to use
SHA-256, as the RFC does where nothing is said. Where the target's hash is another one, one guess
needs two hash functions, and only the portable engine does that.
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
"""The hash of an external PSK that nobody was told another one for (RFC 9258 section 5.1)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One recorded binder, and the truncated transcript's bytes that it was made over.

    ``kind`` is what the PSK looks like, and ``also`` what else it may be: the binder's label is the
    proof, and a search tries them all. Of an imported PSK (RFC 9258) ``epsk_hash`` is the hash of
    the external PSK that it was imported from. ``hello`` is the ClientHello, 1 or 2. With a
    ``derivation`` the guesses are words, of which it makes the PSKs.
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
        """The same as so many targets of one kind each."""
        return tuple(replace(self, kind=kind, also=()) for kind in (self.kind, *self.also))

    @property
    def imported(self) -> bool:
        """Whether what is guessed is the external PSK from which this one was imported.

        The identity says so, whatever the label: a stack that knows nothing of importers, and is
        given an imported PSK, makes its binder with "ext binder".
        """
        return self.kind is PskKind.IMPORTED or imported_by(self.identity) is not None

    def made_with(self, psk: bytes) -> bool:
        """Whether this PSK makes the binder."""
        return self.kind_with(psk) is not None

    def kind_with(self, psk: bytes) -> PskKind | None:
        """The label under which this PSK makes the binder, computed as the honest endpoints do.

        Where the PSK was imported, ``psk`` is the external one; where there is a derivation, the
        word.

        >>> told = binder(PskKind.EXTERNAL, b"secret", "sha256", b"ClientHello")
        >>> target = Target(b"lab", PskKind.EXTERNAL, "sha256", b"ClientHello", told)
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
        """What the one HMAC more is taken over that makes an imported key of an extracted one.

        Only if the target's hash is that of the external PSK is it one HMAC, and no more.
        """
        told = hashlib.new(self.epsk_hash, self.identity).digest()
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


def targets_of(raw_hello: bytes, connection: int = 1) -> tuple[Target, ...]:
    """The binders of a first ClientHello. Raises a TLSFault for what is no handshake message."""
    return tuple(_targets(offered_in(unpack(raw_hello), raw_hello), connection))


def _targets(offers: Iterable[OfferedPsk], connection: int) -> Iterator[Target]:
    for one in offers:
        if one.hash_name:
            kind, *also = one.possible_kinds
            yield Target(
                one.identity,
                kind,
                one.hash_name,
                one.covered,
                one.binder,
                connection,
                hello=one.hello,
                also=tuple(also),
            )


@dataclass
class _Heard:
    """The beginning of one connection, and how many of its ClientHellos were told of."""

    hellos: Hellos = field(default_factory=Hellos)
    told: int = 0
    damaged: bool = False

    def ready(self) -> Iterator[int]:
        """The ClientHellos that are there with all that their binders cover, each once.

        A second one is bound to the HelloRetryRequest, which may come after it in the file.
        """
        hellos = self.hellos
        whole = len(hellos.raw_hellos) if hellos.retry else min(1, len(hellos.raw_hellos))
        while self.told < whole:
            self.told += 1
            yield self.told


def targets(items: Iterable[Item]) -> Iterator[Target]:
    """All binders in a recording, as they come; what is damaged is passed over."""
    heard: dict[int, _Heard] = {}
    for item in items:
        if isinstance(item, Closed):
            heard.pop(item.connection, None)
        elif isinstance(item, CapturedRecord) and item.wire[0] == ContentType.HANDSHAKE:
            yield from _listen(heard.setdefault(item.connection, _Heard()), item)


def _listen(one: _Heard, record: CapturedRecord) -> Iterator[Target]:
    if one.damaged:
        return
    try:
        one.hellos.read(record.sender, record.wire)
    except TLSFault:
        one.damaged = True
    for number in one.ready():
        yield from _targets(one.hellos.offers(number), record.connection)
