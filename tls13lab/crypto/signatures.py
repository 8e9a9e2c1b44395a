"""Signing and verifying the server's CertificateVerify. RFC 9846 section 4.5.2.

The signed content is not just the transcript hash: 64 spaces, a context string and a zero byte come
before it. So a signature made for TLS 1.3 cannot be reused in another protocol. pyca/cryptography
computes the signatures; those of the lessons' P-256 keys also run on
:mod:`tls13lab.crypto.portable`.

>>> signed_content(b"hash").endswith(b"TLS 1.3, server CertificateVerify\\x00hash")
True
"""

from typing import TYPE_CHECKING

from tls13lab.crypto.library import compiled
from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import LocalFault, SignatureMismatch, UnsupportedCertificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificatePublicKeyTypes,
        PrivateKeyTypes,
    )

SUPPORTED = (
    SignatureScheme.ECDSA_SECP256R1_SHA256,
    SignatureScheme.ED25519,
    SignatureScheme.ECDSA_SECP384R1_SHA384,
    SignatureScheme.ECDSA_SECP521R1_SHA512,
    SignatureScheme.ED448,
    SignatureScheme.RSA_PSS_RSAE_SHA256,
    SignatureScheme.RSA_PSS_RSAE_SHA384,
    SignatureScheme.RSA_PSS_RSAE_SHA512,
    SignatureScheme.RSA_PSS_PSS_SHA256,
    SignatureScheme.RSA_PSS_PSS_SHA384,
    SignatureScheme.RSA_PSS_PSS_SHA512,
)
"""The schemes that the lab supports, in its order of preference."""

# In TLS 1.3, an ECDSA scheme fixes both the curve and the hash (section 4.3.3).
_CURVES = {
    "secp256r1": (SignatureScheme.ECDSA_SECP256R1_SHA256, "SHA256"),
    "secp384r1": (SignatureScheme.ECDSA_SECP384R1_SHA384, "SHA384"),
    "secp521r1": (SignatureScheme.ECDSA_SECP521R1_SHA512, "SHA512"),
}

CERTIFICATE_ONLY = (SignatureScheme.RSA_PKCS1_SHA256,)
"""Schemes that a client offers only for the signatures inside certificates.

The lab "MUST support [...] rsa_pkcs1_sha256 (for certificates)" (9.1). A CertificateVerify must not
be signed with it (4.3.3).
"""

_PSS_HASHES = {
    SignatureScheme.RSA_PSS_RSAE_SHA256: "SHA256",
    SignatureScheme.RSA_PSS_RSAE_SHA384: "SHA384",
    SignatureScheme.RSA_PSS_RSAE_SHA512: "SHA512",
    SignatureScheme.RSA_PSS_PSS_SHA256: "SHA256",
    SignatureScheme.RSA_PSS_PSS_SHA384: "SHA384",
    SignatureScheme.RSA_PSS_PSS_SHA512: "SHA512",
}


def signed_content(transcript_hash: bytes) -> bytes:
    """The content that the server signs: 98 bytes longer than the hash.

    ``transcript_hash`` is Transcript-Hash(Handshake Context, Certificate).
    """
    return b" " * 64 + b"TLS 1.3, server CertificateVerify" + b"\x00" + transcript_hash


def schemes_for(key: "PrivateKeyTypes | CertificatePublicKeyTypes") -> tuple[SignatureScheme, ...]:
    """The schemes that a key of this type can sign with; empty for an unsupported type.

    An RSA key can sign with both kinds of PSS schemes. Which kind it may use depends on its
    certificate: see :func:`tls13lab.crypto.certificates.schemes`.
    """
    if not compiled():
        return (SignatureScheme.ECDSA_SECP256R1_SHA256,)
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return (SignatureScheme.ED25519,)
    if isinstance(key, ed448.Ed448PrivateKey | ed448.Ed448PublicKey):
        return (SignatureScheme.ED448,)
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return tuple(scheme for scheme in _PSS_HASHES if _room_for_pss(key.key_size, scheme))
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        return (_CURVES[key.curve.name][0],) if key.curve.name in _CURVES else ()
    return ()


def _room_for_pss(key_bits: int, scheme: SignatureScheme) -> bool:
    """Whether a hash, a salt of that length and 2 bytes fit into the modulus (RFC 8017, 9.1.1)."""
    from cryptography.hazmat.primitives import hashes

    length: int = getattr(hashes, _PSS_HASHES[scheme]).digest_size
    return (key_bits - 1 + 7) // 8 >= 2 * length + 2


def sign(key: "PrivateKeyTypes", scheme: SignatureScheme, transcript_hash: bytes) -> bytes:
    """The signature over the handshake so far.

    ECDSA (RFC 6979), Ed25519 and Ed448 are deterministic; RSA-PSS has a random salt. Raises
    LocalFault if the scheme does not fit the key.
    """
    if not compiled():
        return _sign_portably(key, scheme, transcript_hash)
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

    content = signed_content(transcript_hash)
    fits = scheme in schemes_for(key)
    if fits and isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return key.sign(content)
    if fits and isinstance(key, ec.EllipticCurvePrivateKey):
        hash_ = getattr(hashes, _CURVES[key.curve.name][1])()
        return key.sign(content, ec.ECDSA(hash_, deterministic_signing=True))
    if fits and isinstance(key, rsa.RSAPrivateKey):
        hash_ = getattr(hashes, _PSS_HASHES[scheme])()
        pss = padding.PSS(padding.MGF1(hash_), padding.PSS.DIGEST_LENGTH)
        return key.sign(content, pss, hash_)
    raise LocalFault("the signature scheme does not fit the private key")


def _sign_portably(
    key: "PrivateKeyTypes", scheme: SignatureScheme, transcript_hash: bytes
) -> bytes:
    from tls13lab.crypto.portable.certificates import PrivateKey

    signer: object = key  # without pyca/cryptography it is not of the annotated type
    if scheme not in schemes_for(key) or not isinstance(signer, PrivateKey):
        raise LocalFault("the signature scheme does not fit the private key")
    return signer.sign(signed_content(transcript_hash))


def verify(
    key: "CertificatePublicKeyTypes", scheme: int, signature: bytes, transcript_hash: bytes
) -> None:
    """Verify the signature of a CertificateVerify.

    Raises SignatureMismatch if it does not verify, UnsupportedCertificate if the scheme does not
    fit the key.
    """
    if scheme not in schemes_for(key):
        raise UnsupportedCertificate("the signature scheme does not fit the certificate's key")
    content = signed_content(transcript_hash)
    if not compiled():
        _verify_portably(key, signature, content)
        return
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

    try:
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, content)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            hash_ = getattr(hashes, _CURVES[key.curve.name][1])()
            key.verify(signature, content, ec.ECDSA(hash_))
        elif isinstance(key, rsa.RSAPublicKey):
            hash_ = getattr(hashes, _PSS_HASHES[SignatureScheme(scheme)])()
            pss = padding.PSS(padding.MGF1(hash_), padding.PSS.DIGEST_LENGTH)
            key.verify(signature, content, pss, hash_)
    except (InvalidSignature, ValueError):  # ValueError: an RSA key too short for the hash
        raise SignatureMismatch("the CertificateVerify signature does not verify") from None


def _verify_portably(key: "CertificatePublicKeyTypes", signature: bytes, content: bytes) -> None:
    from tls13lab.crypto.portable.certificates import PublicKey

    verifier: object = key
    if not isinstance(verifier, PublicKey) or not verifier.verifies(signature, content):
        raise SignatureMismatch("the CertificateVerify signature does not verify")
