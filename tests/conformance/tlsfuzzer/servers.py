"""The servers that tlsfuzzer's scripts talk to: ``tls13lab serve``, each in its own process."""

import datetime
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tls13lab.wire.codepoints import CipherSuite

PSK = ("--psk", "00112233445566778899aabbccddeeff", "--identity", "lab")
SERVERS: dict[str, tuple[str, ...]] = {
    "rsa": ("rsa",),
    "http": ("rsa", "--http"),
    "all suites": ("rsa", "--suites", ",".join(one.name for one in CipherSuite)),
    "ecdsa": ("ecdsa",),
    "ecdsa-p384": ("ecdsa-p384",),
    "ecdsa-p521": ("ecdsa-p521",),
    "ed25519": ("ed25519",),
    "ed448": ("ed448",),
    "rsa-pss": ("rsa-pss",),
    "psk_ke": ("rsa", *PSK, "--modes", "psk_ke"),
    "psk_dhe_ke": ("rsa", *PSK),
    "both modes": ("rsa", "--modes", "psk_ke,psk_dhe_ke"),
}
"""By name: the kind of its key, and the options of ``tls13lab serve``.

All echo each piece that comes but ``http``, which gives one answer to a request in several pieces.
"""


@contextmanager
def serving(name: str, folder: Path) -> Iterator[int]:
    """The port of such a server, which ends with the block; its files go into ``folder``."""
    kind, *options = SERVERS[name]
    certificate, key = _credential(kind, folder)
    command = [sys.executable, "-m", "tls13lab", "serve", "--cert", str(certificate)]
    command += ["--key", str(key), "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server did not start: {' '.join(command)}")
            yield int(line.rpartition(":")[2])
        finally:
            process.terminate()


def _credential(kind: str, folder: Path) -> tuple[Path, Path]:
    chain, private = folder / f"{kind}.pem", folder / f"{kind}.key"
    if private.exists():
        return chain, private
    if kind == "rsa-pss":
        return _pss_credential(folder)
    key = _KEYS[kind]()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, None if kind.startswith("ed") else hashes.SHA256())
    )
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return chain, private


def _pss_credential(folder: Path) -> tuple[Path, Path]:
    """With OpenSSL's command line: pyca/cryptography makes no key under id-RSASSA-PSS."""
    chain, private = folder / "rsa-pss.pem", folder / "rsa-pss.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa-pss", "-nodes", "-subj", "/CN=localhost"]
    command += ["-pkeyopt", "rsa_keygen_bits:2048", "-days", "1"]
    command += ["-out", str(chain), "-keyout", str(private)]
    subprocess.run(command, check=True, capture_output=True)
    return chain, private


_KEYS: dict[str, Callable[[], CertificateIssuerPrivateKeyTypes]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ecdsa-p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ed448": ed448.Ed448PrivateKey.generate,
}
