"""Which certificates are believed, for which name, when, and with which fault if not."""

import base64
import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from tls13lab.crypto import signatures
from tls13lab.crypto.certificates import (
    TrustAnyone,
    TrustPin,
    TrustRoots,
    check_chain,
    load_credential,
    load_pem_chain,
    public_key,
    self_signed,
)
from tls13lab.crypto.entropy import seeded
from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import (
    BadCertificate,
    CertificateExpired,
    LocalFault,
    SignatureMismatch,
    UnknownCA,
    UnsupportedCertificate,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
DAY_MS = 86_400_000
NAME = "lab.example"


def issue(  # type: ignore[no-untyped-def]
    subject: str, key, issuer: str, signer, *, ca: bool, signs: bool | None = None
):
    """A certificate for ``subject``, signed by ``issuer``; ``signs`` is a leaf's Key Usage."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if ca or signs is not None:
        usage = x509.KeyUsage(
            digital_signature=ca or bool(signs),
            content_commitment=False,
            key_encipherment=not ca,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=ca,
            crl_sign=ca,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    if not ca:
        names = [x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(usages, critical=False)
    return builder.sign(signer, hashes.SHA256())


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


ROOT_KEY, MIDDLE_KEY, LEAF_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
ROOT = issue("root", ROOT_KEY, "root", ROOT_KEY, ca=True)
MIDDLE = issue("middle", MIDDLE_KEY, "root", ROOT_KEY, ca=True)
LEAF = issue(NAME, LEAF_KEY, "middle", MIDDLE_KEY, ca=False)
CHAIN = (der(LEAF), der(MIDDLE))
TRUST = TrustRoots((der(ROOT),))
OTHER_ROOT = issue("root", LEAF_KEY, "root", LEAF_KEY, ca=True)


@pytest.mark.parametrize("name", [NAME, "127.0.0.1"])
def test_a_chain_that_leads_to_a_root_is_believed_for_its_names(name: str) -> None:
    check_chain(CHAIN, TRUST, name, NOW_MS)


@pytest.mark.parametrize(
    ("chain", "trust", "name", "now_ms", "fault"),
    [
        (CHAIN, TRUST, "other.example", NOW_MS, BadCertificate),
        (CHAIN, TRUST, "127.0.0.2", NOW_MS, BadCertificate),
        (CHAIN, TRUST, NAME, NOW_MS + 31 * DAY_MS, CertificateExpired),
        (CHAIN, TRUST, NAME, NOW_MS - 2 * DAY_MS, CertificateExpired),
        (CHAIN[:1], TRUST, NAME, NOW_MS, UnknownCA),
        (CHAIN, TrustRoots((der(OTHER_ROOT),)), NAME, NOW_MS, UnknownCA),
        (CHAIN, TrustRoots(()), NAME, NOW_MS, UnknownCA),
        (CHAIN, TrustPin(bytes(32)), NAME, NOW_MS, UnknownCA),
        ((b"no DER",), TRUST, NAME, NOW_MS, BadCertificate),
        ((b"no DER",), TrustAnyone(), NAME, NOW_MS, BadCertificate),
        ((CHAIN[0], b"no DER"), TRUST, NAME, NOW_MS, BadCertificate),
    ],
)
def test_what_is_not_believed(
    chain: tuple[bytes, ...], trust: TrustRoots, name: str, now_ms: int, fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        check_chain(chain, trust, name, now_ms)


def plain(  # type: ignore[no-untyped-def]
    subject: str,
    key,
    issuer: str,
    signer,
    *,
    ca: bool = True,
    usage: str = "",
    days=(-1, 30),
    **more,
):
    """A certificate with as little in it as people make by hand; ``usage`` is sign or other."""
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (subject, issuer)
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    if more.get("basic", True):
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
    if usage:
        sign = usage == "sign"
        bits = x509.KeyUsage(True, False, False, False, False, sign, False, False, False)
        builder = builder.add_extension(bits, critical=True)
    if not ca:
        names_for = x509.SubjectAlternativeName([x509.DNSName(NAME)])
        builder = builder.add_extension(names_for, critical=False)
    if more.get("purpose"):
        builder = builder.add_extension(x509.ExtendedKeyUsage([more["purpose"]]), critical=False)
    return builder.sign(signer, more.get("digest") or hashes.SHA256())


BY_ROOT = (NAME, LEAF_KEY, "root", ROOT_KEY)
AS_ROOT = ("root", ROOT_KEY, "root", ROOT_KEY)
BY_MIDDLE = plain(NAME, LEAF_KEY, "middle", MIDDLE_KEY, ca=False)


@pytest.mark.parametrize("usage", ["", "sign"])
def test_a_chain_as_openssl_makes_it_by_default_is_believed(usage: str) -> None:
    """Without Key Usage in the authority, or Authority Key Identifier anywhere."""
    leaf = der(plain(*BY_ROOT, ca=False))
    check_chain((leaf,), TrustRoots((der(plain(*AS_ROOT, usage=usage)),)), NAME, NOW_MS)


@pytest.mark.parametrize(
    ("chain", "root", "why"),
    [
        ([plain(*BY_ROOT, ca=False)], plain(*AS_ROOT, usage="other"), "Key Usage does not allow"),
        ([plain(*BY_ROOT, ca=False)], plain(*AS_ROOT, basic=False), "Basic Constraints"),
        ([plain(*BY_ROOT, ca=False)], plain(*AS_ROOT, ca=False), "must be asserted"),
        ([plain(*BY_ROOT, ca=False)], OTHER_ROOT, "the signer's name, but another key"),
        ([BY_MIDDLE], ROOT, "none of the roots has signed it, and no certificate was sent"),
        (
            [BY_MIDDLE, plain("middle", MIDDLE_KEY, "root", ROOT_KEY, days=(-9, -2))],
            ROOT,
            "is not valid at this time",
        ),
        (
            [plain(*BY_ROOT, ca=False, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)],
            ROOT,
            "Extended Key Usage",
        ),
        ([plain(*BY_ROOT, ca=False, digest=hashes.SHA224())], ROOT, "algorithm that is not"),
    ],
)
def test_the_reason_is_told(
    chain: list[x509.Certificate], root: x509.Certificate, why: str
) -> None:
    trust = TrustRoots((der(root),))
    with pytest.raises(UnknownCA, match=f"does not lead to a trusted root: .*{why}"):
        check_chain(tuple(map(der, chain)), trust, NAME, NOW_MS)


def test_a_pin_and_anyone() -> None:
    pin = TrustPin(hashlib.sha256(CHAIN[0]).digest())
    check_chain(CHAIN[:1], pin, "any.example", NOW_MS)
    with pytest.raises(CertificateExpired):
        check_chain(CHAIN[:1], pin, NAME, NOW_MS + 31 * DAY_MS)
    check_chain(CHAIN[:1], TrustAnyone(), "any.example", NOW_MS + 31 * DAY_MS)


@pytest.mark.parametrize("signs", [True, False])
def test_a_key_that_may_not_sign_is_of_no_use(signs: bool) -> None:
    leaf = der(issue(NAME, LEAF_KEY, "middle", MIDDLE_KEY, ca=False, signs=signs))
    pin = TrustPin(hashlib.sha256(leaf).digest())
    for trust in (TRUST, pin, TrustAnyone()):
        if signs:
            check_chain((leaf, CHAIN[1]), trust, NAME, NOW_MS)
        else:
            with pytest.raises(BadCertificate, match="Key Usage"):
                check_chain((leaf, CHAIN[1]), trust, NAME, NOW_MS)


def test_extensions_that_cannot_be_read() -> None:
    leaf = der(issue(NAME, LEAF_KEY, "middle", MIDDLE_KEY, ca=False, signs=True))
    bit_string = b"\x03\x02\x05\xa0"  # the Key Usage: four bytes, which become another type
    assert leaf.count(bit_string) == 1
    broken = leaf.replace(bit_string, b"\x04\x02\x05\xa0")
    with pytest.raises(BadCertificate, match="extensions"):
        check_chain((broken,), TrustAnyone(), NAME, NOW_MS)


def test_a_self_signed_certificate_repeats_and_is_believed_when_it_is_itself_given() -> None:
    credential = self_signed(NAME, NOW_MS, seeded("one"))
    assert credential.chain == self_signed(NAME, NOW_MS, seeded("one")).chain
    assert credential.chain != self_signed(NAME, NOW_MS, seeded("two")).chain
    check_chain(credential.chain, TrustRoots(credential.chain), NAME, NOW_MS)
    with pytest.raises(UnknownCA):
        check_chain(credential.chain, TRUST, NAME, NOW_MS)


def test_credentials_come_from_pem() -> None:
    plain = (Encoding.PEM, PrivateFormat.PKCS8)
    chain = LEAF.public_bytes(Encoding.PEM) + MIDDLE.public_bytes(Encoding.PEM)
    key = LEAF_KEY.private_bytes(*plain, NoEncryption())
    assert load_credential(chain, key).chain == CHAIN
    assert load_pem_chain(chain) == CHAIN
    locked = LEAF_KEY.private_bytes(*plain, BestAvailableEncryption(b"x"))
    with pytest.raises(LocalFault, match="holds no unencrypted PEM private key"):
        load_credential(chain, chain)
    with pytest.raises(LocalFault, match=r"the private key in leaf\.key is encrypted"):
        load_credential(chain, locked, ("leaf.pem", "leaf.key"))
    with pytest.raises(LocalFault, match="does not belong"):
        load_credential(chain, ROOT_KEY.private_bytes(*plain, NoEncryption()))
    with pytest.raises(LocalFault, match="no PEM certificate"):
        load_pem_chain(b"nothing")


def test_a_key_that_is_there_but_cannot_be_read_is_not_said_to_be_missing() -> None:
    # "It is an octet string of length ceiling (log2(n)/8)" (RFC 5915, 3): 66 for P-521, and not 65.
    key = ec.derive_private_key(2**512 + 1, ec.SECP521R1())
    whole = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    scalar = b"\x04\x42" + (2**512 + 1).to_bytes(66, "big")
    assert whole[:3] == b"\x30\x81\xdc"
    assert whole[6:74] == scalar
    short = b"\x30\x81\xdb" + whole[3:6] + b"\x04\x41" + scalar[3:] + whole[74:]
    lines = base64.encodebytes(short)
    pem = b"-----BEGIN EC PRIVATE KEY-----\n" + lines + b"-----END EC PRIVATE KEY-----\n"
    with pytest.raises(LocalFault, match=r"the private key in leaf\.key cannot be read: .*short$"):
        load_credential(LEAF.public_bytes(Encoding.PEM), pem, ("leaf.pem", "leaf.key"))


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
        rsa.generate_private_key(65537, 1024),
    ],
    ids=["secp256k1", "brainpool", "RSA"],
)
def test_a_certificate_that_no_handshake_can_use_is_no_credential(key: PrivateKeyTypes) -> None:
    assert not isinstance(key, ed25519.Ed25519PrivateKey)
    usable = bool(signatures.schemes_for(key))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = issue(NAME, key, "root", ROOT_KEY, ca=False).public_bytes(Encoding.PEM)
    if usable:
        assert load_credential(certificate, pem)
    else:
        with pytest.raises(LocalFault, match="no handshake can use"):
            load_credential(certificate, pem)
    cannot_sign = issue(NAME, key, "root", ROOT_KEY, ca=False, signs=False)
    with pytest.raises(LocalFault, match="no handshake can use"):
        load_credential(cannot_sign.public_bytes(Encoding.PEM), pem)


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS: list[PrivateKeyTypes] = [
    ROOT_KEY,
    ec.generate_private_key(ec.SECP384R1()),
    ec.generate_private_key(ec.SECP521R1()),
    ed25519.Ed25519PrivateKey.generate(),
    ed448.Ed448PrivateKey.generate(),
    RSA_KEY,
]
PAIRS = [(key, scheme) for key in KEYS for scheme in signatures.schemes_for(key)]


@pytest.mark.parametrize(("key", "scheme"), PAIRS)
def test_each_scheme_signs_and_verifies(key, scheme: SignatureScheme) -> None:  # type: ignore[no-untyped-def]
    signature = signatures.sign(key, scheme, b"transcript hash")
    signatures.verify(key.public_key(), scheme, signature, b"transcript hash")
    with pytest.raises(SignatureMismatch):
        signatures.verify(key.public_key(), scheme, signature, b"another hash")
    for other, wrong in PAIRS:
        if wrong not in signatures.schemes_for(key):
            with pytest.raises(UnsupportedCertificate):
                signatures.verify(key.public_key(), wrong, signature, b"transcript hash")
            with pytest.raises(LocalFault):
                signatures.sign(key, wrong, b"transcript hash")
            assert other is not key


def test_all_supported_schemes_are_tried_and_other_keys_have_none() -> None:
    assert {scheme for _, scheme in PAIRS} == set(signatures.SUPPORTED)
    assert signatures.schemes_for(ec.generate_private_key(ec.SECP256K1())) == ()
    assert signatures.schemes_for(dsa.generate_private_key(1024)) == ()
    assert public_key(CHAIN[0]) == LEAF_KEY.public_key()


def test_a_small_rsa_key_signs_only_with_hashes_that_it_has_room_for() -> None:
    """RFC 8017, 9.1.1: two hashes and two bytes; 1024 bits are 128 bytes."""
    key = rsa.generate_private_key(65537, 1024)
    fitting = (
        SignatureScheme.RSA_PSS_RSAE_SHA256,
        SignatureScheme.RSA_PSS_RSAE_SHA384,
        SignatureScheme.RSA_PSS_PSS_SHA256,
        SignatureScheme.RSA_PSS_PSS_SHA384,
    )
    assert signatures.schemes_for(key) == fitting
    for scheme in fitting:
        signature = signatures.sign(key, scheme, b"transcript hash")
        signatures.verify(key.public_key(), scheme, signature, b"transcript hash")
    with pytest.raises(LocalFault, match="does not fit"):
        signatures.sign(key, SignatureScheme.RSA_PSS_RSAE_SHA512, b"transcript hash")
