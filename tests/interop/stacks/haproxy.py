"""HAProxy in front of an echo server: a real server's TLS, with tickets and early data.

It passes on bytes (``mode tcp``); what is behind it knows no TLS. Its ticket keys are in a file, so
that tickets outlive the process when it is started anew without early data.
"""

import os
import secrets
import shutil
import socketserver
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.held_ports import held_port
from tests.interop.listening import wait_until_it_listens
from tests.interop.stacks.stack import (
    Certificate,
    Client,
    NoSuchCall,
    NotHere,
    Server,
    Setup,
)
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl_process import Child

CURVES = {"x25519": "X25519", "secp256r1": "P-256", "X25519MLKEM768": "X25519MLKEM768"}
TEMPLATE = """\
global
    tune.ssl.default-dh-param 2048
defaults
    mode tcp
    timeout connect 60s
    timeout client 60s
    timeout server 60s
frontend tls
    bind {host}:{port} ssl crt {crt} ssl-min-ver TLSv1.3 ciphersuites {suite} curves {curves} \
tls-ticket-keys {keys}{early}
    default_backend echo
backend echo
    server echo {host}:{behind}
"""


class HAProxy:
    """The ``haproxy`` of this machine; it has one role."""

    name = "haproxy"

    def __init__(self, certificate: Certificate) -> None:
        found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
        if found is None:
            raise NotHere("there is no haproxy (Debian: haproxy)")
        self._program = found
        told = subprocess.run([found, "-vv"], capture_output=True, text=True, check=True).stdout
        library = next(line for line in told.splitlines() if "Running on OpenSSL" in line)
        self.version = f"{told.split()[2]} with {library.partition(': ')[2]}"
        self._files = TemporaryDirectory(prefix="tls13lab-haproxy-")
        self._folder = Path(self._files.name)
        both = certificate.chain.read_bytes() + certificate.key.read_bytes()
        (self._folder / "both.pem").write_bytes(both)
        keys = [b64encode(secrets.token_bytes(48)).decode("ascii") for _ in range(3)]
        (self._folder / "tickets").write_text("\n".join(keys) + "\n", "ascii")

    @contextmanager
    def serve(self, setup: Setup) -> Iterator[Server]:
        if setup.psk is not None:
            raise NoSuchCall("HAProxy has no external PSKs")
        if setup.update_keys:
            raise NoSuchCall("HAProxy has no option that updates keys")
        if setup.padding:
            raise NoSuchCall("HAProxy has no option that pads records")
        with _echo() as behind, held_port() as port:
            running = _Running(self._program, self._folder, port, behind, setup)
            try:
                running.start(early=setup.early_data > 0)
                yield running
            finally:
                running.stop()

    @contextmanager
    def client(self, setup: Setup) -> Iterator[Client]:
        raise NoSuchCall("HAProxy is driven as a server only")
        yield

    def close(self) -> None:
        self._files.cleanup()


class _Running:
    complaint = ""

    def __init__(self, program: str, folder: Path, port: int, behind: int, setup: Setup) -> None:
        self._program, self._folder, self._behind, self._setup = program, folder, behind, setup
        self.port = port
        self._child: Child | None = None

    def start(self, *, early: bool) -> None:
        file = self._folder / "haproxy.cfg"
        text = TEMPLATE.format(
            host=LOOPBACK,
            port=self.port,
            behind=self._behind,
            crt=self._folder / "both.pem",
            keys=self._folder / "tickets",
            suite=self._setup.suite,
            curves=":".join(CURVES[one] for one in self._setup.groups),
            early=" allow-0rtt" if early else "",
        )
        file.write_text(text, "utf-8")
        self._child = Child([self._program, "-db", "-f", str(file)], dict(os.environ))
        wait_until_it_listens(self._child, self.port)

    def refuse_early_data(self) -> None:
        self.stop()
        self.start(early=False)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
        self._child = None


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


@contextmanager
def _echo() -> Iterator[int]:
    """A plain echo server's port."""
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), _Echo) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(SECONDS)
