"""RSA certificates of both kinds, and the schemes that go with each, with a real OpenSSL. 4.3.3."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tls13lab.crypto import certificates, signatures
from tls13lab.crypto.certificates import (
    Credential,
    TrustAnyone,
    TrustPin,
    TrustRoots,
    load_credential,
    load_pem_chain,
    self_signed,
)
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.negotiation import SignatureAlgorithms
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import CertificateFiles, OpenSSL, OpenSSLServer, s_client
from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import HandshakeFailure, LocalFault, UnsupportedCertificate

pytestmark = [pytest.mark.full, pytest.mark.openssl, pytest.mark.usefixtures("binary")]
RSAE = tuple(one for one in SignatureScheme if one.name.startswith("RSA_PSS_RSAE"))
PSS = tuple(one for one in SignatureScheme if one.name.startswith("RSA_PSS_PSS"))


def made(binary: OpenSSL, folder: Path, kind: str, *options: str) -> CertificateFiles:
    """A certificate that signs itself; ``options`` are of the key."""
    files = CertificateFiles(folder / "leaf.pem", folder / "leaf.pem", folder / "leaf.key")
    key = ["genpkey", "-algorithm", kind, "-pkeyopt", "rsa_keygen_bits:2048", "-out", files.key]
    pairs = (part for one in options for part in ("-pkeyopt", one))
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    new = ["req", "-x509", "-key", files.key, "-out", files.leaf, "-subj", "/CN=localhost"]
    for command in ([*key, *pairs], [*new, "-days", "2", *names]):
        done = subprocess.run(
            [str(binary.path), *map(str, command)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return files


def loaded(files: CertificateFiles) -> Credential:
    return load_credential(files.leaf.read_bytes(), files.key.read_bytes())


def bound_to(name: str, length: int) -> tuple[str, ...]:
    return (
        f"rsa_pss_keygen_md:{name}",
        f"rsa_pss_keygen_mgf1_md:{name}",
        f"rsa_pss_keygen_saltlen:{length}",
    )


@pytest.mark.parametrize(
    ("kind", "options", "schemes"),
    [
        ("rsa", (), RSAE),
        ("rsa-pss", (), PSS),
        ("rsa-pss", bound_to("sha256", 32), PSS[:1]),
        ("rsa-pss", bound_to("sha384", 48), PSS[1:2]),
        ("rsa-pss", bound_to("sha512", 20), PSS[2:]),
    ],
    ids=["rsa", "rsa-pss", "sha256 only", "sha384 only", "sha512 only, any salt from 20"],
)
def test_each_kind_of_key_has_its_own_schemes_in_both_roles(
    binary: OpenSSL,
    tmp_path: Path,
    kind: str,
    options: tuple[str, ...],
    schemes: tuple[SignatureScheme, ...],
) -> None:
    files = made(binary, tmp_path, kind, *options)
    credential = loaded(files)
    assert certificates.schemes(credential.chain[0]) == schemes
    with serving(ServerConfig(credential=credential)) as server:
        assert s_client(server.port, cafile=files.ca).received == b"hello\n"
    pin = TrustPin(hashlib.sha256(credential.chain[0]).digest())
    with OpenSSLServer(certificate=files) as other:
        client = ClientConfig(trust=pin, schemes=schemes[:1])
        assert connect("127.0.0.1", other.port, client, send=b"hello\n").received == b"olleh\n"


@pytest.mark.parametrize(
    "options",
    [
        bound_to("sha1", 20),
        bound_to("sha256", 33),
        ("rsa_pss_keygen_md:sha256", "rsa_pss_keygen_mgf1_md:sha512"),
    ],
    ids=["SHA-1", "too long a salt", "two hashes"],
)
def test_a_key_bound_to_what_tls_does_not_do_signs_nothing(
    binary: OpenSSL, tmp_path: Path, options: tuple[str, ...]
) -> None:
    salt = options if len(options) == 3 else (*options, "rsa_pss_keygen_saltlen:32")
    files = made(binary, tmp_path, "rsa-pss", *salt)
    assert certificates.schemes(load_pem_chain(files.leaf.read_bytes())[0]) == ()
    with pytest.raises(LocalFault):
        loaded(files)


@pytest.mark.parametrize("kind", ["rsa", "rsa-pss"])
def test_the_other_kinds_scheme_is_refused_though_the_signature_verifies(
    binary: OpenSSL, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = loaded(made(binary, tmp_path, kind))
    server, wrong = ServerConfig(credential=credential), RSAE if kind == "rsa-pss" else PSS
    trust = TrustAnyone()
    makes = "_pss_pss_" if kind == "rsa-pss" else "_pss_rsae_"
    with pytest.raises(HandshakeFailure, match=f"signs with rsa{makes}sha256") as caught:
        Pair(ClientConfig(trust=trust, schemes=wrong), server).handshake()
    assert wrong[0].name.lower() not in str(caught.value)
    # A server that takes the object identifier for a matter of taste.
    pair = Pair(ClientConfig(trust=trust), server)
    with monkeypatch.context() as patched:
        patched.setattr(certificates, "schemes", lambda der: wrong)
        pair.server.receive(pair.client.outgoing(), Environment(pair.now_ms, os.urandom))
    with pytest.raises(UnsupportedCertificate, match="does not fit the certificate's key"):
        pair.client.receive(pair.server.outgoing(), Environment(pair.now_ms, os.urandom))


def test_rsa_pkcs1_sha256_is_offered_for_certificates_and_refused_for_the_handshake() -> None:
    credential = self_signed("localhost", LESSON_TIME_MS, seeded("pkcs1"))
    pair = Pair(ClientConfig(trust=TrustAnyone()), ServerConfig(credential=credential))
    raw = pair.client.outgoing()
    hello = unpack(raw[5:])
    assert isinstance(hello, ClientHello)
    offered = hello.find(SignatureAlgorithms)
    assert offered is not None
    assert offered.schemes == (*signatures.SUPPORTED, SignatureScheme.RSA_PKCS1_SHA256)
    assert SignatureScheme.RSA_PKCS1_SHA256 not in signatures.SUPPORTED


def test_a_chain_signed_in_rsa_pkcs1_sha256_is_believed(binary: OpenSSL, tmp_path: Path) -> None:
    files = made(binary, tmp_path, "rsa")
    trust = TrustRoots(loaded(files).chain)
    with OpenSSLServer(certificate=files) as server:
        report = connect(
            "127.0.0.1", server.port, ClientConfig(trust=trust), send=b"hello\n", timeout=60
        )
    assert report.received == b"olleh\n"
