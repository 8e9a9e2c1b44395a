"""The PSK importer: from one external PSK, one for each hash, bound to a context. RFC 9258.

An external PSK may be used with one hash only, and says nothing of who uses it for what. The
importer makes a PSK of it for each KDF, whose identity says for which protocol and in what context;
the context may name the two ends, and so ends reflection. Both ends must import, or neither: the
binder's label is another one.

>>> epsk = ExternalPsk(b"lab", bytes(32))
>>> sha256, sha384 = import_psk(epsk, context=b"alice to bob")
>>> sha384.hash_name, len(sha384.key), ImportedIdentity.decode(sha384.identity).context
('sha384', 48, b'alice to bob')
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tls13lab.crypto import keyschedule
from tls13lab.crypto.schedule import IMPORTER
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.wire.codepoints import TLS13
from tls13lab.wire.faults import DecodeError, LocalFault
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque16, uint16

KDFS = {"sha256": 0x0001, "sha384": 0x0002}
"""The registry of TLS KDF Identifiers, RFC 9258 section 10."""
LONGEST = 2**16 - 1 - 200
"""Bytes of an imported identity that still fit the extension, beside an age and a binder."""


@dataclass(frozen=True, slots=True)
class ImportedIdentity:
    """What goes on the wire as the identity, in the clear: put nothing secret into ``context``."""

    external_identity: bytes
    context: bytes
    target_kdf: int
    target_protocol: int = TLS13

    def encode(self) -> bytes:
        """The structure of section 5.1."""
        return (
            opaque16(self.external_identity)
            + opaque16(self.context)
            + uint16(self.target_protocol)
            + uint16(self.target_kdf)
        )

    @classmethod
    def decode(cls, identity: bytes) -> "ImportedIdentity":
        """Raises DecodeError for an identity of another shape; of this shape it may be by chance.

        >>> ImportedIdentity.decode(ImportedIdentity(b"lab", b"", 1).encode()).external_identity
        b'lab'
        """
        reader = Reader(identity)
        name = reader.opaque16("external_identity", low=1)
        context = reader.opaque16("context")
        protocol, kdf = reader.u16("target_protocol"), reader.u16("target_kdf")
        reader.finish()
        return cls(name, context, kdf, protocol)


def imported_by(identity: bytes) -> ImportedIdentity | None:
    """What an identity says if it was made by an importer for TLS 1.3 and a known KDF, else None.

    >>> imported_by(b"lab") is None
    True
    """
    try:
        found = ImportedIdentity.decode(identity)
    except DecodeError:
        return None
    known = found.target_protocol == TLS13 and found.target_kdf in KDFS.values()
    return found if known else None


@dataclass(frozen=True, slots=True)
class ImportedPsk(ExternalPsk):
    """An external PSK as the importer made it; ``identity`` is the encoded ImportedIdentity."""

    kind: ClassVar[PskKind] = PskKind.IMPORTED


def epskx(epsk: bytes, epsk_hash: str) -> bytes:
    """``epskx`` of section 5.1, as many bytes as the external PSK's hash has.

    No identity goes into it: it is the same wherever an external PSK is imported.
    """
    return keyschedule.run(IMPORTER["epskx"], epsk_hash, (bytes(HASH_LENGTHS[epsk_hash]), epsk))


def ipskx(key: bytes, epsk_hash: str, identity: bytes, target_hash: str) -> bytes:
    """``ipskx`` of section 5.1, from ``epskx``: as many bytes as the target's hash has."""
    told = hashlib.new(epsk_hash, identity).digest()
    length = HASH_LENGTHS[target_hash]
    return keyschedule.run(IMPORTER["ipskx"], epsk_hash, (key,), told, length=length)


def imported_key(epsk: bytes, epsk_hash: str, identity: bytes, target_hash: str) -> bytes:
    """The PSK that the importer makes, as many bytes as the target's hash has.

    "The hash function used for HKDF [RFC5869] is that which is associated with the EPSK."
    """
    return ipskx(epskx(epsk, epsk_hash), epsk_hash, identity, target_hash)


def import_psk(
    epsk: ExternalPsk, context: bytes = b"", hash_names: Sequence[str] = tuple(KDFS)
) -> tuple[ImportedPsk, ...]:
    """One PSK for each hash that suites may have. Raises LocalFault for what cannot be imported."""
    if isinstance(epsk, ImportedPsk):
        raise LocalFault("this PSK was imported already: import the external one")
    found = []
    for hash_name in hash_names:
        identity = ImportedIdentity(epsk.identity, context, KDFS[hash_name]).encode()
        if len(identity) > LONGEST:
            raise LocalFault("identity and context together are too long for a ClientHello")
        key = imported_key(epsk.key, epsk.hash_name, identity, hash_name)
        found.append(ImportedPsk(identity, key, hash_name, alpn=epsk.alpn))
    return tuple(found)
