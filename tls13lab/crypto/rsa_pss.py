"""Keys that are for RSASSA-PSS and nothing else. RFC 9846 section 4.3.3; RFC 4055 section 1.2.

An RSA key is in a certificate under one of two object identifiers. Under rsaEncryption it signs as
rsa_pss_rsae_*, under id-RSASSA-PSS as rsa_pss_pss_*, and the number is all the difference: hash,
MGF1 and salt are the same. A key of the second kind may also be bound to one hash, which its
parameters then name.

This file reads that out of a certificate, which pyca/cryptography parses but whose key it gives as
a plain RSA key. It does not sign or verify.
"""

from typing import TYPE_CHECKING

from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import UnsupportedCertificate

if TYPE_CHECKING:
    from cryptography import x509

_SHA2 = bytes.fromhex("6086480165030402")  # and one byte more: 1, 2 or 3
_SHA1 = bytes.fromhex("2b0e03021a")
_BY_HASH = {
    _SHA2 + b"\x01": SignatureScheme.RSA_PSS_PSS_SHA256,
    _SHA2 + b"\x02": SignatureScheme.RSA_PSS_PSS_SHA384,
    _SHA2 + b"\x03": SignatureScheme.RSA_PSS_PSS_SHA512,
}
_SALT = {
    SignatureScheme.RSA_PSS_PSS_SHA256: 32,
    SignatureScheme.RSA_PSS_PSS_SHA384: 48,
    SignatureScheme.RSA_PSS_PSS_SHA512: 64,
}
PSS_SCHEMES = tuple(_SALT)
"""The schemes of an RSASSA-PSS key that is not bound to one hash."""
_SEQUENCE = 0x30
_DEFAULT_SALT = 20


def is_pss_only(certificate: "x509.Certificate") -> bool:
    """Whether the key is under id-RSASSA-PSS."""
    from cryptography.x509.oid import PublicKeyAlgorithmOID

    return certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS


def pss_schemes(certificate: "x509.Certificate") -> tuple[SignatureScheme, ...]:
    """The schemes in which such a certificate's key may sign; none if it is bound to another hash.

    Raises UnsupportedCertificate if the parameters cannot be read.
    """
    try:
        parameters = _parameters(certificate.tbs_certificate_bytes)
        if parameters is None:
            return PSS_SCHEMES
        hash_oid, mask_oid, salt = _restrictions(parameters)
    except (ValueError, IndexError):
        raise UnsupportedCertificate(
            "the parameters of the certificate's RSASSA-PSS key cannot be read"
        ) from None
    scheme = _BY_HASH.get(hash_oid)
    # A scheme has one hash: for what is signed and for the mask (4.3.3). The salt's length is a
    # minimum (RFC 4055, 3.3), and TLS's is the hash's.
    if scheme is None or mask_oid != hash_oid or salt > _SALT[scheme]:
        return ()
    return (scheme,)


def _parameters(tbs: bytes) -> bytes | None:
    """The parameters in subjectPublicKeyInfo.algorithm, or None if it has none."""
    fields = _inside(tbs)
    # version [0], if it is there, then serialNumber, signature, issuer, validity, subject.
    before = 6 if fields[0][0] == 0xA0 else 5
    algorithm = _parts(_parts(fields[before][1])[0][1])
    return algorithm[1][1] if len(algorithm) > 1 and algorithm[1][0] == _SEQUENCE else None


def _restrictions(parameters: bytes) -> tuple[bytes, bytes, int]:
    """Hash, MGF1's hash and salt length of RSASSA-PSS-params; SHA-1 and 20 where nothing stands."""
    tagged = dict(_parts(parameters))
    hash_oid, mask_oid, salt = _SHA1, _SHA1, _DEFAULT_SALT
    if 0xA0 in tagged:
        hash_oid = _inside(tagged[0xA0])[0][1]
    if 0xA1 in tagged:
        mask_oid = _parts(_inside(tagged[0xA1])[1][1])[0][1]  # id-mgf1, and what it runs on
    if 0xA2 in tagged:
        salt = int.from_bytes(_parts(tagged[0xA2])[0][1], "big")
    return hash_oid, mask_oid, salt


def _inside(sequence: bytes) -> list[tuple[int, bytes]]:
    """The parts of the one SEQUENCE that these bytes are."""
    return _parts(_parts(sequence)[0][1])


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """DER values one after the other: tag and content of each. Raises ValueError."""
    parts, place = [], 0
    while place < len(der):
        tag, length = der[place], der[place + 1]
        place += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[place : place + size], "big")
            place += size
        if place + length > len(der):
            raise ValueError("a value is longer than what holds it")
        parts.append((tag, der[place : place + length]))
        place += length
    return parts
