"""The portable stand-in makes pyca/cryptography's bytes, refuses what it refuses, and is not used.

The last test plays whole handshakes in a process in which the library cannot be imported.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tls13lab.crypto import aead as library
from tls13lab.crypto import certificates, groups, signatures
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.library import compiled
from tls13lab.crypto.portable import certificates as portable_certificates
from tls13lab.crypto.portable import groups as portable_groups
from tls13lab.crypto.portable.aead import PortableAead, WrongTag
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.handshake.pair import LESSON_TIME_MS
from tls13lab.wire.codepoints import NamedGroup, SignatureScheme
from tls13lab.wire.faults import (
    CertificateExpired,
    IllegalParameter,
    LocalFault,
    SignatureMismatch,
    UnknownCA,
    UnsupportedCertificate,
)

suites = pytest.mark.parametrize("suite", SUITES.values(), ids=lambda one: one.name)


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where pyca/cryptography is not installed."""
    for room in (library, groups, certificates, signatures):
        monkeypatch.setattr(room, "compiled", lambda: False)


@suites
@settings(max_examples=20)
@given(data=st.binary(max_size=200), header=st.binary(max_size=40), seed=st.text(max_size=3))
def test_both_seal_to_the_same_bytes(suite: Suite, data: bytes, header: bytes, seed: str) -> None:
    entropy = seeded(seed)
    key, nonce = entropy(suite.key_length), entropy(12)
    theirs, ours = library.aead(suite, key), PortableAead(suite.aead, key, suite.tag_length)
    sealed = ours.encrypt(nonce, data, header)
    assert sealed == theirs.encrypt(nonce, data, header)
    assert ours.decrypt(nonce, sealed, header) == data


@suites
def test_a_changed_byte_or_a_short_one_does_not_open(suite: Suite, no_library: None) -> None:
    box = library.aead(suite, bytes(suite.key_length))
    assert isinstance(box, PortableAead)
    sealed = box.encrypt(bytes(12), b"hello", b"header")
    assert library.wrong_tag() is WrongTag
    for damaged in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x00" + sealed[1:], sealed[:7]):
        if damaged != sealed:
            with pytest.raises(WrongTag):
                box.decrypt(bytes(12), damaged, b"header")
    with pytest.raises(WrongTag):
        box.decrypt(bytes(12), sealed, b"another")


@pytest.mark.parametrize(
    "kind",
    [
        groups.X25519Share,
        groups.X448Share,
        groups.P256Share,
        groups.P384Share,
        groups.P521Share,
    ],
)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_both_make_the_same_shares_and_secrets(
    kind: type[groups.P256Share], seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, peer = kind.new(seeded(seed)), kind.new(seeded(f"{seed} peer"))
    monkeypatch.setattr(groups, "compiled", lambda: False)
    ours = kind.new(seeded(seed))
    assert ours.loaded is None
    assert theirs.loaded is not None
    assert ours == theirs
    assert ours.finish(peer.share) == theirs.finish(peer.share) == peer.finish(ours.share)


@pytest.mark.parametrize("with_library", [True, False])
def test_both_refuse_the_same_shares(with_library: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "compiled", lambda: with_library)
    x25519, p256 = (kind.new(seeded("mine")) for kind in (groups.X25519Share, groups.P256Share))
    for bad in (bytes(32), (1).to_bytes(32, "little"), bytes(31), b"", bytes(33)):
        with pytest.raises(IllegalParameter):
            x25519.finish(bad)
    off_the_curve = b"\x04" + bytes(31) + b"\x01" + bytes(31) + b"\x01"
    for bad in (off_the_curve, p256.share[:-1], b"\x02" + p256.share[1:33], b""):
        with pytest.raises(IllegalParameter):
            p256.finish(bad)
    too_large = groups.P256_ORDER.to_bytes(32, "big")
    assert groups.from_private(groups.P256Share.group, too_large) is None
    assert groups.from_private(groups.P256Share.group, bytes(32)) is None
    assert groups.from_private(NamedGroup.X25519, bytes(31)) is None


def test_both_write_the_same_certificate_and_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lab.example", "another.example"):
        theirs = certificates.self_signed(name, LESSON_TIME_MS, seeded(name))
        scheme = signatures.schemes_for(theirs.key)[0]
        signed = signatures.sign(theirs.key, scheme, bytes(32))
        with monkeypatch.context() as patch:
            for room in (groups, certificates, signatures):
                patch.setattr(room, "compiled", lambda: False)
            ours = certificates.self_signed(name, LESSON_TIME_MS, seeded(name))
            assert ours.chain == theirs.chain
            assert signatures.sign(ours.key, scheme, bytes(32)) == signed
            signatures.verify(certificates.public_key(ours.chain[0]), scheme, signed, bytes(32))


def test_a_wrong_signature_or_scheme_is_refused(no_library: None) -> None:
    credential = certificates.self_signed("lab.example", LESSON_TIME_MS, seeded("x"))
    key, ecdsa = certificates.public_key(credential.chain[0]), signatures.SUPPORTED[0]
    signed = signatures.sign(credential.key, ecdsa, bytes(32))
    for bad in (signed[:-1], signed[:-1] + bytes([signed[-1] ^ 1]), b"", b"\x30\x00"):
        with pytest.raises(SignatureMismatch):
            signatures.verify(key, ecdsa, bad, bytes(32))
    with pytest.raises(SignatureMismatch):
        signatures.verify(key, ecdsa, signed, bytes(31) + b"\x01")
    with pytest.raises(UnsupportedCertificate):
        signatures.verify(key, SignatureScheme.ED25519, signed, bytes(32))
    with pytest.raises(LocalFault):
        signatures.sign(credential.key, SignatureScheme.ED25519, bytes(32))


def test_trust_is_the_same(no_library: None) -> None:
    one, other = (
        certificates.self_signed("lab.example", LESSON_TIME_MS, seeded(seed)).chain for seed in "ab"
    )
    certificates.check_chain(one, certificates.TrustRoots(one), "lab.example", LESSON_TIME_MS)
    certificates.check_chain(one, certificates.TrustAnyone(), "lab.example", LESSON_TIME_MS)
    with pytest.raises(UnknownCA):
        certificates.check_chain(one, certificates.TrustRoots(other), "lab.example", LESSON_TIME_MS)
    later = LESSON_TIME_MS + 31 * 86_400_000
    with pytest.raises(CertificateExpired):
        certificates.check_chain(one, certificates.TrustRoots(one), "lab.example", later)


@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_only_the_lessons_certificate_is_read(at: int, value: int) -> None:
    dates = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
    key = portable_certificates.PrivateKey((7).to_bytes(32, "big"))
    der = portable_certificates.write(key, "lab.example", 5, dates)
    assert portable_certificates.read(der) == portable_certificates.PortableCertificate(
        dates, key.public
    )
    changed = bytearray(der)
    changed[at % len(der)] = value
    try:
        read = portable_certificates.read(bytes(changed))
    except ValueError:
        return
    # What it says of itself may have changed (name, number, dates), but its key is a point.
    assert portable_groups.verifying_key(32, read.key.point)


def test_a_certificate_with_a_key_usage_is_not_read(no_library: None) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab.example")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 5, begin, begin + timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    with pytest.raises(UnsupportedCertificate, match="only the lessons"):
        certificates.public_key(certificate.public_bytes(Encoding.DER))


def test_where_the_library_is_it_is_preferred() -> None:
    assert compiled()
    assert not isinstance(library.aes_gcm(bytes(16)), PortableAead)
    assert groups.X25519Share.new(seeded("x")).loaded is not None


PLAY = """
import hashlib
from dataclasses import replace
from tls13lab.crypto.library import compiled
from tls13lab.handshake.pair import Pair, lesson_configs

told = hashlib.sha256()
for mode in ("full", "psk_ke", "psk_dhe_ke"):
    pair = Pair(*lesson_configs(mode), seed=mode)
    pair.handshake()
    pair.client.send(b"hello")
    pair.pump()
    for step in pair.conversation().steps:
        told.update(step.wire)
print(compiled(), told.hexdigest())
"""
WITHOUT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("cryptography", "numpy", "llvmlite", "matplotlib"):
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

sys.meta_path.insert(0, Blocker())
"""


def played(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_whole_handshakes_are_the_same_bytes_without_the_library() -> None:
    with_it, without = played(PLAY), played(WITHOUT + PLAY)
    assert (with_it[0], without[0]) == ("True", "False")
    assert with_it[1] == without[1]


def test_the_stand_in_leaves_all_of_tlslite_to_others() -> None:
    code = (
        "from tls13lab.crypto.portable import groups; import tlslite; print(tlslite.TLSConnection)"
    )
    assert "TLSConnection" in " ".join(played(code))
