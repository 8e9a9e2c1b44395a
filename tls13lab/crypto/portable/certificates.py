"""The lessons' certificate and its signatures, with ECDSA and DER from ecdsa. RFC 5280.

This file writes one form of certificate: the self-signed P-256 certificate, for a DNS name and
127.0.0.1, of :func:`tls13lab.crypto.certificates.self_signed`. The bytes are the same as
pyca/cryptography's. It reads only that form, and verifies no chains.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ecdsa import SigningKey, VerifyingKey, der
from ecdsa.keys import BadSignatureError
from ecdsa.util import sigdecode_der, sigencode_der

from tls13lab.crypto.portable.groups import signing_key, verifying_key

_COMMON_NAME, _ALTERNATIVE_NAMES = (2, 5, 4, 3), (2, 5, 29, 17)
_ECDSA_SHA256 = (1, 2, 840, 10045, 4, 3, 2)
_EC_PUBLIC_KEY, _P256 = (1, 2, 840, 10045, 2, 1), (1, 2, 840, 10045, 3, 1, 7)
_ALGORITHM = der.encode_sequence(der.encode_oid(*_ECDSA_SHA256))
_UTC_TIME = "%y%m%d%H%M%SZ"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A P-256 public key: an uncompressed point of 65 bytes."""

    point: bytes

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether ``signature`` (DER) is valid for ``content``."""
        key: VerifyingKey = verifying_key(32, self.point)
        try:
            key.verify(signature, content, hashlib.sha256, sigdecode=sigdecode_der)
        except (BadSignatureError, der.UnexpectedDER):
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A P-256 private key: a scalar of 32 bytes."""

    scalar: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._loaded.verifying_key.to_string("uncompressed"))

    def sign(self, content: bytes) -> bytes:
        """An ECDSA signature with SHA-256, in DER; deterministic (RFC 6979)."""
        signature: bytes = self._loaded.sign_deterministic(
            content, hashlib.sha256, sigencode=sigencode_der
        )
        return signature

    @property
    def _loaded(self) -> SigningKey:
        return signing_key(32, self.scalar)


@dataclass(frozen=True, slots=True)
class PortableCertificate:
    """The fields that the lab reads from a certificate."""

    dates: tuple[datetime, datetime]  # notBefore and notAfter
    key: PublicKey


def write(key: PrivateKey, name: str, serial: int, dates: tuple[datetime, datetime]) -> bytes:
    """A self-signed certificate for ``name``, as DER; the dates must be before 2050."""
    tbs = _tbs_certificate(key.public.point, name.encode(), serial, dates)
    signature = der.encode_bitstring(key.sign(tbs), 0)
    certificate: bytes = der.encode_sequence(tbs, _ALGORITHM, signature)
    return certificate


def read(certificate: bytes) -> PortableCertificate:
    """A certificate in the form that :func:`write` makes; ValueError for any other."""
    try:
        tbs, _, _ = _pieces(certificate)
        _, number, _, _, validity, subject, key, _ = _pieces(tbs)
        serial, _ = der.remove_integer(number)
        begin, end = (_date(_content(date)) for date in _pieces(validity))
        _, common = _pieces(_content(_content(subject)))
        point, _ = der.remove_bitstring(_pieces(key)[1], 0)
        rewritten = _tbs_certificate(bytes(point), _content(common), serial, (begin, end))
        verifying_key(32, bytes(point))
    except (der.UnexpectedDER, IndexError, AssertionError):
        raise ValueError("this is not DER, or not a certificate of the lessons") from None
    if rewritten != tbs:
        raise ValueError("this is not a certificate of the lessons")
    return PortableCertificate((begin, end), PublicKey(bytes(point)))


def _tbs_certificate(
    point: bytes, name: bytes, serial: int, dates: tuple[datetime, datetime]
) -> bytes:
    """TBSCertificate: the part of a certificate that is signed."""
    common = der.encode_sequence(der.encode_oid(*_COMMON_NAME), _tagged(0x0C, name))
    subject = der.encode_sequence(_tagged(0x31, common))
    names = der.encode_sequence(_tagged(0x82, name), _tagged(0x87, bytes([127, 0, 0, 1])))
    extension = der.encode_sequence(
        der.encode_oid(*_ALTERNATIVE_NAMES), der.encode_octet_string(names)
    )
    tbs: bytes = der.encode_sequence(
        der.encode_constructed(0, der.encode_integer(2)),  # version 3
        der.encode_integer(serial),
        _ALGORITHM,
        subject,
        der.encode_sequence(*(_tagged(0x17, date.strftime(_UTC_TIME).encode()) for date in dates)),
        subject,
        der.encode_sequence(
            der.encode_sequence(der.encode_oid(*_EC_PUBLIC_KEY), der.encode_oid(*_P256)),
            der.encode_bitstring(point, 0),
        ),
        der.encode_constructed(3, der.encode_sequence(extension)),
    )
    return tbs


def _date(text: bytes) -> datetime:
    return datetime.strptime(text.decode("ascii", "replace"), _UTC_TIME).replace(tzinfo=UTC)


def _tagged(tag: int, content: bytes) -> bytes:
    length: bytes = der.encode_length(len(content))
    return bytes([tag]) + length + content


def _content(value: bytes) -> bytes:
    length, size = der.read_length(value[1:])
    return value[1 + size : 1 + size + length]


def _pieces(sequence: bytes) -> list[bytes]:
    """The values in a SEQUENCE, each with its tag and length."""
    rest, _ = der.remove_sequence(sequence)
    found = []
    while rest:
        length, size = der.read_length(rest[1:])
        end = 1 + size + length
        if end > len(rest):
            raise ValueError("a length reaches beyond the end")
        found.append(bytes(rest[:end]))
        rest = rest[end:]
    return found
