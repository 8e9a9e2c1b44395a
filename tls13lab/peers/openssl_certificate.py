"""A temporary certificate for ``localhost`` and 127.0.0.1, made by ``openssl``. Stdlib only.

A small certificate authority signs it, because strict verifiers, such as pyca/cryptography's, do
not accept a self-signed certificate for a server. It is for loopback only and valid for a day. The
private keys are written without encryption.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tls13lab.peers.openssl_binary import OpenSSLUnavailable, find_openssl

_SECONDS = 20.0
_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Three PEM files: the authority to trust, the server's certificate, and its private key."""

    ca: Path
    leaf: Path
    key: Path


def make_certificate(directory: Path) -> CertificateFiles:
    """Make an authority and a server's certificate (ECDSA on P-256) in ``directory``.

    Raises :class:`~tls13lab.peers.openssl_binary.OpenSSLUnavailable` if ``openssl`` fails.
    """
    files = CertificateFiles(
        directory / "ca.pem", directory / "server.pem", directory / "server.key"
    )
    ca_key = directory / "ca.key"
    new = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    signed = ["-CA", str(files.ca), "-CAkey", str(ca_key)]
    for name, extensions, more, certificate, key in (
        ("tls13lab test authority", "ca", [], files.ca, ca_key),
        ("localhost", "server", signed, files.leaf, files.key),
    ):
        config = directory / f"{extensions}.cnf"
        config.write_text(_CONFIG.format(name=name), "ascii")
        command = [str(find_openssl().path), "req", *new, *more, "-config", str(config)]
        command += ["-extensions", extensions, "-out", str(certificate), "-keyout", str(key)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise OpenSSLUnavailable("openssl req made no certificate in time.") from None
        if done.returncode:
            raise OpenSSLUnavailable(f"openssl req made no certificate (code {done.returncode}).")
    return files
