"""Certificates with keys of every kind: which are served, and what is said of the others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.handshake.scenes import CREDENTIAL
from tls13lab.cli.app import cli
from tls13lab.crypto.certificates import Credential, TrustAnyone, load_credential
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.wire.codepoints import NamedGroup

Key = (
    ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | rsa.RSAPrivateKey
)
KEYS: dict[str, Callable[[], Key]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "Ed448": ed448.Ed448PrivateKey.generate,
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
}


def brainpool() -> Key:
    return ec.generate_private_key(ec.BrainpoolP256R1())


def pem(key: Key) -> tuple[bytes, bytes]:
    """A certificate that signs itself, and its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, None if isinstance(key, _EDWARDS) else hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), secret


_EDWARDS = (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)


@pytest.mark.parametrize("kind", KEYS)
def test_a_server_can_show_it(kind: str) -> None:
    credential = load_credential(*pem(KEYS[kind]()))
    with serving(ServerConfig(credential=credential)) as server:
        report = connect(server.host, server.port, ClientConfig(trust=TrustAnyone()))
    assert (report.mode, report.outcome.chain) == ("full", credential.chain)


def test_a_certificate_that_is_of_no_use_is_refused_at_the_start(tmp_path: Path) -> None:
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    for path, content in zip(paths, pem(brainpool()), strict=True):
        path.write_bytes(content)
    command = ["serve", "--cert", str(paths[0]), "--key", str(paths[1]), "--connections", "1"]
    result = CliRunner().invoke(cli, command)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no handshake can use this certificate" in result.stderr
    assert "P-384" in result.stderr


def of_no_use() -> Credential:
    """The same, brought in past the check."""
    certificate, _ = pem(key := brainpool())
    der = x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
    return Credential((der,), key)


def test_client_and_probe_name_the_certificate_as_a_cause() -> None:
    with serving(ServerConfig(credential=of_no_use())) as server:
        address = f"{server.host}:{server.port}"
        refused = CliRunner().invoke(cli, ["connect", address, "--insecure"])
        probed = CliRunner().invoke(cli, ["probe", address])
    assert "certificate is of a kind that this client cannot check" in refused.stderr
    assert "certificate may be of a kind that the lab cannot verify" in probed.stderr
    assert "if it wants a PSK" in probed.stderr
    for result in (refused, probed):
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1


def test_the_probe_offers_what_it_is_told_to_offer() -> None:
    only = ServerConfig(credential=CREDENTIAL, groups=(NamedGroup.SECP521R1,))
    with serving(only) as server:
        address = f"{server.host}:{server.port}"
        usual = CliRunner().invoke(cli, ["probe", address])
        named = CliRunner().invoke(cli, ["probe", address, "--groups", "secp521r1"])
        other = CliRunner().invoke(cli, ["probe", address, "--groups", "x25519"])
        server.config = replace(only, suites=only.suites[:1])
        suite = ["--suites", only.suites[1].name]
        others = CliRunner().invoke(cli, ["probe", address, *suite])
    for result in (usual, named):
        assert "full-handshake" in result.stdout, result.output
    for result in (other, others):
        assert result.exit_code == 1
        assert "compare --suites and --groups" in result.stderr
