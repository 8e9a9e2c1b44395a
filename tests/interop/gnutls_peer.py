"""GnuTLS by its command line: ``gnutls-serv`` and ``gnutls-cli``."""

import re
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.interop.peers import PeerFailed
from tests.interop.scenarios import Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl import Certificate
from tls13lab.peers.openssl_process import Child

CIPHERS = {
    "TLS_AES_128_GCM_SHA256": "AES-128-GCM",
    "TLS_AES_256_GCM_SHA384": "AES-256-GCM",
    "TLS_CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305",
}
GROUPS = {"x25519": "X25519", "secp256r1": "SECP256R1"}
EXCHANGES = {"psk_ke": "PSK", "psk_dhe_ke": "DHE-PSK"}


def free_port() -> int:
    """A port that nobody uses now; the programs here cannot choose one themselves."""
    with socket.create_server((LOOPBACK, 0)) as one:
        port: int = one.getsockname()[1]
        return port


def wait_for_port(port: int, child: Child) -> None:
    """Until the child listens; raises PeerFailed with what it said if it does not."""
    from time import monotonic, sleep

    end = monotonic() + SECONDS
    while monotonic() < end:
        try:
            socket.create_connection((LOOPBACK, port), 1).close()
        except OSError:
            if child.finish(0) is not None:
                break
            sleep(0.01)
        else:
            return
    raise PeerFailed(f"it does not listen: {child.stderr.strip()[-200:]}")


def priority(side: Service | Visit) -> str:
    """GnuTLS's way to say suites, groups and modes."""
    parts = ["NONE", "+VERS-TLS1.3", "+AEAD", "+MAC-ALL", "+SIGN-ALL", "+COMP-ALL", "+CTYPE-ALL"]
    parts += [f"+{CIPHERS[side.suite]}", *(f"+GROUP-{GROUPS[one]}" for one in side.groups)]
    parts += ["+ECDHE-RSA", "+ECDHE-ECDSA"]
    if isinstance(side, Service) or side.psk is not None:
        # A client that names these without having a PSK asks its user for one.
        parts += [f"+{EXCHANGES[one]}" for one in side.modes]
    return ":".join(parts)


class GnutlsPeer:
    """Both roles."""

    name, echoes = "gnutls", True

    def version(self) -> str:
        said = subprocess.run(
            ["gnutls-serv", "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"\d+\.\d+\.\d+", said)
        return found[0] if found else "unknown"

    @contextmanager
    def serve(self, service: Service, certificate: Certificate, folder: Path) -> Iterator[int]:
        port = free_port()
        command = ["gnutls-serv", "-p", str(port), "--priority", priority(service), "--echo"]
        if service.psk is not None:
            keys = folder / "psk.txt"
            keys.write_text(f"{service.psk.identity}:{service.psk.key.hex()}\n", "ascii")
            command.append(f"--pskpasswd={keys}")
        else:
            command += [f"--x509certfile={certificate.leaf}", f"--x509keyfile={certificate.key}"]
        with Child(command) as child:
            wait_for_port(port, child)
            yield port

    def visit(
        self,
        visits: Sequence[Visit],
        port: int,
        line: bytes,
        certificate: Certificate,
        folder: Path,
    ) -> bytes:
        last = visits[-1]
        command = ["gnutls-cli", "-p", str(port), LOOPBACK, "--priority", priority(last)]
        command += ["--single-key-share"]
        command += ["--logfile", str(folder / "log")]
        if last.psk is not None:
            command += [f"--pskusername={last.psk.identity}", f"--pskkey={last.psk.key.hex()}"]
        else:
            command += [f"--x509cafile={certificate.ca}", "--verify-hostname=localhost"]
        if len(visits) > 1:
            # One process makes both connections.
            command += ["--resume", "--waitresumption"]
        with Child(command) as child:
            child.write(line)
            answered = child.wait_until(lambda out: line in out, SECONDS)
            child.end_input()
            child.finish(SECONDS)
            if not answered:
                raise PeerFailed(f"gnutls-cli: {(child.stderr or str(child.stdout))[-300:]}")
        return line
