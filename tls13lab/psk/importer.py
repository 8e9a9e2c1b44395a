"""The PSK importer: it derives a PSK for each hash from an external PSK. RFC 9258.

An external PSK may be used with one hash only, and its identity does not say who uses it and for
what. The importer derives a PSK for each KDF. The identity of that PSK names the protocol and a
context. If the context names both endpoints, it prevents reflection attacks. Either both endpoints
import a PSK or neither does: imported PSKs have a different binder label.

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
"""The registry "TLS KDF Identifiers", by hashlib's name for the hash. RFC 9258 section 10."""
LONGEST = 2**16 - 1 - 200
"""The longest imported identity, in bytes, that fits into the extension with age and binder."""


@dataclass(frozen=True, slots=True)
class ImportedIdentity:
    """The identity of an imported PSK. It is sent in the clear: ``context`` must not be secret."""

    external_identity: bytes
    context: bytes
    target_kdf: int
    target_protocol: int = TLS13

    def encode(self) -> bytes:
        """The ImportedIdentity structure of section 5.1."""
        return (
            opaque16(self.external_identity)
            + opaque16(self.context)
            + uint16(self.target_protocol)
            + uint16(self.target_kdf)
        )

    @classmethod
    def decode(cls, identity: bytes) -> "ImportedIdentity":
        """The structure from its bytes; raises DecodeError if they do not parse.

        An identity that parses is not necessarily imported: it may have this form by chance.

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
    """The structure in an identity, if it is for TLS 1.3 and a known KDF, else None.

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
    """A PSK that the importer made; ``identity`` is the encoded ImportedIdentity."""

    kind: ClassVar[PskKind] = PskKind.IMPORTED


def epskx(epsk: bytes, epsk_hash: str) -> bytes:
    """``epskx`` of section 5.1; as long as the output of ``epsk_hash``.

    It does not depend on the identity, so it is the same for all PSKs imported from one EPSK.
    """
    return keyschedule.run(IMPORTER["epskx"], epsk_hash, (bytes(HASH_LENGTHS[epsk_hash]), epsk))


def ipskx(key: bytes, epsk_hash: str, identity: bytes, target_hash: str) -> bytes:
    """``ipskx`` of section 5.1, from ``epskx``; as long as the output of ``target_hash``."""
    identity_hash = hashlib.new(epsk_hash, identity).digest()
    length = HASH_LENGTHS[target_hash]
    return keyschedule.run(IMPORTER["ipskx"], epsk_hash, (key,), identity_hash, length=length)


def imported_key(epsk: bytes, epsk_hash: str, identity: bytes, target_hash: str) -> bytes:
    """The PSK that the importer derives; as long as the output of ``target_hash``.

    "The hash function used for HKDF [RFC5869] is that which is associated with the EPSK."
    """
    return ipskx(epskx(epsk, epsk_hash), epsk_hash, identity, target_hash)


def import_psk(
    epsk: ExternalPsk, context: bytes = b"", hash_names: Sequence[str] = tuple(KDFS)
) -> tuple[ImportedPsk, ...]:
    """A PSK for each hash.

    Raises LocalFault if ``epsk`` was imported already, or if the identity becomes too long.
    """
    if isinstance(epsk, ImportedPsk):
        raise LocalFault("this PSK was imported already: import the external PSK")
    found = []
    for hash_name in hash_names:
        identity = ImportedIdentity(epsk.identity, context, KDFS[hash_name]).encode()
        if len(identity) > LONGEST:
            raise LocalFault("identity and context together are too long for a ClientHello")
        key = imported_key(epsk.key, epsk.hash_name, identity, hash_name)
        found.append(ImportedPsk(identity, key, hash_name, alpn=epsk.alpn))
    return tuple(found)
