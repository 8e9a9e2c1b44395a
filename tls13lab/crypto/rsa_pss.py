"""RSA keys that may only be used for RSASSA-PSS. RFC 9846 section 4.3.3; RFC 4055 section 1.2.

A certificate marks its RSA key with one of two object identifiers. A key under rsaEncryption signs
with the schemes rsa_pss_rsae_*, a key under id-RSASSA-PSS with rsa_pss_pss_*. The code points are
the only difference: hash, MGF1 and salt are the same. A key under id-RSASSA-PSS may also be
restricted to one hash, which its parameters name.

pyca/cryptography returns both as plain RSA keys, so this file reads the object identifier and the
parameters from the certificate. It does not sign or verify.
"""

from typing import TYPE_CHECKING

from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import UnsupportedCertificate

if TYPE_CHECKING:
    from cryptography import x509

_SHA2 = bytes.fromhex("6086480165030402")  # one more byte follows: 1, 2 or 3
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
"""The schemes of an RSASSA-PSS key that is not restricted to one hash."""
_SEQUENCE = 0x30
_DEFAULT_SALT = 20


def is_pss_only(certificate: "x509.Certificate") -> bool:
    """Whether the certificate's key is marked id-RSASSA-PSS."""
    from cryptography.x509.oid import PublicKeyAlgorithmOID

    return certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS


def pss_schemes(certificate: "x509.Certificate") -> tuple[SignatureScheme, ...]:
    """The schemes that the key of such a certificate may sign with.

    There are none if the restrictions of the key exclude all of them, as a restriction to SHA-1
    does. Raises UnsupportedCertificate if the parameters cannot be read.
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
    # A scheme has the same hash for the content and for the mask (4.3.3). The salt length in the
    # parameters is a minimum (RFC 4055, 3.3); in TLS the salt is as long as the hash.
    if scheme is None or mask_oid != hash_oid or salt > _SALT[scheme]:
        return ()
    return (scheme,)


def _parameters(tbs: bytes) -> bytes | None:
    """The parameters in subjectPublicKeyInfo.algorithm, or None if there are none."""
    fields = _inside(tbs)
    # version [0], which is optional, then serialNumber, signature, issuer, validity, subject.
    before = 6 if fields[0][0] == 0xA0 else 5
    algorithm = _parts(_parts(fields[before][1])[0][1])
    return algorithm[1][1] if len(algorithm) > 1 and algorithm[1][0] == _SEQUENCE else None


def _restrictions(parameters: bytes) -> tuple[bytes, bytes, int]:
    """Hash, hash of MGF1 and salt length in RSASSA-PSS-params; the defaults are SHA-1 and 20."""
    tagged = dict(_parts(parameters))
    hash_oid, mask_oid, salt = _SHA1, _SHA1, _DEFAULT_SALT
    if 0xA0 in tagged:
        hash_oid = _inside(tagged[0xA0])[0][1]
    if 0xA1 in tagged:
        mask_oid = _parts(_inside(tagged[0xA1])[1][1])[0][1]  # after id-mgf1: its hash
    if 0xA2 in tagged:
        salt = int.from_bytes(_parts(tagged[0xA2])[0][1], "big")
    return hash_oid, mask_oid, salt


def _inside(sequence: bytes) -> list[tuple[int, bytes]]:
    """The DER values inside a SEQUENCE: tag and content of each."""
    return _parts(_parts(sequence)[0][1])


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Consecutive DER values: tag and content of each. Raises ValueError."""
    parts, place = [], 0
    while place < len(der):
        tag, length = der[place], der[place + 1]
        place += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[place : place + size], "big")
            place += size
        if place + length > len(der):
            raise ValueError("a value extends beyond the end")
        parts.append((tag, der[place : place + length]))
        place += length
    return parts
