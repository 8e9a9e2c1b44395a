"""NSS by its test programs: ``selfserv`` and ``tstclnt``, with a certificate database."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.interop.gnutls_peer import free_port, wait_for_port
from tests.interop.peers import PeerFailed
from tests.interop.scenarios import Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl import Certificate
from tls13lab.peers.openssl_process import Child

SUITES = {
    "TLS_AES_128_GCM_SHA256": ":1301",
    "TLS_AES_256_GCM_SHA384": ":1302",
    "TLS_CHACHA20_POLY1305_SHA256": ":1303",
}
GROUPS = {"x25519": "x25519", "secp256r1": "P256"}


def database(certificate: Certificate, folder: Path) -> str:
    """A new database that holds the certificate and trusts its root."""
    place = f"sql:{folder}"
    bundle = folder / "leaf.p12"
    run = ["openssl", "pkcs12", "-export", "-inkey", str(certificate.key)]
    run += ["-in", str(certificate.leaf), "-name", "leaf", "-passout", "pass:x"]
    for command in (
        ["certutil", "-N", "-d", place, "--empty-password"],
        [*run, "-out", str(bundle)],
        ["pk12util", "-d", place, "-i", str(bundle), "-W", "x"],
        ["certutil", "-A", "-d", place, "-n", "root", "-t", "C,,", "-a", "-i", str(certificate.ca)],
    ):
        subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
    return place


def _shared(side: Service | Visit) -> list[str]:
    options = ["-V", "tls1.3:tls1.3"]
    if not isinstance(side, Visit) or not side.resume:
        # With -c and -L together tstclnt 3.87 falls over a pointer. The lab's server knows what it
        # wants, and NSS's own order of groups begins with x25519.
        options += ["-c", SUITES[side.suite], "-I", ",".join(GROUPS[one] for one in side.groups)]
    if side.psk is not None:
        options += ["-z", f"0x{side.psk.key.hex()}:{side.psk.identity}"]
    return options


class NssPeer:
    """Both roles; its server speaks HTTP and echoes nothing."""

    name, echoes = "nss", False

    def version(self) -> str:
        listed = subprocess.run(
            ["dpkg-query", "-W", "-f=${Version}", "libnss3-tools"],
            capture_output=True,
            text=True,
            check=False,
        )
        return listed.stdout.partition(":")[2].partition("-")[0] or "unknown"

    @contextmanager
    def serve(self, service: Service, certificate: Certificate, folder: Path) -> Iterator[int]:
        port = free_port()
        # Without -m the PSK is silently ignored.
        command = ["selfserv", "-m", "-d", database(certificate, folder), "-n", "leaf"]
        command += ["-p", str(port), *_shared(service), "-u"]
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
    ) -> bytes | None:
        last = visits[-1]
        command = ["tstclnt", "-h", LOOPBACK, "-a", "localhost", "-p", str(port)]
        command += ["-d", database(certificate, folder), *_shared(last), "-u"]
        if last.psk is not None:
            # It looks for a certificate once it is connected, finds none, and ends.
            self._handshake([*command, "-o", "-Q"])
            return None
        request = folder / "request"
        request.write_bytes(line)
        # It comes again when the server has closed, with the same request.
        command += ["-A", str(request), "-L", str(len(visits))]
        with Child(command) as child:
            child.end_input()
            wanted = line * len(visits)
            if not child.wait_until(lambda out: out.count(line) == len(visits), SECONDS):
                raise PeerFailed(f"tstclnt: {(child.stderr or str(child.stdout))[-300:]}")
        return wanted[-len(line) :]

    def _handshake(self, command: list[str]) -> None:
        """Whether it came about, the other end will say: the exit code also tells of the end."""
        with Child(command) as child:
            child.end_input()
            child.finish(SECONDS)
