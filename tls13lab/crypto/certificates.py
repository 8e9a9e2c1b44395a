"""Verifying a server's certificate chain, and making a certificate for lessons. RFC 5280.

pyca/cryptography verifies paths, names and dates. This file only says what to trust: a set of
roots, one pinned certificate, or any certificate at all. Revocation is not checked. TLS 1.3 itself
only carries the chain (RFC 9846 section 4.5.1); how to verify it is defined elsewhere.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from tls13lab.crypto import rsa_pss, signatures
from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.groups import P256Share
from tls13lab.crypto.library import compiled
from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import (
    BadCertificate,
    CertificateExpired,
    LocalFault,
    UnknownCA,
    UnsupportedCertificate,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
        PrivateKeyTypes,
    )

    from tls13lab.crypto.portable import certificates as portable


@dataclass(frozen=True, slots=True)
class TrustRoots:
    """Trust chains that lead to one of these root certificates (DER)."""

    roots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TrustPin:
    """Trust exactly one certificate, known by the SHA-256 of its DER (32 bytes)."""

    sha256: bytes


@dataclass(frozen=True, slots=True)
class TrustAnyone:
    """Trust every certificate: no authentication at all. For lessons on what that costs."""


Trust = TrustRoots | TrustPin | TrustAnyone


@dataclass(frozen=True, slots=True)
class Credential:
    """A server's certificate chain (DER, its own certificate first) and its private key."""

    chain: tuple[bytes, ...]
    key: "PrivateKeyTypes" = field(repr=False)


def public_key(der: bytes) -> "CertificatePublicKeyTypes":
    """The public key in a certificate; raises BadCertificate or UnsupportedCertificate."""
    if not compiled():
        return cast("CertificatePublicKeyTypes", _read(der).key)  # it has a method that verifies
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return _load(der).public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise UnsupportedCertificate("the certificate's public key cannot be used") from None


def schemes(der: bytes) -> tuple[SignatureScheme, ...]:
    """The schemes that this certificate's key may sign a handshake with; may be empty. 4.3.3.

    For rsa_pss_rsae_* "If the public key is carried in an X.509 certificate, it MUST use the
    rsaEncryption OID", for rsa_pss_pss_* "it MUST use the RSASSA-PSS OID".
    """
    possible = signatures.schemes_for(public_key(der))
    if not compiled():
        return possible
    certificate = _load(der)
    if rsa_pss.is_pss_only(certificate):
        allowed = rsa_pss.pss_schemes(certificate)
        return tuple(scheme for scheme in possible if scheme in allowed)
    return tuple(scheme for scheme in possible if scheme not in rsa_pss.PSS_SCHEMES)


def check_chain(chain: tuple[bytes, ...], trust: Trust, server_name: str, now_ms: int) -> None:
    """Raise a fault unless ``trust`` accepts ``chain`` for ``server_name`` now.

    ``server_name`` is a DNS name or an IP address; ``now_ms`` is Unix time in milliseconds. The
    faults are BadCertificate, CertificateExpired, UnknownCA and, without pyca/cryptography,
    UnsupportedCertificate; LocalFault if ``server_name`` is neither a DNS name nor an address.
    """
    if compiled():
        leaf = _load(chain[0])
        _check_key_usage(leaf)
        begin, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    else:
        # No check of Key Usage is needed: _read rejects every certificate that has one.
        begin, end = _read(chain[0]).dates
    if isinstance(trust, TrustAnyone):
        return
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    if not begin <= now <= end:
        raise CertificateExpired("the certificate is not valid at this time")
    if isinstance(trust, TrustPin):
        if not hmac.compare_digest(hashlib.sha256(chain[0]).digest(), trust.sha256):
            raise UnknownCA("the certificate is not the pinned one")
        return
    # A self-signed certificate that is itself one of the roots is trusted as if it were pinned:
    # no authority stands behind it.
    if chain[0] not in trust.roots:
        if not compiled():
            raise UnknownCA("without pyca/cryptography only a root certificate itself is trusted")
        _verify_path(_load(chain[0]), chain[1:], trust.roots, server_name, now)


def _load(der: bytes) -> "x509.Certificate":
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        raise BadCertificate("the certificate cannot be parsed") from None


def _read(der: bytes) -> "portable.PortableCertificate":
    from tls13lab.crypto.portable import certificates as portable

    try:
        return portable.read(der)
    except ValueError:
        raise UnsupportedCertificate(
            "without pyca/cryptography only the lessons' own certificates can be read"
        ) from None


def _check_key_usage(leaf: "x509.Certificate") -> None:
    """ "the digitalSignature bit MUST be set if the Key Usage extension is present" (4.5.1.2)."""
    from cryptography import x509

    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except (ValueError, x509.DuplicateExtension):
        raise BadCertificate("the certificate's extensions cannot be parsed") from None
    if not usage.digital_signature:
        raise BadCertificate("the certificate's Key Usage does not allow it to sign")


def _verify_path(
    leaf: "x509.Certificate",
    intermediates: tuple[bytes, ...],
    roots: tuple[bytes, ...],
    server_name: str,
    now: datetime,
) -> None:
    from cryptography import x509
    from cryptography.x509.verification import (
        Criticality,
        ExtensionPolicy,
        PolicyBuilder,
        Store,
        VerificationError,
    )

    if not roots:
        raise UnknownCA("no root is trusted")
    builder = PolicyBuilder().store(Store([_load(root) for root in roots])).time(now)
    # The library's defaults are the rules for public web servers, which demand an Authority Key
    # Identifier and, of an authority, a Key Usage. Path validation (RFC 5280 section 6.1) demands
    # neither, many private certificates lack them, and OpenSSL accepts those.
    ca, ee = (
        policy.may_be_present(x509.AuthorityKeyIdentifier, Criticality.AGNOSTIC, None)
        for policy in (ExtensionPolicy.webpki_defaults_ca(), ExtensionPolicy.webpki_defaults_ee())
    )
    ca = ca.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign_certificates)
    builder = builder.extension_policies(ca_policy=ca, ee_policy=ee)
    try:
        verifier = builder.build_server_verifier(_subject(server_name))
    except ValueError:
        raise LocalFault(f"{server_name!r} is neither a DNS name nor an IP address") from None
    try:
        verifier.verify(leaf, [_load(der) for der in intermediates])
    except VerificationError as error:
        reason = _reason(str(error))
        if "subjectAltName" in reason:
            raise BadCertificate(f"the certificate is not for {server_name}") from None
        raise UnknownCA(f"the certificate does not lead to a trusted root: {reason}") from None
    except (ValueError, TypeError):
        # The library parses some fields only when it uses them.
        raise BadCertificate("the certificate cannot be parsed") from None


def _may_sign_certificates(_: object, certificate: object, usage: "x509.KeyUsage | None") -> None:
    """Reject an authority whose Key Usage does not include keyCertSign (RFC 5280, 6.1.4)."""
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("its Key Usage does not allow it to sign certificates")


_EXTENSIONS = {
    "2.5.29.15": "Key Usage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.19": "Basic Constraints",
    "2.5.29.30": "Name Constraints",
    "2.5.29.35": "Authority Key Identifier",
    "2.5.29.37": "Extended Key Usage",
}


_REASONS = {
    "no interior errors": "none of the roots has signed it, and no certificate was sent that leads "
    "to one",
    "signature does not match": "a root has the signer's name, but another key",
    "not valid at validation time": "a certificate between the two is not valid at this time",
    "required EKU not found": "its Extended Key Usage does not allow it to be a server's",
    "Forbidden signature algorithm": "it is signed with an algorithm that is not accepted",
}


def _reason(text: str) -> str:
    """The verifier's reason, without names from the certificate, which an attacker can choose."""
    reason = text.partition(" (encountered processing ")[0]
    for sign, words in _REASONS.items():
        if sign in reason:
            return words
    for beginning in (
        "validation failed: ",
        "candidates exhausted: ",
        "validation failed: ",
        "Python extension validator failed: ValueError: ",
    ):
        reason = reason.removeprefix(beginning)
    for number, name in _EXTENSIONS.items():
        reason = reason.replace(number, name)
    return reason


def _subject(server_name: str) -> "x509.DNSName | x509.IPAddress":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(server_name))
    except ValueError:
        return x509.DNSName(server_name)


def load_pem_chain(pem: bytes, name: str = "the file") -> tuple[bytes, ...]:
    """The certificates in a PEM file, as DER, in the order of the file.

    Raises LocalFault if there is none; ``name`` is the file's name in that message.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        certificates = x509.load_pem_x509_certificates(pem)
        return tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)
    except ValueError:
        raise LocalFault(f"{name} holds no PEM certificate") from None


def load_credential(
    chain_pem: bytes, key_pem: bytes, names: tuple[str, str] = ("the file", "the file")
) -> Credential:
    """A server's chain and its unencrypted private key, from PEM.

    ``names`` are the names of the two files, for messages. Raises LocalFault if either cannot be
    read, if they do not belong together, or if no handshake can use them.
    """
    key = _load_key(key_pem, names[1])
    chain = load_pem_chain(chain_pem, names[0])
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    info = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*info) != public_key(chain[0]).public_bytes(*info):
        raise LocalFault("the private key does not belong to the certificate")
    _check_that_it_can_sign(chain[0])
    return Credential(chain, key)


def _load_key(pem: bytes, name: str) -> "PrivateKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, None)
    except TypeError:
        raise LocalFault(f"the private key in {name} is encrypted; give it unencrypted") from None
    except (ValueError, UnsupportedAlgorithm) as reason:
        if b"PRIVATE KEY-----" not in pem:
            raise LocalFault(f"{name} holds no unencrypted PEM private key") from None
        # So give the library's reason. OpenSSL, for one, reads EC keys of a length that RFC 5915
        # does not allow.
        why = str(reason).partition(". ")[0].rstrip(".")
        raise LocalFault(f"the private key in {name} cannot be read: {why}") from None


def _check_that_it_can_sign(leaf: bytes) -> None:
    """Raise LocalFault if no TLS 1.3 handshake can use this certificate."""
    if not schemes(leaf):
        raise LocalFault(
            "no handshake can use this certificate: its key fits no signature scheme of TLS 1.3 "
            "that the lab supports; use P-256, P-384, P-521, Ed25519, Ed448, or RSA with at least "
            "1024 bits"
        )
    try:
        _check_key_usage(_load(leaf))
    except BadCertificate as fault:
        raise LocalFault(f"no handshake can use this certificate: {fault}") from None


def self_signed(server_name: str, now_ms: int, entropy: Entropy, days: int = 30) -> Credential:
    """A self-signed P-256 certificate for ``server_name`` and its key, valid for ``days`` days.

    The same entropy gives the same bytes.
    """
    scalar = P256Share.new(entropy).private_key
    serial = int.from_bytes(entropy(16), "big") >> 1 | 1
    now = datetime.fromtimestamp(now_ms // 1000, UTC)
    dates = (now - timedelta(hours=1), now + timedelta(days=days))
    if not compiled():
        from tls13lab.crypto.portable import certificates as portable

        key = portable.PrivateKey(scalar)
        chain = (portable.write(key, server_name, serial, dates),)
        return Credential(chain, cast("PrivateKeyTypes", key))  # it has a method that signs
    return _self_signed(scalar, server_name, serial, dates)


def _self_signed(
    scalar: bytes, server_name: str, serial: int, dates: tuple[datetime, datetime]
) -> Credential:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, server_name)])
    names: list[x509.GeneralName] = [x509.DNSName(server_name)]
    names += [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return Credential((certificate.public_bytes(Encoding.DER),), key)
